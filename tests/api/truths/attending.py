"""Bookings, chief representatives, thanks, and what was done for people online, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.casework import CaseFields, person_of
from tests.api.truths.points import PointFields

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.orders.tables import OrderRow
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel

REACHES = ("PRE_CHECK", "ACCEPT", "FULL")
LIVE = ("OPEN", "CLAIMED", "DOING", "FAILED")


@dataclass
class Solving:
    """Whose problems, and of which days."""

    area: Any
    since: date
    until: date


class AttendingFields(PointFields, CaseFields):
    """Named ``Type_field``."""

    def _between(self, day: date, asked: dict[str, Any]) -> bool:
        return ("since" not in asked or day >= date.fromisoformat(asked["since"])) and (
            "until" not in asked or day <= date.fromisoformat(asked["until"])
        )

    # ------------------------------------------------------------------ bookings

    def Query_bookings(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[BookingRow]
            if self.granted(Permission.BOOKING_READ, self.one(ServicePointRow, id=r.point_id).area_id)
            and ("pointId" not in asked or str(r.point_id) == asked["pointId"])
            and ("day" not in asked or str(r.day) == asked["day"])
            and ("states" not in asked or r.state in asked["states"])
        ]
        return self.page(found, "bookings", lambda r: (r.begins_at, r.id), first, after, down=True)

    def any_point(self, row: Any) -> Any:
        return self.one(ServicePointRow, id=row.point_id)

    def Booking_phone(self, row: BookingRow) -> Any:
        return self.one(ResidentRow, id=row.resident_id).phone_masked

    # ------------------------------------------------------------------ chief representatives

    def _delegated(self, row: GuideShiftRow) -> list[Any]:
        """What was delegated to the person of a turn, for its day."""
        return [each for each in self.of(DelegationRow, staff_id=row.guide_id) if self._live(each, row.day)]

    def Query_representatives(
        self,
        _: Part,
        point_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        from_on = self.moment.day if since is None else date.fromisoformat(since)
        found = [
            r
            for r in self.rows[GuideShiftRow]
            if r.kind == "REPRESENTATIVE"
            and r.cancelled_at is None
            and self._delegated(r)
            and r.day >= from_on
            and (until is None or r.day <= date.fromisoformat(until))
            and (point_id is None or str(r.point_id) == point_id)
        ]
        return self.page(found, "turn", lambda r: (r.begins_at, r.id), first, after)

    def RepresentativeTurn_department(self, row: GuideShiftRow) -> Any:
        seats = [
            self.one(TeamRow, id=each.team_id)
            for each in self.of(TeamMemberRow, staff_id=row.guide_id)
            if each.since <= row.day and (each.until is None or each.until >= row.day)
        ]
        teams = sorted((each for each in seats if each.kind == "DEPARTMENT"), key=lambda each: each.key)
        if teams:
            return teams[0].department or teams[0].name
        codes = {each.service_code for each in self._delegated(row)}
        named = [each.department for each in self.rows[ServiceItemRow] if each.code in codes]
        return min((each for each in named if each is not None), default=None)

    def RepresentativeTurn_services(self, row: GuideShiftRow) -> list[Any]:
        codes = {each.service_code for each in self._delegated(row)}
        return sorted((r for r in self._in_force() if r.code in codes), key=lambda r: (r.code, r.id))

    def RepresentativeTurn_decisions(self, row: GuideShiftRow) -> int:
        theirs = {each.id for each in self.of(DelegationRow, staff_id=row.guide_id)}
        return sum(
            each.delegation_id in theirs and row.begins_at <= each.at < row.ends_at
            for each in self.rows[CaseEventRow]
        )

    RepresentativeTurn_representative = person_of("guide_id")

    # ------------------------------------------------------------------ thanks, and steps done for people

    def Query_recognitions(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[RecognitionRow]
            if self.granted(Permission.RECOGNITION_READ, r.area_id)
            and self._is(r, asked)
            and ("kind" not in asked or r.kind == asked["kind"])
            and ("staffId" not in asked or str(r.staff_id) == asked["staffId"])
            and ("teamId" not in asked or str(r.team_id) == asked["teamId"])
            and self._between(r.on_date, asked)
        ]
        return self.page(found, "given", lambda r: (r.on_date, r.id), first, after, down=True)

    def Recognition_on(self, row: RecognitionRow) -> date:
        return row.on_date

    def Recognition_giver(self, row: RecognitionRow) -> str:
        return row.giver_masked

    Recognition_staff = person_of("staff_id")

    def Recognition_team(self, row: RecognitionRow) -> Any:
        return None if row.team_id is None else self.one(TeamRow, id=row.team_id)

    def Query_proxy_uses(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[ProxyUseRow]
            if self.granted(Permission.PROXY_READ, r.area_id)
            and ("number" not in asked or self.ProxyUse_case_number(r) == asked["number"])
            and ("areaId" not in asked or self.below(r.area_id, asked["areaId"]))
            and ("elderly" not in asked or r.elderly == asked["elderly"])
            and self._between(r.at.astimezone(self.district.zone).date(), asked)
        ]
        return self.page(found, "used", lambda r: (r.at, r.id), first, after, down=True)

    def ProxyUse_case_number(self, row: ProxyUseRow) -> Any:
        return None if row.case_id is None else self.one(CaseRow, id=row.case_id).number

    ProxyUse_agent = person_of("staff_id")

    # ------------------------------------------------------------------ what can be done at a point

    def Query_point_services(
        self, _: Part, point_id: str, on: str | None = None, first: int = 500, after_code: str | None = None
    ) -> list[Part]:
        day = self.moment.day if on is None else date.fromisoformat(on)
        point = self.one(
            ServicePointRow,
            id=next((r.id for r in self.rows[ServicePointRow] if str(r.id) == point_id), None),
        )
        if point is None or not self.stands(point, day):
            return []
        items = [
            r
            for r in self.rows[ServiceItemRow]
            if r.effective_from <= day and (r.effective_to is None or r.effective_to > day)
        ]
        found = [(each, self._reach(point, each, day)) for each in sorted(items, key=lambda r: r.code)]
        taken = [
            Part((item, reach))
            for item, reach in found
            if reach and self._agreed(point, item, day) and self._taken(point, item, day)
            if after_code is None or item.code > after_code
        ]
        return taken[:first]

    def _reach(self, point: Any, item: Any, day: date) -> int:
        """How far the point goes with an item: by its level, or by what was delegated to it or above it."""
        partner, area = point.kind in ("BANK", "SHOP"), self.area(point.area_id)
        settled = partner or (item.details.get("delegated_only") and area.level != item.level)
        own = 0 if settled else 3 if area.level in item.handled_at else int(area.level in item.pre_checked_at)
        above = set(area.path.split("."))
        given = [
            REACHES.index(each.scope) + 1
            for each in self.of(DelegationRow, service_code=item.code)
            if each.staff_id is None
            and self._live(each, day)
            and (
                each.to_point_id == point.id
                or (not partner and each.to_area_id is not None and each.to_area_id.hex in above)
            )
        ]
        return max([own, *given])

    def _agreed(self, point: Any, item: Any, day: date) -> bool:
        if point.kind not in ("BANK", "SHOP"):
            return True
        deal = self.one(PartnerAgreementRow, id=point.agreement_id)
        return bool(deal and deal.since <= day <= deal.until and item.code in deal.service_codes)

    def _taken(self, point: Any, item: Any, day: date) -> bool:
        """Whether a window or a terminal takes it, where the point has any."""
        windows = [
            each
            for each in self.of(ServiceWindowRow, point_id=point.id)
            if each.closed_on is None or each.closed_on > day
        ]
        terminals = self.of(TerminalRow, point_id=point.id)
        theme = item.details.get("theme")
        return (
            (not windows and not terminals)
            or any(
                each.kind == "COMPREHENSIVE" or item.code in each.service_codes or theme in each.themes
                for each in windows
            )
            or any(each.fault is None and item.code in each.service_codes for each in terminals)
        )

    def PointService_service(self, part: Part) -> Any:
        return part.of[0]

    def PointService_scope(self, part: Part) -> str:
        return REACHES[part.of[1] - 1]

    # ------------------------------------------------------------------ problems of communities

    def Query_issue_solving(
        self, _: Part, area_id: str, since: str | None = None, until: str | None = None
    ) -> Any:
        area = next((r for r in self.rows[AreaRow] if str(r.id) == area_id), None)
        if area is None or not self.granted(Permission.ORDER_READ, area.id):
            return None
        last = self.moment.day if until is None else date.fromisoformat(until)
        return Solving(area, last if since is None else date.fromisoformat(since), last)

    def IssueSolving_area(self, asked: Solving) -> Any:
        return asked.area

    def _issues(self, asked: Solving) -> list[Any]:
        return [
            each
            for each in self.rows[OrderRow]
            if each.kind == "ISSUE"
            and self.below(each.area_id, str(asked.area.id))
            and asked.since <= each.placed_at.astimezone(self.district.zone).date() <= asked.until
        ]

    def _solved(self, asked: Solving) -> list[Any]:
        return [each for each in self._issues(asked) if each.state == "DONE"]

    def IssueSolving_reported(self, asked: Solving) -> int:
        return len(self._issues(asked))

    def IssueSolving_pending(self, asked: Solving) -> int:
        return sum(each.state in LIVE for each in self._issues(asked))

    def IssueSolving_solved(self, asked: Solving) -> int:
        return len(self._solved(asked))

    def IssueSolving_solved_inside(self, asked: Solving) -> int:
        return sum(self.below(each.offered_to_area_id, str(asked.area.id)) for each in self._solved(asked))

    def IssueSolving_inside_percent(self, asked: Solving) -> float | None:
        solved = self.IssueSolving_solved(asked)
        return 100 * self.IssueSolving_solved_inside(asked) / solved if solved else None

    def IssueSolving_by_level(self, asked: Solving) -> list[Part]:
        levels = [self.area(each.offered_to_area_id).level for each in self._solved(asked)]
        deepest = sorted(set(levels), key=lambda level: -AreaLevel(level).depth)
        return [Part((level, levels.count(level))) for level in deepest]

    def IssueLevel_level(self, part: Part) -> str:
        return str(part.of[0])

    def IssueLevel_solved(self, part: Part) -> int:
        return int(part.of[1])
