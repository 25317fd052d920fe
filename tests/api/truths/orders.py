"""Orders, what helpers can help with, and their cards, in plain Python."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.casework import CaseFields, person_of
from tests.api.truths.moments import Moments, spans_without
from tests.api.truths.saying import minutes

from bangban.features.cards.tables import ServiceCardRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.orders.tables import HelperSkillRow, OrderEventRow, OrderRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TrainingRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission


class OrderFields(CaseFields, Moments):
    """Named ``Type_field``."""

    # ------------------------------------------------------------------ orders

    def Order_signature(self, row: Any) -> Part | None:
        return None if row.signed_at is None else Part(row)

    def DoorSignature_signed_by(self, part: Part) -> Any:
        return part.of.signed_by_masked

    def DoorSignature_signed_at(self, part: Part) -> Any:
        return part.of.signed_at

    def DoorSignature_file(self, part: Part) -> None:
        assert part.of.signature_file_id is None  # tests of orders look at those that have one

    def Query_orders(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked, me = self._asked(filter), self.principal.id
        found = [
            r
            for r in self.rows[OrderRow]
            if self.granted(Permission.ORDER_READ, r.area_id, own=r.holder_id == me)
            and self._is(r, asked)
            and ("kind" not in asked or r.kind == asked["kind"])
            and (not asked.get("mine") or r.holder_id == me)
            and (not asked.get("offered") or self._offered(r))
        ]
        return self.page(found, "placed", lambda r: (r.placed_at, r.id), first, after, down=True)

    def _attended(self) -> list[Any]:
        """The trainings that the caller was at; to coach others is none."""
        given = [each for each in self.rows[TrainingRow] if self.principal.id in each.attendees]
        return [each for each in given if each.kind != "COACHING"]

    def _offered(self, row: Any) -> bool:
        """Whether the caller may take the order, by the rules of docs/assistance.md."""
        asked = row.service_code in (self._said("orders", "required_training") or ())
        if asked and not any(row.service_code in each.services for each in self._attended()):
            return False
        return row.state == "OPEN" and any(
            self._reached(row, post) and (post.role != "volunteer" or self._let_in(row))
            for post in self.of(AssignmentRow, staff_id=self.principal.id)
            if self.current(post)
        )

    def _reached(self, row: Any, post: Any) -> bool:
        """Whether the offer has come to a post that may claim: at or above the place, not above who is asked."""
        held, asked = self.area(post.area_id), self.area(row.offered_to_area_id)
        return (
            f"{post.role} {held.level}" in self.grants.policy.posts_that_may(Permission.ORDER_CLAIM)
            and str(held.id.hex) in self.area(row.area_id).path.split(".")
            and str(asked.id.hex) in held.path.split(".")
        )

    def _let_in(self, row: Any) -> bool:
        """Volunteers take needs only, once approved and, where the district asks for it, trained at all."""
        skill = self.one(HelperSkillRow, staff_id=self.principal.id)
        asked = self._said("orders", "volunteer_training")
        return (
            row.kind == "NEED"
            and skill is not None
            and skill.approved_at is not None
            and (asked is False or bool(self._attended()))
        )

    def Order_offered_to(self, row: Any) -> Any:
        return self.area(row.offered_to_area_id)

    Order_helper = person_of("holder_id")

    def Order_case(self, row: Any) -> Any:
        return self.visible_case(row.case_id)

    def Order_note(self, row: Any) -> Any:
        return None if self.principal.kind == "AUDITOR" else row.note

    def Order_address(self, row: Any) -> Any:
        return row.address_masked

    def Order_fee(self, _: Any) -> str:
        return "0"

    def Order_clock(self, row: Any) -> Part:
        return Part(row)

    def ResponseClock_answered_minutes(self, part: Part) -> int | None:
        return minutes(part.of.placed_at, part.of.claimed_at)

    def ResponseClock_attended_minutes(self, part: Part) -> int | None:
        return minutes(part.of.placed_at, part.of.started_at)

    def Order_rating(self, row: Any) -> Part | None:
        return Part(row) if row.grade is not None else None

    def OrderRating_comment(self, part: Part) -> Any:
        return None if self.principal.kind == "AUDITOR" else part.of.comment

    def Order_history(self, row: Any) -> list[Any]:
        return sorted(self.of(OrderEventRow, order_id=row.id), key=lambda r: r.id)

    OrderEvent_helper = person_of("staff_id")

    # ------------------------------------------------------------------ skills

    def Query_helper_skills(
        self, _: Part, area_id: str | None = None, first: int | None = None, after: str | None = None
    ) -> Page:
        def posted(row: Any) -> bool:
            held = self.of(AssignmentRow, staff_id=row.staff_id)
            return any(self.granted(Permission.SKILL_MANAGE, each.area_id) for each in held) and (
                area_id is None or any(self.below(each.area_id, area_id) for each in held)
            )

        found = [r for r in self.rows[HelperSkillRow] if posted(r)]
        return self.page(found, "helper", lambda r: (r.staff_id,), first, after)

    HelperSkills_helper = person_of("staff_id")

    def Query_trainings(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: each for key, each in (filter or {}).items() if each is not None}

        def listed(row: Any) -> bool:
            posts = [post for who in row.attendees for post in self.of(AssignmentRow, staff_id=who)]
            return (
                any(self.granted(Permission.SKILL_MANAGE, each.area_id) for each in posts)
                and ("areaId" not in asked or any(self.below(p.area_id, asked["areaId"]) for p in posts))
                and ("staffId" not in asked or asked["staffId"] in map(str, row.attendees))
                and asked.get("kind") in (None, self.Training_kind(row))
                and ("since" not in asked or row.held_on >= date.fromisoformat(asked["since"]))
                and ("until" not in asked or row.held_on <= date.fromisoformat(asked["until"]))
            )

        found = [row for row in self.rows[TrainingRow] if listed(row)]
        return self.page(found, "training", lambda r: (r.held_on, r.id), first, after, down=True)

    def Training_attendees(self, row: Any) -> list[Any]:
        return sorted((r for r in self.rows[StaffRow] if r.id in row.attendees), key=lambda r: r.id)

    def Training_passed_by(self, row: Any) -> list[Any]:
        return sorted((r for r in self.rows[StaffRow] if r.id in (row.passed or ())), key=lambda r: r.id)

    def Training_passed(self, row: Any) -> int | None:
        return None if row.passed is None else len(row.passed)

    def HelperSkills_trainings(self, row: Any) -> list[Any]:
        attended = [each for each in self.rows[TrainingRow] if row.staff_id in each.attendees]
        return sorted(attended, key=lambda each: (each.held_on, each.id))

    def HelperSkills_coached(self, row: Any) -> int:
        given = [each for each in self.rows[TrainingRow] if row.staff_id in each.attendees]
        return sum(each.served or 0 for each in given)

    def Training_kind(self, row: Any) -> str:
        return "TRAINING" if row.served is None else "COACHING"

    def Training_attended(self, row: Any) -> int:
        return len(row.attendees)

    def HelperSkills_served_minutes(self, row: Any) -> int:
        done = self.of(OrderRow, holder_id=row.staff_id, state="DONE")
        return int(sum((each.ended_at - each.started_at).total_seconds() for each in done) // 60)

    def _unit(self, row: Any) -> Any:
        return row.to_area_id or self.one(ServicePointRow, id=row.to_point_id).area_id

    def _helps(self, staff_id: Any, code: str) -> bool:
        """Whether somebody in service can help with the item."""
        themes = {each.details.get("theme") for each in self.of(ServiceItemRow, code=code)}
        skill = self.one(HelperSkillRow, staff_id=staff_id)
        return bool(
            skill
            and self.one(StaffRow, id=staff_id).active
            and (skill.all_round or code in skill.services or themes & set(skill.themes))
        )

    def _covered(self, row: Any) -> bool:
        """Whether somebody posted at the unit can help with the item."""
        here = self.of(AssignmentRow, area_id=self._unit(row), role="helper")
        return any(self._helps(each.staff_id, row.service_code) for each in here if self.current(each))

    def _uncovered(self, row: Any, on: str | None) -> list[tuple[Any, Any]]:
        """When the unit is open and none of those on duty can."""
        day = self.moment.day if on is None else date.fromisoformat(on)
        points = [
            each
            for each in self.rows[ServicePointRow]
            if each.id == row.to_point_id or (row.to_point_id is None and each.area_id == row.to_area_id)
        ]
        opened = [
            self.wall(day, *span)
            for each in points
            if self.stands(each, day)
            for span in self.spans(each, day)
        ]
        turns = [
            (turn.begins_at, turn.ends_at)
            for each in points
            for turn in self.of(GuideShiftRow, point_id=each.id)
            if turn.cancelled_at is None
            and self.has_somebody(turn)
            and self._helps(turn.guide_id, row.service_code)
        ]
        return spans_without(opened, turns)

    def SkillGap_uncovered(self, row: Any, on: str | None = None) -> list[Any]:
        return [
            SimpleNamespace(begins_at=begin, ends_at=end, minutes=minutes(begin, end))
            for begin, end in self._uncovered(row, on)
        ]

    def Query_skill_gaps(
        self,
        _: Part,
        on_duty_on: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        day = self.moment.day
        found = [
            r
            for r in self.rows[DelegationRow]
            if self.granted(Permission.SKILL_MANAGE, self._unit(r))
            and r.staff_id is None
            and self.current(r)
            and (r.withdrawn_on is None or r.withdrawn_on > day)
            and (not self._covered(r) if on_duty_on is None else self._uncovered(r, on_duty_on))
        ]
        return self.page(found, "gap", lambda r: (r.id,), first, after)

    def SkillGap_area(self, row: Any) -> Any:
        return self.area(self._unit(row))

    # ------------------------------------------------------------------ cards

    def Query_service_cards(
        self, _: Part, batch: str | None = None, first: int | None = None, after: str | None = None
    ) -> Page:
        found = [
            r
            for r in self.rows[ServiceCardRow]
            if self.granted(Permission.CARD_MANAGE, r.area_id) and (batch is None or r.batch == batch)
        ]
        return self.page(found, "card", lambda r: (r.id,), first, after)

    def ServiceCard_code(self, row: Any) -> str:
        return "-".join(row.code[at : at + 4] for at in (0, 4, 8))

    def ServiceCard_qr_content(self, row: Any) -> str:
        return f"{self._said('orders', 'card_address') or ''}{row.code}"

    ServiceCard_helper = person_of("staff_id")
