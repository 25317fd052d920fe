"""What holds where a district says nothing: each section as plain JSON, out of the rules that go by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from bangban.features.cards.contacts import USUAL_DAYS, USUAL_REMIND_DAYS
from bangban.features.cases.rules.assistance import USUAL_HOURS, Assistance
from bangban.features.orders.rules.settings import USUAL as USUAL_KINDS
from bangban.features.orders.rules.settings import KindSettings, OrderSettings
from bangban.features.profiles.models_bookings import BookingsFile
from bangban.features.profiles.models_hall import HallFile
from bangban.features.profiles.models_places import NetworkFile
from bangban.features.proxy_use.rules import ProxyLists
from bangban.features.supervision.rules import Supervision
from bangban.kernel.levels import AreaLevel

_ORDERS: Final = OrderSettings()


def _levels(kind: KindSettings) -> list[AreaLevel]:
    return list(kind.levels)


USUAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "assistance": {**asdict(Assistance()), "office_hours": USUAL_HOURS, "phrases": [], "next_steps": {}},
    "bookings": BookingsFile().model_dump(mode="json"),
    "contacts": {"contact_days": USUAL_DAYS, "remind_days": USUAL_REMIND_DAYS},
    "hall": HallFile().model_dump(mode="json"),
    "network": NetworkFile.model_validate({}).model_dump(mode="json"),
    "orders": {
        **asdict(_ORDERS),
        "kinds": [{"kind": kind} for kind in _ORDERS.kinds],
        "required_training": sorted(_ORDERS.training.items),
        "training_for_cases": _ORDERS.training.for_cases,
    },
    "proxy": asdict(ProxyLists()),
    "receipts": {"check_address": None, "service_page": None},
    "seal": {"name": None, "keeper": None},
    "supervision": asdict(Supervision()),
}
"""By section, then by member. A section that ``configureDistrict`` takes and that is not here cannot be read."""

USUAL_BY_KIND: Final[Mapping[str, Mapping[str, Any]]] = {
    "claim_minutes": {kind.value: each.claim_minutes for kind, each in USUAL_KINDS.items()},
    "falls_to": {kind.value: _levels(each) for kind, each in USUAL_KINDS.items()},
}
"""Members of a kind of order, which depend on the kind where the district leaves them out."""
