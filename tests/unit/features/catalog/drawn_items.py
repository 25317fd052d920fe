"""Items in several texts: what a template said, what a district made of it, what the template says now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft, MaterialForm, MaterialSource
from bangban.features.catalog.mobile import MobileApp, MobileDraft
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.levels import AreaLevel

BEGAN = date(2025, 1, 1)
CORE = MaterialDraft(code="CARD", name="身份证", core=True, copies=1)
DRAFT = ItemDraft(
    code="SAMPLE-0001",
    name="样例事项",
    name_en="Sample item",
    kind=ServiceKind.CONFIRMATION,
    audience=(Audience.PERSON, Audience.LEGAL_ENTITY),
    level=AreaLevel.COUNTY,
    case_type=CaseType.PROMISED,
    promised_working_days=5,
    legal_working_days=20,
    max_trips=1,
    fee=FeeDraft(amount=Decimal("10.50"), basis="样例依据"),
    materials=(CORE, MaterialDraft(code="FORM", name="申请表", copies=1, tolerable=True, tolerable_days=3)),
    channels=(Channel.HALL, Channel.WEB, Channel.MOBILE),
    handled_at=(AreaLevel.COUNTY, AreaLevel.TOWN),
    pre_checked_at=(AreaLevel.VILLAGE,),
    legal_basis=("样例法",),
    result="样例证",
    effective_from=BEGAN,
)
_WORDS = st.sampled_from(["甲", "乙", '丙 "引号"', "丁\\斜线", "戊 {json}"])
_MATERIALS = st.builds(
    MaterialDraft,
    code=st.sampled_from(["FORM", "LEASE", "PHOTO"]),
    name=_WORDS,
    name_en=st.none() | _WORDS,
    required=st.booleans(),
    originals=st.integers(1, 3),
    copies=st.integers(0, 3),
    issuer=st.none() | _WORDS,
    source=st.sampled_from(MaterialSource),
    form=st.sampled_from(MaterialForm),
)
# All of them fit together, so that what is drawn may be published.
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": _WORDS,
    "name_en": st.none() | _WORDS,
    "kind": st.sampled_from([ServiceKind.CONFIRMATION, ServiceKind.PAYMENT, ServiceKind.PUBLIC_SERVICE]),
    "audience": st.sampled_from([(Audience.PERSON,), (Audience.LEGAL_ENTITY, Audience.PERSON)]),
    "promised_working_days": st.integers(4, 10),
    "legal_working_days": st.integers(10, 40),
    "max_trips": st.integers(0, 3),
    "fee": st.none() | st.builds(FeeDraft, amount=st.decimals("0.01", "99", places=2), basis=_WORDS),
    "materials": st.lists(_MATERIALS, max_size=3, unique_by=lambda each: each.code).map(
        lambda more: (CORE, *more)
    ),
    "channels": st.lists(st.sampled_from(Channel), max_size=3, unique=True).map(
        lambda more: tuple(dict.fromkeys((Channel.WEB, Channel.MOBILE, *more)))
    ),
    "handled_at": st.sampled_from([(AreaLevel.COUNTY,), (AreaLevel.TOWN, AreaLevel.COUNTY)]),
    "pre_checked_at": st.sampled_from([(), (AreaLevel.VILLAGE,), (AreaLevel.TOWN, AreaLevel.VILLAGE)]),
    "legal_basis": st.lists(_WORDS, min_size=1, max_size=2, unique=True).map(tuple),
    "result": _WORDS,
    "conditions": st.none() | _WORDS,
    "department": st.none() | _WORDS,
    "theme": st.none() | _WORDS,
    "mobile": st.none()
    | st.builds(
        MobileDraft,
        app=st.sampled_from(MobileApp),
        name=_WORDS,
        link=st.just("https://mobile.example/matter"),
        steps=st.lists(_WORDS, min_size=1, max_size=3).map(tuple),
        validated_on=st.none() | st.just(BEGAN),
    ),
}


def changed(draft: ItemDraft) -> st.SearchStrategy[ItemDraft]:
    """The draft with a few fields said otherwise, or none."""
    names = st.lists(st.sampled_from(sorted(_VALUES)), max_size=4, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({name: _VALUES[name] for name in chosen}).map(
            lambda values: replace(draft, **values)
        )
    )


@st.composite
def three_texts(draw: st.DrawFn) -> tuple[ItemDraft, ItemDraft, ItemDraft]:
    """Base, ours, theirs."""
    base = draw(changed(DRAFT))
    return base, draw(changed(base)), draw(changed(base))
