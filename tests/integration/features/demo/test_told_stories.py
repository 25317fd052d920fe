"""What a district's own settings give occasion for is there to be tried: bundles, confirmations, delegated counters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.integration.features.demo.samples import FEW, Told
from tests.integration.features.joint.standings import state_of

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState, EventKind
from bangban.features.catalog.values import Channel
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import BundleState
from bangban.features.outreach.tables import OutreachRow
from bangban.features.people.tables import StaffRow, TeamRow
from bangban.features.places.tables import PointAssessmentRow
from bangban.features.places.values import AssessmentScheme
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.levels import AreaLevel

Standing = tuple[CaseState, CaseOutcome | None, str]


def applications(district: Told, code: str) -> list[list[Standing]]:
    """State, outcome and applicant of each case, by application in their order."""
    rows = district.all(
        select(BundleApplicationRow.id, CaseRow.state, CaseRow.outcome, CaseRow.identity_hash)
        .join(BundleRow, BundleRow.id == BundleApplicationRow.bundle_id)
        .join(BundleMemberRow, BundleMemberRow.application_id == BundleApplicationRow.id)
        .join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
        .where(BundleRow.code == code)
        .order_by(BundleApplicationRow.submitted_at, BundleMemberRow.position)
    )
    found: dict[Any, list[Standing]] = {}
    for application, state, outcome, applicant in rows:
        found.setdefault(application, []).append((state, outcome, applicant))
    return list(found.values())


def states(found: list[list[Standing]]) -> list[BundleState]:
    return [state_of((state, outcome) for state, outcome, _ in each) for each in found]


@pytest.mark.parametrize(
    ("slug", "bundle", "matters"),
    [("nanjing-qixia", "NJQX-FLOATING-POPULATION", 4), ("nanjing-pukou", "NJPK-STOP-INSURANCE", 2)],
)
def test_a_bundle_is_there_with_a_matter_refused_and_another_that_waits(
    told: Callable[[str], Told], slug: str, bundle: str, matters: int
) -> None:
    district = told(slug)
    over, waiting = applications(district, bundle)
    assert states([over, waiting]) == [BundleState.PARTLY_COMPLETED, BundleState.SUBMITTED]
    assert (len(over), len(waiting)) == (matters, matters)
    assert [outcome for _, outcome, _ in over].count(CaseOutcome.REFUSED) == 1
    assert district.made == FEW + 2 * matters
    of_bundle = CaseRow.id.in_(select(BundleMemberRow.case_id))
    ((refused,),) = district.all(select(CaseRow).where(CaseRow.outcome == CaseOutcome.REFUSED, of_bundle))
    assert refused.opinion
    assert refused.decision_basis


def test_zibo_has_firms_and_confirmations_as_two_counts_and_a_case_of_the_bank(
    told: Callable[[str], Told],
) -> None:
    district = told("zibo-hitech")
    requests = applications(district, "ZBGX-LISTING")
    cases = [each for request in requests for each in request]
    granted = [each for each in cases if each[1] is CaseOutcome.GRANTED]
    assert (len(requests), len({applicant for *_, applicant in cases}), len(granted)) == (4, 3, 15)
    assert sorted(map(len, requests)) == [2, 3, 5, 9]
    assert BundleState.SUBMITTED in states(requests)
    bank = district.all(
        select(CaseRow.state, StaffRow.key)
        .join(StaffRow, StaffRow.id == CaseRow.first_asked_id)
        .where(CaseRow.channel == Channel.BANK, StaffRow.key == "clerk-bank")
        .order_by(CaseRow.submitted_at)
    )
    assert bank == [(CaseState.COMPLETED, "clerk-bank"), (CaseState.ACCEPTED, "clerk-bank")]
    assert district.made == district.all(select(func.count()).select_from(CaseRow))[0][0]
    graded = district.all(select(PointAssessmentRow.scheme, PointAssessmentRow.grade))
    maturity = {grade for scheme, grade in graded if scheme is AssessmentScheme.MATURITY}
    assert maturity == {"CULTIVATING", "IMPROVED", "MATURE"}
    assert len(graded) == 9  # six medical stations and three halls
    held, to_come = district.all(select(OutreachRow.reached).order_by(OutreachRow.starts_on))
    assert (held, to_come) == ((63,), (None,))
    grids = select(func.count()).where(AreaRow.level == AreaLevel.GRID, AreaRow.longitude.is_not(None))
    assert district.all(grids)[0][0] == 205 + 39


def test_jiangning_has_a_case_that_a_community_accepted_and_the_owner_decides(
    told: Callable[[str], Told],
) -> None:
    rows = told("nanjing-jiangning").all(
        select(CaseRow.state, CaseRow.channel)
        .join(StaffRow, StaffRow.id == CaseRow.first_asked_id)
        .join(CaseEventRow, CaseEventRow.case_id == CaseRow.id)
        .where(
            StaffRow.key == "clerk-village",
            CaseEventRow.kind == EventKind.ACCEPTED.value,
            CaseEventRow.delegation_id.is_not(None),
        )
        .order_by(CaseRow.submitted_at)
    )
    assert rows == [(CaseState.COMPLETED, Channel.STATION), (CaseState.ACCEPTED, Channel.STATION)]


def test_jining_has_representatives_in_the_park_help_online_and_thanks(told: Callable[[str], Told]) -> None:
    district = told("jining-hitech")
    turns = district.all(select(GuideShiftRow.kind).where(GuideShiftRow.kind == ShiftKind.REPRESENTATIVE))
    assert 2 <= len(turns) <= 5  # the working days among the next
    assert sorted(district.all(select(ProxyUseRow.elderly))) == [(False,), (True,), (True,)]
    kinds = {kind for (kind,) in district.all(select(RecognitionRow.kind))}
    assert kinds == set(RecognitionKind)


def test_zouping_has_a_contact_book_and_bookings_at_its_lounge(told: Callable[[str], Told]) -> None:
    district = told("zouping")
    entries = district.all(
        select(TeamRow.office_line).where(TeamRow.contact_checked_on.is_not(None)).order_by(TeamRow.key)
    )
    assert entries == [("0000-0000001",), ("0000-0000002",), ("0000-0000003",)]
    booked = district.all(select(BookingRow.state, BookingRow.place_no).order_by(BookingRow.place_no))
    assert booked == [(BookingState.BOOKED, 1), (BookingState.BOOKED, 2)]
