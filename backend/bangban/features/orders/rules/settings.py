"""What a district decides about orders: which kinds, within how many minutes, along which levels. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bangban.features.orders.values import OrderKind
from bangban.kernel.levels import AreaLevel

SETTING: Final = "orders"
"""Key in the profile's settings."""

USUAL_LOAD: Final = 10
EVERY_LEVEL: Final = tuple(reversed(AreaLevel))  # the deepest first


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings:
    """``claim_minutes``: until an order falls to the next level; ``levels`` that are asked, the deepest first."""

    claim_minutes: int
    levels: tuple[AreaLevel, ...] = EVERY_LEVEL


# DOMAIN's matrix, C05, C07, C08, C10: assign within 30 minutes, answer within 5, claim within two hours.
USUAL: Final[Mapping[OrderKind, KindSettings]] = {
    OrderKind.NEED: KindSettings(claim_minutes=120),
    OrderKind.CALL_OUT: KindSettings(claim_minutes=5, levels=(AreaLevel.TOWN, AreaLevel.COUNTY)),
    OrderKind.PICKUP: KindSettings(claim_minutes=120),
    OrderKind.DELIVERY: KindSettings(claim_minutes=120),
    OrderKind.CASE: KindSettings(claim_minutes=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettings:
    """``load_limit``: orders in hand with which nobody takes another; ``training``: codes of the items that only
    the trained may help with; ``card_address``: what a service card's code is put behind."""

    kinds: Mapping[OrderKind, KindSettings] = field(default_factory=lambda: dict(USUAL))
    load_limit: int = USUAL_LOAD
    training: frozenset[str] = frozenset()
    volunteer_training: bool = True
    card_address: str | None = None


def order_settings(settings: Mapping[str, Any]) -> OrderSettings:
    """What the settings of a district's profile say, or the usual."""
    said: Mapping[str, Any] | None = settings.get(SETTING)
    if said is None:
        return OrderSettings()
    return OrderSettings(
        kinds={OrderKind(each["kind"]): _kind(each) for each in said["kinds"]},
        load_limit=said["load_limit"],
        training=frozenset(said["training"]),
        volunteer_training=said["volunteer_training"],
        card_address=said["card_address"],
    )


def _kind(said: Mapping[str, Any]) -> KindSettings:
    usual = USUAL[OrderKind(said["kind"])]
    minutes, levels = said.get("claim_minutes"), said.get("falls_to")
    return KindSettings(
        claim_minutes=usual.claim_minutes if minutes is None else minutes,
        levels=tuple(AreaLevel(each) for each in levels) if levels else usual.levels,
    )
