"""Service points, partners and what is delegated to whom, in plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.casework import person_of
from tests.api.truths.catalog import CatalogFields
from tests.api.truths.district import DistrictFields
from tests.api.truths.moments import Moments
from tests.api.truths.saying import Said, has, natural

from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import (
    PartnerAgreementRow,
    PointAssessmentRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)


class PointFields(DistrictFields, CatalogFields, Moments):
    """Named ``Type_field``."""

    def Query_service_point(self, _: Part, id: str | None = None, key: str | None = None) -> Any:  # noqa: A002 - the contract's name
        if id is None and key is None:
            return None
        found = [r for r in self.rows[ServicePointRow] if id in (None, str(r.id)) and key in (None, r.key)]
        return found[0] if found else None

    def Query_service_points(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        found = [
            r
            for r in self.rows[ServicePointRow]
            if (asked.get("former") or r.until is None or r.until >= self.moment.day)
            and ("areaId" not in asked or self.below(r.area_id, asked["areaId"]))
            and ("kind" not in asked or r.kind == asked["kind"])
            and ("openAt" not in asked or self.is_open(r, datetime.fromisoformat(asked["openAt"])))
            and ("specialty" not in asked or asked["specialty"] in r.specialties)
            and ("search" not in asked or has(r.name, asked["search"]))
        ]
        return self.page(found, "point", lambda r: (r.key, r.id), first, after)

    def ServicePoint_opening_hours(self, row: Any) -> Any:
        return row.hours["text"]

    def ServicePoint_open(self, row: Any, at: str | None = None) -> bool:
        return self.is_open(row, self.now if at is None else datetime.fromisoformat(at))

    def ServicePoint_open_provisional(self, _: Any, at: str | None = None) -> bool:
        moment, calendar = self.now if at is None else datetime.fromisoformat(at), self.calendar
        return not calendar.epoch <= moment.astimezone(self.district.zone).date() <= calendar.horizon

    def ServicePoint_crowd(self, row: Any) -> Any:
        return row if row.queue_length is not None or row.wait_minutes is not None else None

    def ServicePoint_windows(self, row: Any) -> list[Any]:
        kept = [
            each
            for each in self.of(ServiceWindowRow, point_id=row.id)
            if each.closed_on is None or each.closed_on > self.moment.day
        ]
        return sorted(kept, key=lambda each: natural(each.number))

    def ServicePoint_terminals(self, row: Any) -> list[Any]:
        return sorted(self.of(TerminalRow, point_id=row.id), key=lambda each: each.key)

    def _silent_from(self, row: Any) -> datetime:
        """When the terminal is down for being silent, if nothing is heard of it until then."""
        allowed = self._said("network", "terminal_silence_minutes") or 15
        found: datetime = (row.heard_at or row.installed_at) + timedelta(minutes=allowed)
        return found

    def Terminal_working(self, row: Any) -> bool:
        return row.fault is None and self._silent_from(row) >= self.now

    def Terminal_uptime(self, row: Any) -> float:
        begun = row.down_since or min(self._silent_from(row), self.now)
        down = row.down_seconds + (self.now - begun).total_seconds()
        whole = (self.now - row.installed_at).total_seconds()
        return min(1.0, max(0.0, 1 - down / whole)) if whole else 1.0

    def _latest(self, row: Any) -> bool:
        """Whether an assessment is the last of its point and scheme, and its time is not over."""
        same = self.of(PointAssessmentRow, point_id=row.point_id, scheme=row.scheme)
        last = max(same, key=lambda each: (each.assessed_on, each.id))
        return row is last and row.valid_until >= self.moment.day

    def ServicePoint_assessments(self, row: Any, former: bool | None = None) -> list[Any]:
        found = [
            each for each in self.of(PointAssessmentRow, point_id=row.id) if former or self._latest(each)
        ]
        return sorted(found, key=lambda each: (each.scheme, each.assessed_on, each.id))

    def _grade(self, row: Any, language: str) -> Any:
        return next((each["name"][language] for each in row.grades if each["key"] == row.grade), None)

    def PointAssessment_grade_name(self, row: Any) -> Any:
        return self._grade(row, "zh")

    def PointAssessment_grade_name_en(self, row: Any) -> Any:
        return self._grade(row, "en")

    PointAssessment_assessed_by = person_of("assessed_by")

    def PointAssessment_scores(self, row: Any) -> list[Said]:
        return [Said(each) for each in row.scores]

    def PointAssessment_live(self, row: Any) -> bool:
        return self._latest(row)

    def ServicePoint_agreement(self, row: Any) -> Any:
        return None if row.agreement_id is None else self.one(PartnerAgreementRow, id=row.agreement_id)

    def Query_partner_agreements(self, _: Part, first: int | None = None, after: str | None = None) -> Page:
        return self.page(self.rows[PartnerAgreementRow], "agreement", lambda r: (r.key, r.id), first, after)

    def PartnerAgreement_kind(self, row: Any) -> Any:
        return row.partner_kind

    def PartnerAgreement_in_force(self, row: Any) -> bool:
        return self.current(row)

    def PartnerAgreement_points(self, row: Any) -> list[Any]:
        return sorted(self.of(ServicePointRow, agreement_id=row.id), key=lambda each: each.key)

    # ------------------------------------------------------------------ delegations

    def _live(self, row: Any, day: date) -> bool:
        return (
            row.since <= day
            and (row.until is None or row.until >= day)
            and (row.withdrawn_on is None or row.withdrawn_on > day)
        )

    def Query_delegations(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}

        def within(row: Any) -> bool:
            point = self.Delegation_point(row)
            unit = point.area_id if point else row.to_area_id
            return self.below(unit, asked["areaId"])

        found = [
            r
            for r in self.rows[DelegationRow]
            if ("serviceCode" not in asked or r.service_code == asked["serviceCode"])
            and ("areaId" not in asked or within(r))
            and ("pointId" not in asked or str(r.to_point_id) == asked["pointId"])
            and ("representatives" not in asked or (r.staff_id is not None) == asked["representatives"])
            and ("on" not in asked or self._live(r, date.fromisoformat(asked["on"])))
        ]
        return self.page(found, "delegation", lambda r: (r.service_code, r.id), first, after)

    def Delegation_service(self, row: Any) -> Any:
        now = {each.id for each in self._in_force()}
        return max(
            self.of(ServiceItemRow, code=row.service_code), key=lambda each: (each.id in now, each.version)
        )

    def Delegation_owner(self, row: Any) -> Any:
        return self.area(row.from_area_id)

    def Delegation_area(self, row: Any) -> Any:
        return self.area(row.to_area_id) if row.to_area_id else None

    def Delegation_point(self, row: Any) -> Any:
        return self.one(ServicePointRow, id=row.to_point_id) if row.to_point_id else None

    def Delegation_staff(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.staff_id) if row.staff_id else None

    def Delegation_live(self, row: Any) -> bool:
        return self._live(row, self.moment.day)
