"""What a visitor is told of missing papers is kept as it was told, and signed for once (DOMAIN A06, B03)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, MONDAY, World
from tests.integration.features.hall.halls import Hall, opened
from tests.integration.features.hall.test_many_at_once import at_once

from bangban.features.cases.paper_problems import AcknowledgedAlready, NothingToAcknowledge
from bangban.features.cases.service.notices import Telling
from bangban.features.cases.values import NoticeChannel
from bangban.features.catalog.problems import ItemNotTakenThere
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.forgetting import forget_visits
from bangban.features.hall.service.telling import sign_for_visit
from bangban.features.hall.service.visits import check_papers, end_visit
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.values import PaperState, VisitEnd
from bangban.kernel.identifiers import NumberInText, sample_phone
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound
from bangban.kernel.tenancy.work import Work

DAY = dt.timedelta(days=1)


def tell(hall: Hall, visit: UUID, **telling: Any) -> VisitRow:
    """Told that the lease is missing and the photo not right."""
    found = [
        Found(code="FORM", state=PaperState.HAS),
        Found(code="LEASE", state=PaperState.MISSING, note="未带"),
        Found(code="PHOTO", state=PaperState.WRONG_FORM),
    ]
    hall.world.act("guide", check_papers, visit_id=visit, found=found, telling=Telling(**telling))
    return hall.visit(visit)


def test_a_visitor_is_told_by_whom_until_when_how_and_where(hall: Hall) -> None:
    visit = tell(hall, hall.greet(service_code=ITEM), how="可由家人代交", where_id=hall.id)
    assert visit.told_by == hall.world.people["guide"].id
    assert (visit.told_channel, visit.told_how) == (NoticeChannel.COUNTER, "可由家人代交")
    assert (visit.told_where_id, visit.told_until) == (hall.id, dt.date(2026, 6, 15))


def test_an_item_may_give_more_time_than_the_hall(hall: Hall) -> None:
    async def days(work: Work, details: dict[str, Any]) -> None:
        await work.db.execute(
            update(ServiceItemRow).where(ServiceItemRow.code == ITEM).values(details=details)
        )

    world = hall.world
    (item,) = world.rows(ServiceItemRow, ServiceItemRow.code == ITEM)
    world.act("admin", days, details={**item.details, "notice_working_days": 2})
    try:
        assert tell(hall, hall.greet(service_code=ITEM)).told_until == dt.date(2026, 6, 10)
    finally:
        world.act("admin", days, details=item.details)


def test_later_looks_do_not_change_what_was_told(hall: Hall) -> None:
    told = tell(hall, hall.greet(service_code=ITEM))
    assert told.told_papers is not None
    assert [each["code"] for each in told.told_papers] == ["LEASE", "PHOTO"] == told.told
    hall.check(told.id, PHOTO=PaperState.MISSING)
    after = hall.visit(told.id)
    assert (after.told_papers, after.told_by, after.told_at) == (
        told.told_papers,
        told.told_by,
        told.told_at,
    )
    with pytest.raises(InvalidInput):  # there is no second notice to say it in
        tell(hall, told.id, how="邮寄")


def test_how_and_where_keep_to_the_same_rules_as_in_a_case(hall: Hall) -> None:
    visit = hall.greet(service_code=ITEM)
    with pytest.raises(NumberInText):
        tell(hall, visit, how=f"请联系{sample_phone(3)}")
    with pytest.raises(ItemNotTakenThere):
        tell(hall, visit, where_id=opened(hall.world, ("3", ["OTHER-ITEM"])).id)
    assert hall.visit(visit).told is None


def test_a_visitor_signs_once_before_a_guide_of_the_point(hall: Hall) -> None:
    visit = hall.greet(service_code=ITEM)
    with pytest.raises(NothingToAcknowledge):
        hall.world.act("guide", sign_for_visit, visit_id=visit)
    tell(hall, visit)
    for who, refusal in (("clerk", Forbidden), ("auditor", Forbidden), ("guide-town", NotFound)):
        with pytest.raises(refusal):
            hall.world.act(who, sign_for_visit, visit_id=visit)
    hall.world.act("guide-2", sign_for_visit, visit_id=visit)
    signed = hall.visit(visit)
    assert (signed.told_signed_at, signed.told_signed_to) == (MONDAY, hall.world.people["guide-2"].id)
    with pytest.raises(AcknowledgedAlready):
        hall.world.act("guide", sign_for_visit, visit_id=visit)


def test_of_two_guides_at_once_one_sees_the_signature(world: World) -> None:
    hall = opened(world)
    visit = tell(hall, hall.greet(21, service_code=ITEM)).id
    answers = at_once(
        world, *(world.acting(who, sign_for_visit, visit_id=visit) for who in ("guide", "guide-2", "guide"))
    )
    assert sum(isinstance(each, AcknowledgedAlready) for each in answers) == 2, answers
    assert sum(each == visit for each in answers) == 1


def test_what_was_told_in_words_is_forgotten_with_the_visit(hall: Hall) -> None:
    visit = tell(hall, hall.greet(22, service_code=ITEM), how="由女儿代交")
    hall.world.act("guide", end_visit, visit_id=visit.id, how=VisitEnd.LEFT)
    hall.world.act("admin", forget_visits, now=MONDAY + 91 * DAY, most=1000)
    after = hall.visit(visit.id)
    assert (after.told_papers, after.told_how, after.papers) == (None, None, None)
    assert (after.told, after.told_until) == (["LEASE", "PHOTO"], visit.told_until), "what is counted stays"
