"""The fields of the contract in plain Python, as ``truth`` needs them. Columns of a field's own name need no line."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from tests.api.truth import LARGEST, Page, Part, Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.cases import tables as cases
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.profiles.level_names import USUAL_NAMES
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.lights import light_for
from bangban.kernel.tenancy.tables import ProfileRow


def _has(text: str | None, search: str) -> bool:
    return text is not None and search.lower() in text.lower()


def _due_first(row: Any) -> tuple[int, UUID]:
    """The order of cases by their due day; those without one come last."""
    return LARGEST if row.due_ordinal is None else row.due_ordinal, row.id


class Said:
    """An object of a profile's settings: members by name, words in both languages, lists of objects."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def __getattr__(self, name: str) -> Any:
        base = name.removesuffix("_en")
        found = self._document[base]
        if isinstance(found, dict):
            return found["en" if name.endswith("_en") else "zh"]
        if isinstance(found, list):
            return [Said(each) if isinstance(each, dict) else each for each in found]
        return found


class Fields(Truth):
    """Named ``Type_field``."""

    # ------------------------------------------------------------------ the district and its areas

    def Query_district(self, _: Part) -> Any:
        return self.one(ProfileRow)

    def District_status(self, _: Any) -> str:
        return self.district.status.value

    def _said(self, *path: str) -> Any:
        found: Any = self.one(ProfileRow).settings
        for name in path:
            found = None if found is None else found.get(name)
        return found

    def District_name_en(self, _: Any) -> Any:
        return self._said("name_en")

    def District_brand_en(self, _: Any) -> Any:
        return self._said("brand_en")

    def District_contact_phone(self, _: Any) -> Any:
        return self._said("contact_phone")

    def District_project_lead(self, _: Any) -> Any:
        return self._said("project_lead", "zh")

    def District_project_lead_en(self, _: Any) -> Any:
        return self._said("project_lead", "en")

    def District_hard_case_channel(self, _: Any) -> Any:
        return self._said("hard_case_channel", "zh")

    def District_hard_case_channel_en(self, _: Any) -> Any:
        return self._said("hard_case_channel", "en")

    def District_modes(self, _: Any) -> list[Said]:
        return [Said(each) for each in self._said("modes")]

    def District_phrases(self, _: Any) -> list[Said]:
        return [Said(each) for each in self._said("assistance", "phrases") or ()]

    def District_rating(self, _: Any) -> Said:
        return Said(self._said("rating"))

    def District_level_names(self, row: Any) -> list[Said]:
        own = self._said("level_names") or {}
        usual = {level.value: {"zh": text.zh, "en": text.en} for level, text in USUAL_NAMES.items()}
        return [
            Said({"level": each.value, "name": own.get(each.value, usual[each.value])}) for each in row.levels
        ]

    def Query_area(self, _: Part, id: str | None = None, code: str | None = None) -> Any:  # noqa: A002 - the contract's name
        if id is None and code is None:
            return None
        tests = [lambda r: str(r.id) == id] if id is not None else []
        tests += [lambda r: r.code == code] if code is not None else []
        return next((r for r in self.rows[AreaRow] if all(test(r) for test in tests)), None)

    def Query_areas(
        self,
        _: Part,
        under: str | None = None,
        level: str | None = None,
        search: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        found = [
            r
            for r in self.rows[AreaRow]
            if r.retired_on is None
            and (under is None or (self.below(r.id, under) and str(r.id) != under))
            and (level is None or r.level == level)
            and (search is None or _has(r.name, search) or _has(r.full_name, search))
        ]
        return self.page(found, "tree", lambda r: (r.path, r.id), first, after)

    def Area_retired(self, row: AreaRow) -> bool:
        return row.retired_on is not None

    def Area_parent(self, row: AreaRow) -> Any:
        return self.area(row.parent_id) if row.parent_id else None

    def Area_ancestors(self, row: AreaRow) -> list[Any]:
        return [self.area(UUID(label)) for label in row.path.split(".")[:-1]]

    def Area_children(self, row: AreaRow, first: int | None = None, after: str | None = None) -> Page:
        found = self.of(AreaRow, parent_id=row.id, retired_on=None)
        return self.page(found, "position", lambda r: (r.position, r.id), first, after)

    # ------------------------------------------------------------------ the catalog

    def _in_force(self) -> list[Any]:
        day = self.moment.day
        return [
            r
            for r in self.rows[ServiceItemRow]
            if r.effective_from <= day and (r.effective_to is None or r.effective_to > day)
        ]

    def Query_service(self, _: Part, code: str) -> Any:
        return next((r for r in self._in_force() if r.code == code), None)

    def Query_services(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        found = [
            r
            for r in self._in_force()
            if ("search" not in asked or _has(r.name, asked["search"]) or _has(r.code, asked["search"]))
            and ("audience" not in asked or asked["audience"] in r.audience)
            and ("kind" not in asked or asked["kind"] == r.kind)
            and ("level" not in asked or asked["level"] == r.level)
            and (
                "handledIn" not in asked
                or any(
                    str(a.id) == asked["handledIn"] and a.level in r.handled_at for a in self.rows[AreaRow]
                )
            )
        ]
        return self.page(found, "service", lambda r: (r.code, r.id), first, after)

    def ServiceItem_fee(self, row: ServiceItemRow) -> Part | None:
        return Part(row) if row.fee_amount is not None else None

    def Fee_amount(self, part: Part) -> Any:
        return part.of.fee_amount

    def Fee_basis(self, part: Part) -> Any:
        return part.of.fee_basis

    def ServiceItem_theme(self, row: ServiceItemRow) -> str | None:
        return row.details.get("theme")

    def ServiceItem_mobile(self, row: ServiceItemRow) -> Part | None:
        return Part(row) if "mobile" in row.details else None

    def MobileGuide_app(self, part: Part) -> Any:
        return part.of.details["mobile"]["app"]

    def MobileGuide_name(self, part: Part) -> Any:
        return part.of.details["mobile"]["name"]

    def MobileGuide_link(self, part: Part) -> Any:
        return part.of.details["mobile"]["link"]

    def MobileGuide_steps(self, part: Part) -> Any:
        return part.of.details["mobile"]["steps"]

    def MobileGuide_steps_en(self, part: Part) -> Any:
        return part.of.details["mobile"].get("stepsEn")

    def MobileGuide_validated_on(self, part: Part) -> Any:
        told = part.of.details["mobile"].get("validatedOn")
        return None if told is None else date.fromisoformat(told)

    def ServiceItem_delegated_only(self, row: ServiceItemRow) -> bool:
        return bool(row.details.get("delegated_only"))

    def ServiceItem_materials(self, row: ServiceItemRow) -> list[Any]:
        return sorted(self.of(ServiceMaterialRow, item_id=row.id), key=lambda r: (r.position, r.code))

    # ------------------------------------------------------------------ people

    def Query_viewer(self, source: Part) -> Part:
        return source

    def Viewer_kind(self, _: Part) -> str:
        return self.principal.kind.value

    def Viewer_name(self, _: Part) -> str | None:
        return self.principal.name

    def Viewer_duty(self, _: Part) -> str | None:
        return None if self.principal.duty is None else self.principal.duty.value

    def Viewer_permissions(self, _: Part) -> list[str]:
        return list(self.grants.permissions())

    def _held(self, staff_id: Any) -> list[Any]:
        held = [r for r in self.of(AssignmentRow, staff_id=staff_id) if self.current(r)]
        return sorted(held, key=lambda r: (r.since, r.id))

    def Viewer_assignments(self, _: Part) -> list[Any]:
        return self._held(self.principal.id)

    def Staff_assignments(self, row: StaffRow) -> list[Any]:
        return self._held(row.id)

    def any_area(self, row: Any) -> Any:
        return self.area(row.area_id) if row.area_id else None

    def Query_staff(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}

        def wanted(row: StaffRow) -> bool:
            held = [
                each
                for each in self._held(row.id)
                if ("role" not in asked or each.role == asked["role"])
                and ("areaId" not in asked or self.below(each.area_id, asked["areaId"]))
            ]
            return bool(held or not {"role", "areaId"} & set(asked)) and (
                "search" not in asked or _has(row.name, asked["search"])
            )

        ever = {
            r.staff_id for r in self.rows[AssignmentRow] if self.granted(Permission.STAFF_READ, r.area_id)
        }
        whole = self.grants.scope(Permission.STAFF_READ).whole
        people = [r for r in self.of(StaffRow, active=True) if r.portal_origins is None]
        found = [r for r in people if (whole or r.id in ever) and wanted(r)]
        return self.page(found, "staff", lambda r: (r.id,), first, after)

    # ------------------------------------------------------------------ accounts and portals

    def Query_staff_accounts(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        rows = self.rows[AssignmentRow]
        kept = {r.staff_id for r in rows if self.granted(Permission.STAFF_MANAGE, r.area_id)}
        whole = self.grants.scope(Permission.STAFF_MANAGE).whole
        found = [
            r
            for r in self.rows[StaffRow]
            if r.portal_origins is None
            and (whole or r.id in kept)
            and ("state" not in asked or self.StaffAccount_state(r) == asked["state"])
            and ("search" not in asked or _has(r.name, asked["search"]) or _has(r.login, asked["search"]))
        ]
        return self.page(found, "account", lambda r: (r.id,), first, after)

    def StaffAccount_number(self, row: StaffRow) -> str:
        return row.key

    def StaffAccount_phone(self, row: StaffRow) -> str | None:
        return row.phone_masked

    def StaffAccount_email(self, row: StaffRow) -> str | None:
        return row.email_masked

    def StaffAccount_wecom(self, row: StaffRow) -> str | None:
        return row.wecom_masked

    def StaffAccount_state(self, row: StaffRow) -> str:
        if not row.active:
            return "INACTIVE"
        if row.login is None:
            return "NO_LOGIN"
        if row.joined_at is not None:
            return "JOINED"
        return "NOT_INVITED" if row.invited_at is None else "INVITED"

    def StaffAccount_posts(self, row: StaffRow) -> list[Any]:
        return sorted(self.of(AssignmentRow, staff_id=row.id), key=lambda r: (r.since, r.id))

    def Query_portals(self, _: Part, first: int | None = None, after: str | None = None) -> Page:
        found = [r for r in self.rows[StaffRow] if r.portal_origins is not None]
        return self.page(found, "portal", lambda r: (r.id,), first, after)

    def Portal_origins(self, row: StaffRow) -> Any:
        return row.portal_origins

    def Portal_trusted_documents_only(self, row: StaffRow) -> Any:
        return row.portal_documents_only

    @cached_property
    def _ever(self) -> set[Any]:
        """Whoever ever held a role where this caller may read staff."""
        rows = self.rows[AssignmentRow]
        return {r.staff_id for r in rows if self.granted(Permission.STAFF_READ, r.area_id)}

    def Query_teams(self, _: Part, first: int | None = None, after: str | None = None) -> Page:
        return self.page(self.rows[TeamRow], "team", lambda r: (r.key, r.id), first, after)

    def Team_headcount(self, row: TeamRow, on: str | None = None) -> int:
        day = self.moment.day if on is None else date.fromisoformat(on)
        members = self.of(TeamMemberRow, team_id=row.id)
        return len({r.staff_id for r in members if r.since <= day and (r.until is None or r.until >= day)})

    # ------------------------------------------------------------------ cases

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
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        found = [r for r in self._seen() if self._wanted(r, asked)]
        if order_by == "DUE_FIRST":
            return self.page(found, "due", _due_first, first, after)
        tag, down = ("oldest", False) if order_by == "OLDEST" else ("newest", True)
        return self.page(found, tag, lambda r: (r.submitted_at, r.id), first, after, down=down)

    def _wanted(self, row: Any, asked: dict[str, Any]) -> bool:
        return (
            ("states" not in asked or row.state in asked["states"])
            and ("areaId" not in asked or self.below(row.area_id, asked["areaId"]))
            and ("serviceCode" not in asked or self.Case_service(row).code == asked["serviceCode"])
            and (not asked.get("mine") or self._own(row))
            and ("light" not in asked or (row.due_ordinal is not None and self._light(row) == asked["light"]))
            and ("search" not in asked or self._found(row, asked["search"]))
        )

    def _found(self, row: Any, search: str) -> bool:
        if row.number == search or self.principal.kind == "AUDITOR":
            return bool(row.number == search)
        return (
            _has(row.applicant_name, search)
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

    def Case_tolerance(self, row: Any) -> Any:
        return self.one(cases.ToleranceRow, case_id=row.id)

    def Case_pending_handover(self, row: Any) -> Any:
        return self.one(cases.HandoverRow, case_id=row.id, taken_at=None, returned_at=None)

    def Case_result_held(self, row: Any) -> bool:
        return bool(row.result_held)

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

    def Case_trips(self, row: Any) -> int:
        return row.trips or 0

    def Case_too_many_trips(self, row: Any) -> bool:
        return (row.trips or 0) > int(self.Case_service(row).max_trips)

    def Case_once_done(self, row: Any) -> bool | None:
        if row.completed_at is None:
            return None
        told = [each.ordinal for each in self.of(cases.NoticeRow, case_id=row.id)]
        in_time = row.due_ordinal is None or row.completed_ordinal <= row.due_ordinal
        return (row.trips or 0) <= 1 and max(told, default=1) <= 1 and in_time

    def Case_next_steps(self, row: Any) -> list[Any]:
        said = self._said("assistance", "next_steps") or {}
        follow = said.get(self.Case_service(row).code, ())
        return sorted((each for each in self._in_force() if each.code in follow), key=lambda r: r.code)

    def ToleranceCommitment_broken(self, row: Any) -> bool:
        return row.fulfilled_at is None and row.promised_by < self.moment.day

    def Handover_to(self, row: Any) -> Any:
        return self.one(StaffRow, id=row.to_id)

    def Case_rating(self, row: Any) -> Any:
        return self.one(cases.RatingRow, case_id=row.id)

    def Case_timeline(self, row: Any) -> list[Any]:
        return sorted(self.of(cases.CaseEventRow, case_id=row.id), key=lambda r: r.id)

    def CaseEvent_delegation(self, row: Any) -> None:
        assert row.delegation_id is None  # the sample's own levels allow whatever is done there

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
