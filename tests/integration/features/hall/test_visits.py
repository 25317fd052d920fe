"""From greeting to leaving: who may greet, the one notice, the right queue, the one live ticket."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import COUNTY_ITEM, ITEM, MONDAY
from tests.integration.features.hall.halls import NEEDED, Hall, on_shift, opened

from bangban.features.cases.problems import PhraseBanned
from bangban.features.hall.problems import (
    ChecklistIncomplete,
    NotOnShift,
    PapersMissing,
    PapersUnchecked,
    TakenHere,
    ToldAlready,
    VisitNotOpen,
)
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.rota import cancel_shift
from bangban.features.hall.service.visits import check_papers, end_visit
from bangban.features.hall.ticket_problems import DuplicateTicket, NoQueueForMatter, WrongQueue
from bangban.features.hall.values import CareNeed, PaperState, TicketState, TicketStep, VisitEnd, VisitState
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.problems import ErrorCode, Forbidden, InvalidInput, NotFound
from bangban.kernel.tenancy.work import Work


def strictly(do: Callable[..., Any]) -> Callable[..., Any]:
    """The same in a district that bans a phrase, where the trail counts who is refused for it."""

    async def banning(work: Work, **given: Any) -> Any:
        work.settings = {**work.settings, "assistance": {"phrases": [{"phrase": "不知道"}]}}
        try:
            return await do(work, **given)
        except PhraseBanned:
            assert work.concern is not None
            assert ErrorCode.PHRASE_BANNED in work.concern.codes
            raise

    return banning


MINUTE = dt.timedelta(minutes=1)


def test_a_visit_from_greeting_to_done(hall: Hall) -> None:
    visit = hall.greet(1, service_code=ITEM)
    hall.check(visit)
    ticket = hall.issue(visit)
    assert (ticket.number, ticket.queue, ticket.state) == ("W7-001", "W7", TicketState.ISSUED)
    assert hall.visit(visit).state is VisitState.TICKETED
    called = hall.call("7", now=MONDAY + MINUTE)
    assert called.id == ticket.id
    hall.move(called, TicketStep.SERVE, now=MONDAY + 2 * MINUTE)
    assert hall.visit(visit).state is VisitState.AT_WINDOW
    hall.move(called, TicketStep.FINISH, now=MONDAY + 9 * MINUTE)
    done = hall.visit(visit)
    assert (done.state, done.queue) == (VisitState.DONE, None)
    assert done.ended_at is not None
    assert done.ended_at - done.greeted_at == 9 * MINUTE


def test_only_a_guide_who_is_on_shift_greets(hall: Hall) -> None:
    late = MONDAY + dt.timedelta(hours=11)
    with pytest.raises(NotOnShift):
        hall.greet(now=late)
    on_shift(hall, "guide", begins=late)
    hall.greet(now=late)
    with pytest.raises(NotOnShift):  # the shift's end is no part of it
        hall.greet(who="guide-2", now=MONDAY + dt.timedelta(hours=11))
    with pytest.raises(Forbidden):
        hall.greet(who="clerk")
    with pytest.raises(AreaOutsideGrant):
        hall.greet(who="guide-town")


def test_a_shift_that_was_cancelled_counts_no_more(hall: Hall) -> None:
    later = MONDAY + dt.timedelta(hours=20)
    shift = on_shift(hall, "guide", begins=later)
    hall.greet(now=later)
    hall.world.act("dispatcher", cancel_shift, shift_id=shift)
    with pytest.raises(NotOnShift):
        hall.greet(now=later)


def test_the_rota_takes_only_who_may_greet_there(hall: Hall) -> None:
    for somebody in ("clerk", "guide-town"):
        with pytest.raises(InvalidInput):
            on_shift(hall, somebody)
    with pytest.raises(InvalidInput):
        on_shift(hall, "guide", hours=15)
    with pytest.raises(Forbidden):
        on_shift(hall, "guide", who="guide")


def test_what_is_missing_is_told_at_once_and_once(hall: Hall) -> None:
    visit = hall.greet(2, service_code=ITEM)
    with pytest.raises(PapersUnchecked):
        hall.issue(visit)
    partly = [Found(code="FORM", state=PaperState.MISSING)]
    with pytest.raises(ChecklistIncomplete, match="LEASE"):
        hall.world.act("guide", check_papers, visit_id=visit, found=partly)
    assert hall.visit(visit).told is None, "a partial notice is none"
    told = hall.check(visit, LEASE=PaperState.MISSING, PHOTO=PaperState.WRONG_FORM)
    assert told.told == ["LEASE", "PHOTO"]
    with pytest.raises(PapersMissing, match="LEASE"):
        hall.issue(visit)
    with pytest.raises(ToldAlready, match="FORM"):
        hall.check(visit, FORM=PaperState.MISSING)
    again = hall.check(visit, PHOTO=PaperState.MISSING, now=MONDAY + MINUTE)
    assert (again.told, again.told_at) == (["LEASE", "PHOTO"], told.told_at)
    hall.check(visit)
    assert hall.issue(visit).state is TicketState.ISSUED


def test_a_ticket_for_advice_is_given_though_papers_are_missing(hall: Hall) -> None:
    visit = hall.greet(3, service_code=ITEM)
    hall.check(visit, FORM=PaperState.MISSING)
    assert hall.issue(visit, advisory=True).advisory


def test_a_second_ticket_is_refused_with_the_number_of_the_first(hall: Hall) -> None:
    first = hall.ticketed(4)
    second = hall.greet(4, who="guide-2")
    with pytest.raises(DuplicateTicket) as refused:
        hall.issue(second, who="guide-2")
    assert refused.value.number == first.number
    with pytest.raises(DuplicateTicket):
        hall.issue(first.visit_id)
    # Another matter has another queue.
    third = hall.greet(4, service_code=ITEM)
    hall.check(third)
    assert hall.issue(third).queue == "W7"
    hall.move(first, TicketStep.CANCEL)
    assert hall.issue(second).number == "A-002", "numbers are not used again"


def test_people_without_a_name_are_not_taken_for_each_other(hall: Hall) -> None:
    assert [hall.ticketed().number, hall.ticketed().number] == ["A-001", "A-002"]


def test_the_right_queue_and_no_other(hall: Hall) -> None:
    question = hall.greet()
    with pytest.raises(WrongQueue) as refused:
        hall.issue(question, queue="W7")
    assert refused.value.right == ("A",)
    permit = hall.greet(service_code=ITEM)
    hall.check(permit)
    with pytest.raises(WrongQueue) as refused:
        hall.issue(permit, queue="W9")
    assert refused.value.right == ("W7", "A")
    special = opened(hall.world, ("7", (ITEM,)))
    other = special.greet(service_code=COUNTY_ITEM)
    special.check(other)
    with pytest.raises(NoQueueForMatter):
        special.issue(other)


def test_whoever_goes_gives_up_the_number_that_nobody_serves_yet(hall: Hall) -> None:
    waiting, called, served = (hall.ticketed(n) for n in (51, 52, 53))
    assert hall.call("1").id == waiting.id
    for ticket in (waiting, called):
        hall.world.act("guide", end_visit, visit_id=ticket.visit_id, how=VisitEnd.LEFT)
        assert (hall.ticket(ticket.id).state, hall.visit(ticket.visit_id).queue) == ("CANCELLED", None)
        assert hall.visit(ticket.visit_id).state is VisitState.LEFT
    assert hall.call("1").id == served.id, "the window is free, and nobody is called in vain"
    assert hall.ticketed(51).number == "A-004", "who comes back gets another one"


def test_a_visit_ends_at_the_desk_unless_somebody_is_being_served(hall: Hall) -> None:
    visit = hall.greet()
    hall.world.act("guide", end_visit, visit_id=visit, how=VisitEnd.REDIRECTED, note="自助终端")
    assert hall.visit(visit).state is VisitState.REDIRECTED
    with pytest.raises(VisitNotOpen):
        hall.issue(visit)
    ticket = hall.ticketed()
    hall.move(hall.call("1"), TicketStep.SERVE)
    with pytest.raises(VisitNotOpen):
        hall.world.act("guide", end_visit, visit_id=ticket.visit_id, how=VisitEnd.LEFT)


def test_nobody_is_led_elsewhere_with_what_the_hall_takes_nor_without_a_word(hall: Hall) -> None:
    question = hall.greet()
    for nothing in (None, " "):
        with pytest.raises(InvalidInput) as missing:
            hall.world.act("guide", end_visit, visit_id=question, how=VisitEnd.REDIRECTED, note=nothing)
        assert missing.value.fields == ("input.note",)
    hall.world.act("guide", end_visit, visit_id=question, how=VisitEnd.REDIRECTED, note="不动产登记大厅")
    assert hall.visit(question).end_note == "不动产登记大厅"
    permit = hall.greet(service_code=ITEM)
    with pytest.raises(TakenHere, match="W7"):
        hall.world.act("guide", end_visit, visit_id=permit, how=VisitEnd.REDIRECTED, note="请到镇街办理")
    special = opened(hall.world, ("7", (ITEM,)))
    other = special.greet(service_code=COUNTY_ITEM)
    hall.world.act("guide", end_visit, visit_id=other, how=VisitEnd.REDIRECTED, note="请到镇街办理")
    assert special.visit(other).state is VisitState.REDIRECTED


@pytest.mark.parametrize("how", VisitEnd)
def test_who_leaves_hears_no_banned_phrase(hall: Hall, how: VisitEnd) -> None:
    visit = hall.greet()
    with pytest.raises(PhraseBanned, match="不知道"):
        hall.world.act("guide", strictly(end_visit), visit_id=visit, how=how, note="这个我不知道,找别人")
    assert hall.visit(visit).state is VisitState.GREETED


def test_nor_does_a_notice_say_one(hall: Hall) -> None:
    visit = hall.greet(service_code=ITEM)
    found = [Found(code=code, state=PaperState.MISSING, note="不知道") for code in NEEDED]
    with pytest.raises(PhraseBanned) as refused:
        hall.world.act("guide", strictly(check_papers), visit_id=visit, found=found)
    assert refused.value.fields == ("input.papers.note",)
    assert hall.visit(visit).told is None


def test_whoever_came_is_kept_sealed_and_what_they_need_is_no_ones_but_the_points(hall: Hall) -> None:
    visit = hall.greet(5, care_needs=[CareNeed.SICK])
    row = hall.visit(visit)
    assert row.visitor_masked is not None
    assert "****" in row.visitor_masked

    async def find(work: Work) -> list[str]:
        return [entry.details for entry in work._entries]

    assert hall.world.act("guide", find) == []
    with pytest.raises(NotFound):
        hall.world.act("guide-town", end_visit, visit_id=hall.world.people["guide"].id, how=VisitEnd.LEFT)


def test_whoever_is_inside_when_a_point_ends_is_served_or_let_go_and_nobody_new_comes(hall: Hall) -> None:
    first, second = hall.ticketed(), hall.ticketed()

    async def close(work: Work) -> None:
        ended = {"until": MONDAY.date() - dt.timedelta(days=1)}
        await work.db.execute(update(ServicePointRow).where(ServicePointRow.id == hall.id).values(ended))

    hall.world.act("admin", close)
    called = hall.call()
    assert called.id == first.id
    hall.move(called, TicketStep.SERVE, TicketStep.FINISH)
    hall.world.act("guide", end_visit, visit_id=second.visit_id, how=VisitEnd.LEFT)
    assert hall.ticket(second.id).state is TicketState.CANCELLED
    with pytest.raises(NotFound):
        hall.greet()
