"""What goes with cases and beside them: papers, files, duties and first-asked records, in plain Python."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.casework import CaseFields, person_of, place_of
from tests.api.truths.saying import minutes

from bangban.features.cases import tables as cases
from bangban.features.cases.rules.facts import LIVE
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks.rules import OPEN
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD
from bangban.features.people.tables import AssignmentRow, TeamMemberRow, TeamRow
from bangban.features.supervision.graphql import NAMED_BY
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import ALERT_OF, POSTS, RULE_OF, VOLUNTEERS
from bangban.features.uploads.tables import UploadRow
from bangban.kernel.access.vocabulary import Permission


class Held:
    """Papers in somebody's hands."""

    def __init__(self, key: tuple[str, Any, Any], name: str | None) -> None:
        self.code, self.staff_id, self.area_id = key
        self.name, self.originals, self.copies = name, 0, 0


class AssistanceFields(CaseFields):
    """Named ``Type_field``."""

    # ------------------------------------------------------------------ papers and files

    def Query_custody(self, _: Part, number: str) -> Any:
        return self.Query_case(_, number)

    def Custody_papers_out(self, row: Any) -> int:
        return row.papers_out or 0

    def Custody_balanced(self, row: Any) -> bool:
        return not row.papers_out

    def Custody_entries(self, row: Any) -> list[Any]:
        return sorted(self.of(CustodyEntryRow, case_id=row.id), key=lambda r: r.id)

    def Custody_held(self, row: Any) -> list[Held]:
        names = {each.code: each.name for each in self.of(cases.CaseMaterialRow, case_id=row.id)}
        found: dict[tuple[str, Any, Any], Held] = {}

        def move(key: tuple[str, Any, Any], entry: Any, sign: int) -> None:
            held = found.setdefault(key, Held(key, names.get(entry.code)))
            held.originals += sign * entry.originals
            held.copies += sign * entry.copies

        for each in self.of(CustodyEntryRow, case_id=row.id):
            if each.kind != "RETURNED":
                move((each.code, each.to_staff_id, each.to_area_id), each, 1)
            if each.kind != "TAKEN":
                move((each.code, each.from_staff_id, each.from_area_id), each, -1)
        left = [each for each in found.values() if each.originals + each.copies > 0]
        return sorted(left, key=lambda r: (r.code, r.staff_id is None, r.staff_id or r.area_id))

    def HeldPapers_staff(self, held: Held) -> Any:
        return self._person(held.staff_id)

    CustodyEntry_from_staff = person_of("from_staff_id")
    CustodyEntry_from_area = place_of("from_area_id")
    CustodyEntry_to_staff = person_of("to_staff_id")
    CustodyEntry_to_area = place_of("to_area_id")
    CustodyEntry_by = person_of("by_id")

    def Query_case_files(self, _: Part, number: str) -> list[Any]:
        case = self.Query_case(_, number)
        if case is None:
            return []
        files = self.of(UploadRow, case_id=case.id)
        over, refused = case.state in ("COMPLETED", "CLOSED"), case.outcome == "REFUSED"
        there = over and not (refused or case.result_held or case.result_standing == "WITHDRAWN")
        if self.principal.kind == "RESIDENT" and not there:
            files = [each for each in files if each.purpose != "RESULT"]
        return sorted(files, key=lambda r: r.id)

    def CaseFile_name(self, row: Any) -> Any:
        return "***" if self.principal.kind == "AUDITOR" else row.name

    def CaseFile_rejection(self, row: Any) -> Any:
        return row.why

    def CaseFile_requested_at(self, row: Any) -> Any:
        return row.asked_at

    def CaseFile_stored_at(self, row: Any) -> Any:
        return row.ended_at

    # ------------------------------------------------------------------ duties

    def Query_duties(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked, me = self._asked(filter), self.principal.id

        def wanted(row: Any) -> bool:
            case = None if row.case_id is None else self.one(cases.CaseRow, id=row.case_id)
            area_id = row.area_id if case is None else case.area_id
            held = [case] if case is not None else self.of(OrderRow, id=row.subject_id)
            own = any(each.holder_id == me for each in held) or self._told(row)
            return (
                self.granted(Permission.DUTY_READ, area_id, own=own)
                and row.state in asked.get("states", ["OPEN"])
                and ("kinds" not in asked or row.kind in asked["kinds"])
                and ("areaId" not in asked or self.below(area_id, asked["areaId"]))
                and ("caseNumber" not in asked or (case is not None and case.number == asked["caseNumber"]))
            )

        found = [r for r in self.rows[DutyRow] if wanted(r)]
        return self.page(found, "duties", lambda r: (r.raised_at, r.id), first, after)

    def _told(self, row: Any) -> bool:
        """Whoever has the post that ends, and who may move cases there by a post at or above it; of volunteers,
        who may let them in.
        """
        if row.kind not in POSTS | VOLUNTEERS:
            return False
        ends = row.kind in POSTS
        permission = Permission.CASE_HAND_OVER if ends else Permission.SKILL_MANAGE
        may, path = self.grants.policy.posts_that_may(permission), self.area(row.area_id).path
        posts = [each for each in self.of(AssignmentRow, staff_id=self.principal.id) if self.current(each)]
        return (ends and row.subject_id == self.principal.id) or any(
            f"{post.role} {self.area(post.area_id).level}" in may and post.area_id.hex in path.split(".")
            for post in posts
        )

    def Duty_alert(self, row: Any) -> str:
        return ALERT_OF[row.kind].value

    def Duty_rule(self, row: Any) -> str:
        return RULE_OF[row.kind].value

    def Duty_case_number(self, row: Any) -> str | None:
        return None if row.case_id is None else str(self.one(cases.CaseRow, id=row.case_id).number)

    def Duty_about(self, row: Any) -> str:
        return self.Duty_case_number(row) or next(
            str(getattr(each, name))
            for table, name in NAMED_BY.items()
            for each in self.of(table, id=row.subject_id)
        )

    def Duty_left(self, row: Any) -> list[str]:
        if row.kind not in POSTS:
            return []
        who, hands = row.subject_id, Counter[Any]()
        offered = {"to_id": who, "taken_at": None, "returned_at": None}
        for each in self.rows[CustodyEntryRow]:
            sign = (each.to_staff_id == who) - (each.from_staff_id == who)
            hands[each.case_id] += sign * (each.originals + each.copies)
        ids = {each.id for each in self.of(cases.CaseRow, holder_id=who) if each.state in LIVE}
        ids |= {each.case_id for each in self.of(cases.HandoverRow, **offered)}
        ids |= {case_id for case_id, sheets in hands.items() if sheets > 0}
        asks = {each.id for each in self.of(FirstAskRow, handler_id=who) if each.state in OPEN}
        asks |= {each.first_ask_id for each in self.of(FirstAskTransferRow, **offered)}
        orders = [each for each in self.of(OrderRow, holder_id=who) if each.state in HELD]
        found = [self.one(cases.CaseRow, id=each) for each in ids]
        found += [self.one(FirstAskRow, id=each) for each in asks]
        return sorted(each.number for each in [*found, *orders])

    def Duty_case(self, row: Any) -> Any:
        return None if row.case_id is None else self.visible_case(row.case_id)

    Duty_settled_by = person_of("settled_by")

    # ------------------------------------------------------------------ who is asked first

    def _asked_of_me(self, row: Any) -> bool:
        me, teams = (
            self.principal.id,
            Counter(
                each.team_id
                for each in self.of(TeamMemberRow, staff_id=self.principal.id)
                if self.current(each)
            ),
        )
        offers = self.of(FirstAskTransferRow, first_ask_id=row.id, taken_at=None, returned_at=None)
        return me in (row.owner_id, row.handler_id) or any(
            each.to_id == me or each.to_team_id in teams for each in offers
        )

    def Query_first_asks(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[FirstAskRow]
            if self.granted(Permission.ASKING_READ, r.area_id, own=self._asked_of_me(r))
            and self._is(r, asked)
            and ("teamId" not in asked or str(r.team_id) == asked["teamId"])
            and (not asked.get("mine") or self._asked_of_me(r))
        ]
        return self.page(found, "asked", lambda r: (r.asked_at, r.id), first, after, down=True)

    def FirstAsk_matter(self, row: Any) -> str:
        return "***" if self.principal.kind == "AUDITOR" else row.matter

    def FirstAsk_service(self, row: Any) -> Any:
        return self.one(ServiceItemRow, id=row.service_item_id)

    def FirstAsk_asker(self, row: Any) -> Any:
        return row.asker_masked

    FirstAsk_owner = person_of("owner_id")
    FirstAsk_handler = person_of("handler_id")

    def FirstAsk_case_number(self, row: Any) -> Any:
        return None if row.case_id is None else self.one(cases.CaseRow, id=row.case_id).number

    def FirstAsk_team(self, row: Any) -> Any:
        return None if row.team_id is None else self.one(TeamRow, id=row.team_id)

    def FirstAsk_answers(self, row: Any) -> list[Any]:
        return sorted(self.of(FirstAskAnswerRow, first_ask_id=row.id), key=lambda r: (r.at, r.id))

    def FirstAsk_reply_minutes(self, row: Any) -> int | None:
        return minutes(row.asked_at, min((each.at for each in self.FirstAsk_answers(row)), default=None))

    def FirstAsk_transfers(self, row: Any) -> list[Any]:
        return sorted(self.of(FirstAskTransferRow, first_ask_id=row.id), key=lambda r: (r.offered_at, r.id))

    FirstAskTransfer_sender = person_of("from_id")
    FirstAskTransfer_receiver = person_of("to_id")

    def FirstAskTransfer_team(self, row: Any) -> Any:
        return None if row.to_team_id is None else self.one(TeamRow, id=row.to_team_id)

    FirstAskAnswer_author = person_of("author_id")
    FirstAskAnswer_recorded_by = person_of("recorded_by_id")
