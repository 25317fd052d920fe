"""An item without a fault, and one break of each rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
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
