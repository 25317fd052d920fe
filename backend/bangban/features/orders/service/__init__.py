"""Use cases of orders: load → authorise → rules → save → record. Each runs in the caller's work."""

from bangban.features.orders.service.placing import Wanted, place_order
from bangban.features.orders.service.working import (
    assign_order,
    claim_order,
    progress_order,
    rate_order,
)

__all__ = ["Wanted", "assign_order", "claim_order", "place_order", "progress_order", "rate_order"]
