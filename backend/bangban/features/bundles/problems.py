"""Refusals about bundles."""

from __future__ import annotations

from bangban.features.catalog.problems import ItemFaulty
from bangban.kernel.problems import NotFound


class BundleUnknown(NotFound):
    """No version of such a bundle holds on the day."""

    def __init__(self, *, field: str = "input.bundleCode") -> None:
        super().__init__("bundle", "一件事", fields=(field,))


class BundleFaulty(ItemFaulty):
    """Bundles were refused; every fault of every bundle is named at once, with the path of its field."""

    lead_zh = "一件事不符合要求"
    lead_en = "The bundle cannot be published"
