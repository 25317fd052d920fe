"""用印: results under the district's one seal have numbers without a gap, whoever issues them at once (DOMAIN A09)."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import World

from bangban.features.cases import service
from bangban.features.cases.tables import CaseEventRow
from bangban.features.cases.values import CaseOutcome
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Conflict, Problem
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

SEAL = {
    "name": {"zh": "样本审批专用章", "en": "Sample Seal"},
    "keeper": {"zh": "样本局", "en": "Sample Bureau"},
}
LATE = dt.datetime(2026, 12, 31, 15, 59, tzinfo=dt.UTC)  # the last minute of the year in Shanghai
MINUTE = dt.timedelta(minutes=1)


class UndoneError(Exception):
    """Something else of the same transaction that goes wrong."""


@pytest.fixture
def sealed(world: World) -> Iterator[World]:
    """The district with a seal, and none afterwards."""
    say(world, {"seal": SEAL})
    yield world
    say(world, {})


def say(world: World, settings: Mapping[str, Any]) -> None:
    async def do(work: Work) -> None:
        await work.db.execute(update(ProfileRow).values(settings=dict(settings)))

    world.act("admin", do)
    world.tenancy.forget(world.district.slug)


def used(world: World, year: int = 2026) -> list[int]:
    """The numbers of a year, in order."""
    found = world.rows(CaseEventRow, CaseEventRow.seal_year == year)
    return sorted(each.seal_number for each in found if each.seal_number is not None)


async def completing(world: World, number: str, *, fails: bool = False, **how: Any) -> bool:
    """Whether a case was completed: by a clerk, in a transaction that fails at its end, or not."""

    async def do(work: Work) -> None:
        await service.complete_case(work, number=number, outcome=CaseOutcome.DONE)
        if fails:
            raise UndoneError

    try:
        await world.acting("clerk", do, **how)
    except (UndoneError, Problem):
        return False
    return True


def complete(world: World, number: str, **how: Any) -> bool:
    done: bool = world.run(completing(world, number, **how))
    return done


def test_without_a_seal_nothing_is_recorded(world: World) -> None:
    number = world.accepted()
    assert complete(world, number)
    assert {each.seal_number for each in world.events(number)} == {None}


@pytest.mark.parametrize("seed", range(2))
def test_numbers_have_no_gap_whoever_completes_at_once_and_whatever_is_undone(
    sealed: World, seed: int
) -> None:
    random, before = Random(seed), used(sealed)
    numbers = [sealed.accepted() for _ in range(8)]
    acts = [(number, False) for number in numbers]
    acts += [(random.choice(numbers), False) for _ in range(3)]  # a second clerk, at the same time
    acts += [(random.choice(numbers), True) for _ in range(4)]  # undone: then another may still complete it
    random.shuffle(acts)

    async def at_once() -> list[bool]:
        return await asyncio.gather(*(completing(sealed, number, fails=fails) for number, fails in acts))

    assert sum(sealed.run(at_once())) == len(numbers)
    assert used(sealed) == list(range(1, len(before) + len(numbers) + 1))
    for number in numbers:
        assert [each.kind for each in sealed.events(number) if each.seal is not None] == ["COMPLETED"]


def test_a_result_that_is_refused_or_undone_uses_no_number(sealed: World) -> None:
    number, before = sealed.accepted(), used(sealed)
    assert not complete(sealed, number, fails=True)
    reply = sealed.run(completing(sealed, "TS20260608-000000"))
    assert (reply, used(sealed)) == (False, before)
    assert complete(sealed, number)
    assert used(sealed) == [*before, len(before) + 1]


def test_each_year_begins_anew_where_the_district_is(sealed: World) -> None:
    last, first, second = (sealed.accepted() for _ in range(3))
    before = used(sealed)
    assert complete(sealed, last, now=LATE)
    assert complete(sealed, first, now=LATE + MINUTE)
    assert complete(sealed, second, now=LATE + MINUTE)
    assert used(sealed) == [*before, len(before) + 1]
    assert used(sealed, 2027) == [1, 2]


def test_a_use_keeps_the_name_that_the_seal_had_and_stands_in_the_trail(sealed: World) -> None:
    number = sealed.accepted()
    assert complete(sealed, number)
    say(sealed, {"seal": {"name": {"zh": "新章", "en": "New Seal"}}})
    later = sealed.accepted()
    assert complete(sealed, later)
    (kept,) = [each for each in sealed.events(number) if each.seal is not None]
    (renamed,) = [each for each in sealed.events(later) if each.seal is not None]
    assert (kept.seal, renamed.seal) == (SEAL, {"name": {"zh": "新章", "en": "New Seal"}})
    said = sealed.rows(
        AuditEntryRow, AuditEntryRow.object == f"case:{number}", AuditEntryRow.action == "case:complete"
    )
    assert [each.details["seal"] for each in said] == [f"2026-{kept.seal_number}"]


def test_postgresql_itself_lets_no_number_be_used_twice(sealed: World) -> None:
    number = sealed.accepted()
    assert complete(sealed, number)
    (row,) = [each for each in sealed.events(number) if each.seal is not None]

    async def again(work: Work) -> None:
        columns = ("case_id", "at", "kind", "to_state", "seal_year", "seal_number", "seal")
        work.db.add(CaseEventRow(id=new_id(), **{name: getattr(row, name) for name in columns}))
        await work.db.flush()

    with pytest.raises(Conflict) as refused:
        sealed.act("clerk", again)
    assert "case_event_seal_key" in str(refused.value.__cause__)
