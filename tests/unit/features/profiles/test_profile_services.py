"""A district's catalog: template items adapted, left out and clipped; faults at the line that caused them."""

from __future__ import annotations

import typing
from collections.abc import Callable
from pathlib import Path

import pytest

from bangban.features.profiles.models_services import ItemFile, ItemPatch
from bangban.features.profiles.reader import read_profile
from bangban.kernel.levels import AreaLevel

TENANTS = Path(__file__).parents[4] / "tenants"
SERVICES = (Path(__file__).parent / "sound" / "services.yaml").read_text(encoding="utf-8")
Write = Callable[..., Path]
Reasons = Callable[..., list[str]]
TEMPLATE = TENANTS / "template"


def test_an_override_can_change_everything_but_the_code() -> None:
    assert set(typing.get_type_hints(ItemPatch)) == set(ItemFile.model_fields) - {"code"}


def test_an_item_left_out_is_not_offered(write: Write) -> None:
    folder = write(("services.yaml", "effective_from", "without: [TPL-RESIDENCE-PERMIT]\neffective_from"))
    codes = {item.draft.code for item in read_profile(folder, template=TEMPLATE).items}
    assert "TPL-RESIDENCE-PERMIT" not in codes


def test_template_items_keep_only_the_levels_that_the_district_works_at(write: Write) -> None:
    for item in read_profile(write(), template=TEMPLATE).items:
        assert AreaLevel.MICRO_GRID not in (*item.draft.handled_at, *item.draft.pre_checked_at)
        assert item.draft.handled_at


def test_an_override_replaces_lists_whole_and_null_clears(write: Write) -> None:
    change = """\
  TPL-PROPERTY-TRANSFER:
    fee: null
    handled_at: [TOWN]
  TPL-SENIOR-CARD:"""
    folder = write(("services.yaml", "  TPL-SENIOR-CARD:", change))
    items = {item.draft.code: item.draft for item in read_profile(folder, template=TEMPLATE).items}
    assert items["TPL-PROPERTY-TRANSFER"].fee is None
    assert items["TPL-PROPERTY-TRANSFER"].handled_at == (AreaLevel.TOWN,)
    assert items["TPL-PROPERTY-TRANSFER"].materials


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("promised_working_days: 0", "promised_working_days: 2", 4, "immediate item"),
        ("promised_working_days: 0", "name: null", 4, "must be text"),
        ("promised_working_days: 0", "promise: 0", 4, "is not a known key"),
        ("promised_working_days: 0", "handled_at: [MICRO_GRID]", 4, "does not work at the level MICRO_GRID"),
        ("TPL-SENIOR-CARD", "TPL-NO-SUCH-ITEM", 3, "The template has no item TPL-NO-SUCH-ITEM."),
        ("effective_from", "without: [NOTHING]\neffective_from", 1, "The template has no item NOTHING."),
        ("SAMPLE-OWN-ITEM", "TPL-SENIOR-CARD", 6, "changes to template items go under overrides"),
        ("SAMPLE-OWN-ITEM", "own", 6, "10 to 40"),
        ("kind: PUBLIC_SERVICE", "kind: FAVOUR", 8, "must be one of"),
        ("legal_working_days: 5", "legal_working_days: 2", 11, "longer than the legal one"),
        ("legal_working_days: 5", "legal_working_days: 2.5", 12, "whole number"),
        ("amount: 10.50", "amount: 10.505", 14, "two decimal places"),
        ("amount: 10.50", "amount: ten", 14, "must be a number"),
        ("core: true, originals: 1", "core: true, tolerable: true, originals: 1", 16, "core material"),
        ("handled_at: [COUNTY]", "handled_at: [COUNTY, MICRO_GRID]", 18, "MICRO_GRID"),
        ("effective_from: 2024-01-01", "effective_from: soon", 1, "must be a date"),
    ],
)
def test_a_fault_stands_at_its_line(faults: Reasons, old: str, new: str, line: int, reason: str) -> None:
    found = faults(("services.yaml", old, new))
    assert [each for each in found if each.startswith(f"services.yaml:{line}: error: ") and reason in each], (
        found
    )


def test_all_faults_of_an_item_are_named_at_once(faults: Reasons) -> None:
    found = faults(
        ("services.yaml", "result: 回执", 'result: ""'),
        ("services.yaml", "legal_basis: [某条例]", "legal_basis: []"),
        ("services.yaml", "basis: 收费目录", 'basis: ""'),
    )
    assert [each.split(":")[1] for each in found] == ["14", "19", "20"]


def test_the_same_own_code_twice_is_a_fault(faults: Reasons) -> None:
    again = SERVICES + SERVICES[SERVICES.index("  - code:") :]
    (found,) = faults(("services.yaml", SERVICES, again))
    assert "is already used" in found
