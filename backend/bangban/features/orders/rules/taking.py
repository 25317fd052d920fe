"""An order is claimed by one, or assigned by a dispatcher (DOMAIN C05, C08). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bangban.features.orders.problems import IllegalOrderStep, OrderTaken
from bangban.features.orders.rules.facts import (
    Actor,
    Announcement,
    Audit,
    Event,
    Helper,
    OrderFacts,
    Transition,
)
from bangban.features.orders.rules.offering import check_claim, unfitness
from bangban.features.orders.rules.settings import OrderSettings
from bangban.features.orders.values import (
    HELD,
    LIVE,
    OrderEventKind,
    OrderState,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import reason_of
from bangban.kernel.problems import InvalidInput


def claim(
    order: OrderFacts, helper: Helper, *, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """认领, 应答: the order is theirs, and nobody else's.

    Raises:
        OrderTaken: Somebody has it already; what the second of two gets who claim at once. Who has it is told so.
        IllegalOrderStep: It is over.
        NotOfferedToYou, OnlyNeeds, VolunteerNotApproved, TrainingRequired, TooManyInHand.
    """
    if order.state in HELD:
        raise OrderTaken(own=order.holder_id == helper.id)
    if order.state is not OrderState.OPEN:
        raise IllegalOrderStep(order.state)
    check_claim(order, helper, settings)
    return _given(
        order,
        helper,
        kind=OrderEventKind.CLAIMED,
        audit=Audit(action=Permission.ORDER_CLAIM, details={"post": helper.post.level.value}),
        announce=(Announcement.TAKEN,),
        actor=actor,
        at=at,
    )


def assign(
    order: OrderFacts, helper: Helper, *, reason: str, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """指派, 改派: a dispatcher gives it to somebody, whoever had it before; the history keeps both.

    How far the offer has come and how much they have in hand does not bind a dispatcher; what somebody may not do
    at all, does.

    Raises:
        IllegalOrderStep: It is over.
        InvalidInput: No reason, or they have it already.
        OnlyNeeds, VolunteerNotApproved, TrainingRequired.
    """
    if order.state not in LIVE:
        raise IllegalOrderStep(order.state)
    if helper.id == order.holder_id:
        raise InvalidInput(
            "This person has the order already.", "此单已在此人手上。", fields=("input.toStaffId",)
        )
    unfit = unfitness(order, helper, settings)
    if unfit is not None:
        raise unfit
    return _given(
        order,
        helper,
        kind=OrderEventKind.ASSIGNED,
        audit=Audit(
            action=Permission.ORDER_DISPATCH,
            details={"from": None if order.holder_id is None else str(order.holder_id), "to": str(helper.id)},
        ),
        announce=(Announcement.TAKEN, Announcement.ASSIGNED),
        actor=actor,
        at=at,
        note=reason_of(reason),
    )


def _given(
    order: OrderFacts,
    helper: Helper,
    *,
    kind: OrderEventKind,
    audit: Audit,
    announce: tuple[Announcement, ...],
    actor: Actor,
    at: datetime,
    note: str | None = None,
) -> Transition:
    return Transition(
        order=replace(
            order, state=OrderState.CLAIMED, holder_id=helper.id, claimed_at=at, due_at=None, started_at=None
        ),
        event=Event(
            kind=kind,
            from_state=order.state,
            to_state=OrderState.CLAIMED,
            actor=actor.shown,
            area_id=helper.post.id,
            staff_id=helper.id,
            note=note,
        ),
        audit=audit,
        announce=(Announcement.CHANGED, *announce),
    )
