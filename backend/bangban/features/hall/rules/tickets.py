"""Tickets 号票 (DOMAIN A03, A04): who is called first, what may be done to a ticket, what becomes of the visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bangban.features.hall.problems import OvertimeOpen
from bangban.features.hall.ticket_problems import TicketExpired, TicketNotThere
from bangban.features.hall.values import CareNeed, OvertimeOutcome, TicketState, TicketStep, VisitState
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput

LIVE: Final = frozenset({TicketState.ISSUED, TicketState.CALLED, TicketState.SERVING})
AT_WINDOW: Final = frozenset({TicketState.CALLED, TicketState.SERVING})
SHORTEST_EXPLANATION: Final = 5

_FROM: Final[Mapping[TicketStep, frozenset[TicketState]]] = {
    TicketStep.RECALL: frozenset({TicketState.CALLED}),
    TicketStep.SERVE: frozenset({TicketState.CALLED}),
    TicketStep.FINISH: frozenset({TicketState.SERVING}),
    TicketStep.NO_SHOW: frozenset({TicketState.CALLED}),
    TicketStep.CANCEL: frozenset({TicketState.ISSUED, TicketState.CALLED}),
    TicketStep.TRANSFER: LIVE,
    TicketStep.CARRY_OVER: LIVE,
}
_TO: Final[Mapping[TicketStep, tuple[TicketState, VisitState | None]]] = {
    TicketStep.RECALL: (TicketState.CALLED, None),
    TicketStep.SERVE: (TicketState.SERVING, VisitState.AT_WINDOW),
    TicketStep.FINISH: (TicketState.SERVED, VisitState.DONE),
    TicketStep.NO_SHOW: (TicketState.NO_SHOW, VisitState.LEFT),
    TicketStep.CANCEL: (TicketState.CANCELLED, VisitState.GREETED),
    TicketStep.TRANSFER: (TicketState.TRANSFERRED, VisitState.WAITING),
    TicketStep.CARRY_OVER: (TicketState.CANCELLED, VisitState.LEFT),
}
# In overtime there is nobody else to serve meanwhile, and whoever waits was promised to be finished.
_IN_OVERTIME: Final = frozenset(
    {TicketStep.RECALL, TicketStep.SERVE, TicketStep.FINISH, TicketStep.CARRY_OVER}
)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What the rules look at."""

    number: str
    state: TicketState
    day: date
    priority: int
    queued_at: datetime
    serial: int
    overtime: bool = False  # overtime is open for it


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What one step changes, all at once."""

    state: TicketState
    visit: VisitState | None  # None: as it was
    overtime: OvertimeOutcome | None = None
    explanation: str | None = None
    audit: Mapping[str, Any]

    @property
    def over(self) -> bool:
        """Whether the ticket has come to its end."""
        return self.state not in LIVE


def priority_of(needs: Iterable[CareNeed], classes: Mapping[CareNeed, int]) -> int:
    """The class of a ticket: the highest of the visitor's care needs; 0 without any (DOMAIN A04)."""
    return max((classes.get(each, 0) for each in needs), default=0)


def step(ticket: Ticket, what: TicketStep, *, today: date, explanation: str | None = None) -> Moved:
    """What becomes of a ticket, its visit and its overtime.

    Raises:
        TicketExpired: Its day is over.
        TicketNotThere: Its state does not allow the step.
        OvertimeOpen: In overtime it is finished or carried over, and nothing else.
        InvalidInput: Carried over without overtime, or without an explanation; or too long a one.
        NumberInText: Somebody's number in it.
    """
    words = free_words(explanation, fields=("input.explanation",)) or ""
    if ticket.state not in _FROM[what]:
        raise TicketNotThere(ticket.number, ticket.state)
    if ticket.day != today:
        raise TicketExpired(ticket.number)
    if ticket.overtime and what not in _IN_OVERTIME:
        raise OvertimeOpen(ticket.number)
    state, visit = _TO[what]
    outcome, why = None, None
    if what is TicketStep.CARRY_OVER:
        outcome, why = OvertimeOutcome.CARRIED_OVER, _explained(ticket, words)
    elif ticket.overtime and what is TicketStep.FINISH:
        outcome = OvertimeOutcome.DONE
    return Moved(
        state=state,
        visit=visit,
        overtime=outcome,
        explanation=why,
        audit={"ticket": ticket.number, "step": what.value, "was": ticket.state.value},
    )


def _explained(ticket: Ticket, why: str) -> str:
    if not ticket.overtime:
        raise InvalidInput(
            "Only what is in overtime is carried over; cancel the ticket instead.",
            "只有延时办理中的号票才能另日办理;其他请作废。",
            fields=("input.step",),
        )
    if len(why) < SHORTEST_EXPLANATION:
        raise InvalidInput(
            f"Say why it is carried over, in at least {SHORTEST_EXPLANATION} characters.",
            f"请说明另日办理的原因,至少 {SHORTEST_EXPLANATION} 个字。",
            fields=("input.explanation",),
        )
    return why
