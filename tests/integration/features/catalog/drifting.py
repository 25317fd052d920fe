"""A template and what a district made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Date, Text, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from tests.unit.features.catalog.drawn_items import DRAFT

from bangban.features.catalog.drafts import ItemDraft
from bangban.features.catalog.drift_sql import drift
from bangban.features.catalog.service.changing import publish_item
from bangban.features.catalog.templates import TemplateCatalog
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]
Tried = Callable[[Body], None]
CODE = DRAFT.code


class Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


def template(*drafts: ItemDraft) -> TemplateCatalog:
    return TemplateCatalog("county", [(draft, "sample") for draft in drafts])


async def drifted(work: Work, catalog: TemplateCatalog) -> dict[str, Any]:
    """What the statement finds, by code."""
    texts = cast(literal(catalog.as_json(work.district.levels, work.today), Text), JSONB)
    found = drift(texts, literal(catalog.name, Text), literal(work.today, Date))
    return {row.code: row for row in await work.db.execute(select(found))}


async def adapted(work: Work, draft: ItemDraft) -> None:
    await publish_item(work, lambda start: replace(draft, effective_from=start))
