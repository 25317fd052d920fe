"""A visit and the case that it is about: how they are linked, and that it counts as one trip when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bangban.features.cases.enums import HelpKind
from bangban.features.cases.service.applicant import IDENTITY_CONTEXT, PHONE_CONTEXT
from bangban.features.cases.service.loading import load_by_itself, load_case
from bangban.features.cases.service.trips import applied_for_since, change_trips, trips_counted
from bangban.features.hall.problems import AboutAnotherCase, NotTheVisitors
from bangban.features.hall.rules.trips import Stay, trips_of
from bangban.features.hall.tables import VISITOR_PURPOSE, VisitRow
from bangban.features.hall.values import VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import refused_at
from bangban.kernel.tenancy.work import Work


async def link_case(work: Work, visit: VisitRow, number: str) -> UUID:
    """Make a visit one about a case that the caller may see, which is locked; the id of its item.

    It will count as a trip of the case's applicant. So where no window serves the visitor, who says what they came
    for, and it is known who came, that is the applicant. Of whoever gave no number the staff's word is taken.

    Raises:
        NotFound: There is no such case for the caller.
        AboutAnotherCase: The visit is about another one: each is about one matter.
        NotTheVisitors: The case is somebody else's.
    """
    with refused_at({"input.number": "input.caseNumber"}):
        loaded = await load_case(work, number=number, one_of=(Permission.CASE_READ,))
    if visit.case_id not in (None, loaded.row.id):
        raise AboutAnotherCase
    unserved = visit.at_window_at is None and visit.visitor_hash is not None
    if unserved and visit.visitor_hash not in _known_as(work, loaded.row):
        raise NotTheVisitors
    visit.case_id = loaded.row.id
    item_id: UUID = loaded.row.service_item_id
    return item_id


def _known_as(work: Work, case: Any) -> Iterator[bytes | None]:
    """The keyed hashes by which the applicant would be known again; None where that was forgotten."""
    for sealed, context in ((case.phone_sealed, PHONE_CONTEXT), (case.identity_sealed, IDENTITY_CONTEXT)):
        if sealed is None:
            yield None
        else:
            plain = work.vault.open(sealed, context=context)
            yield work.vault.lookup_hash(plain, purpose=VISITOR_PURPOSE)


async def applied_at_window(work: Work, since: datetime | None) -> UUID | None:
    """The case that the clerk applied for while serving; None where there was none, or more than one."""
    found = [] if since is None else await applied_for_since(work, since)
    return found[0] if len(found) == 1 else None


async def leave(work: Work, visit: VisitRow, state: VisitState) -> None:
    """End a visit, which is locked; if it is about a case, the applicant came once for it."""
    visit.state, visit.ended_at = state, work.now
    if visit.case_id is not None:
        await count_trip(work, visit_id=visit.id, case_id=visit.case_id, since=_began(visit))


async def count_trip(work: Work, *, visit_id: UUID, case_id: UUID, since: datetime) -> None:
    """Count a visit that ends now. Who is acted for does not come, so only HELP cases are counted."""
    case = await load_by_itself(work, case_id=case_id)
    if case is None or case.facts.help is not HelpKind.HELP:
        return
    began = func.coalesce(VisitRow.arrived_at, VisitRow.greeted_at)
    over = await work.db.execute(
        select(began, VisitRow.ended_at).where(
            VisitRow.case_id == case_id, VisitRow.id != visit_id, VisitRow.ended_at.is_not(None)
        )
    )
    change = trips_of(
        Stay(begins=since, ends=work.now),
        await trips_counted(work, case),
        [Stay(begins=begins, ends=ends) for begins, ends in over if ends is not None],
    )
    await change_trips(work, case, change)


def _began(visit: VisitRow) -> datetime:
    return visit.arrived_at or visit.greeted_at
