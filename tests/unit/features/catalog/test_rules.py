"""The catalog's quality rules: a sound item passes, each break is named, several breaks are named at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.rules import check_item
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.levels import AreaLevel

SOUND = ItemDraft(
    code="SAMPLE-HYGIENE-1",
    name="公共场所卫生许可",
    kind=ServiceKind.LICENCE,
    audience=(Audience.PERSON,),
    level=AreaLevel.COUNTY,
    case_type=CaseType.PROMISED,
    promised_working_days=5,
    legal_working_days=20,
    max_trips=1,
    fee=FeeDraft(amount=Decimal("80.00"), basis="收费目录"),
    materials=(
        MaterialDraft(code="ID", name="身份证", core=True, originals=1),
        MaterialDraft(code="PHOTO", name="照片", tolerable=True, tolerable_days=5, copies=1),
        MaterialDraft(code="LICENCE", name="营业执照", source=MaterialSource.SHARED_DATA),
        MaterialDraft(code="FORM", name="申请表", required=False, form=MaterialForm.ELECTRONIC),
    ),
    channels=(Channel.HALL, Channel.WEB),
    handled_at=(AreaLevel.COUNTY, AreaLevel.TOWN),
    pre_checked_at=(AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE),
    legal_basis=("公共场所卫生管理条例",),
    result="卫生许可证",
    effective_from=date(2024, 1, 1),
)
IMMEDIATE = replace(
    SOUND,
    case_type=CaseType.IMMEDIATE,
    promised_working_days=0,
    materials=(MaterialDraft(code="ID", name="身份证", core=True, originals=1),),
)


def with_material(index: int, **changes: Any) -> dict[str, Any]:
    """Changes to the sound item that alter one of its materials."""
    materials = list(SOUND.materials)
    materials[index] = replace(materials[index], **changes)
    return {"materials": tuple(materials)}


# Each break alone, with the one fault it must give: (changes, field, code).
BREAKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "code too short": ({"code": "SHORT"}, "code", "CODE_SHAPE"),
    "code in small letters": ({"code": "sample-hygiene-1"}, "code", "CODE_SHAPE"),
    "code too long": ({"code": "A" * 41}, "code", "CODE_SHAPE"),
    "no name": ({"name": " "}, "name", "NAME_MISSING"),
    "no audience": ({"audience": ()}, "audience", "AUDIENCE_EMPTY"),
    "exercised by a grid": ({"level": AreaLevel.GRID}, "level", "LEVEL_TOO_LOW"),
    "promise over legal": ({"legal_working_days": 4}, "promised_working_days", "PROMISE_OVER_LEGAL"),
    "negative legal limit": ({"legal_working_days": -1}, "legal_working_days", "DAYS_NEGATIVE"),
    "licence without ground": ({"legal_working_days": 46}, "legal_working_days", "LICENCE_LIMIT"),
    "fee of nothing": ({"fee": FeeDraft(amount=Decimal(0), basis="目录")}, "fee.amount", "FEE_NOT_POSITIVE"),
    "negative fee": ({"fee": FeeDraft(amount=Decimal(-1), basis="目录")}, "fee.amount", "FEE_NOT_POSITIVE"),
    "fee not a number": (
        {"fee": FeeDraft(amount=Decimal("NaN"), basis="目录")},
        "fee.amount",
        "FEE_NOT_POSITIVE",
    ),
    "fee finer than a fen": (
        {"fee": FeeDraft(amount=Decimal("0.001"), basis="目录")},
        "fee.amount",
        "FEE_TOO_FINE",
    ),
    "fee beyond all measure": (
        {"fee": FeeDraft(amount=Decimal("1E+10"), basis="目录")},
        "fee.amount",
        "FEE_TOO_LARGE",
    ),
    "fee without basis": ({"fee": FeeDraft(amount=Decimal(5), basis="")}, "fee.basis", "FEE_BASIS"),
    "no material and no reason": ({"materials": ()}, "materials", "NO_REQUIRED_MATERIAL"),
    "materials and a reason for none": (
        {"no_materials_reason": "数据共享"},
        "no_materials_reason",
        "MATERIALS_CONTRADICT",
    ),
    "material without name": (with_material(0, name=""), "materials[0]", "MATERIAL_UNNAMED"),
    "material code twice": (with_material(2, code="ID"), "materials[2].code", "MATERIAL_TWICE"),
    "no original and no copy": (with_material(0, originals=0), "materials[0].copies", "NO_COPIES"),
    "negative copies": (with_material(0, copies=-1), "materials[0].copies", "COUNT_NEGATIVE"),
    "core material tolerated": (
        with_material(0, tolerable=True),
        "materials[0].tolerable",
        "CORE_TOLERABLE",
    ),
    "days without tolerance": (
        with_material(0, tolerable_days=3),
        "materials[0].tolerable_days",
        "DAYS_NOT_TOLERABLE",
    ),
    "tolerance longer than the promise": (
        with_material(1, tolerable_days=6),
        "materials[1].tolerable_days",
        "TOLERANCE_OVER_PROMISE",
    ),
    "tolerance of no day": (
        with_material(1, tolerable_days=0),
        "materials[1].tolerable_days",
        "TOLERANCE_OVER_PROMISE",
    ),
    "everything tolerable": (
        {"materials": (MaterialDraft(code="A", name="甲", tolerable=True, copies=1),)},
        "materials",
        "ALL_TOLERABLE",
    ),
    "negative trips": ({"max_trips": -1}, "max_trips", "TRIPS_NEGATIVE"),
    "no trips, yet nothing online": (
        {"max_trips": 0, "channels": (Channel.HALL,), "online_not_offered_reason": "须现场核验"},
        "max_trips",
        "ZERO_TRIPS_OFFLINE",
    ),
    "no channel": (
        {"channels": (), "online_not_offered_reason": "须现场核验"},
        "channels",
        "CHANNELS_EMPTY",
    ),
    "not online, and no reason": (
        {"channels": (Channel.HALL,)},
        "online_not_offered_reason",
        "OFFLINE_WITHOUT_REASON",
    ),
    "handled nowhere": ({"handled_at": ()}, "handled_at", "HANDLED_NOWHERE"),
    "no legal basis": ({"legal_basis": ()}, "legal_basis", "BASIS_MISSING"),
    "blank legal basis": ({"legal_basis": ("  ",)}, "legal_basis", "BASIS_MISSING"),
    "no result": ({"result": ""}, "result", "RESULT_UNNAMED"),
    "ends before it begins": ({"effective_to": date(2024, 1, 1)}, "effective_to", "DATES_REVERSED"),
    "version nought": ({"version": 0}, "version", "VERSION_BELOW_ONE"),
}


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
