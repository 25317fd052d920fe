"""What a guide to print is refused for: each bound from both of its sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bangban.features.catalog.values import ServiceKind
from bangban.features.printed_guides.rules import (
    LONGEST_NAME,
    MOST_ITEMS,
    GuideDraft,
    PrintableItem,
    check_guide,
    chosen,
)

FIRST = date(2026, 6, 8)
LICENCE, PAYMENT = ServiceKind.LICENCE, ServiceKind.PAYMENT
ITEMS = {
    "B": PrintableItem(kind=LICENCE, mobile=True),
    "A": PrintableItem(kind=PAYMENT, mobile=True),
    "PAPER": PrintableItem(kind=LICENCE, mobile=False),
}
GOOD = GuideDraft(code="PALM", name="掌办指南", effective_from=FIRST)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"code": "A-1"}, ["CODE_SHAPE"]),
        ({"code": "A" * 40}, []),
        ({"code": "A" * 41}, ["CODE_SHAPE"]),
        ({"code": "palm"}, ["CODE_SHAPE"]),
        ({"name": " "}, ["NAME"]),
        ({"name": "名" * LONGEST_NAME}, []),
        ({"name": "名" * (LONGEST_NAME + 1)}, ["NAME"]),
        ({"name_en": ""}, ["NAME"]),
        ({"effective_to": FIRST}, ["DATES_REVERSED"]),
        ({"effective_to": date(2026, 6, 9)}, []),
        ({"codes": ("B", "A")}, []),
        ({"codes": ("A", "B", "A")}, ["CODE_TWICE"]),
        ({"codes": ("PAPER",)}, ["NOT_MOBILE"]),
        ({"codes": ("NONE", "A")}, ["ITEM_UNKNOWN"]),
        ({"kinds": (PAYMENT,)}, []),
        ({"kinds": (ServiceKind.CONFIRMATION,)}, ["NOTHING"]),
        ({"codes": ("A",), "kinds": (PAYMENT,)}, ["CHOSEN_TWICE"]),
    ],
)
def test_each_fault_is_told_and_nothing_else(changes: dict[str, Any], faults: list[str]) -> None:
    assert [each.code for each in check_guide(replace(GOOD, **changes), ITEMS)] == faults


@pytest.mark.parametrize(
    ("count", "faults"), [(0, ["NOTHING"]), (MOST_ITEMS, []), (MOST_ITEMS + 1, ["TOO_MANY"])]
)
def test_a_guide_has_so_many_matters(count: int, faults: list[str]) -> None:
    items = {f"ITEM-{number}": ITEMS["A"] for number in range(count)}
    assert [each.code for each in check_guide(GOOD, items)] == faults


def test_those_by_kind_stand_by_code_and_those_by_code_as_they_were_named() -> None:
    assert chosen(GOOD, ITEMS) == ("A", "B")
    assert chosen(replace(GOOD, kinds=(LICENCE,)), ITEMS) == ("B",)
    assert chosen(replace(GOOD, codes=("B", "A")), ITEMS) == ("B", "A")
