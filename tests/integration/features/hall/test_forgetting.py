"""A visit forgets who came once the district's days are over; what was counted stays."""

from __future__ import annotations

import datetime as dt

from tests.integration.features.cases.casework import MONDAY
from tests.integration.features.hall.halls import Hall

from bangban.features.hall.service.forgetting import forget_visits
from bangban.features.hall.values import CareNeed, TicketStep, VisitState


def test_who_came_is_forgotten_and_that_somebody_came_is_not(hall: Hall) -> None:
    ticket = hall.ticketed(6, care_needs=[CareNeed.DISABLED], purpose="替张三咨询低保")
    hall.call()
    hall.move(ticket, TicketStep.SERVE, TicketStep.FINISH)
    before = hall.visit(ticket.visit_id)
    assert before.visitor_hash is not None
    assert hall.ticket(ticket.id).priority == 1
    hall.world.act("admin", forget_visits, now=MONDAY + dt.timedelta(days=90), most=1000)
    assert hall.visit(ticket.visit_id).visitor_hash == before.visitor_hash, "not a day too soon"
    hall.world.act("admin", forget_visits, now=MONDAY + dt.timedelta(days=91), most=1000)
    after = hall.visit(ticket.visit_id)
    assert (after.visitor_sealed, after.visitor_hash, after.visitor_masked) == (None, None, None)
    assert (after.care_needs, after.purpose, after.forgotten) == ([], "***", True)
    assert (after.state, after.greeted_at, after.ended_at) == (
        VisitState.DONE,
        before.greeted_at,
        before.ended_at,
    )
    assert hall.ticket(ticket.id).priority == 0
    assert hall.world.act("admin", forget_visits, now=MONDAY + dt.timedelta(days=91), most=1000) == 0
