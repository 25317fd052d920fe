"""An order that dispatches a case goes with it: whoever has the order holds the case, or is being handed it (DOMAIN
C04, C05). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bangban.features.cases.rules.facts import LIVE as LIVE_CASES
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.orders.problems import CaseNotInHand
from bangban.features.orders.rules.facts import (
    THE_CLOCK,
    Announcement,
    OrderFacts,
    Place,
    Transition,
)
from bangban.features.orders.rules.settings import OrderSettings
from bangban.features.orders.rules.working import offered_again, worked
from bangban.features.orders.values import HELD, OrderEventKind, OrderState, OrderStep
from bangban.kernel.access.vocabulary import Permission

WORK: Final = frozenset({OrderStep.START, OrderStep.FINISH, OrderStep.FAIL})
"""Steps that are work on the case, and so of whoever holds it. Anybody may give up an order that they have."""

_NOT_TAKEN: Final = "办件交接未被接收"
_GONE_ON: Final = "办件已转由他人承办"


def waits_for_case(order: OrderFacts, case: CaseFacts) -> bool:
    """Whether whoever has the order is being handed the case, and did not take it yet."""
    handover = case.handover
    return handover is not None and handover.pending and handover.to_id == order.holder_id


def check_in_hand(order: OrderFacts, case: CaseFacts, step: OrderStep) -> None:
    """Whether whoever has the order may work on it: they hold its case. Raises ``CaseNotInHand``."""
    if step in WORK and case.holder_id != order.holder_id:
        raise CaseNotInHand


def are_apart(order: OrderFacts, case: CaseFacts) -> bool:
    """Whether somebody has the order, and neither holds the case nor is being handed it. Its end is another matter."""
    return (
        order.state in HELD
        and case.state in LIVE_CASES
        and case.holder_id != order.holder_id
        and not waits_for_case(order, case)
    )


def offer_untaken(
    order: OrderFacts, places: Sequence[Place], *, settings: OrderSettings, at: datetime
) -> Transition:
    """交接未成: whoever it was assigned to did not take the case. It is offered again, and the dispatchers are told.

    Also where nobody is left to ask: then it stays with those who were asked last, without a limit.
    """
    again = offered_again(
        order,
        places[0] if places else order.asked,
        reason=_NOT_TAKEN,
        settings=settings,
        actor=THE_CLOCK,
        at=at,
        action=Permission.ORDER_DISPATCH,
    )
    if not places:
        again = replace(again, order=replace(again.order, due_at=None), timer=None)
    return untaken(again)


def untaken(transition: Transition) -> Transition:
    """The same, of which the dispatchers are told: whom they chose did not take it."""
    return replace(transition, announce=(*transition.announce, Announcement.UNTAKEN))


def end_elsewhere(order: OrderFacts, *, at: datetime) -> Transition:
    """办件已转出: the case found somebody else, so there is nothing left to offer; whoever had the order is told.

    It does not go on to them: they took a case, and were neither offered the order nor counted for it.
    """
    return worked(
        replace(order, ended_at=at, due_at=None),
        OrderEventKind.CANCELLED,
        was=order.state,
        to=OrderState.CANCELLED,
        actor=THE_CLOCK,
        note=_GONE_ON,
        announce=Announcement.CANCELLED,
        action=Permission.ORDER_DISPATCH,
    )
