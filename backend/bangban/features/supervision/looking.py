"""What is open with a limit that no light shows: the facts that ``limits`` reckons with, each kind one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Uuid, exists, func, select
from sqlalchemy.orm import aliased

from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.tracking import CHASED
from bangban.features.cases.service.reading import is_receipt
from bangban.features.cases.tables import CaseEventRow, CaseRow, ToleranceRow
from bangban.features.cases.values import CaseState, EventKind, ResultStanding
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderState
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.staffing.running_out import posts_run_out
from bangban.features.supervision.confirmations import look_at_confirmations
from bangban.features.supervision.held_papers import look_at_papers
from bangban.features.supervision.limits import (
    Clocks,
    Wanted,
    of_cases,
    unanswered,
    unapproved,
    unbegun,
    unchecked,
    unmended,
    unmoved,
    unseen,
    unworked,
)
from bangban.features.supervision.rules import supervision_of
from bangban.kernel.access.roles import Role
from bangban.kernel.database.terms import runs_on
from bangban.kernel.database.written import Given, Written
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
        *_unseen(clocks, await work.run(_UNSEEN)),
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
        *await look_at_papers(work, clocks),
        *await look_at_confirmations(work, clocks),
        *await _posts(work, clocks),
        *_unchecked(clocks, await work.run(_CHECK_INS, today=work.today)),
    ]


async def look_at_case(work: Work, case_id: UUID) -> list[Wanted]:
    """The same of one application."""
    clocks = clocks_of(work)
    return [
        *_unanswered(clocks, await work.run(_UNANSWERED_CASE, case_id=case_id)),
        *_unseen(clocks, await work.run(_UNSEEN_CASE, case_id=case_id)),
    ]


async def look_at_check_in(work: Work, case_id: UUID) -> list[Wanted]:
    """What is due of one tracked case, which is locked, so that whoever checks in at the same time comes before or
    after."""
    return _unchecked(clocks_of(work), await work.run(_CHECK_IN, case_id=case_id, today=work.today))


def _received() -> Any:
    """When a case came in, or the papers that its notice named: the latest, since the answer to both is the same."""
    event = CaseEventRow
    latest = (
        select(event.id)
        .where(event.case_id == CaseRow.id, is_receipt(event))
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


def _supplied() -> Any:
    """When the papers came in on which a result depends, which somebody has to look at."""
    return (
        select(CaseRow.id, ToleranceRow.fulfilled_at.label("at"))
        .join(ToleranceRow, ToleranceRow.case_id == CaseRow.id)
        .where(CaseRow.result_standing == ResultStanding.CONDITIONAL, ToleranceRow.fulfilled_at.is_not(None))
    )


_CASE: Final = CaseRow.id == Given("case_id", Uuid())
_UNANSWERED: Final = Written(_received())
_UNANSWERED_CASE: Final = Written(_received().where(_CASE))
_UNSEEN: Final = Written(_supplied())
_UNSEEN_CASE: Final = Written(_supplied().where(_CASE))


def _unanswered(clocks: Clocks, rows: Sequence[Any]) -> list[Wanted]:
    return of_cases((row.id, unanswered(clocks, received_at=row.at, reviewed=row.reviewed)) for row in rows)


def _unseen(clocks: Clocks, rows: Sequence[Any]) -> list[Wanted]:
    return of_cases((row.id, unseen(clocks, received_at=row.at)) for row in rows)


def _tracked() -> Any:
    """Tracked cases of which somebody is to hear by today."""
    return select(CaseRow.id, CaseRow.check_in_due_on).where(
        CaseRow.state.in_(sorted(CHASED)), CaseRow.check_in_due_on <= Given("today", Date())
    )


_CHECK_INS: Final = Written(_tracked())
_CHECK_IN: Final = Written(_tracked().where(_CASE).with_for_update(of=CaseRow.__table__))


def _unchecked(clocks: Clocks, rows: Sequence[Any]) -> list[Wanted]:
    return of_cases((row.id, unchecked(clocks, due_on=row.check_in_due_on)) for row in rows)


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
_VOLUNTEERS: Final = Written(
    select(AssignmentRow.staff_id, AssignmentRow.area_id, AssignmentRow.since)
    .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
    .outerjoin(HelperSkillRow, HelperSkillRow.staff_id == StaffRow.id)
    .where(
        AssignmentRow.role == Role.VOLUNTEER.value,
        runs_on(AssignmentRow, Given("today", Date())),
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


async def _posts(work: Work, clocks: Clocks) -> list[Wanted]:
    return [
        Wanted(None, each.staff_id, each.area_id, *unmoved(clocks, until=each.until))
        for each in await posts_run_out(work, ahead=clocks.settings.post_warning_days)
    ]
