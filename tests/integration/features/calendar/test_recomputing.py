"""After a change of the calendar, stored clocks are what casework would have made of them with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.features.calendar.clocks import HORIZON, accepted, at, clock, end, recompute, suspend
from tests.integration.features.calendar.notices import NEXT, next_notice
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.features.calendar.problems import DayAlreadySo, NoLocalDay
from bangban.features.calendar.recompute import Recomputed, recompute_cases
from bangban.features.calendar.service import BY_HAND, change_local_day, import_notice
from bangban.features.cases import service
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import CaseOutcome
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.tables import ClosureRow, OutboxRow


def resume(world: World, number: str, now: dt.datetime) -> None:
    world.act("clerk", service.resume_case, number=number, now=now)


def some_cases(world: World) -> list[str]:
    """A running case, one with a pause behind it, one that is suspended, and one that is completed."""
    running, paused, suspended, done = (accepted(world, end(8)) for _ in range(4))
    suspend(world, paused, end(7))
    resume(world, paused, at(dt.date(NEXT, 1, 8)))
    suspend(world, suspended, end(6))
    resume(world, suspended, end(5))
    suspend(world, suspended, at(dt.date(NEXT, 1, 6)))
    world.act("clerk", service.complete_case, number=done, outcome=CaseOutcome.DONE, now=end(2))
    return [running, paused, suspended, done]


def entries(world: World) -> list[AuditEntryRow]:
    found = world.rows(AuditEntryRow, AuditEntryRow.object == "calendar:cases")
    return sorted(found, key=lambda each: each.seq)


def test_after_an_import_cases_stand_as_if_the_notice_had_always_been_known(
    world: World, new_district: Any
) -> None:
    before = some_cases(world)
    assert clock(world, before[0]).due_provisional
    kept = clock(world, before[3])
    world.run(import_notice(world.tenancy, next_notice(), source="样本文号"))
    done = recompute(world)
    assert (done.open, done.changed, done.unclear) == (3, 3, ())

    knowing = settle(world.tenancy, new_district(), world.run)
    after = some_cases(knowing)
    for number, same in zip(before[:3], after[:3], strict=True):
        assert clock(world, number) == clock(knowing, same)
        assert not clock(world, number).due_provisional
    assert clock(world, before[3]) == kept
    assert kept.due_provisional  # a completed case keeps what it had


def test_again_gives_the_same_answer_and_one_more_entry(world: World) -> None:
    numbers = some_cases(world)
    world.run(import_notice(world.tenancy, next_notice(), source="样本文号"))
    first = recompute(world)
    clocks = [clock(world, number) for number in numbers]
    news = len(outbox(world))
    assert recompute(world) == replace(first, changed=0)
    assert [clock(world, number) for number in numbers] == clocks
    assert len(outbox(world)) == news + 1  # the trail's alone: the calendar is the same
    assert [(each.action, each.details["open"], each.details["changed"]) for each in entries(world)] == [
        ("calendar:manage", 3, 3),
        ("calendar:manage", 3, 0),
    ]
    assert entries(world)[0].actor.startswith("operator:")
    assert entries(world)[0].details["horizon"] == f"{NEXT}-12-31"


def outbox(world: World) -> list[str]:
    async def find() -> list[str]:
        async with world.tenancy.platform() as db:
            author = OutboxRow.author.contains(world.district.schema)
            return list(await db.scalars(select(OutboxRow.kind).where(author).order_by(OutboxRow.id)))

    kinds: list[str] = world.run(find())
    return kinds


def test_the_number_of_statements_does_not_follow_the_number_of_cases(world: World) -> None:
    def statements() -> int:
        world.counted.clear()
        recompute(world)
        return len(world.counted)

    accepted(world, end(8))
    change(world, dt.date(2026, 12, 29), working=False)
    few = statements()
    for _ in range(6):
        accepted(world, end(9))
    world.run(import_notice(world.tenancy, next_notice(), source=""))
    assert statements() <= few + 2  # the one update, and the stamp


def test_many_batches_are_one_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bangban.features.calendar.recompute.BATCH", 2)
    numbers = [accepted(world, end(8)) for _ in range(5)]
    done = change(world, HORIZON - dt.timedelta(days=1), working=False)
    assert (done.open, done.changed) == (5, 5)
    assert len({clock(world, number) for number in numbers}) == 1
    assert len(entries(world)) == 1


def change(world: World, day: dt.date, *, working: bool | None) -> Recomputed:
    done: Recomputed = world.run(
        change_local_day(world.tenancy, world.district, day=day, working=working, reason="全区防汛")
    )
    return done


def test_a_local_closure_moves_due_days_and_is_taken_back(world: World) -> None:
    number = accepted(world, at(dt.date(2026, 6, 8)))
    before = clock(world, number)
    assert before.due_on == dt.date(2026, 6, 23)
    closed = dt.date(2026, 6, 10)

    assert change(world, closed, working=False).changed == 1
    assert clock(world, number).due_on == dt.date(2026, 6, 24)
    assert not world.calendar().is_working(closed)
    assert change(world, closed, working=False).changed == 0
    opened = dt.date(2026, 6, 13)
    assert change(world, opened, working=True).changed == 1
    assert clock(world, number).due_on == dt.date(2026, 6, 23)
    change(world, opened, working=None)
    change(world, closed, working=None)
    assert clock(world, number) == before
    assert not world.rows(ClosureRow)
    said = world.rows(AuditEntryRow, AuditEntryRow.object == f"calendar:{closed}")
    assert [each.details["working"] for each in sorted(said, key=lambda each: each.seq)] == [False, None]
    assert outbox(world).count("calendar.changed") == 4

    with pytest.raises(NoLocalDay):
        change(world, closed, working=None)
    with pytest.raises(DayAlreadySo):
        change(world, opened, working=False)
    assert len(entries(world)) == 5  # a refusal leaves nothing


def test_nobody_without_the_right_recomputes(world: World) -> None:
    async def go(work: Any) -> None:
        await recompute_cases(work, world.tenancy.registry, cause=BY_HAND)

    with pytest.raises(Forbidden):
        world.act("clerk", go)


def test_a_case_with_an_unclear_timeline_is_named_and_left_alone(world: World) -> None:
    number, other = accepted(world, end(8)), accepted(world, end(8))

    row: CaseRow = world.case(number)

    async def spoil(work: Any) -> None:
        work.db.add(CaseEventRow(id=new_id(), case_id=row.id, at=end(7), kind="RESUMED", to_state=row.state))

    world.act("admin", spoil)
    before = clock(world, number)
    done = change(world, HORIZON - dt.timedelta(days=1), working=False)
    assert done.unclear == (number,)
    assert (done.open, done.changed) == (2, 1)
    assert clock(world, number) == before != clock(world, other)
