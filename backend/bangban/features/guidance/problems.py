"""Refusals about guidance."""

from __future__ import annotations

from bangban.features.catalog.problems import ItemFaulty


class GuidanceFaulty(ItemFaulty):
    """Questions were refused; every fault is named at once, with the path of its field."""

    zh = "情形引导不符合要求:{faults_zh}"
    en = "The guidance cannot be published: {faults_en}"
