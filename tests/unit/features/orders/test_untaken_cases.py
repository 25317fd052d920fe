"""An order whose case was not taken is offered again, wherever anybody is left to ask."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from tests.unit.features.orders.order_facts import NOW, order, place

from bangban.features.orders.rules.facts import Announcement, OrderFacts
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.rules.together import offer_untaken
from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.levels import AreaLevel

SETTINGS = order_settings({})


def had() -> OrderFacts:
    return order(
        kind=OrderKind.CASE,
        state=OrderState.CLAIMED,
        holder_id=UUID(int=101),
        claimed_at=NOW,
        asked=place(AreaLevel.TOWN),
        due_at=None,
    )


@pytest.mark.parametrize(
    ("places", "asked", "due"),
    [
        ([AreaLevel.GRID, AreaLevel.TOWN], AreaLevel.GRID, NOW + dt.timedelta(minutes=30)),
        ([], AreaLevel.TOWN, None),
    ],
)
def test_it_begins_at_the_deepest_place_and_waits_where_there_is_none(
    places: list[AreaLevel], asked: AreaLevel, due: dt.datetime | None
) -> None:
    given: dict[str, Any] = {"settings": SETTINGS, "at": NOW}
    again = offer_untaken(had(), [place(each) for each in places], **given)
    found = again.order
    assert (found.state, found.holder_id, found.claimed_at) == (OrderState.OPEN, None, None)
    assert (found.asked, found.due_at, again.timer) == (place(asked), due, due)
    assert again.announce[-1] is Announcement.UNTAKEN
