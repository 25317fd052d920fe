"""Use cases of orders: load → authorise → rules → save → record. Each runs in the caller's work."""

from bangban.features.orders.service.placing import place_order
from bangban.features.orders.service.reveal import Contact, reveal_order
from bangban.features.orders.service.skills import Skills, record_training, set_skills
from bangban.features.orders.service.wanted import Wanted
from bangban.features.orders.service.working import (
    assign_order,
    claim_order,
    progress_order,
    rate_order,
)

__all__ = [
    "Contact",
    "Skills",
    "Wanted",
    "assign_order",
    "claim_order",
    "place_order",
    "progress_order",
    "rate_order",
    "record_training",
    "reveal_order",
    "set_skills",
]
