"""The statement that reads a case with all that hangs on it, and from its rows to the facts that rules look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, Uuid, and_, func, or_, select

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import (
    CHECKS,
    Authorisation,
    CaseFacts,
    Handover,
    Material,
    Notice,
    Rating,
    Supplying,
    Tolerance,
)
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service.clocks import find_clock
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.values import CaseState, EventKind, HelpMode
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Channel, ServiceKind
from bangban.features.people.tables import StaffRow
from bangban.kernel.database.written import Given, Written, labelled


def is_receipt(event: Any) -> ColumnElement[bool]:
    """Whether papers came in with it that wait for an answer: an application, or all that a notice had named."""
    supplied = and_(
        event.kind == EventKind.MATERIALS_SUPPLIED.value,
        event.from_state == CaseState.AWAITING_MATERIALS,
        event.to_state == CaseState.PRE_CHECKING,
    )
    return or_(event.kind == EventKind.SUBMITTED.value, supplied)


def _whole_case() -> Written:
    """A row for each material, or one; the single rows stand beside every one of them, and the caller's own phone."""
    case_id = Given("case_id", Uuid())
    latest = select(func.max(NoticeRow.ordinal)).where(NoticeRow.case_id == case_id).scalar_subquery()
    checks = select(CaseEventRow.kind).where(
        CaseEventRow.case_id == case_id, CaseEventRow.kind.in_(sorted(each.value for each in CHECKS))
    )
    last_check = checks.order_by(CaseEventRow.id.desc()).limit(1).scalar_subquery()
    received = (
        select(func.max(CaseEventRow.at))
        .where(CaseEventRow.case_id == case_id, is_receipt(CaseEventRow))
        .scalar_subquery()
    )
    caller = select(StaffRow.phone_sealed).where(StaffRow.id == Given("staff_id", Uuid()))
    caller_phone = caller.scalar_subquery()
    return Written(
        select(
            *CaseRow.__table__.columns,
            AreaRow.path.label("area_path"),
            ServiceItemRow.code.label("service_code"),
            ServiceItemRow.kind.label("service_kind"),
            ServiceItemRow.level,
            ServiceItemRow.pre_checked_at,
            ServiceItemRow.department,
            ServiceItemRow.handled_at,
            ServiceItemRow.details,
            ServiceItemRow.legal_basis,
            *labelled(CaseMaterialRow, "material"),
            *labelled(NoticeRow, "notice"),
            *labelled(ToleranceRow, "tolerance"),
            *labelled(AuthorisationRow, "authorisation"),
            *labelled(HandoverRow, "handover"),
            *labelled(RatingRow, "rating"),
            ResidentRow.phone_hash.label("account_phone_hash"),
            caller_phone.label("caller_phone_sealed"),
            last_check.label("last_check"),
            received.label("received_at"),
        )
        .select_from(CaseRow)
        .join(AreaRow, AreaRow.id == CaseRow.area_id)
        .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .outerjoin(CaseMaterialRow, CaseMaterialRow.case_id == CaseRow.id)
        .outerjoin(NoticeRow, and_(NoticeRow.case_id == CaseRow.id, NoticeRow.ordinal == latest))
        .outerjoin(ToleranceRow, ToleranceRow.case_id == CaseRow.id)
        .outerjoin(AuthorisationRow, AuthorisationRow.case_id == CaseRow.id)
        .outerjoin(
            HandoverRow,
            and_(
                HandoverRow.case_id == CaseRow.id,
                HandoverRow.taken_at.is_(None),
                HandoverRow.returned_at.is_(None),
            ),
        )
        .outerjoin(RatingRow, RatingRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id)
        .order_by(CaseMaterialRow.position)
    )


WHOLE_CASE: Final = _whole_case()


def facts_of(rows: Sequence[Any], zone: tzinfo) -> CaseFacts:
    """The facts of a case, from the rows of ``WHOLE_CASE``; ``zone`` is the district's."""
    row = rows[0]
    return CaseFacts(
        state=row.state,
        help=row.help,
        holder_id=row.holder_id,
        first_asked_id=row.first_asked_id,
        materials=tuple(_material(each) for each in rows if each.material_id is not None),
        promised_days=row.promised_days,
        licence=row.service_kind is ServiceKind.LICENCE,
        received_on=(row.received_at or row.submitted_at).astimezone(zone).date(),
        counts_from=row.counts_from,
        clock=find_clock(row),
        notice=_notice(row),
        tolerance=_tolerance(row),
        authorisation=_authorisation(row),
        handover=_handover(row),
        rating=_rating(row),
        in_hall=row.channel is Channel.HALL,
        trips=row.trips,
        next_acknowledged_at=row.next_acknowledged_at,
        tracked=HelpMode.TRACKING in row.modes,
        check_in_due_on=row.check_in_due_on,
        papers_out=row.papers_out or 0,
        last_check=None if row.last_check is None else EventKind(row.last_check),
        suspended_from=row.suspended_from,
        accepted_at=row.accepted_at,
        completed_at=row.completed_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        result_standing=row.result_standing,
        result_held=bool(row.result_held),
        opinion=row.opinion,
        result_number=row.result_number,
        decision_basis=row.decision_basis,
        note=row.note,
    )


def _material(row: Any) -> Material:
    return Material(
        code=row.material_code,
        name=row.material_name,
        required=row.material_required,
        tolerable=row.material_tolerable,
        state=row.material_state,
        reason=row.material_reason,
    )


def _notice(row: Any) -> Notice | None:
    return (
        None
        if row.notice_id is None
        else Notice(
            ordinal=row.notice_ordinal,
            missing=tuple(row.notice_missing),
            reasons=dict(row.notice_reasons),
            issued_at=row.notice_issued_at,
            issued_by=row.notice_issued_by,
            deadline=row.notice_deadline,
            supplying=Supplying(channel=row.notice_channel, how=row.notice_how, where_id=row.notice_where_id),
            acknowledged_at=row.notice_acknowledged_at,
            acknowledged_by=row.notice_acknowledged_by,
            acknowledged_to=row.notice_acknowledged_to,
        )
    )


def _tolerance(row: Any) -> Tolerance | None:
    return (
        None
        if row.tolerance_case_id is None
        else Tolerance(
            missing=tuple(row.tolerance_missing),
            promised_by=row.tolerance_promised_by,
            agreed_at=row.tolerance_agreed_at,
            fulfilled_at=row.tolerance_fulfilled_at,
            cleared_at=row.tolerance_cleared_at,
        )
    )


def _authorisation(row: Any) -> Authorisation | None:
    return (
        None
        if row.authorisation_case_id is None
        else Authorisation(
            scope=frozenset(row.authorisation_scope),
            valid_until=row.authorisation_valid_until,
            given_at=row.authorisation_given_at,
            revoked_at=row.authorisation_revoked_at,
        )
    )


def _handover(row: Any) -> Handover | None:
    return (
        None
        if row.handover_id is None
        else Handover(
            from_id=row.handover_from_id,
            to_id=row.handover_to_id,
            reason=row.handover_reason,
            offered_at=row.handover_offered_at,
            papers=tuple(Papers(**each) for each in row.handover_papers or ()),
        )
    )


def _rating(row: Any) -> Rating | None:
    return (
        None
        if row.rating_case_id is None
        else Rating(grade=row.rating_grade, comment=row.rating_comment, rated_at=row.rating_rated_at)
    )
