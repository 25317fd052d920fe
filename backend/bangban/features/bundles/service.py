"""Publishing bundles 一件事, in versions as items are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.bundles.drafts import BundleDraft, draft_of, values_of
from bangban.features.bundles.problems import BundleFaulty
from bangban.features.bundles.rules import ItemFacts, check_bundle
from bangban.features.bundles.tables import BundleRow
from bangban.features.catalog.service.definitions import Definitions, hold_catalog, publish, publish_one
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.kernel.tenancy.work import Work

BUNDLES: Final = Definitions(
    table=BundleRow,
    what="bundle",
    what_zh="一件事",
    refusal=BundleFaulty,
    draft_of=draft_of,
    values_of=values_of,
    needs=lambda draft: draft.items,
)


async def publish_bundles(
    work: Work,
    drafts: Sequence[tuple[BundleDraft, str]],
    *,
    changed_from: date | None = None,
    based_on: int | None = None,
) -> list[UUID]:
    """Publish bundles, each with its provenance: all of them or none. The version that says so now, for each.

    Raises:
        Forbidden, AreaOutsideGrant: The caller may not keep the whole catalog.
        Conflict: There is another version than ``based_on`` by now.
        BundleFaulty: With every fault of every bundle.
    """
    await hold_catalog(work)
    items = await items_in_force(work.db, work.today)
    return await publish(
        work,
        BUNDLES,
        drafts,
        lambda draft: check_bundle(draft, items),
        changed_from=changed_from,
        based_on=based_on,
    )


async def publish_bundle(
    work: Work,
    draft_from: Callable[[date], BundleDraft],
    *,
    effective_from: date | None = None,
    based_on: int | None = None,
) -> UUID:
    """Publish one bundle, by the district's keeper. Raises as ``publish_bundles``."""
    await hold_catalog(work)
    items = await items_in_force(work.db, work.today)
    return await publish_one(
        work,
        BUNDLES,
        draft_from,
        lambda draft: check_bundle(draft, items),
        effective_from=effective_from,
        based_on=based_on,
    )


async def items_in_force(db: AsyncSession, on: date) -> dict[str, ItemFacts]:
    """What bundles have to know of the items that hold on a day, by code."""
    item, paper = ServiceItemRow, ServiceMaterialRow
    rows = await db.execute(
        select(item.code, item.audience, item.promised_working_days, paper.code)
        .outerjoin(paper, paper.item_id == item.id)
        .where(item.effective_from <= on, or_(item.effective_to.is_(None), item.effective_to > on))
    )
    found: dict[str, ItemFacts] = {}
    papers: dict[str, set[str]] = {}
    for code, audience, promised, material in rows:
        papers.setdefault(code, set())
        if material is not None:
            papers[code].add(material)
        found[code] = ItemFacts(
            audience=frozenset(audience),
            promised_working_days=promised,
            materials=frozenset(papers[code]),
        )
    return found


async def bundles_in_force(db: AsyncSession, on: date) -> frozenset[str]:
    """The codes of bundles that hold on a day."""
    rows = await db.scalars(
        select(BundleRow.code).where(
            BundleRow.effective_from <= on, or_(BundleRow.effective_to.is_(None), BundleRow.effective_to > on)
        )
    )
    return frozenset(rows)
