"""People's own data goes when its time is over: what is due and nothing else, and the decision stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from tests.api.casework import Desk, Run, applied, fresh, mutation_of, refused, revealed_by, seen
from tests.api.named import case_in

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases.tables import CaseRow, InterimRatingRow, RatingRow
from bangban.features.cases.values import Grade
from bangban.features.personal_data.daily import ERASING, erase_everywhere
from bangban.features.personal_data.retention import ERASED, Erased, erase_due
from bangban.features.personal_data.rules import USUAL_CASE_DAYS
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.jobs.tasks import ask, ask_daily
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

VILLAGE = "371681101200"
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def two_completed(desk: Desk) -> None:
    """Two cases that ended today."""
    for _ in range(2):
        case_in(desk, "completed")


def test_what_is_due_is_erased_and_the_decision_stays(desk: Desk) -> None:
    number = case_in(desk, "completed")
    case_id = desk.scalar(select(CaseRow.id).where(CaseRow.number == number))
    other = case_in(desk, "completed")
    clerk = desk.staff("clerk-town")
    before, untouched = seen(clerk, number), seen(clerk, other)
    assert before is not None
    phone = revealed_by(clerk, number)["phone"]

    async def age(work: Work) -> None:
        await work.db.execute(update(CaseRow).where(CaseRow.id == case_id).values(completed_at=LONG_AGO))
        await work.db.execute(update(CaseRow).where(CaseRow.id == case_id).values(note="住在村东头"))
        work.db.add(RatingRow(case_id=case_id, grade=Grade.SATISFIED, comment="张三写的", rated_at=LONG_AGO))
        work.db.add(
            InterimRatingRow(
                case_id=case_id,
                rated_on=LONG_AGO.date(),
                grade=Grade.SATISFIED,
                comment="张三当时写的",
                rated_at=LONG_AGO,
            )
        )

    desk.inside(age)
    assert desk.inside(erase_due) == Erased(cases=1, accounts=0, more=False)
    assert desk.inside(erase_due) == Erased(cases=0, accounts=0, more=False)

    after = seen(clerk, number)
    assert after is not None
    assert set(after["applicant"].values()) == {"PERSON", ERASED}
    assert after["note"] is None
    assert [each["comment"] for each in (after["rating"], *after["interimRatings"])] == [None, None]
    assert after["rating"]["grade"] == "SATISFIED"
    kept = (
        "number",
        "state",
        "outcome",
        "opinion",
        "resultNumber",
        "service",
        "area",
        "materials",
        "timeline",
    )
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert refused(clerk, "revealApplicant", number=number, reason="核对更正后的信息")[0] == "CONFLICT"
    find = "query($s: String) { cases(filter: {search: $s}) { edges { node { number } } } }"
    assert number not in str(clerk(find, s=phone).data)
    assert seen(clerk, other) == untouched

    async def entry(work: Work) -> Any:
        entries = select(AuditEntryRow.details).where(AuditEntryRow.action == "retention:erase")
        return (await work.db.scalars(entries.order_by(AuditEntryRow.seq))).all()

    *_, details = desk.inside(entry)
    kept = desk.place.anonymous("{ retention { caseDays accountDays } }").data["retention"]
    assert details == {
        "cases": 1,
        "accounts": 0,
        "orders": 0,
        "visits": 0,
        "asks": 0,
        "givers": 0,
        "bookings": 0,
        "case_days": kept["caseDays"],
        "account_days": kept["accountDays"],
    }


def test_an_account_goes_when_nothing_of_it_is_left(desk: Desk) -> None:
    n, kept = fresh(), fresh()
    desk.resident(n)
    number = applied(desk.resident(kept), desk.area(VILLAGE), n=kept)

    async def age(work: Work) -> list[Any]:
        rows = await work.db.scalars(select(ResidentRow).order_by(ResidentRow.created_at.desc()).limit(2))
        both = rows.all()
        for row in both:
            row.created_at = LONG_AGO
        return [row.id for row in both]

    ids = desk.inside(age)
    assert desk.inside(erase_due).accounts == 1
    erased = select(func.count()).where(ResidentRow.id.in_(ids), ResidentRow.phone_hash.is_(None))
    assert desk.scalar(erased) == 1
    assert seen(desk.resident(kept), number) is not None

    async def come_back(work: Work) -> Any:
        return (await resident_of_phone(work, sample_phone(n))).id

    assert desk.inside(come_back) not in ids  # somebody new


def test_periods_are_the_districts_own_within_bounds(desk: Desk) -> None:
    admin = desk.staff("admin")
    setting = mutation_of("setRetention", "caseDays accountDays")
    assert admin(setting, input={"caseDays": 400}).data["setRetention"] == {
        "caseDays": 400,
        "accountDays": 1096,
    }
    assert desk.place.anonymous("{ retention { caseDays accountDays } }").data["retention"]["caseDays"] == 400
    for days in (179, 0, -1, 36_501):
        assert admin(setting, input={"caseDays": days}).code == "INVALID_INPUT"
    assert desk.staff("clerk-town")(setting, input={"caseDays": 500}).code == "FORBIDDEN"
    number = case_in(desk, "completed")

    async def age(days: int, work: Work) -> None:
        ended = work.now - timedelta(days=days)
        await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(completed_at=ended))

    for days, wanted in ((399, 0), (401, 1)):
        desk.inside(lambda work, days=days: age(days, work))  # type: ignore[misc]  # bound in the loop
        assert desk.inside(erase_due).cases == wanted, days
    assert admin(setting, input={"caseDays": 1826}).data


class UndoneError(Exception):
    """Rolls a scene back, so that the next one finds what this one found."""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages=st.lists(st.integers(min_value=1800, max_value=1850), min_size=2, max_size=2))
def test_exactly_what_is_due_is_erased(desk: Desk, two_completed: None, ages: list[int]) -> None:
    """Whatever the ages: a case goes if its period is over, and none other does."""
    erased = select(CaseRow.id).where(CaseRow.identity_sealed.is_(None))

    async def scene(work: Work) -> None:
        live = select(CaseRow).where(CaseRow.identity_sealed.is_not(None), CaseRow.completed_at.is_not(None))
        rows = (await work.db.scalars(live.order_by(CaseRow.id).limit(2))).all()
        due = {row.id for row, age in zip(rows, ages, strict=True) if age > USUAL_CASE_DAYS}
        for row, age in zip(rows, ages, strict=True):
            row.completed_at = work.now - timedelta(days=age)
        before = set(await work.db.scalars(erased))
        await erase_due(work)
        assert set(await work.db.scalars(erased)) - before == due
        raise UndoneError

    with pytest.raises(UndoneError):
        desk.inside(scene)


def test_the_daily_task_goes_through_all_districts_once(
    desk: Desk, installation: Installation, run: Run
) -> None:
    tenancy = desk.services.tenancy
    number = case_in(desk, "completed")

    async def age(work: Work) -> None:
        await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(completed_at=LONG_AGO))

    desk.inside(age)

    async def scene() -> Any:
        await asyncio.gather(*(ask_daily(tenancy, "retention-of-the-test") for _ in range(4)))
        async with tenancy.platform() as db:
            given = {"districts": ["zouping"]}
            task = await ask(
                db, tenancy.names, kind=ERASING, given=given, actor="system", now=datetime.now(UTC)
            )
        runner = TaskRunner(
            tenancy, installation.application, {ERASING: lambda task: erase_everywhere(tenancy, task)}
        )
        done = await runner.run_here(task)
        async with installation.connection() as connection:
            asked = await connection.fetchval(
                "SELECT count(*) FROM platform.task WHERE kind = 'retention-of-the-test'"
            )
        return done, asked

    row, asked = run(scene())
    assert row.state is TaskState.DONE
    assert row.result["cases"] == 1
    assert asked == 1
