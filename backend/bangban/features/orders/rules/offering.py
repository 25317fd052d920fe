"""Who is offered an order, and where it goes when nobody takes it (DOMAIN C05, C07, C08). Pure.

An order is offered to the posts between the area where it is to be done and the area that the offer has come up to:
first the deepest area that has anybody (vertical, by territory), then one area more each time the limit runs out.
Whoever holds such a post, may claim by the policy, and is trained where the district asks for it, is asked. The same
is written in SQL for lists (``offered_sql``); a test holds the two together.

Where one is to be chosen, this is the order of choice: a team of the department that owns the item (horizontal), the
deepest post, skill in the item or its theme, the fewest orders in hand, the lowest id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bangban.features.orders.placing_problems import NobodyToAsk, OnlyNeeds
from bangban.features.orders.problems import NobodyElse, NotOfferedToYou, TooManyInHand, VolunteerNotApproved
from bangban.features.orders.rules.facts import (
    THE_CLOCK,
    Announcement,
    Audit,
    Event,
    Helper,
    OrderFacts,
    Place,
    Transition,
    in_minutes,
)
from bangban.features.orders.rules.settings import OrderSettings
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState
from bangban.features.people.training import untrained
from bangban.kernel.access.paths import is_within
from bangban.kernel.problems import Problem

FALL: Final = "order:fall"
"""The trail's word for what the clock does."""


def unfitness(order: OrderFacts, helper: Helper, settings: OrderSettings) -> Problem | None:
    """Why this helper may not help with the order wherever it is offered; None if they may.

    A volunteer takes needs only, once approved and, where the district asks for it, trained at all (DOMAIN C17).
    """
    if helper.is_volunteer:
        if order.kind is not OrderKind.NEED:
            return OnlyNeeds()
        if not helper.approved or (settings.volunteer_training and not helper.trained_at_all):
            return VolunteerNotApproved()
    return untrained(order.service_code, settings.training, trained=helper.trained)


def is_offered_to(order: OrderFacts, post: Place) -> bool:
    """Whether the offer has come to this post: at or above the order's place, and not above the area asked.

    A problem that went up, since somebody could not solve it, is not offered to those below again (DOMAIN G15).
    """
    reached = is_within(order.place.path, post.path) and is_within(post.path, order.asked.path)
    return reached and (order.raised_to is None or is_within(order.raised_to, post.path))


def check_claim(order: OrderFacts, helper: Helper, settings: OrderSettings) -> None:
    """Whether this helper may take the order now.

    Raises:
        NotOfferedToYou, OnlyNeeds, VolunteerNotApproved, TrainingRequired, TooManyInHand.
    """
    if not is_offered_to(order, helper.post):
        raise NotOfferedToYou
    unfit = unfitness(order, helper, settings)
    if unfit is not None:
        raise unfit
    if helper.load >= settings.load_limit:
        raise TooManyInHand(settings.load_limit)


def by_fitness(order: OrderFacts, helpers: Iterable[Helper]) -> list[Helper]:
    """The helpers in the order of choice."""

    def rank(helper: Helper) -> tuple[bool, int, bool, int, str]:
        owner = order.department is not None and order.department in helper.departments
        skilled = helper.all_round or order.service_code in helper.services or order.theme in helper.themes
        return not owner, -helper.post.level.depth, not skilled, helper.load, str(helper.id)

    return sorted(helpers, key=rank)


def choose(order: OrderFacts, helpers: Iterable[Helper], settings: OrderSettings) -> Helper:
    """The helper whom a dispatcher's choice by rule falls on. Raises ``NobodyElse``."""
    able = [
        each
        for each in helpers
        if unfitness(order, each, settings) is None and each.load < settings.load_limit
    ]
    if not able:
        raise NobodyElse
    return by_fitness(order, able)[0]


def places_to_ask(
    chain: Sequence[Place],
    helpers: Iterable[Helper],
    *,
    order: OrderFacts,
    settings: OrderSettings,
) -> list[Place]:
    """The places of ``chain`` that the order can be offered to, the deepest first.

    Only levels that the district asks for this kind, and only places where somebody is posted who may help: an
    empty grid is passed over at once, not after two hours.
    """
    levels = settings.of(order.kind).levels
    staffed = {each.post.id for each in helpers if unfitness(order, each, settings) is None}
    deepest_first = sorted(chain, key=lambda place: -place.level.depth)
    return [place for place in deepest_first if place.level in levels and place.id in staffed]


def fall_through(
    order: OrderFacts, places: Sequence[Place], *, settings: OrderSettings, at: datetime
) -> Transition | None:
    """What the clock does to an order that nobody took in time; None where there is nothing to do.

    It is offered one place further up. Where there is none, it stays open with all who were asked, and those who
    dispatch at its area are told. So it is never lost; and a timer that comes twice, or after somebody took the
    order, changes nothing.
    """
    if order.state is not OrderState.OPEN or order.due_at is None or order.due_at > at:
        return None
    depth = order.asked.level.depth
    above = [place for place in places if place.level.depth < depth]
    if not above:
        return _moved(order, order.asked, OrderEventKind.UNCLAIMED, Announcement.LEFT_OVER, due=None)
    minutes = settings.of(order.kind).claim_minutes
    return _moved(
        order,
        above[0],
        OrderEventKind.FELL_THROUGH,
        Announcement.FELL_THROUGH,
        due=in_minutes(at, minutes),
    )


def _moved(
    order: OrderFacts, to: Place, kind: OrderEventKind, told: Announcement, *, due: datetime | None
) -> Transition:
    return Transition(
        order=replace(order, asked=to, due_at=due),
        event=Event(
            kind=kind,
            from_state=order.state,
            to_state=order.state,
            actor=THE_CLOCK.shown,
            area_id=to.id,
        ),
        audit=Audit(action=FALL, details={"from": order.asked.level.value, "to": to.level.value}),
        announce=(Announcement.CHANGED, told),
        timer=due,
    )


def deepest(places: Sequence[Place]) -> Place:
    """Where an offer begins. Raises ``NobodyToAsk``."""
    if not places:
        raise NobodyToAsk
    return places[0]
