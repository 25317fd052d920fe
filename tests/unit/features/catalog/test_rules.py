"""The catalog's quality rules: a sound item passes, each break is named, several breaks are named at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.catalog.sound_items import BREAKS, IMMEDIATE, SOUND

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.rules import check_item
from bangban.features.catalog.values import CaseType, ServiceKind


@pytest.mark.parametrize("draft", [SOUND, IMMEDIATE], ids=["promised", "immediate"])
def test_a_sound_item_has_no_fault(draft: ItemDraft) -> None:
    assert check_item(draft) == ()


@pytest.mark.parametrize("name", BREAKS)
def test_each_break_gives_exactly_its_fault(name: str) -> None:
    changes, field, code = BREAKS[name]
    faults = check_item(replace(SOUND, **changes))
    assert [(fault.field, fault.code) for fault in faults] == [(field, code)]
    assert faults[0].zh.endswith("。")
    assert faults[0].en.endswith(".")


def test_an_immediate_item_promises_nothing() -> None:
    (fault,) = check_item(replace(IMMEDIATE, promised_working_days=1))
    assert fault.code == "IMMEDIATE_WITH_PROMISE"


@pytest.mark.parametrize("case_type", [CaseType.PROMISED, CaseType.OTHER])
def test_a_promise_of_nothing_is_immediate(case_type: CaseType) -> None:
    (fault,) = check_item(replace(IMMEDIATE, case_type=case_type))
    assert fault.code == "PROMISE_WITHOUT_DAYS"


def test_an_immediate_item_tolerates_nothing() -> None:
    photo = MaterialDraft(code="PHOTO", name="照片", tolerable=True, copies=1)
    (fault,) = check_item(replace(IMMEDIATE, materials=(*IMMEDIATE.materials, photo)))
    assert (fault.field, fault.code) == ("materials[1].tolerable", "IMMEDIATE_TOLERABLE")


def test_a_long_licence_limit_is_allowed_with_its_ground() -> None:
    assert check_item(replace(SOUND, legal_working_days=60, legal_limit_note="统一办理,延长十五日")) == ()


def test_no_material_is_allowed_with_a_reason() -> None:
    assert check_item(replace(SOUND, materials=(), no_materials_reason="全部数据共享")) == ()


def test_many_fees_are_exact_to_the_fen() -> None:
    for text in ("0.01", "80", "80.5", "80.500", "1E+3", "9999999999.99"):
        assert check_item(replace(SOUND, fee=FeeDraft(amount=Decimal(text), basis="目录"))) == ()


# Breaks that touch different fields, so that any of them can stand together.
INDEPENDENT = (
    "code too short",
    "no name",
    "no audience",
    "promise over legal",
    "fee finer than a fen",
    "material code twice",
    "negative trips",
    "handled nowhere",
    "no legal basis",
    "no result",
    "ends before it begins",
    "version nought",
)


@given(st.sets(st.sampled_from(INDEPENDENT)))
def test_several_breaks_are_all_named_at_once(names: set[str]) -> None:
    draft = SOUND
    for name in names:
        draft = replace(draft, **BREAKS[name][0])
    found = sorted((fault.field, fault.code) for fault in check_item(draft))
    assert found == sorted(BREAKS[name][1:] for name in names)


@given(
    promised=st.integers(-2, 60),
    legal=st.integers(-2, 60),
    case_type=st.sampled_from(CaseType),
)
def test_limits_pass_exactly_when_the_rules_hold(promised: int, legal: int, case_type: CaseType) -> None:
    draft = replace(
        IMMEDIATE,
        kind=ServiceKind.PUBLIC_SERVICE,
        promised_working_days=promised,
        legal_working_days=legal,
        case_type=case_type,
    )
    sound = 0 <= promised <= legal and (promised == 0) == (case_type is CaseType.IMMEDIATE)
    assert (check_item(draft) == ()) == sound


@given(st.decimals(allow_nan=True, allow_infinity=True, places=None))
def test_no_amount_upsets_the_rules(amount: Decimal) -> None:
    faults = check_item(replace(SOUND, fee=FeeDraft(amount=amount, basis="目录")))
    sound = (
        amount.is_finite()
        and 0 < amount < 10**10
        and (amount.as_integer_ratio()[1] in {1, 2, 4, 5, 10, 20, 25, 50, 100})
    )
    assert (faults == ()) == sound


@given(
    required=st.booleans(),
    core=st.booleans(),
    tolerable=st.booleans(),
    originals=st.integers(0, 2),
    copies=st.integers(0, 2),
    source=st.sampled_from(MaterialSource),
    form=st.sampled_from(MaterialForm),
)
def test_a_second_material_passes_exactly_when_it_can_be_handed_in(
    required: bool,
    core: bool,
    tolerable: bool,
    originals: int,
    copies: int,
    source: MaterialSource,
    form: MaterialForm,
) -> None:
    second = MaterialDraft(
        code="SECOND",
        name="材料",
        required=required,
        core=core,
        tolerable=tolerable,
        originals=originals,
        copies=copies,
        source=source,
        form=form,
    )
    faults = check_item(replace(SOUND, materials=(SOUND.materials[0], second)))
    on_paper = form is MaterialForm.PAPER and source is not MaterialSource.SHARED_DATA
    sound = not (core and tolerable) and (originals + copies > 0 or not on_paper)
    assert (faults == ()) == sound


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(-400, 400))
def test_an_item_ends_after_it_begins(begins: date, days: int) -> None:
    if begins.toordinal() + days < 1:
        return
    draft = replace(SOUND, effective_from=begins, effective_to=begins + timedelta(days=days))
    assert (check_item(draft) == ()) == (days > 0)
