"""Cases, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.api.truth import LARGEST, Page, Part
from tests.api.truths.catalog import CatalogFields
from tests.api.truths.district import DistrictFields
from tests.api.truths.saying import Said, has

from bangban.features.cases import tables as cases
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.lights import light_for


def _due_first(row: Any) -> tuple[int, UUID]:
    """The order of cases by their due day; those without one come last."""
    return LARGEST if row.due_ordinal is None else row.due_ordinal, row.id


def person_of(column: str) -> Callable[[Any, Any], Any]:
    """The truth of a field that shows whom a column names."""
    return lambda fields, row: fields._person(getattr(row, column))


def place_of(column: str) -> Callable[[Any, Any], Any]:
    """The truth of a field that shows the area that a column names."""
    return lambda fields, row: fields._place(getattr(row, column))


class CaseFields(DistrictFields, CatalogFields):
    """Named ``Type_field``."""

    def _asked(self, filter_: dict[str, Any] | None) -> dict[str, Any]:
        return {key: value for key, value in (filter_ or {}).items() if value is not None}

    def _person(self, staff_id: Any) -> Any:
        return None if staff_id is None else self.one(StaffRow, id=staff_id)

    def _place(self, area_id: Any) -> Any:
        return None if area_id is None else self.area(area_id)

    def _is(self, row: Any, asked: dict[str, Any]) -> bool:
        """What the filters of lists have in common: states, number and area."""
        return (
            ("states" not in asked or row.state in asked["states"])
            and ("number" not in asked or row.number == asked["number"])
            and ("areaId" not in asked or self.below(row.area_id, asked["areaId"]))
        )

    def _own(self, row: Any) -> bool:
        me = self.principal.id
        offered = self.of(cases.HandoverRow, case_id=row.id, to_id=me, taken_at=None, returned_at=None)
        return me in (row.holder_id, row.first_asked_id) or bool(offered)

    def _seen(self) -> list[Any]:
        return [
            r
            for r in self.rows[cases.CaseRow]
            if self.granted(Permission.CASE_READ, r.area_id, own=self._own(r))
        ]

    def visible_case(self, case_id: Any) -> Any:
        """A case that something else leads to, for whoever may see it."""
        return next((r for r in self.of(cases.CaseRow, id=case_id) if r in self._seen()), None)

    def Query_case(self, _: Part, number: str) -> Any:
        return next((r for r in self._seen() if r.number == number), None)

    def Query_cases(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        order_by: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [r for r in self._seen() if self._wanted(r, asked)]
        if order_by == "DUE_FIRST":
            return self.page(found, "due", _due_first, first, after)
        tag, down = ("oldest", False) if order_by == "OLDEST" else ("newest", True)
        return self.page(found, tag, lambda r: (r.submitted_at, r.id), first, after, down=down)

    def _wanted(self, row: Any, asked: dict[str, Any]) -> bool:
        return (
            self._is(row, asked)
            and ("serviceCode" not in asked or self.Case_service(row).code == asked["serviceCode"])
            and (not asked.get("mine") or self._own(row))
            and ("light" not in asked or (row.due_ordinal is not None and self._light(row) == asked["light"]))
            and ("search" not in asked or self._found(row, asked["search"]))
        )

    def _found(self, row: Any, search: str) -> bool:
        if row.number == search or self.principal.kind == "AUDITOR":
            return bool(row.number == search)
        return (
            has(row.applicant_name, search)
            or row.identity_hash == self.hashed("identity", search.strip().upper())
            or row.phone_hash == self.hashed("phone", search.strip())
        )

    def _light(self, row: Any) -> str:
        stopped = row.completed_ordinal if row.completed_ordinal is not None else row.suspended_ordinal
        at = self.moment.next_ordinal if stopped is None else stopped
        return light_for(row.due_ordinal - at, promised=row.promised_days).value

    def Case_service(self, row: Any) -> Any:
        return self.one(ServiceItemRow, id=row.service_item_id)

    def Case_applicant(self, row: Any) -> Part:
        return Part(row)

    def Applicant_kind(self, part: Part) -> str:
        return str(part.of.applicant_kind)

    def Applicant_name(self, part: Part) -> str:
        masked = self.principal.kind == "AUDITOR"
        return str(part.of.applicant_name_masked if masked else part.of.applicant_name)

    def Applicant_identity_number(self, part: Part) -> str:
        return str(part.of.identity_masked)

    def Applicant_phone(self, part: Part) -> str:
        return str(part.of.phone_masked)

    def Case_helper(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.holder_id)

    def Case_first_asked(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.first_asked_id)

    def Case_materials(self, row: Any) -> list[Any]:
        return sorted(self.of(cases.CaseMaterialRow, case_id=row.id), key=lambda r: (r.position, r.code))

    def any_missing(self, row: Any) -> list[Any]:
        held = sorted(self.of(cases.CaseMaterialRow, case_id=row.case_id), key=lambda r: (r.position, r.code))
        return [each for each in held if each.code in row.missing]

    def Case_notice(self, row: Any) -> Any:
        return max(self.of(cases.NoticeRow, case_id=row.id), key=lambda r: r.ordinal, default=None)

    def OneTimeNotice_issued_by(self, row: Any) -> Any:
        return self._person(row.issued_by)

    def OneTimeNotice_where(self, row: Any) -> Any:
        return None if row.where_id is None else self.one(ServicePointRow, id=row.where_id)

    def OneTimeNotice_acknowledged_to(self, row: Any) -> Any:
        return self._person(row.acknowledged_to)

    def Case_tolerance(self, row: Any) -> Any:
        return self.one(cases.ToleranceRow, case_id=row.id)

    def Case_pending_handover(self, row: Any) -> Any:
        return self.one(cases.HandoverRow, case_id=row.id, taken_at=None, returned_at=None)

    def Case_result_held(self, row: Any) -> bool:
        return bool(row.result_held) and row.outcome != "REFUSED" and row.result_standing != "WITHDRAWN"

    def Case_authorisation(self, row: Any) -> Any:
        return self.one(cases.AuthorisationRow, case_id=row.id)

    def Case_handovers(self, row: Any) -> list[Any]:
        return sorted(self.of(cases.HandoverRow, case_id=row.id), key=lambda r: (r.offered_at, r.id))

    def HandoverRecord_sender(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.from_id)

    def HandoverRecord_receiver(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.to_id)

    def Case_mode_details(self, row: Any) -> list[Said]:
        return sorted(map(Said, row.mode_fields or ()), key=lambda each: (each.mode, each.key))

    def Case_check_in_due_on(self, row: Any) -> Any:
        over = ("SUSPENDED", "COMPLETED", "CLOSED", "DECLINED", "WITHDRAWN", "TERMINATED")
        return None if row.state in over else row.check_in_due_on

    def Case_trips(self, row: Any) -> int:
        return row.trips or 0

    def Case_too_many_trips(self, row: Any) -> bool:
        return (row.trips or 0) > int(self.Case_service(row).max_trips)

    def Case_once_done(self, row: Any) -> bool | None:
        if row.completed_at is None or row.result_standing == "CONDITIONAL":
            return None
        if row.result_standing == "WITHDRAWN":
            return False
        told = [each.ordinal for each in self.of(cases.NoticeRow, case_id=row.id)]
        in_time = row.due_ordinal is None or row.completed_ordinal <= row.due_ordinal
        return (row.trips or 0) <= 1 and max(told, default=1) <= 1 and in_time

    def Case_result_standing(self, row: Any) -> str | None:
        return None if row.completed_at is None else str(row.result_standing or "UNCONDITIONAL")

    def Case_commitments(self, row: Any) -> list[Said]:
        """The rule in plain Python: what happened to the case, and how often it was told what is missing."""
        happened = {each.kind for each in self.of(cases.CaseEventRow, case_id=row.id)}
        kept = {
            "FIRST_ASKED": row.first_asked_id is not None,
            "TOLD_ONCE": len(self.of(cases.NoticeRow, case_id=row.id)) <= 1,
            "TO_THE_POINT": "RETURNED" not in happened,
            "DONE_ONCE": self.Case_once_done(row),
            "HANDED_OVER_IN_TIME": "EXPIRED" not in happened,
        }
        return [Said({"kind": kind, "kept": each}) for kind, each in kept.items()]

    def Case_next_steps(self, row: Any) -> list[Any]:
        said = self._said("assistance", "next_steps") or {}
        follow = said.get(self.Case_service(row).code, ())
        return sorted((each for each in self._in_force() if each.code in follow), key=lambda r: r.code)

    def ToleranceCommitment_broken(self, row: Any) -> bool:
        ended = self.one(cases.CaseRow, id=row.case_id).ended_at
        in_time = ended is not None and ended.astimezone(self.district.zone).date() <= row.promised_by
        return row.fulfilled_at is None and row.promised_by < self.moment.day and not in_time

    def any_papers(self, row: Any) -> list[Said]:
        return [Said(each) for each in row.papers or ()]

    def Handover_to(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.to_id)

    def Case_rating(self, row: Any) -> Any:
        return self.one(cases.RatingRow, case_id=row.id)

    def Case_interim_ratings(self, row: Any) -> list[Any]:
        return sorted(self.of(cases.InterimRatingRow, case_id=row.id), key=lambda r: r.rated_on)

    def Case_note(self, row: Any) -> Any:
        return None if self.principal.kind == "AUDITOR" else row.note

    def Rating_comment(self, row: Any) -> Any:
        return None if self.principal.kind == "AUDITOR" else row.comment

    def InterimRating_comment(self, row: Any) -> Any:
        return None if self.principal.kind == "AUDITOR" else row.comment

    def Case_timeline(self, row: Any) -> list[Any]:
        return sorted(self.of(cases.CaseEventRow, case_id=row.id), key=lambda r: r.id)

    def CaseEvent_delegation(self, row: Any) -> None:
        assert row.delegation_id is None  # the sample's own levels allow whatever is done there

    def CaseEvent_seal(self, row: Any) -> Any:
        return None if row.seal_number is None else row

    def SealUse_year(self, row: Any) -> Any:
        return row.seal_year

    def SealUse_number(self, row: Any) -> Any:
        return row.seal_number

    def SealUse_name(self, row: Any) -> Any:
        return Said(row.seal).name

    def SealUse_name_en(self, row: Any) -> Any:
        return Said(row.seal).name_en

    def SealUse_keeper(self, row: Any) -> Any:
        return row.seal.get("keeper", {}).get("zh")

    def SealUse_keeper_en(self, row: Any) -> Any:
        return row.seal.get("keeper", {}).get("en")

    def SealUse_case_number(self, row: Any) -> Any:
        return self.one(cases.CaseRow, id=row.case_id).number

    def Case_clock(self, row: Any) -> Part | None:
        return Part(row) if row.due_ordinal is not None else None

    def CaseClock_provisional(self, part: Part) -> bool:
        return bool(part.of.due_provisional)

    def CaseClock_light(self, part: Part) -> str:
        return self._light(part.of)

    def CaseClock_promised_working_days(self, part: Part) -> int:
        return int(part.of.promised_days)

    def CaseClock_used_working_days(self, part: Part) -> int:
        row = part.of
        if row.stopped_used is not None:
            return int(row.stopped_used)
        return int(max(0, self.moment.ordinal - row.accepted_ordinal - row.paused_days))

    def CaseClock_paused(self, part: Part) -> bool:
        return bool(part.of.state == "SUSPENDED")
