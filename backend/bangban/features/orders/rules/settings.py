"""What a district decides about orders: which kinds, within how many minutes, along which levels. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bangban.features.orders.values import OrderKind
from bangban.features.people.training import SECTION, TrainingNeeds, training_needs
from bangban.features.profiles.values import SignatureRule
from bangban.kernel.levels import AreaLevel

SETTING: Final = SECTION
"""Key in the profile's settings."""

VOLUNTEER_TRAINING: Final = "volunteer_training"

USUAL_LOAD: Final = 10
USUAL_OPEN: Final = 20
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
    OrderKind.ISSUE: KindSettings(claim_minutes=240),  # G15: routed within four hours
}


def _without_asking() -> dict[OrderKind, KindSettings]:
    """The kinds of a district that says nothing: all but the problems of communities, which some streets take up."""
    return {kind: each for kind, each in USUAL.items() if kind is not OrderKind.ISSUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettings:
    """``load_limit``: orders in hand with which nobody takes another; ``open_limit``: open orders with which no
    resident places another; ``training``: the items that only the trained may help with; ``reach_km``: how far from
    any area with a location somebody may be; ``card_address``: what a service card's code is put behind;
    ``signature``: when a task at the door ends with one, by default where papers change hands, since it proves that
    they did."""

    kinds: Mapping[OrderKind, KindSettings] = field(default_factory=_without_asking)
    load_limit: int = USUAL_LOAD
    open_limit: int = USUAL_OPEN
    training: TrainingNeeds = field(default_factory=TrainingNeeds)
    volunteer_training: bool = True
    reach_km: int = 20
    card_address: str | None = None
    signature: SignatureRule = SignatureRule.WITH_PAPERS

    def of(self, kind: OrderKind) -> KindSettings:
        """How an order of this kind goes on; as usual where the district takes in no others of it by now."""
        return self.kinds.get(kind, USUAL[kind])


def order_settings(settings: Mapping[str, Any]) -> OrderSettings:
    """What the settings of a district's profile say, or the usual."""
    said: Mapping[str, Any] = settings.get(SETTING) or {}
    usual, kinds = OrderSettings(), said.get("kinds")
    return OrderSettings(
        kinds=usual.kinds if kinds is None else {OrderKind(each["kind"]): _kind(each) for each in kinds},
        load_limit=said.get("load_limit", usual.load_limit),
        open_limit=said.get("open_limit", usual.open_limit),
        training=training_needs(settings),
        volunteer_training=said.get(VOLUNTEER_TRAINING, usual.volunteer_training),
        reach_km=said.get("reach_km", usual.reach_km),
        card_address=said.get("card_address"),
        signature=SignatureRule(said.get("signature") or usual.signature),
    )


def _kind(said: Mapping[str, Any]) -> KindSettings:
    usual = USUAL[OrderKind(said["kind"])]
    levels = said.get("falls_to")
    return KindSettings(
        claim_minutes=said.get("claim_minutes", usual.claim_minutes),
        levels=usual.levels if levels is None else tuple(AreaLevel(each) for each in levels),
    )
