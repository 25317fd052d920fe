"""Orders, helpers and places as the rules see them, made for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from bangban.features.orders.rules.facts import Actor, Helper, OrderFacts, Place
from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel

NOW: Final = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)
RESIDENT: Final = Actor(id=UUID(int=900))


def place(level: AreaLevel) -> Place:
    """The area of this level on the one way up that these tests know."""
    ids = [UUID(int=each.depth) for each in AreaLevel if each.depth <= level.depth]
    return Place(id=ids[-1], path=".".join(each.hex for each in ids), level=level)


CHAIN: Final = tuple(place(level) for level in AreaLevel)


def helper(n: int, level: AreaLevel, **changes: Any) -> Helper:
    """The n-th helper, posted at this level."""
    return Helper(
        id=UUID(int=100 + n), name=f"样本{n}", post=place(level), **({"role": Role.HELPER} | changes)
    )


def volunteer(n: int, level: AreaLevel, **changes: Any) -> Helper:
    """A volunteer who was let in and trained."""
    given = {"role": Role.VOLUNTEER, "approved": True, "trained_at_all": True}
    return helper(n, level, **(given | changes))


def actor(who: Helper) -> Actor:
    """The helper as who acts."""
    return Actor(id=who.id, staff_name=who.name)


def order(**changes: Any) -> OrderFacts:
    """A need of a grid that was placed a moment ago and is offered to it."""
    given: dict[str, Any] = {
        "kind": OrderKind.NEED,
        "state": OrderState.OPEN,
        "place": place(AreaLevel.GRID),
        "asked": place(AreaLevel.GRID),
        "resident_id": RESIDENT.id,
        "due_at": NOW + dt.timedelta(minutes=120),
    }
    return OrderFacts(**(given | changes))
