"""What mechanisms of networks, teams, cards, bundles and outreach are measured by, counted row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any
from uuid import UUID

from tests.api.truths.measured_care import MeasuredCare
from tests.api.truths.measuring import Line, Told, count, share, spared

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.cases.tables import CaseEventRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.joint.tables import BundleApplicationRow
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow, TrainingRow
from bangban.features.people.values import StaffSource
from bangban.features.places.tables import PointAssessmentRow, ServicePointRow
from bangban.features.places.values import Amenity
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.levels import AreaLevel


class Measured(MeasuredCare):
    """All of them."""

    def told(self) -> dict[tuple[str, str | None], Told]:
        """Every indicator that is counted here, by key and label; nothing where there is no area to look at."""
        if not any(self._here(each.id) for each in self.truth.rows[AreaRow]):
            return {}
        kinds = (
            self._network(),
            self._delegated(),
            self._people(),
            self._given(),
            self._joint(),
            self._outreach(),
            self._helped(),
            self._cared(),
        )
        return dict(line for kind in kinds for line in kind)

    # ------------------------------------------------------------------ places

    def _network(self) -> Iterator[Line]:
        areas = [r for r in self.truth.rows[AreaRow] if r.retired_on is None and self._here(r.id)]
        points = [r for r in self.truth.rows[ServicePointRow] if self.truth.stands(r, self._today)]
        villages = [each for each in areas if each.level == "VILLAGE"]
        metres = self.truth.metres_in(self.truth.usual_minutes(), self.truth.usual_travel())
        reached = sum(self.truth.reached(each, metres) for each in villages)
        yield share("VILLAGES_IN_REACH", reached, len(villages))
        yield share(
            "VILLAGES_WITH_STATION", sum(self.truth.has_station(each) for each in villages), len(villages)
        )
        grids = [each for each in areas if each.level == "GRID"]
        yield share("GRIDS_WITH_AGENTS", sum(self.truth.manned(each) for each in grids), len(grids))
        for level in AreaLevel:
            yield count("AREAS", sum(each.level == level for each in areas), level.value)
        for kind in Amenity:
            here = (each for each in points if self._here(each.area_id))
            yield count("AMENITIES", sum(kind in each.amenities for each in here), kind.value)
        yield from self._assessed({each.id for each in points if self._here(each.area_id)})
        booked = [
            each.state
            for each in self.truth.rows[BookingRow]
            if self._within(each.begins_at) and self._here(self.truth.any_point(each).area_id)
        ]
        came, missed = booked.count("ARRIVED"), booked.count("MISSED")
        yield share("BOOKINGS_USED", came, came + missed)

    def _assessed(self, points: set[UUID]) -> Iterator[Line]:
        keys = {"MATURITY": "STATION_MATURITY", "STARS": "POINT_STARS"}
        seen = Counter(
            (keys[each.scheme], each.grade)
            for each in self.truth.rows[PointAssessmentRow]
            if each.point_id in points and self.truth.PointAssessment_live(each)
        )
        for (key, grade), number in seen.items():
            yield count(key, number, grade)

    def _delegated(self) -> Iterator[Line]:
        given = [
            each
            for each in self.truth.rows[DelegationRow]
            if self.truth._live(each, self.until) and self._here(self.truth._unit(each))
        ]
        events = [each for each in self.truth.rows[CaseEventRow] if self._within(each.at)]
        used = {each.delegation_id for each in events}
        yield count("ITEMS_DELEGATED", len({each.service_code for each in given}))
        yield share("DELEGATIONS_USED", sum(each.id in used for each in given), len(given))
        for kind, key in (("BANK", "BANK_CASES"), ("SHOP", "SHOP_CASES")):
            for point in self.truth.of(ServicePointRow, kind=kind):
                theirs = {each.id for each in self.truth.of(DelegationRow, to_point_id=point.id)}
                acts = {each.case_id for each in events if each.delegation_id in theirs}
                if acts and self._here(point.area_id):
                    yield count(key, len(acts), point.key)
        today = [
            each
            for each in self.truth.rows[DelegationRow]
            if each.staff_id is None
            and self.truth._live(each, self._today)
            and self._here(self.truth._unit(each))
        ]
        yield share("ITEMS_COVERED", sum(self.truth._covered(each) for each in today), len(today))

    # ------------------------------------------------------------------ people

    def _people(self) -> Iterator[Line]:
        members = [each for each in self.truth.rows[TeamMemberRow] if self._valid(each, self.until)]
        teams = {each.id: each for each in self.truth.rows[TeamRow]}
        here = [each for each in members if self._here(teams[each.team_id].area_id)]
        for label, full in (("FULL_TIME", True), ("PART_TIME", False)):
            yield count("HEADCOUNT", len({each.staff_id for each in here if each.full_time is full}), label)
        manned = {teams[each.team_id].area_id for each in members}
        towns = [r for r in self.truth.of(AreaRow, level="TOWN", retired_on=None) if self._here(r.id)]
        yield share("TOWNS_WITH_TEAM", sum(each.id in manned for each in towns), len(towns))
        listed = [
            each
            for each in self._among(TeamRow)
            if each.contact_checked_on is not None
            and (each.until is None or each.until >= self.truth.moment.day)
        ]
        yield share("STALE_CONTACTS", sum(self.truth.Contact_stale(each) for each in listed), len(listed))
        helpers = {
            each.staff_id
            for each in self._among(AssignmentRow)
            if each.role in ("helper", "volunteer") and self._valid(each, self.until)
        }
        people = [each for each in self.truth.of(StaffRow, active=True) if each.id in helpers]
        for source in StaffSource:
            of_it = sum(each.source == source.value for each in people)
            yield share("HELPER_SOURCES", of_it, len(people), source.value)

    def _given(self) -> Iterator[Line]:
        yield count("CARD_SCANS", sum(each.scans for each in self._among(ServiceCardRow)))
        uses = [each for each in self._among(ProxyUseRow) if self._within(each.at)]
        yield share("ELDERLY_HELPED", sum(each.elderly for each in uses), len(uses))
        thanks = [each.kind for each in self._among(RecognitionRow) if self._on(each.on_date)]
        for kind in RecognitionKind:
            yield count("RECOGNITIONS", thanks.count(kind), kind.value)
        coached = (
            each.served
            for each in self.truth.rows[TrainingRow]
            if each.served is not None and self._on(each.held_on) and self._coached_here(each)
        )
        yield count("PEOPLE_COACHED", sum(coached))

    def _coached_here(self, coaching: Any) -> bool:
        return any(
            each.staff_id in coaching.attendees and self._valid(each, coaching.held_on)
            for each in self._among(AssignmentRow)
        )

    # ------------------------------------------------------------------ several matters, and outreach

    def _joint(self) -> Iterator[Line]:
        truth = self.truth
        found = [each for each in self._among(BundleApplicationRow) if self._within(each.submitted_at)]
        given = (
            each
            for each in found
            if each.release == "TOGETHER" and all(m.released_at is not None for m in truth._members(each))
        )
        yield count("ISSUED_TOGETHER", sum(bool(truth._members(each)) for each in given))
        bundled = [each for each in found if each.bundle_id is not None]
        made = [case.trips or 0 for each in bundled for case in truth._cases(each)]
        apart = [self._item(case).max_trips for each in bundled for case in truth._cases(each)]
        yield spared("TRIPS_SPARED", made, apart)
        once = [truth.BundleApplication_materials_once(each) for each in bundled]
        separately = [truth.BundleApplication_materials_separately(each) for each in bundled]
        yield spared("PAPERS_SPARED", once, separately)
        taken = [each for each in (self._minutes(each) for each in bundled) if each is not None]
        yield ("BUNDLE_MINUTES", None), (median(taken) if taken else None, None, None)

    def _item(self, case: Any) -> Any:
        return self.truth.one(ServiceItemRow, id=case.service_item_id)

    def _minutes(self, application: Any) -> float | None:
        """From the application to the last result, where all is done on the spot."""
        cases = self.truth._cases(application)
        if not cases or any(
            each.completed_at is None or self._item(each).case_type != "IMMEDIATE" for each in cases
        ):
            return None
        taken = max(each.completed_at for each in cases) - application.submitted_at
        return float(taken.total_seconds() / 60)

    def _outreach(self) -> Iterator[Line]:
        held = [each for each in self._among(OutreachRow) if self._on(each.starts_on)]
        yield count("OUTREACH_REACHED", sum(each.reached or 0 for each in held))
        yield count("OUTREACH_APPLIED", sum(self.truth.Outreach_applied(each) for each in held))
        matched = sum(
            each.cancelled_at is None and self.truth._suits(wish, each)
            for each in held
            for wish in self.truth.rows[InterestRow]
        )
        unknown = self.truth.principal.kind == "AUDITOR"  # who is in need is not theirs to count
        yield ("OUTREACH_MATCHED", None), (None if unknown else matched, None, None)
