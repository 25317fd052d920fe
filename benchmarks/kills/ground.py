"""An installation to be killed in: applications that go through, and what must be there at the end of each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from benchmarks.kills.migrating import kill_server
from benchmarks.kills.points import Ground
from sqlalchemy import func, select

from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.tables import CredentialRow
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.applying import apply_for_onboarding
from bangban.features.districts.platform import platform_work
from bangban.features.districts.rules import Application, Terms
from bangban.features.districts.service import APPLICATION_STEPS, get_row, hash_ticket, steps_of
from bangban.features.districts.tables import OnboardingState, StepState
from bangban.features.districts.verifying import own_row, verify_in
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.tables import TaskRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
DATABASE: Final = "kills"
# A killed server keeps what it wrote without waiting for the disk: the machine lives on.
SERVING: Final = {"fsync": "off"}
_TERMS: Final = Terms(address_daily=1_000_000)


@dataclass(frozen=True)
class Asked:
    """An application whose contact is verified, and the task that makes its district."""

    id: UUID
    slug: str
    phone: str
    task_id: UUID


async def prepare(server: EmbeddedPostgres, folder: Path) -> Ground:
    """A fresh installation on the server."""
    admin = Endpoint.from_url(server.url)
    connection = await admin.connect()
    await connection.execute(
        "CREATE DATABASE kills TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
    )
    await connection.close()
    ring = make_file(Settings(var=folder).key_file)
    installation = await Installation.prepare(admin.on(DATABASE), ring)
    url = server.url.removesuffix("/postgres") + f"/{DATABASE}"
    return Ground(url, installation.names.tag, folder, ROOT / "tenants")


def crash(server: EmbeddedPostgres) -> None:
    """PostgreSQL loses power, as far as it can tell, and comes back on the same port."""
    port = server.port
    kill_server(server.folder / "cluster")
    server.start()
    assert server.port == port


async def ask(tenancy: Tenancy, number: int) -> Asked:
    """Somebody applies, and verifies the contact."""
    wished = Application(
        slug=f"k{uuid4().hex[:10]}",
        name="样例区",
        division_code="999999",
        contact_name="样例人",
        contact_phone=sample_phone(number),
        contact_email="contact@example.org",
        admin_login="sample.admin",
    )
    row, ticket, message = await apply_for_onboarding(
        tenancy, wished, templates={"county"}, terms=_TERMS, address=str(number)
    )
    (code,) = re.findall(r"验证码 ([0-9]{6})，", message.text)
    async with tenancy.platform() as db:
        mine = await own_row(db, row.id, hash_ticket(ticket))
        assert await verify_in(db, tenancy, mine, code, terms=_TERMS, now=datetime.now(UTC))
        (task_id,) = (await db.scalars(select(TaskRow.id).where(TaskRow.district == row.slug))).all()
    return Asked(row.id, row.slug, message.to, task_id)


async def state_of(tenancy: Tenancy, asked: Asked) -> dict[str, Any]:
    """What is there of it, in numbers that two undisturbed onboardings have in common."""
    async with tenancy.platform() as db:
        row = await get_row(db, asked.id)
        task = await db.get(TaskRow, asked.task_id)
        districts = await db.scalar(
            select(func.count()).select_from(DistrictRow).where(DistrictRow.slug == asked.slug)
        )
        assert task is not None
    steps = await steps_of(tenancy, asked.id)
    await tenancy.registry.refresh(asked.slug)
    district = tenancy.registry.get(asked.slug)
    async with platform_work(tenancy, district) as work:
        counted = {
            table.__tablename__: await work.db.scalar(select(func.count()).select_from(table))
            for table in (AreaRow, ServiceItemRow, StaffRow, AssignmentRow, CredentialRow, ProfileRow)
        }
        trail = set((await work.db.scalars(select(AuditEntryRow.action))).all())
    return {
        "state": row.state.value,
        "task": task.state.value,
        "left over": row.digest,
        "districts": districts,
        "status": district.status.value,
        "steps": {step.name: (step.state.value, step.done, step.total) for step in steps},
        **counted,
        # A step that was committed before the kill and is done again may record again that it looked.
        "recorded": sorted(trail),
    }


def complete(state: dict[str, Any]) -> bool:
    """Whether an onboarding is where it should be, whatever the district is made of."""
    return (
        (state["state"], state["task"], state["left over"]) == (OnboardingState.CONFIGURING, "DONE", None)
        and (state["districts"], state["status"]) == (1, DistrictStatus.PROVISIONING)
        and tuple(state["steps"]) == APPLICATION_STEPS
        and {each[0] for each in state["steps"].values()} == {StepState.DONE}
    )


async def valid_invitations(tenancy: Tenancy, ground: Ground, asked: Asked) -> int:
    """How many of the invitations that went out still let their account's password be set."""
    async with platform_work(tenancy, tenancy.registry.get(asked.slug)) as work:
        kept = set((await work.db.scalars(select(CredentialRow.token_hash))).all())
        vault = work.vault
    letters = [json.loads(each.read_text("utf-8")) for each in ground.settings.outbox_folder.glob("*.json")]
    sent = [each["text"] for each in letters if each["district"] == asked.slug]
    found = [token for text in sent for token in re.findall(rf"{asked.slug}\.[a-z0-9-]+", text)]
    return sum(OneTimeToken.parse(each).hash(vault) in kept for each in found)
