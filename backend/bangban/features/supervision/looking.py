"""What is open with a limit that no light shows: the facts that ``limits`` reckons with, each kind one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, and_, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.facts import LIVE, EventKind
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderState
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.supervision.limits import (
    Clocks,
    Sheets,
    Wanted,
    in_hand,
    unanswered,
    unapproved,
    unbegun,
    unforwarded,
    unmended,
    unworked,
)
from bangban.features.supervision.rules import supervision_of
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.database.written import Given, Written
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work


def clocks_of(work: Work) -> Clocks:
    """The clocks of one transaction, once it has ``hold_calendar``."""
    assistance = assistance_of(work.settings)
    return Clocks(
        calendar=work.calendar,
        zone=work.district.zone,
        now=work.now,
        hours=assistance.office_hours,
        review=assistance.review_wait,
        settings=supervision_of(work.settings),
    )


async def look(work: Work) -> list[Wanted]:
    """All limits of the district that are over now, beside those of accepted cases."""
    clocks = clocks_of(work)
    return [
        *_unanswered(clocks, await work.run(_UNANSWERED)),
        *(
            Wanted(None, subject_id, area_id, *limit)
            for subject_id, area_id, limit in [
                *(
                    (row.id, row.area_id, unworked(clocks, since=row.since))
                    for row in await work.run(_ORDERS)
                ),
                *(
                    (row.id, row.area_id, unbegun(clocks, due_on=row.due_on))
                    for row in await work.run(_BATCHES)
                ),
                *(
                    (row.id, row.area_id, unmended(clocks, since=row.since))
                    for row in await work.run(_TERMINALS)
                ),
            ]
            if limit is not None
        ),
        *await _volunteers(work, clocks),
        *await _papers(work, clocks),
    ]


async def look_at_case(work: Work, case_id: UUID) -> list[Wanted]:
    """The same of one application."""
    return _unanswered(clocks_of(work), await work.run(_UNANSWERED_CASE, case_id=case_id))


def _received() -> Any:
    """When a case came in, or the papers that its notice named: the latest, since the answer to both is the same."""
    event = CaseEventRow
    supplied = and_(
        event.kind == EventKind.MATERIALS_SUPPLIED.value,
        event.from_state == CaseState.AWAITING_MATERIALS,
        event.to_state == CaseState.PRE_CHECKING,
    )
    latest = (
        select(event.id)
        .where(event.case_id == CaseRow.id, or_(event.kind == EventKind.SUBMITTED.value, supplied))
        .order_by(event.id.desc())
        .limit(1)
        .correlate(CaseRow)
        .scalar_subquery()
    )
    received, checked = aliased(event, name="received"), aliased(event, name="checked")
    reviewed = exists().where(
        checked.case_id == CaseRow.id,
        checked.kind == EventKind.PRE_CHECKED.value,
        checked.id > received.id,
    )
    return (
        select(CaseRow.id, received.at, reviewed.label("reviewed"))
        .join(received, received.id == latest)
        .where(CaseRow.state.in_([CaseState.SUBMITTED, CaseState.PRE_CHECKING]))
    )


_UNANSWERED: Final = Written(_received())
_UNANSWERED_CASE: Final = Written(_received().where(CaseRow.id == Given("case_id", Uuid())))


def _unanswered(clocks: Clocks, rows: Sequence[Any]) -> list[Wanted]:
    found = ((row.id, unanswered(clocks, received_at=row.at, reviewed=row.reviewed)) for row in rows)
    return [Wanted(case_id, None, None, *limit) for case_id, limit in found if limit is not None]


_ORDERS: Final = Written(
    select(
        OrderRow.id,
        OrderRow.area_id,
        func.greatest(OrderRow.claimed_at, OrderRow.started_at, OrderRow.window_until).label("since"),
    ).where(OrderRow.state.in_([OrderState.CLAIMED, OrderState.FAILED]), OrderRow.claimed_at.is_not(None))
)


def _batches() -> Any:
    """Those of which a case lies as it came in."""
    member, its = IntakeBatchCaseRow, CaseRow
    waits = (
        select(its.id)
        .join(member, member.case_id == its.id)
        .where(member.batch_id == IntakeBatchRow.id, its.state == CaseState.SUBMITTED)
        .correlate(IntakeBatchRow)
    )
    return (
        select(IntakeBatchRow.id, ServicePointRow.area_id, IntakeBatchRow.due_on)
        .join(ServicePointRow, ServicePointRow.id == IntakeBatchRow.point_id)
        .where(waits.exists())
    )


_BATCHES: Final = Written(_batches())
_TERMINALS: Final = Written(
    select(TerminalRow.id, ServicePointRow.area_id, TerminalRow.down_since.label("since"))
    .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
    .where(TerminalRow.fault.is_not(None), TerminalRow.down_since.is_not(None))
)
_TODAY: Final = Given("today", Date())
_IN_FORCE: Final = and_(
    AssignmentRow.since <= _TODAY, or_(AssignmentRow.until.is_(None), AssignmentRow.until >= _TODAY)
)
_VOLUNTEERS: Final = Written(
    select(AssignmentRow.staff_id, AssignmentRow.area_id, AssignmentRow.since)
    .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
    .outerjoin(HelperSkillRow, HelperSkillRow.staff_id == StaffRow.id)
    .where(
        AssignmentRow.role == Role.VOLUNTEER.value,
        _IN_FORCE,
        StaffRow.active,
        HelperSkillRow.approved_at.is_(None),
    )
    .order_by(AssignmentRow.staff_id, AssignmentRow.since.desc(), AssignmentRow.id.desc())
)


async def _volunteers(work: Work, clocks: Clocks) -> list[Wanted]:
    rows = await work.run(_VOLUNTEERS, today=work.today)
    earliest = {row.staff_id: row for row in rows}  # whoever has several posts is let in once
    return [
        Wanted(None, row.staff_id, row.area_id, *unapproved(clocks, since=row.since))
        for row in earliest.values()
    ]


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
        _IN_FORCE,
        AreaRow.level.not_in(_AT_COMMUNITIES),
    )
)


async def _papers(work: Work, clocks: Clocks) -> list[Wanted]:
    hands = await _hands(work, await work.run(_PAPERS))
    found = {
        (case_id, unforwarded(clocks, since=since)) for (case_id, _), since in hands.items()
    }  # of two who have had some since the same day one duty tells
    return [Wanted(case_id, None, None, *limit) for case_id, limit in found if limit is not None]


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
