"""Publishing guides to print 掌办指南册, in versions as items are, each frozen with the versions of its items.

Frozen, because paper stays: what lies in a village's station says which version it is, and the same version can be
printed again, byte for byte, when a newer one has long replaced it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from bangban.features.catalog.offered_sql import in_force_on
from bangban.features.catalog.service.definitions import Definitions, hold_catalog, publish, publish_one
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.printed_guides.drafts import draft_of, values_of
from bangban.features.printed_guides.problems import PrintedGuideFaulty
from bangban.features.printed_guides.rules import (
    FrozenGuide,
    GuideDraft,
    PrintableItem,
    check_guide,
    chosen,
)
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.kernel.tenancy.work import Work

PRINTED_GUIDES: Final = Definitions(
    table=PrintedGuideRow,
    what="printed-guide",
    refusal=PrintedGuideFaulty,
    draft_of=draft_of,
    values_of=values_of,
    what_zh="掌办指南册",
    needs=lambda _: (),  # paper stays when a matter ends; ``current`` says that it is to be printed anew
)


class _Offered(NamedTuple):
    id: UUID
    facts: PrintableItem


async def publish_printed_guides(
    work: Work, drafts: Sequence[tuple[GuideDraft, str]], *, changed_from: date | None = None
) -> list[UUID]:
    """Publish guides, each with its provenance: all of them or none. The version that says so now, for each.

    A guide whose items have other versions by now becomes another version, too.

    Raises:
        Forbidden, AreaOutsideGrant: The caller may not keep the whole catalog.
        PrintedGuideFaulty: With every fault of all of them.
    """
    await hold_catalog(work)
    frozen: list[tuple[FrozenGuide, str]] = []
    offered: dict[str, Mapping[str, _Offered]] = {}
    begun = await _begun(work)
    for draft, provenance in drafts:
        day = _first_day(max(draft.effective_from, work.today), begun.get(draft.code))
        items = await _offered(work, day)
        offered[draft.code] = items
        frozen.append((_frozen(draft, items), provenance))
    return await publish(
        work,
        PRINTED_GUIDES,
        frozen,
        lambda draft: check_guide(draft, _facts(offered[draft.code])),
        changed_from=changed_from,
    )


async def publish_printed_guide(
    work: Work,
    draft_from: Callable[[date], GuideDraft],
    *,
    effective_from: date | None = None,
    based_on: int | None = None,
) -> UUID:
    """Publish one guide, by the district's keeper. Raises as ``publish_printed_guides``, and Conflict."""
    await hold_catalog(work)
    draft = draft_from(effective_from or work.today)
    if effective_from is None:
        begun = (await _begun(work)).get(draft.code)
        draft = replace(draft, effective_from=_first_day(work.today, begun))
    items = await _offered(work, draft.effective_from)
    frozen = _frozen(draft, items)
    return await publish_one(
        work,
        PRINTED_GUIDES,
        lambda _: frozen,
        lambda wished: check_guide(wished, _facts(items)),
        effective_from=draft.effective_from,
        based_on=based_on,
    )


def _first_day(wished: date, begun: date | None) -> date:
    """The day on which the next version can begin: that of its items' versions, too."""
    return wished if begun is None or begun < wished else begun + timedelta(days=1)


async def _begun(work: Work) -> dict[str, date]:
    """Since when the newest version of each guide holds, or will."""
    guide = PrintedGuideRow
    rows = await work.db.execute(
        select(guide.code, func.max(guide.effective_from).label("begun")).group_by(guide.code)
    )
    return {row.code: row.begun for row in rows}


async def _offered(work: Work, day: date) -> dict[str, _Offered]:
    """The items that hold on a day, by code."""
    item = ServiceItemRow
    rows = await work.db.execute(
        select(item.id, item.code, item.kind, item.details.has_key("mobile").label("mobile")).where(
            in_force_on(item.__table__.c, day)
        )
    )
    return {row.code: _Offered(row.id, PrintableItem(kind=row.kind, mobile=row.mobile)) for row in rows}


def _facts(offered: Mapping[str, _Offered]) -> dict[str, PrintableItem]:
    return {code: each.facts for code, each in offered.items()}


def _frozen(draft: GuideDraft, offered: Mapping[str, _Offered]) -> FrozenGuide:
    """The draft with the versions that it chose; codes that are not there are left to the rules."""
    found = [offered.get(code) for code in chosen(draft, _facts(offered))]
    return FrozenGuide(**asdict(draft), items=tuple(each.id for each in found if each is not None))
