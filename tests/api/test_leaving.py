"""A district leaves through the API: closed at once, archived, held for a while, and dropped on an operator's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from tests.api.casework import Run, mutation_of
from tests.api.clients import PASSWORD, Client, Place
from tests.api.named import text_of
from tests.conftest import fresh_database, opened
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.archives.service.importing import import_district
from bangban.features.archives.service.leaving import ARCHIVE, DROP
from bangban.features.archives.tasks import archive_handlers
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.files.store import FileStore
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.jobs.tasks import get_task
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.vault.keyring import KeyRing, MasterKey
from bangban.settings import Settings
from bangban.web.services import AppServices

PASSPHRASE = "河边的柳树发芽了 2026 年"
LEAVE = {"reason": "样本原因", "passphrase": PASSPHRASE}
SLUG = "nanjing-xuanwu"


class Leaving:
    """The district and whoever acts on it."""

    def __init__(
        self, place: Place, services: AppServices, installation: Installation, run: Run, folder: Path
    ) -> None:
        self.place, self.services, self.installation, self.run = place, services, installation, run
        self.folder = folder
        self.cooling = timedelta(0)

    def as_(self, login: str) -> Client:
        return self.place.sign_in(login)

    def operator(self, login: str = "leaving-operator") -> Client:
        self.run(self._operator(login))
        reply = self.place.api(
            "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
            i={"login": login, "password": PASSWORD},
        )
        return self.place.api.as_(Authorization=f"Bearer {reply.data['signIn']['accessToken']}")

    async def _operator(self, login: str) -> None:
        passwords = Passwords(cost=Cost(passes=1, memory_kib=8, lanes=1))
        async with self.services.tenancy.platform() as db:
            await set_operator_password(db, passwords=passwords, login=login, name="样本", password=PASSWORD)
        passwords.close()

    def work(self, task_id: str) -> TaskRow:
        """Work on a task as a process with administration would."""
        handlers = archive_handlers(
            self.installation,
            self.services.tenancy,
            folder=self.folder,
            cooling=self.cooling,
            files=self.services.files.store,
        )
        runner = TaskRunner(self.services.tenancy, self.installation.application, handlers)
        row: TaskRow = self.run(runner.run_here(UUID(task_id)))
        self.run(self.services.tenancy.registry.refresh(self.place.slug))
        return row

    def refreshed(self) -> None:
        self.run(self.services.tenancy.registry.refresh(self.place.slug))

    def entries(self, what: str) -> int:
        async def find() -> int:
            async with self.services.tenancy.platform() as db:
                return int(
                    await db.scalar(
                        select(func.count())
                        .select_from(PlatformEntryRow)
                        .where(
                            PlatformEntryRow.object == f"district:{self.place.slug}",
                            PlatformEntryRow.details["what"].astext == what,
                        )
                    )
                    or 0
                )

        return int(self.run(find()))

    def row(self) -> DistrictRow | None:
        async def find() -> DistrictRow | None:
            async with self.services.tenancy.platform() as db:
                return await db.get(DistrictRow, self.place.slug)

        found: DistrictRow | None = self.run(find())
        return found


@pytest.fixture(scope="module")
def leaving(
    place: Callable[[str], Place],
    services: AppServices,
    installation: Installation,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Leaving:
    return Leaving(place(SLUG), services, installation, run, tmp_path_factory.mktemp("archives"))


def dropping(slug: str = SLUG, confirm: str = SLUG) -> dict[str, Any]:
    return {"input": {"slug": slug, "confirmSlug": confirm}}


def test_an_export_is_work_that_can_be_followed_and_leaves_the_district_open(leaving: Leaving) -> None:
    admin = leaving.as_("admin")
    asked = admin(text_of("ExportDistrict"), input={"passphrase": PASSPHRASE}).data["exportDistrict"]
    assert (asked["status"], asked["archive"], asked["task"]["kind"]) == ("LIVE", None, ARCHIVE)
    again = admin(text_of("ExportDistrict"), input={"passphrase": PASSPHRASE}).data["exportDistrict"]
    assert again["task"]["id"] == asked["task"]["id"]
    row = leaving.work(asked["task"]["id"])
    assert row.state is TaskState.DONE
    # Neither the passphrase nor a key is kept with the task, nor shown.
    assert PASSPHRASE not in json.dumps(row.given, ensure_ascii=False)
    found = admin(text_of("Departure")).data["departure"]
    assert found["task"]["done"] is True
    assert found["archive"]["file"] == f"{SLUG}-{row.id}.zip"
    assert int(found["archive"]["size"]) == (leaving.folder / found["archive"]["file"]).stat().st_size
    assert leaving.entries("archive") == leaving.entries("archived") == 1


def test_a_weak_passphrase_a_missing_reason_and_another_district_are_refused(leaving: Leaving) -> None:
    admin = leaving.as_("admin")
    assert admin(text_of("ExportDistrict"), input={"passphrase": "short"}).code == "INVALID_INPUT"
    assert admin(text_of("LeavePlatform"), input={**LEAVE, "reason": " "}).code == "INVALID_INPUT"
    other = {"passphrase": PASSPHRASE, "slug": "rushan"}
    assert admin(text_of("ExportDistrict"), input=other).code == "DISTRICT_MISMATCH"
    operator = leaving.operator()
    assert operator(text_of("ExportDistrict"), input={"passphrase": PASSPHRASE}).code == "DISTRICT_REQUIRED"
    assert operator(text_of("ExportDistrict"), input={**other, "slug": "nobody"}).code == "DISTRICT_UNKNOWN"
    assert operator(text_of("DropDistrict"), **dropping()).code == "CONFLICT"  # it does not leave
    assert admin(text_of("DropDistrict"), **dropping()).code == "FORBIDDEN"


def test_a_district_that_leaves_is_closed_to_all_but_those_who_may_look_and_can_stay(
    leaving: Leaving,
) -> None:
    admin, clerk, auditor = (leaving.as_(login) for login in ("admin", "clerk-county", "auditor"))
    once = admin.as_(Idempotency_Key="leave-once")
    asked = once(text_of("LeavePlatform"), input=LEAVE).data["leavePlatform"]
    assert (asked["status"], asked["archive"]) == ("LEAVING", None)
    assert once(text_of("LeavePlatform"), input=LEAVE).data["leavePlatform"] == asked
    assert leaving.entries("leave") == 1
    leaving.refreshed()
    assert admin("{ district { status } cases { totalCount } }").data["district"]["status"] == "LEAVING"
    assert auditor("{ cases { totalCount } }").data
    for who in (clerk, leaving.place.anonymous, leaving.as_("clerk-county")):
        assert who("{ district { slug } }").code == "DISTRICT_SUSPENDED"
    assert clerk(mutation_of("acceptCase", "id"), input={"number": "X"}).code == "DISTRICT_SUSPENDED"
    publish = mutation_of("withdrawServiceItem", "id")
    assert admin(publish, input={"code": "X"}).code == "DISTRICT_SUSPENDED"
    assert admin(text_of("LeavePlatform"), input=LEAVE).code == "CONFLICT"
    # Whose token has run out meanwhile signs in anew, to take it back.
    given = {"login": "admin", "password": PASSWORD}
    assert leaving.place.anonymous(text_of("SignIn"), input=given).data["signIn"]["accessToken"]
    stayed = admin(text_of("CancelLeaving"), input={"reason": "样本原因"}).data["cancelLeaving"]
    assert (stayed["status"], stayed["leavingSince"]) == ("LIVE", None)
    leaving.refreshed()
    assert clerk("{ district { slug } }").data
    assert admin(text_of("CancelLeaving"), input={"reason": "样本原因"}).code == "CONFLICT"


def test_a_drop_waits_for_the_archive_and_the_period_and_is_on_record(
    leaving: Leaving,
    server: Endpoint,
    run: Run,
    worker_id: str,
    app: Starlette,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    admin, operator = leaving.as_("admin"), leaving.operator()
    leaving.cooling = timedelta(days=30)
    # The archive of before does not count, and neither does the task that was open when it stayed.
    task = admin(text_of("LeavePlatform"), input=LEAVE).data["leavePlatform"]["task"]["id"]
    leaving.refreshed()
    assert operator(text_of("DropDistrict"), **dropping(confirm="rushan")).code == "INVALID_INPUT"
    early = operator(text_of("DropDistrict"), **dropping())
    assert early.code == "CONFLICT"
    assert "冷静期" in early.body["errors"][0]["message"] or "change its mind" in str(early.body)
    settings: Settings = leaving.services.settings
    monkeypatch.setattr(settings, "leaving_days", 0)
    leaving.cooling = timedelta(0)
    assert operator(text_of("DropDistrict"), **dropping()).code == "CONFLICT"  # no archive yet
    facts = leaving.work(task).result
    assert facts is not None
    asked = operator(text_of("DropDistrict"), **dropping()).data["dropDistrict"]
    assert asked["task"]["kind"] == DROP
    assert admin(text_of("CancelLeaving"), input={"reason": "样本原因"}).code == "CONFLICT"
    papers = settings.files_folder / SLUG / new_id().hex
    papers.parent.mkdir(exist_ok=True)
    papers.write_bytes(b"x")
    done = leaving.work(asked["task"]["id"])
    assert done.state is TaskState.DONE
    assert not papers.exists()
    assert leaving.row() is None
    assert run(_traces(leaving.installation)) == 0
    assert leaving.place.anonymous("{ district { slug } }").code == "DISTRICT_UNKNOWN"
    # A worker that was killed between the drop and its own end finds nothing left to do.
    assert run(_again(leaving, done.id)).state is TaskState.DONE
    # And what was taken along is a district elsewhere.
    with fresh_database(server, run, worker_id) as endpoint:
        ring = KeyRing(MasterKey.fresh())
        elsewhere: Installation = run(Installation.prepare(endpoint, ring))
        there = FileStore.open(None, folder=tmp_path / "files")
        taken = run(
            import_district(elsewhere, leaving.folder / facts["file"], files=there, passphrase=PASSPHRASE)
        )
        assert (taken.sha256, taken.manifest.slug) == (facts["sha256"], SLUG)
        with opened(elsewhere, run) as tenancy:
            assert tenancy.registry.get(SLUG).name


async def _traces(installation: Installation) -> int:
    async with installation.connection() as connection:
        roles = [installation.names.role(SLUG, wall) for wall in Wall]
        found: int = await connection.fetchval(
            "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY($1))"
            " + (SELECT count(*) FROM pg_namespace WHERE nspname = $2)",
            roles,
            installation.names.schema(SLUG),
        )
        return found


async def _again(leaving: Leaving, task_id: Any) -> TaskRow:
    async with leaving.services.tenancy.platform() as db:
        row = await get_task(db, task_id)
        row.state, row.finished_at = TaskState.RUNNING, None
    handlers = archive_handlers(
        leaving.installation,
        leaving.services.tenancy,
        folder=leaving.folder,
        cooling=timedelta(0),
        files=leaving.services.files.store,
    )
    return await TaskRunner(leaving.services.tenancy, leaving.installation.application, handlers).run_here(
        task_id
    )
