"""Items are published whole, by version, and a version never changes once somebody may have begun with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bangban.features.catalog.drafts import FeeDraft, ItemDraft, MaterialDraft
from bangban.features.catalog.problems import ItemFaulty, ItemUnknown
from bangban.features.catalog.service import (
    Publication,
    Published,
    codes_from_template,
    current_item,
    find_current_item,
    materials_of,
    publish_items,
    withdraw_items,
)
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.districts.platform import platform_work
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]
BEGAN, LATER = date(2025, 1, 1), date(2026, 3, 1)
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
    materials=(
        MaterialDraft(code="M1", name="申请表", copies=1, core=True),
        MaterialDraft(code="M2", name="证明", copies=1, tolerable=True, tolerable_days=3),
    ),
    channels=(Channel.HALL, Channel.WEB),
    handled_at=(AreaLevel.COUNTY, AreaLevel.TOWN),
    legal_basis=("样例法",),
    result="样例证",
    effective_from=BEGAN,
)
OTHER = replace(DRAFT, code="SAMPLE-0002")


class _Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


@pytest.fixture(scope="module")
def place(new_district: Callable[..., District]) -> District:
    return new_district()


@pytest.fixture
def tried(tenancy: Tenancy, place: District, run: Callable[[Any], Any]) -> Callable[[Body], Any]:
    """Runs a body in one transaction, and undoes it."""

    def tried(body: Body) -> None:
        async def whole() -> None:
            async with platform_work(tenancy, place) as work:
                await body(work)
                await work.finish()
                raise _Undo

        with suppress(_Undo):
            run(whole())

    return tried


def test_an_item_is_stored_as_it_was_written(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        done = await publish_items(
            work, [Publication(draft=DRAFT, origin="template", provenance="sample"), OTHER]
        )
        assert done == Published(created=2, versions=0, ended=0, unchanged=0)
        item = await current_item(work.db, DRAFT.code, BEGAN)
        assert (item.version, item.fee_amount, item.origin) == (1, Decimal("10.50"), "template")
        assert item.audience == [Audience.PERSON, Audience.LEGAL_ENTITY]
        assert item.details["name_en"] == "Sample item"
        assert item.details["provenance"] == "sample"
        assert item.details["materials"] == {"M2": {"tolerable_days": 3}}
        assert [material.code for material in await materials_of(work.db, item.id)] == ["M1", "M2"]
        assert await codes_from_template(work.db) == {DRAFT.code}

    tried(body)


def test_the_same_items_again_change_nothing(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        await publish_items(work, [DRAFT, OTHER])
        again = await publish_items(work, [DRAFT, OTHER], changed_from=LATER)
        assert again == Published(created=0, versions=0, ended=0, unchanged=2)

    tried(body)


def test_changed_content_is_the_next_version_and_the_former_stays(
    tried: Callable[[Body], Any],
) -> None:
    async def body(work: Work) -> None:
        await publish_items(work, [DRAFT])
        first = await current_item(work.db, DRAFT.code, BEGAN)
        done = await publish_items(work, [replace(DRAFT, promised_working_days=3, effective_from=LATER)])
        assert done == Published(created=0, versions=1, ended=0, unchanged=0)
        await work.db.refresh(first)
        assert (first.promised_working_days, first.effective_to) == (5, LATER)
        assert (await current_item(work.db, DRAFT.code, date(2026, 2, 28))).id == first.id
        second = await current_item(work.db, DRAFT.code, LATER)
        assert (second.version, second.promised_working_days, second.effective_to) == (2, 3, None)
        assert len(await materials_of(work.db, first.id)) == len(await materials_of(work.db, second.id)) == 2

    tried(body)


def test_every_fault_of_every_item_is_named_and_nothing_is_published(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        with pytest.raises(ItemFaulty) as refusal:
            await publish_items(
                work,
                [
                    replace(DRAFT, promised_working_days=30, result=" "),
                    replace(OTHER, materials=(replace(DRAFT.materials[0], tolerable=True),)),
                    OTHER,
                ],
            )
        assert refusal.value.code is ErrorCode.ITEM_FAULTY
        assert {
            "SAMPLE-0001.promised_working_days",
            "SAMPLE-0001.result",
            "SAMPLE-0002.materials[0].tolerable",
            "SAMPLE-0002.code",
        } <= set(refusal.value.fields)
        assert "主要材料不得容缺" in refusal.value.message("zh")
        assert "core material" in refusal.value.message("en")
        assert (await work.db.scalars(select(ServiceItemRow.id))).all() == []

    tried(body)


def test_a_withdrawn_item_is_not_offered_and_may_come_back(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        await publish_items(work, [DRAFT, OTHER])
        assert await withdraw_items(work, {DRAFT.code, "UNKNOWN-0001"}, on=LATER) == 1
        assert await withdraw_items(work, {DRAFT.code}, on=LATER) == 0
        assert await find_current_item(work.db, DRAFT.code, LATER) is None
        with pytest.raises(ItemUnknown):
            await current_item(work.db, DRAFT.code, LATER)
        assert (await current_item(work.db, OTHER.code, LATER)).version == 1
        back = await publish_items(work, [replace(DRAFT, effective_from=date(2026, 6, 1))])
        assert back.versions == 1
        assert (await current_item(work.db, DRAFT.code, date(2026, 6, 1))).version == 2

    tried(body)
