"""Publishing guidance 情形引导, in versions as items are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from bangban.features.bundles.service import bundles_in_force, items_in_force
from bangban.features.catalog.drafts import ItemFault
from bangban.features.catalog.service.definitions import Definitions, hold_catalog, publish, publish_one
from bangban.features.guidance.drafts import draft_of, values_of
from bangban.features.guidance.problems import GuidanceFaulty, GuidanceUnknown, NoEndReached
from bangban.features.guidance.questions import GuidanceDraft
from bangban.features.guidance.rules import Way, check_guidance, ending_of
from bangban.features.guidance.tables import GuidanceRow
from bangban.kernel.tenancy.work import Work

GUIDANCE: Final = Definitions(
    table=GuidanceRow,
    what="guidance",
    what_zh="情形引导",
    refusal=GuidanceFaulty,
    draft_of=draft_of,
    values_of=values_of,
    needs=lambda draft: draft.ends,
)


async def publish_guidance(
    work: Work, drafts: Sequence[tuple[GuidanceDraft, str]], *, changed_from: date | None = None
) -> list[UUID]:
    """Publish questions, each with its provenance: all of them or none. The version that says so now, for each.

    Raises:
        Forbidden, AreaOutsideGrant: The caller may not keep the whole catalog.
        GuidanceFaulty: With every fault of all of them.
    """
    await hold_catalog(work)
    return await publish(work, GUIDANCE, drafts, await _judge(work), changed_from=changed_from)


async def publish_one_guidance(
    work: Work,
    draft_from: Callable[[date], GuidanceDraft],
    *,
    effective_from: date | None = None,
    based_on: int | None = None,
) -> UUID:
    """Publish one, by the district's keeper. Raises as ``publish_guidance``, and Conflict."""
    await hold_catalog(work)
    return await publish_one(
        work,
        GUIDANCE,
        draft_from,
        await _judge(work),
        effective_from=effective_from,
        based_on=based_on,
    )


class LedBy(NamedTuple):
    """What is remembered of it: the version and its end, and nothing of the way there."""

    guidance_id: UUID
    end: str


async def led_by(work: Work, way: Way | None) -> LedBy | None:
    """The end that somebody was led to (DOMAIN E04); None for who was not led.

    What they apply for may be something else than it leads to: that tells how good the questions are.

    Raises:
        GuidanceUnknown: There is no such version.
        NoEndReached: The answers lead to no end.
    """
    if way is None:
        return None
    row = await work.db.scalar(
        select(GuidanceRow).where(GuidanceRow.code == way.code, GuidanceRow.version == way.version)
    )
    if row is None:
        raise GuidanceUnknown
    ending = ending_of(draft_of(row), way.answers)
    if ending is None:
        raise NoEndReached
    return LedBy(row.id, ending.key)


async def _judge(work: Work) -> Callable[[GuidanceDraft], Sequence[ItemFault]]:
    items = frozenset(await items_in_force(work.db, work.today))
    bundles = await bundles_in_force(work.db, work.today)
    return lambda draft: check_guidance(draft, items=items, bundles=bundles)
