"""The sample districts: accounts that sign in, cases in every state that keep every rule, and only once."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select, update

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import CredentialRow, OperatorRow, SessionRow
from bangban.features.cases.rules.facts import APPLICANT_WORD
from bangban.features.cases.service.clocks import find_clock
from bangban.features.cases.tables import (
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.values import CaseState, Grade, HelpKind, MaterialState
from bangban.features.demo import apart
from bangban.features.demo.cases import make_cases, samples_of
from bangban.features.demo.service import Demo, load_demo
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.vocabulary import OperatorDuty
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock import Light
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]
T = TypeVar("T")

TENANTS = Path(__file__).parents[4] / "tenants"
CASES = 30
MORE = 29  # which Zibo's bundles and delegations give occasion for
ALL = 3 * CASES + MORE
WORKER = apart._WORKER
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
ENDED = {CaseState.COMPLETED, CaseState.CLOSED}
OPEN = {CaseState.ACCEPTED, CaseState.IN_PROGRESS, CaseState.SUSPENDED}


class Samples:
    """What was loaded, and ways to look at it."""

    def __init__(self, installation: Installation, tenancy: Tenancy, run: Run, folder: Path) -> None:
        self.installation, self.tenancy, self.run = installation, tenancy, run
        self.tenants, self.var = folder / "tenants", folder / "var"
        self.passwords = Passwords(cost=CHEAP)
        self.told: list[tuple[str, str, int, int]] = []

    def load(self, *, cases: int = CASES) -> Demo:
        self.told.clear()
        demo: Demo = self.run(
            load_demo(
                self.installation,
                self.tenancy,
                tenants=self.tenants,
                var=self.var,
                cases=cases,
                passwords=self.passwords,
                progress=lambda *told: self.told.append(told),
            )
        )
        return demo

    def district(self, slug: str) -> District:
        return self.tenancy.registry.get_live(slug)

    def all(self, slug: str, statement: Any) -> list[Any]:
        """What a statement finds in a district."""

        async def found() -> list[Any]:
            async with platform_work(self.tenancy, self.district(slug)) as work:
                return list((await work.db.execute(statement)).all())

        rows: list[Any] = self.run(found())
        return rows

    def change(self, slug: str, *statements: Any) -> None:
        async def changed() -> None:
            async with platform_work(self.tenancy, self.district(slug)) as work:
                for statement in statements:
                    await work.db.execute(statement)

        self.run(changed())

    def file(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(
            (self.var / "demo" / "accounts.json").read_text(encoding="utf-8")
        )
        return entries

    def signs_in(self, slug: str, login: str, password: str) -> bool:
        """Whether the stored hash is this password's."""
        wanted = (
            select(CredentialRow.password_hash)
            .join(StaffRow, StaffRow.id == CredentialRow.staff_id)
            .where(StaffRow.login == login)
        )
        ((stored,),) = self.all(slug, wanted)
        return bool(self.run(self.passwords.verify(stored, password)).right)


SLUGS = ("demo-rushan", "demo-xuanwu", "demo-zibo")
"""A district of one level, one of three and one of five, under names that no other test uses."""


@pytest.fixture(scope="module")
def samples(
    installation: Installation, tenancy: Tenancy, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Samples]:
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(TENANTS / "template", folder / "tenants" / "template")
    for slug, source in zip(SLUGS, ("rushan", "nanjing-xuanwu", "zibo-hitech"), strict=True):
        copy = shutil.copytree(TENANTS / source, folder / "tenants" / slug) / "district.yaml"
        copy.write_text(
            copy.read_text(encoding="utf-8").replace(f"slug: {source}", f"slug: {slug}"), encoding="utf-8"
        )
    made = Samples(installation, tenancy, run, folder)
    demo = made.load()
    assert (demo.districts, demo.cases, demo.made) == (3, ALL, ALL)
    yield made
    made.passwords.close()


@pytest.fixture(params=SLUGS)
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ---------------------------------------------------------------------- once


def test_loading_again_changes_nothing(samples: Samples) -> None:
    before = samples.file()
    hashes = [samples.all(slug, select(CredentialRow).order_by(CredentialRow.staff_id)) for slug in SLUGS]
    stamps = [(row[0].staff_id, row[0].changed_at) for rows in hashes for row in rows]
    demo = samples.load()
    assert (demo.districts, demo.cases, demo.made) == (3, ALL, 0)
    assert samples.file() == before
    assert stamps == [
        (row[0].staff_id, row[0].changed_at)
        for slug in SLUGS
        for row in samples.all(slug, select(CredentialRow).order_by(CredentialRow.staff_id))
    ]
    assert {slug: len(samples.all(slug, select(CaseRow.id))) for slug in SLUGS} == dict.fromkeys(
        SLUGS, CASES
    ) | {"demo-zibo": CASES + MORE}


def test_progress_names_district_and_step(samples: Samples) -> None:
    samples.load()
    assert ("demo-zibo", "accounts", 24, 24) in samples.told
    assert ("", "accounts", 3, 3) in samples.told


def test_more_samples_are_added_to_those_there_are(samples: Samples) -> None:
    slug = "demo-xuanwu"
    before = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    made = samples.run(make_cases(samples.tenancy, samples.district(slug), count=CASES + 3))
    after = {number for (number,) in samples.all(slug, select(CaseRow.number))}
    assert made == 3
    assert before < after
    assert len(after) == CASES + 3
    assert samples.run(samples_of(samples.tenancy, samples.district(slug))) == (CASES + 3, CASES + 3)


def test_a_district_where_nobody_works_gets_no_cases(samples: Samples, district: District) -> None:
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(make_cases(samples.tenancy, district, count=12)) == 0
    assert samples.run(samples_of(samples.tenancy, district)) == (12, 0)


# ---------------------------------------------------------------------- cases


def test_every_state_and_light_is_there(samples: Samples, slug: str) -> None:
    calendar = samples.run(samples.tenancy.calendar(samples.district(slug)))
    today = datetime.now(UTC).astimezone(samples.district(slug).zone).date()
    rows = [row for (row,) in samples.all(slug, select(CaseRow))]
    assert {row.state for row in rows} == set(CaseState)
    running = [row for row in rows if row.state in {CaseState.ACCEPTED, CaseState.IN_PROGRESS}]
    lights = set()
    for row in running:
        clock = find_clock(row)
        assert clock is not None
        lights.add(clock.light(calendar.moment(today)))
    assert lights == set(Light)
    assert {row.help for row in rows} == set(HelpKind)
    assert len({row.channel for row in rows}) >= 4
    assert len({row.area_id for row in rows}) >= 10
    assert len({mode for row in rows for mode in row.modes}) >= 3
    assert (max(row.submitted_at for row in rows) - min(row.submitted_at for row in rows)).days > 60


def test_every_timeline_is_one_chain_that_ends_where_the_case_stands(samples: Samples, slug: str) -> None:
    states = dict(row for row in samples.all(slug, select(CaseRow.id, CaseRow.state)))
    events: dict[Any, list[CaseEventRow]] = {}
    for (event,) in samples.all(slug, select(CaseEventRow).order_by(CaseEventRow.id)):
        events.setdefault(event.case_id, []).append(event)
    assert events.keys() == states.keys()
    for case_id, chain in events.items():
        assert chain[0].from_state is None
        assert [each.to_state for each in chain[:-1]] == [each.from_state for each in chain[1:]]
        assert chain[-1].to_state is states[case_id]
        assert [each.at for each in chain] == sorted({each.at for each in chain})
        assert chain[-1].at < datetime.now(UTC)
    names = {name for (name,) in samples.all(slug, select(StaffRow.name).where(StaffRow.login.is_not(None)))}
    assert {each.actor for chain in events.values() for each in chain} <= names | {APPLICANT_WORD}


def test_cases_have_one_holder_and_their_first_owner(samples: Samples, slug: str) -> None:
    taken: dict[Any, list[HandoverRow]] = {}
    pending = set()
    for (row,) in samples.all(slug, select(HandoverRow).order_by(HandoverRow.offered_at)):
        if row.taken_at is not None:
            taken.setdefault(row.case_id, []).append(row)
        elif row.returned_at is None:
            pending.add(row.case_id)
    assert taken
    assert pending
    for (case,) in samples.all(slug, select(CaseRow)):
        hands = [case.first_asked_id, *(row.to_id for row in taken.get(case.id, ()))]
        assert case.holder_id == hands[-1]
        assert [row.from_id for row in taken.get(case.id, ())] == hands[:-1]
        if case.id in pending:
            assert case.state not in ENDED


def test_tolerance_notices_and_ratings_keep_their_rules(samples: Samples, slug: str) -> None:
    states = dict(row for row in samples.all(slug, select(CaseRow.id, CaseRow.state)))
    promises = [row for (row,) in samples.all(slug, select(ToleranceRow))]
    assert any(row.fulfilled_at for row in promises)
    assert any(row.fulfilled_at is None and states[row.case_id] in OPEN for row in promises)
    assert all(row.fulfilled_at for row in promises if states[row.case_id] in ENDED)
    assert samples.all(slug, select(NoticeRow.id))
    lacking = (
        select(func.count())
        .select_from(CaseMaterialRow)
        .join(CaseRow, CaseRow.id == CaseMaterialRow.case_id)
        .where(
            CaseRow.state.in_(sorted(ENDED)),
            CaseMaterialRow.required,
            CaseMaterialRow.state.not_in([MaterialState.SUPPLIED, MaterialState.EXEMPT]),
        )
    )
    assert samples.all(slug, lacking) == [(0,)]
    ratings = [row for (row,) in samples.all(slug, select(RatingRow))]
    assert {row.case_id for row in ratings} == {
        key for key, state in states.items() if state is CaseState.CLOSED
    }
    assert len({row.grade for row in ratings}) >= 3
    assert {row.grade for row in ratings} <= set(Grade)


def test_the_trail_has_each_act_in_the_order_in_which_it_happened(samples: Samples, slug: str) -> None:
    acts = [
        (entry.at, entry.actor.split(":")[0])
        for (entry,) in samples.all(
            slug,
            select(AuditEntryRow)
            .where(AuditEntryRow.request_id == "demo", AuditEntryRow.action.regexp_match("^(case|custody):"))
            .order_by(AuditEntryRow.seq),
        )
    ]
    ((events,),) = samples.all(slug, select(func.count()).select_from(CaseEventRow))
    assert len(acts) == events
    if slug != "demo-xuanwu":  # another test adds later samples there
        assert acts == sorted(acts, key=lambda act: act[0])
    assert {kind for _, kind in acts} == {"staff", "resident"}


def test_nobody_is_sent_a_message_about_samples(samples: Samples) -> None:
    references = {str(case_id) for slug in SLUGS for (case_id,) in samples.all(slug, select(CaseRow.id))}

    async def announced() -> set[str]:
        async with samples.tenancy.platform() as db:
            return set(await db.scalars(select(OutboxRow.reference)))

    assert not references & samples.run(announced())


def test_orders_of_every_kind_on_offer_were_done_and_wait_with_their_timers(samples: Samples) -> None:
    slug = "demo-zibo"
    rows = [row for (row,) in samples.all(slug, select(OrderRow))]
    kinds = {OrderKind.NEED, OrderKind.PICKUP, OrderKind.DELIVERY}
    for state in (OrderState.DONE, OrderState.OPEN):
        assert {row.kind for row in rows if row.state is state} == kinds
    assert all((row.grade is None) == (row.state is OrderState.OPEN) for row in rows)
    waiting = {str(row.id): row.due_at for row in rows if row.state is OrderState.OPEN}

    async def timers() -> dict[str, datetime | None]:
        async with samples.tenancy.platform() as db:
            found = await db.execute(
                select(OutboxRow.reference, OutboxRow.due_at).where(OutboxRow.kind == "order.unclaimed")
            )
            return {reference: due for reference, due in found if reference in waiting}

    assert samples.run(timers()) == waiting


# ---------------------------------------------------------------------- accounts


def test_every_account_of_the_file_signs_in(samples: Samples) -> None:
    entries = samples.file()
    assert {tuple(entry) for entry in entries} == {("district", "login", "password", "role", "level", "area")}
    assert len({entry["password"] for entry in entries}) == len(entries)
    operators = {entry["login"]: entry for entry in entries if entry["district"] is None}
    assert {each["role"] for each in operators.values()} == {duty.role for duty in OperatorDuty}
    for entry in entries:
        if entry["district"] is not None:
            assert samples.signs_in(entry["district"], entry["login"], entry["password"])

    async def stored() -> list[OperatorRow]:
        async with samples.tenancy.platform() as db:
            return list(await db.scalars(select(OperatorRow).where(OperatorRow.login.in_(operators))))

    rows = samples.run(stored())
    assert len(rows) == len(OperatorDuty)
    for row in rows:
        entry = operators[row.login]
        assert (entry["role"], entry["level"], entry["area"]) == (row.duty.role, None, None)
        assert samples.run(samples.passwords.verify(row.password_hash, entry["password"])).right


def test_the_file_says_where_a_role_is_held(samples: Samples) -> None:
    held = {
        (entry["district"], entry["login"]): (entry["role"], entry["level"], entry["area"])
        for entry in samples.file()
    }
    assert held["demo-rushan", "clerk-county"] == ("window-clerk", "COUNTY", "乳山市")
    assert held["demo-zibo", "helper-grid"][:2] == ("helper", "GRID")


def test_a_password_that_somebody_changed_is_set_again_and_ends_their_sessions(samples: Samples) -> None:
    slug, login = "demo-rushan", "guide"
    (entry,) = (each for each in samples.file() if (each["district"], each["login"]) == (slug, login))
    ((staff_id,),) = samples.all(slug, select(StaffRow.id).where(StaffRow.login == login))
    other = samples.run(samples.passwords.hash("another password"))
    samples.change(
        slug, update(CredentialRow).where(CredentialRow.staff_id == staff_id).values(password_hash=other)
    )

    async def signed_in() -> None:
        async with platform_work(samples.tenancy, samples.district(slug)) as work:
            work.db.add(
                SessionRow(
                    id=new_id(),
                    staff_id=staff_id,
                    created_at=work.now,
                    expires_at=datetime(2999, 1, 1, tzinfo=UTC),
                )
            )

    samples.run(signed_in())
    samples.load()
    assert samples.signs_in(slug, login, entry["password"])
    assert samples.all(
        slug,
        select(func.count()).where(SessionRow.staff_id == staff_id, SessionRow.ended_at.is_(None)),
    ) == [(0,)]


def test_where_the_file_is_lost_everybody_gets_a_new_password(samples: Samples) -> None:
    before = {(entry["district"], entry["login"]): entry["password"] for entry in samples.file()}
    shutil.rmtree(samples.var / "demo")
    samples.load()
    after = {(entry["district"], entry["login"]): entry["password"] for entry in samples.file()}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert samples.signs_in("demo-zibo", "admin", after["demo-zibo", "admin"])


def test_where_only_the_stamps_are_lost_passwords_stay(samples: Samples) -> None:
    before = samples.file()
    (samples.var / "demo" / ".accounts.stamps").unlink()
    samples.load()
    assert samples.file() == before
    assert (samples.var / "demo" / ".accounts.stamps").exists()


# ---------------------------------------------------------------------- in processes of their own


@pytest.fixture
def empty(samples: Samples) -> Callable[[str], str]:
    """A sample district without cases, under a name of its own."""

    def make(slug: str) -> str:
        folder = samples.tenants.parent / "apart" / slug
        shutil.copytree(samples.tenants / "template", folder.parent / "template", dirs_exist_ok=True)
        shutil.copytree(samples.tenants / "demo-xuanwu", folder)
        district = folder / "district.yaml"
        district.write_text(
            district.read_text(encoding="utf-8").replace("slug: demo-xuanwu", f"slug: {slug}"),
            encoding="utf-8",
        )
        samples.run(onboard(samples.installation, samples.tenancy, read_profile(folder)))
        return slug

    return make


@pytest.mark.parametrize("worker", [WORKER, "bangban.no_such_worker"])
def test_cases_are_made_in_another_process_or_else_in_this_one(
    samples: Samples, empty: Callable[[str], str], worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_WORKER", worker)
    here: list[str] = []
    monkeypatch.setattr(apart, "make_cases", _noting(here))
    slug = empty(f"apart-{'one' if worker == WORKER else 'two'}")
    told: list[tuple[str, int, int]] = []
    made = samples.run(
        apart.make_cases_of(
            samples.tenancy,
            samples.installation.application,
            [slug],
            count=12,
            processes=1,
            progress=lambda *step: told.append(step),
        )
    )
    assert made == 12
    assert {state for (state,) in samples.all(slug, select(CaseRow.state))} == set(CaseState)
    assert here == ([] if worker == WORKER else [slug])
    assert told[-1] == (slug, 12, 12)


def test_a_process_ends_with_whoever_asked_for_it(samples: Samples, empty: Callable[[str], str]) -> None:
    slug = empty("apart-three")

    async def stopped() -> int:
        begun = asyncio.Event()
        task = asyncio.create_task(
            apart.make_cases_of(
                samples.tenancy,
                samples.installation.application,
                [slug],
                count=200,
                processes=1,
                progress=lambda *_: begun.set(),
            )
        )
        await asyncio.wait_for(begun.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await samples_of(samples.tenancy, samples.district(slug))).cases

    assert samples.run(stopped()) == 0
    assert samples.all(slug, select(func.count()).select_from(CaseRow)) == [(0,)]


def _noting(slugs: list[str]) -> Callable[..., Any]:
    async def noted(tenancy: Tenancy, district: District, **how: Any) -> int:
        slugs.append(district.slug)
        return await make_cases(tenancy, district, **how)

    return noted
