"""Papers of applicants that people of communities have in hand: for how long, and who has those of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.people.tables import AssignmentRow
from bangban.features.supervision.limits import Clocks, Sheets, Wanted, in_hand, of_cases, unforwarded
from bangban.kernel.database.terms import runs_on
from bangban.kernel.database.written import Given, Written
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_AT_COMMUNITIES: Final = [each.value for each in AreaLevel if each.depth >= AreaLevel.VILLAGE.depth]


def _papers_out() -> Any:
    """All that was moved of cases whose papers are in people's hands, but not of items that communities handle."""
    entry = CustodyEntryRow
    done_here = ServiceItemRow.handled_at.bool_op("&&")(literal(_AT_COMMUNITIES, ARRAY(Text())))
    return (
        select(
            entry.case_id,
            entry.at,
            entry.code,
            (entry.originals + entry.copies).label("sheets"),
            entry.from_staff_id.label("giver"),
            entry.to_staff_id.label("receiver"),
        )
        .join(CaseRow, CaseRow.id == entry.case_id)
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .where(CaseRow.papers_out > 0, CaseRow.state.in_(sorted(LIVE)), ~done_here)
        .order_by(entry.id)
    )


_PAPERS: Final = Written(_papers_out())
_PAPERS_OF_CASE: Final = Written(_papers_out().where(CaseRow.id == Given("case_id", Uuid())))
_POSTED_ABOVE: Final = Written(
    select(AssignmentRow.staff_id)
    .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
    .where(
        AssignmentRow.staff_id == any_(Given("staff", ARRAY(Uuid()))),
        runs_on(AssignmentRow, Given("today", Date())),
        AreaRow.level.not_in(_AT_COMMUNITIES),
    )
)


async def look_at_papers(work: Work, clocks: Clocks) -> list[Wanted]:
    """Cases of which somebody ought to have forwarded papers by now."""
    hands = await _hands(work, await work.run(_PAPERS))
    found = {
        (case_id, unforwarded(clocks, since=since)) for (case_id, _), since in hands.items()
    }  # of two who have had some since the same day one duty tells
    return of_cases(found)


async def _hands(work: Work, rows: Sequence[Any]) -> dict[tuple[UUID, UUID], datetime]:
    """By case and person of a community: since when they have papers."""
    moves: dict[UUID, list[Sheets]] = {}
    for row in rows:
        moves.setdefault(row.case_id, []).append(Sheets(*row[1:]))
    hands = {
        (case_id, staff_id): since
        for case_id, of_case in moves.items()
        for staff_id, since in in_hand(of_case).items()
    }
    people = list({staff_id for _, staff_id in hands})
    above = (
        {row.staff_id for row in await work.run(_POSTED_ABOVE, staff=people, today=work.today)}
        if people
        else set()
    )
    return {key: since for key, since in hands.items() if key[1] not in above}


async def who_has_papers(work: Work, case_id: UUID) -> list[UUID]:
    """The people of communities who have papers of a case, who ought to have forwarded them."""
    hands = await _hands(work, await work.run(_PAPERS_OF_CASE, case_id=case_id))
    return [staff_id for _, staff_id in hands]
