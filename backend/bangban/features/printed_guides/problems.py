"""Refusals about printed guides."""

from __future__ import annotations

from bangban.features.catalog.problems import ItemFaulty
from bangban.kernel.problems import NotFound


class PrintedGuideFaulty(ItemFaulty):
    """A guide was refused; every fault is named at once, with the path of its field."""

    lead_zh = "掌办指南册不符合要求"
    lead_en = "The guide cannot be published"


class PrintedGuideUnknown(NotFound):
    """There is no such version of such a guide."""

    def __init__(self) -> None:
        super().__init__("printed guide", "掌办指南册")
