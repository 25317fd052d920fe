"""到场次数: how often the applicant came, where somebody else than casework knows of it (DOMAIN A09)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, and_, func, or_, select, update

from bangban.features.cases.enums import HelpKind
from bangban.features.cases.rules.facts import APPLICANT_WORD
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import EventKind
from bangban.features.catalog.values import Channel
from bangban.kernel.tenancy.work import Work

_CASES = cast("Table", CaseRow.__table__)


async def trips_counted(work: Work, case: Loaded) -> list[datetime]:
    """When casework itself counted that the applicant came: when staff filed in a hall, or took papers there."""
    if not case.facts.in_hall:
        return []
    kinds: list[Any] = [CaseEventRow.kind == EventKind.SUBMITTED.value]
    if case.facts.help is HelpKind.HELP:
        kinds.append(CaseEventRow.kind == EventKind.MATERIALS_SUPPLIED.value)
    found = await work.db.scalars(
        select(CaseEventRow.at).where(
            CaseEventRow.case_id == case.row.id, CaseEventRow.actor != APPLICANT_WORD, or_(*kinds)
        )
    )
    return list(found)


async def change_trips(work: Work, case: Loaded, change: int) -> None:
    """Count so many trips more, or fewer where several were counted for one visit; the case is locked."""
    if change:
        more = func.coalesce(_CASES.c.trips, 0) + change
        await work.db.execute(update(_CASES).where(_CASES.c.id == case.row.id).values(trips=more))


async def applied_for_since(work: Work, since: datetime) -> list[UUID]:
    """The cases that the caller filed in a hall since a moment, up to now."""
    found = await work.db.scalars(
        select(CaseRow.id)
        .where(
            and_(CaseRow.submitted_at >= since, CaseRow.submitted_at <= work.now),
            CaseRow.first_asked_id == work.principal.id,
            CaseRow.channel == Channel.HALL,
        )
        .limit(2)
    )
    return list(found)
