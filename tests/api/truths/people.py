"""People, accounts, portals and teams, in plain Python."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from tests.api.truth import Page, Part, Truth
from tests.api.truths.saying import has

from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission


class PeopleFields(Truth):
    """Named ``Type_field``."""

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

    def Assignment_point(self, row: AssignmentRow) -> Any:
        return self.one(ServicePointRow, id=row.point_id) if row.point_id else None

    def Post_point(self, row: AssignmentRow) -> Any:
        return self.Assignment_point(row)

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
                "search" not in asked or has(row.name, asked["search"])
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
            and ("search" not in asked or has(r.name, asked["search"]) or has(r.login, asked["search"]))
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

    def Team_members(self, row: TeamRow) -> list[Any]:
        return sorted(self.of(TeamMemberRow, team_id=row.id), key=lambda r: (r.since, r.id))

    def TeamMember_staff(self, row: TeamMemberRow) -> Any:
        return self.one(StaffRow, id=row.staff_id)

    def Team_headcount(self, row: TeamRow, on: str | None = None) -> int:
        day = self.moment.day if on is None else date.fromisoformat(on)
        members = self.of(TeamMemberRow, team_id=row.id)
        return len({r.staff_id for r in members if r.since <= day and (r.until is None or r.until >= day)})
