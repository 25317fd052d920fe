"""Use cases of the service catalog."""

from __future__ import annotations

from bangban.features.catalog.publication import Publication
from bangban.features.catalog.service.publishing import (
    Published,
    codes_from_template,
    publish_items,
    withdraw_items,
)
from bangban.features.catalog.service.reading import current_item, find_current_item, item_for, materials_of

__all__ = [
    "Publication",
    "Published",
    "codes_from_template",
    "current_item",
    "find_current_item",
    "item_for",
    "materials_of",
    "publish_items",
    "withdraw_items",
]
