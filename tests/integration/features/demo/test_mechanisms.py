"""Each mechanism of DOMAIN part 1 has something to be tried on in every district whose text names it.

A row of the table says which mechanism, what there has to be of it, how many at least, and where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from sqlalchemy import ColumnElement, Select, cast, distinct, func, select
from sqlalchemy.dialects.postgresql import JSONB
from tests.integration.features.demo.samples import Told

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    InterimRatingRow,
    NoticeRow,
    ToleranceRow,
)
from bangban.features.cases.values import CaseState, EventKind, MaterialState, ResultStanding
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    IntakeBatchRow,
    OvertimeRow,
    TicketRow,
    VisitRow,
)
from bangban.features.hall.values import ShiftKind, TicketState, VisitState
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamRow, TrainingRow
from bangban.features.people.training import TrainingKind
from bangban.features.places.tables import (
    PartnerAgreementRow,
    PointAssessmentRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.places.values import AssessmentScheme, PartnerKind, PointKind, WindowKind
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ProfileRow

JINING, ZIBO, ZOUPING, RUSHAN = "jining-hitech", "zibo-hitech", "zouping", "rushan"
QIXIA, XUANWU, PUKOU, JIANGNING = "nanjing-qixia", "nanjing-xuanwu", "nanjing-pukou", "nanjing-jiangning"
NANJING = (QIXIA, XUANWU, PUKOU, JIANGNING)
ALL = (JINING, ZIBO, ZOUPING, RUSHAN, *NANJING)


def rows(table: Any, *conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(func.count()).select_from(table).where(*conditions)


def said(section: str, path: str) -> Select[tuple[int]]:
    """How many elements or keys a setting has, by a path of JSON."""
    found = func.jsonb_path_query_array(ProfileRow.settings[section], cast(path, JSONB.JSONPathType))
    return select(func.jsonb_array_length(found))


def orders(kind: OrderKind, state: OrderState) -> Select[tuple[int]]:
    return rows(OrderRow, OrderRow.kind == kind, OrderRow.state == state)


def asked(channel: AskChannel) -> Select[tuple[int]]:
    return rows(FirstAskRow, FirstAskRow.channel == channel)


def events(kind: EventKind, *conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    return rows(CaseEventRow, CaseEventRow.kind == kind.value, *conditions)


def points(kind: PointKind) -> Select[tuple[int]]:
    return rows(ServicePointRow, ServicePointRow.kind == kind)


def areas(level: AreaLevel) -> Select[tuple[int]]:
    return rows(AreaRow, AreaRow.level == level, AreaRow.longitude.is_not(None))


def shifts(kind: ShiftKind) -> Select[tuple[int]]:
    return rows(GuideShiftRow, GuideShiftRow.kind == kind)


def by_representatives() -> ColumnElement[bool]:
    own = select(DelegationRow.id).where(DelegationRow.staff_id.is_not(None))
    return CaseEventRow.delegation_id.in_(own)


def by_volunteers() -> ColumnElement[bool]:
    return OrderRow.holder_id.in_(
        select(AssignmentRow.staff_id).where(AssignmentRow.role == Role.VOLUNTEER.value)
    )


class Row(NamedTuple):
    mechanism: str
    what: Select[tuple[int]]
    least: int
    where: tuple[str, ...]


TABLE: Final = (
    Row("A01", shifts(ShiftKind.GUIDE), 5, (RUSHAN,)),
    Row("A02", rows(VisitRow, VisitRow.state == VisitState.DONE), 3, (RUSHAN,)),
    Row("A03", rows(TicketRow, TicketRow.state == TicketState.ISSUED), 3, (RUSHAN, *NANJING)),
    Row("A04", rows(VisitRow, func.cardinality(VisitRow.care_needs) > 0), 2, (RUSHAN,)),
    Row("A05", rows(HallAlertRow, HallAlertRow.cleared_at.is_not(None)), 1, (RUSHAN,)),
    Row("A06", rows(VisitRow, VisitRow.papers.is_not(None), VisitRow.state == VisitState.LEFT), 1, (RUSHAN,)),
    Row("A07", rows(OvertimeRow, OvertimeRow.ended_at.is_not(None)), 1, (RUSHAN,)),
    Row("A08", rows(IntakeBatchRow), 1, (RUSHAN,)),
    Row(
        "A09",
        rows(ServiceWindowRow, ServiceWindowRow.kind == WindowKind.COMPREHENSIVE),
        2,
        (JINING, ZOUPING, RUSHAN),
    ),
    Row("A09", events(EventKind.COMPLETED, CaseEventRow.seal_number.is_not(None)), 2, (ZOUPING,)),
    Row(
        "A10",
        rows(CaseRow, CaseRow.completed_at.is_not(None), CaseRow.trips.is_not(None)),
        1,
        (JINING, RUSHAN),
    ),
    Row("A09", rows(CaseEventRow, CaseEventRow.seal_number.is_not(None)), 2, (ZOUPING,)),
    Row("A11", shifts(ShiftKind.REPRESENTATIVE), 2, (JINING, RUSHAN)),
    Row("A11", events(EventKind.COMPLETED, by_representatives()), 1, (JINING,)),
    Row("A12", shifts(ShiftKind.ON_CALL), 5, (JINING,)),
    Row("A12", asked(AskChannel.ONLINE), 2, (JINING,)),
    Row("B01", asked(AskChannel.VISIT), 2, (RUSHAN, JINING)),
    Row("B01", asked(AskChannel.CALL), 1, (RUSHAN, JINING)),
    Row("B01", asked(AskChannel.LETTER), 1, (RUSHAN, JINING)),
    Row("B01", rows(FirstAskRow, FirstAskRow.state == AskState.CLOSED), 1, (RUSHAN, JINING)),
    Row("B02", rows(FirstAskTransferRow, FirstAskTransferRow.taken_at.is_not(None)), 1, (RUSHAN,)),
    Row("B03", rows(NoticeRow), 2, (RUSHAN, JINING)),
    Row("B04", rows(CaseRow, CaseRow.state == CaseState.ACCEPTED, CaseRow.due_on.is_not(None)), 2, (RUSHAN,)),
    Row("B05", said("assistance", "$.phrases[*]"), 2, (RUSHAN, JIANGNING)),
    Row("B06", rows(FirstAskAnswerRow), 2, (RUSHAN,)),
    Row("B07 C04", rows(HandoverRow, HandoverRow.taken_at.is_not(None)), 1, (JINING, ZOUPING)),
    Row("C01", rows(AuthorisationRow), 1, ALL),
    Row("C02", events(EventKind.RATED), 1, (ZOUPING,)),
    Row("C03", said("modes", "$[*]"), 6, (ZOUPING,)),
    Row("C05", orders(OrderKind.CASE, OrderState.CLAIMED), 1, (ZOUPING,)),
    Row("C05", orders(OrderKind.CASE, OrderState.OPEN), 1, (ZOUPING,)),
    Row("C06", rows(TeamRow), 41, (ZOUPING,)),
    Row("C07", orders(OrderKind.CALL_OUT, OrderState.OPEN), 1, (JINING,)),
    Row("C08", orders(OrderKind.NEED, OrderState.OPEN), 1, (ZIBO,)),
    Row("C09", rows(CustodyEntryRow), 4, (JIANGNING,)),
    Row("C10", orders(OrderKind.PICKUP, OrderState.DONE), 1, (QIXIA,)),
    Row("C10", rows(OrderRow, OrderRow.tries > 1), 1, (QIXIA,)),
    Row("C10", orders(OrderKind.DELIVERY, OrderState.OPEN), 1, (QIXIA,)),
    Row("C11", rows(HelperSkillRow, HelperSkillRow.all_round), 1, (JINING, *NANJING)),
    Row("C12", rows(TeamRow, TeamRow.office_line.is_not(None)), 3, (JINING, ZOUPING)),
    Row("C12 D04", asked(AskChannel.GROUP), 3, (ZOUPING,)),
    Row("C12", asked(AskChannel.GROUP), 3, (JINING, ZOUPING)),
    Row("C13", rows(ServiceCardRow, ServiceCardRow.scans > 0), 2, (JINING,)),
    Row("C13", rows(ServiceCardRow, ServiceCardRow.revoked_at.is_not(None)), 1, (JINING,)),
    Row("C14 C15", said("assistance", "$.next_steps.keyvalue()"), 3, (JINING, ZIBO, ZOUPING)),
    Row("C16", rows(ProxyUseRow, ProxyUseRow.elderly), 2, (JINING,)),
    Row("C17", rows(HelperSkillRow, HelperSkillRow.approved_at.is_not(None)), 1, (JINING, ZIBO)),
    Row("C17", rows(OrderRow, by_volunteers(), OrderRow.state == OrderState.DONE), 1, (JINING, ZIBO)),
    Row("C18", rows(RecognitionRow), 3, (JINING,)),
    Row("C19", rows(BookingRow), 2, (ZOUPING,)),
    Row("C19", rows(BookingRow), 4, (ZIBO,)),  # a lounge and a bank
    Row("D10", rows(ToleranceRow), 2, (JINING, XUANWU)),
    Row("D10", rows(CaseRow, CaseRow.result_standing == ResultStanding.CONDITIONAL), 1, (XUANWU,)),
    Row("D10", events(EventKind.CONDITION_MET), 1, (XUANWU,)),
    Row("D11", rows(BundleMemberRow, BundleMemberRow.released_at.is_not(None)), 2, (JINING,)),
    Row("D11", rows(CaseRow, CaseRow.result_held), 2, (JINING,)),
    Row("E01 E02", rows(BundleRow), 1, (QIXIA, PUKOU)),
    Row("E01 E02", rows(BundleMemberRow), 4, (QIXIA, PUKOU)),
    Row("E04", rows(CaseRow, CaseRow.guidance_id.is_not(None)), 1, ALL),
    Row("E04", rows(BundleApplicationRow, BundleApplicationRow.guidance_id.is_not(None)), 1, (QIXIA,)),
    Row("E03", rows(ServiceItemRow, ServiceItemRow.origin == "template"), 8, NANJING),
    Row("E04", rows(GuidanceRow), 1, (RUSHAN, *NANJING)),
    Row("F01", rows(ServiceItemRow, ServiceItemRow.details.has_key("mobile")), 1, (ZIBO,)),
    Row("F01", rows(PrintedGuideRow), 1, (ZIBO,)),
    Row("F01", rows(TrainingRow, TrainingRow.kind == TrainingKind.COACHING), 2, (ZIBO,)),
    Row("F02", points(PointKind.STATION_24H), 1, (ZIBO,)),
    Row("F02", rows(TerminalRow, TerminalRow.heard_at.is_not(None)), 3, (ZIBO,)),
    Row("F02", rows(TerminalRow, TerminalRow.fault.is_not(None)), 1, (ZIBO,)),
    Row("F02", rows(VisitRow, VisitRow.guide_id.is_(None), VisitRow.state == VisitState.DONE), 1, (ZIBO,)),
    Row("F03 F05", select(func.count(distinct(CaseRow.channel))), 4, (ZIBO, ZOUPING)),
    Row("F04", rows(CaseMaterialRow, CaseMaterialRow.state == MaterialState.EXEMPT), 1, (ZIBO,)),
    Row("G01", areas(AreaLevel.VILLAGE), 27, (ZIBO, JIANGNING)),
    Row("G02", points(PointKind.STATION), 39, (ZIBO,)),
    Row("G02", areas(AreaLevel.GRID), 205, (ZIBO,)),
    Row("G03", areas(AreaLevel.MICRO_GRID), 78, (ZIBO,)),
    Row("G04", select(func.count(distinct(StaffRow.source))), 4, (ZIBO,)),
    Row("G05", rows(PointAssessmentRow, PointAssessmentRow.scheme == AssessmentScheme.MATURITY), 6, (ZIBO,)),
    Row("G06", rows(PointAssessmentRow, PointAssessmentRow.scheme == AssessmentScheme.STARS), 3, (ZIBO,)),
    Row("G07", rows(DelegationRow, DelegationRow.staff_id.is_(None)), 5, (ZIBO, JIANGNING)),
    Row("G08", rows(ServiceWindowRow, func.cardinality(ServiceWindowRow.themes) == 5), 1, (ZIBO,)),
    Row("G09", rows(PartnerAgreementRow, PartnerAgreementRow.partner_kind == PartnerKind.BANK), 7, (ZIBO,)),
    Row(
        "G10",
        rows(PartnerAgreementRow, PartnerAgreementRow.partner_kind != PartnerKind.BANK),
        2,
        (JIANGNING,),
    ),
    Row("G11", events(EventKind.ACCEPTED, CaseEventRow.delegation_id.is_not(None)), 2, (JIANGNING,)),
    Row("G12", points(PointKind.FIELD), 1, (ZIBO, JINING)),
    Row("G13", rows(OutreachRow), 2, (ZIBO,)),
    Row("G13", rows(InterestRow), 3, (ZIBO,)),
    Row("G14", rows(ServicePointRow, func.cardinality(ServicePointRow.amenities) > 0), 39, (ZIBO,)),
    Row("G15", orders(OrderKind.ISSUE, OrderState.DONE), 1, (JIANGNING,)),
    Row("G15", orders(OrderKind.ISSUE, OrderState.OPEN), 1, (JIANGNING,)),
    Row("H01", rows(InterimRatingRow), 3, (ZIBO,)),
)


@pytest.mark.parametrize("slug", ALL)
def test_each_mechanism_has_data_where_a_text_names_it(told: Callable[[str], Told], slug: str) -> None:
    wanted = [row for row in TABLE if slug in row.where]
    ((*found,),) = told(slug).all(select(*(row.what.scalar_subquery() for row in wanted)))
    lacking = [
        (row.mechanism, number, str(row.what.compile()))
        for row, number in zip(wanted, found, strict=True)
        if (number or 0) < row.least
    ]
    assert not lacking
