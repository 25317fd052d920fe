"""边办边评 on PostgreSQL: what is kept, who is told, and that nothing else of the case changes (DOMAIN H01)."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World
from tests.integration.features.cases.test_messages import Letters, told

from bangban.features.cases import service
from bangban.features.cases.problems import (
    IllegalTransition,
    NotRatedMeanwhile,
    RatedToday,
)
from bangban.features.cases.tables import InterimRatingRow
from bangban.features.cases.values import CaseOutcome, Grade, RatingPhase
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.messenger import Template
from bangban.kernel.problems import Forbidden, NotFound
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

LATE = MONDAY.replace(hour=15, minute=59)  # a minute before midnight in Shanghai
DURING: dict[str, Any] = {"grade": Grade.DISSATISFIED, "phase": RatingPhase.DURING}


@pytest.fixture
def open_to(world: World) -> Iterator[None]:
    """The district is rated while cases are done, too."""

    async def settle(work: Work, *, settings: dict[str, Any]) -> None:
        await work.db.execute(update(ProfileRow).values(settings=settings))

    before = world.read(lambda db: db.scalar(select(ProfileRow.settings)))
    moments = {**before, "rating": {"moments": ["BEFORE", "DURING", "AFTER"]}}
    world.act("admin", settle, settings=moments)
    world.tenancy.forget(world.district.slug)
    yield
    world.act("admin", settle, settings=before)
    world.tenancy.forget(world.district.slug)


def rate(world: World, number: str, *, who: str = "resident", now: dt.datetime = MONDAY, **how: Any) -> None:
    world.act(who, service.rate_case, number=number, now=now, **{**DURING, **how})


def kept(world: World, number: str) -> list[InterimRatingRow]:
    rows = world.rows(InterimRatingRow, InterimRatingRow.case_id == world.case(number).id)
    return sorted(rows, key=lambda row: row.rated_on)


@pytest.mark.usefixtures("open_to")
def test_it_is_kept_beside_the_case_once_a_local_day_and_the_holder_is_told(world: World) -> None:
    number = world.apply("resident", supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    before = world.case(number)
    rate(world, number, comment=" 还没人联系我 ")
    with pytest.raises(RatedToday):
        rate(world, number, now=LATE)
    rate(world, number, now=LATE + dt.timedelta(minutes=1), grade=Grade.SATISFIED)

    found = [(row.grade, row.comment, row.rated_on.day) for row in kept(world, number)]
    assert found == [(Grade.DISSATISFIED, "还没人联系我", 8), (Grade.SATISFIED, None, 9)]
    after = world.case(number)
    assert {c.key: getattr(after, c.key) for c in after.__table__.columns} == {
        c.key: getattr(before, c.key) for c in before.__table__.columns
    }
    *_, event = world.events(number)
    assert (event.kind, event.from_state, event.to_state) == ("RATED_DURING", before.state, before.state)
    assert (event.actor, event.note) == ("申请人", None), "what is never erased has no words of the applicant"
    assert world.outbox(after.id)[-2:] == ["case.changed", "case.rated-during"]
    trail = world.rows(AuditEntryRow, AuditEntryRow.object == f"case:{number}")
    assert max(trail, key=lambda entry: entry.seq).details == {"phase": "DURING"}

    letters = Letters()
    (message,) = told(world, letters, "case.rated-during", number)
    holder = next(name for name, each in world.people.items() if each.id == after.holder_id)
    assert (message.to, message.template) == (f"staff:{holder}", Template.CASE_RATED_DURING)
    assert (number in message.text, "联系" in message.text) == (True, False)

    # What was done last is still the pre-check, which is not done again.
    with pytest.raises(IllegalTransition):
        world.act("clerk", service.pre_check_case, number=number)


@pytest.mark.usefixtures("open_to")
def test_only_the_applicant_and_only_while_it_is_open(world: World) -> None:
    number = world.accepted(who="resident")
    with pytest.raises(NotFound):
        rate(world, number, who="stranger")
    with pytest.raises(Forbidden):
        rate(world, number, who="clerk")
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.GRANTED)
    with pytest.raises(IllegalTransition):
        rate(world, number)
    rate(world, number, phase=RatingPhase.AFTER)
    assert kept(world, number) == []


@pytest.mark.usefixtures("open_to")
def test_of_two_on_one_day_exactly_one_stands(world: World) -> None:
    number = world.apply("resident")

    async def both() -> list[Any]:
        tries = [world.acting("resident", service.rate_case, number=number, **DURING) for _ in range(2)]
        return await asyncio.gather(*tries, return_exceptions=True)

    refused = [each for each in world.run(both()) if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [RatedToday]
    assert len(kept(world, number)) == 1


def test_a_district_without_it_refuses(world: World) -> None:
    number = world.apply("resident")
    with pytest.raises(NotRatedMeanwhile) as refused:
        rate(world, number)
    assert refused.value.fields == ("input.phase",)
