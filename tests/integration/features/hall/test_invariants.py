"""Invariant 1 and the order of calls, whatever guides and clerks do one after the other."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.hall.halls import Hall, opened

from bangban.features.hall.rules.tickets import LIVE, Ticket
from bangban.features.hall.service.loading import facts_of
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.ticket_problems import DuplicateTicket, NobodyWaiting, WindowBusy
from bangban.features.hall.values import CareNeed, TicketState, TicketStep

ACTS = st.one_of(
    st.tuples(st.just("issue"), st.integers(1, 3), st.lists(st.sampled_from(CareNeed), max_size=1)),
    st.tuples(st.just("call"), st.sampled_from(("1", "2")), st.none()),
    st.tuples(st.just("end"), st.sampled_from((TicketStep.CANCEL, TicketStep.NO_SHOW)), st.none()),
)


def call_key(ticket: Ticket) -> tuple[int, dt.datetime, int]:
    """A higher class is called first, then whoever came first."""
    return -ticket.priority, ticket.queued_at, ticket.serial


def live_keys(hall: Hall) -> list[tuple[Any, str]]:
    """Visitor and queue of each live ticket."""
    visits = {each.id: each for each in hall.world.rows(VisitRow, VisitRow.point_id == hall.id)}
    return [(visits[each.visit_id].visitor_hash, each.queue) for each in hall.tickets(*LIVE)]


def check(hall: Hall) -> None:
    """What holds after every act."""
    keys = live_keys(hall)
    assert len(set(keys)) == len(keys), "one live ticket for a visitor and queue"
    serials = sorted(each.serial for each in hall.tickets())
    assert serials == list(range(1, len(serials) + 1)), "numbers without gap, none twice"


def do(hall: Hall, act: tuple[Any, ...], now: dt.datetime) -> None:
    what, which, needs = act
    if what == "issue":
        with suppress(DuplicateTicket):
            hall.ticketed(which, now=now, care_needs=needs)
    elif what == "call":
        expected = sorted((facts_of(each) for each in hall.tickets(TicketState.ISSUED)), key=call_key)
        try:
            called = hall.call(which, now=now)
        except NobodyWaiting:
            assert not expected
        except WindowBusy:
            return
        else:
            assert called.number == expected[0].number
    else:
        states = (TicketState.CALLED,) if which is TicketStep.NO_SHOW else (TicketState.ISSUED,)
        for ticket in hall.tickets(*states)[:1]:
            hall.move(ticket, which, now=now)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTS, min_size=4, max_size=9))
def test_whatever_is_done_there_is_one_live_ticket_each_and_calls_keep_their_order(
    world: World, acts: list[tuple[Any, ...]]
) -> None:
    hall = opened(world, ("1", ()), ("2", ()))
    for minute, act in enumerate(acts):
        do(hall, act, MONDAY + dt.timedelta(minutes=minute))
        check(hall)
