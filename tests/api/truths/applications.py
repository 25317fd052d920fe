"""Applications for bundles, in plain Python."""

from __future__ import annotations

from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.bundles import BundleFields, Paper
from tests.api.truths.saying import Said

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases import tables as cases
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.access.vocabulary import Permission

BEFORE = {"SUBMITTED", "PRE_CHECKING", "AWAITING_MATERIALS"}
OPEN = BEFORE | {"ACCEPTED", "IN_PROGRESS", "SUSPENDED"}
DONE = {"COMPLETED", "CLOSED"}
WORST = ["REJECTED", "MISSING", "TOLERATED", "SUPPLIED"]


def succeeded(case: Any) -> bool:
    return case.state in DONE and case.outcome != "REFUSED"


class ApplicationFields(BundleFields):
    """Named ``Type_field``."""

    def _members(self, row: Any) -> list[Any]:
        found = self.of(BundleMemberRow, application_id=row.id)
        return sorted(found, key=lambda each: (each.position, each.case_id))

    def _cases(self, row: Any) -> list[Any]:
        return [self.one(cases.CaseRow, id=each.case_id) for each in self._members(row)]

    def _applications(self) -> list[Any]:
        me = self.principal.id

        def own(row: Any) -> bool:
            return row.filed_by == me or any(
                me in (each.holder_id, each.first_asked_id) for each in self._cases(row)
            )

        return [
            r
            for r in self.rows[BundleApplicationRow]
            if self.granted(Permission.BUNDLE_READ, r.area_id, own=own(r))
        ]

    def Query_bundle_application(self, _: Part, number: str) -> Any:
        return next((r for r in self._applications() if r.number == number), None)

    def Query_bundle_applications(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}

        def wanted(row: Any) -> bool:
            bundle = self.BundleApplication_bundle(row)
            return (
                ("bundleCode" not in asked or (bundle is not None and bundle.code == asked["bundleCode"]))
                and ("areaId" not in asked or self.below(row.area_id, asked["areaId"]))
                and ("state" not in asked or self.BundleApplication_state(row) == asked["state"])
                and (
                    "resultsReady" not in asked
                    or self.BundleApplication_results_ready(row) == asked["resultsReady"]
                )
            )

        found = [r for r in self._applications() if wanted(r)]
        return self.page(found, "newest", lambda r: (r.submitted_at, r.id), first, after, down=True)

    def BundleApplication_bundle(self, row: Any) -> Any:
        return None if row.bundle_id is None else self.one(BundleRow, id=row.bundle_id)

    def BundleApplication_state(self, row: Any) -> str:
        found = self._cases(row)
        states = {each.state for each in found}
        if "AWAITING_MATERIALS" in states:
            return "AWAITING_MATERIALS"
        if states <= BEFORE:
            return "SUBMITTED"
        if states & OPEN:
            return "IN_PROGRESS"
        if states == {"WITHDRAWN"}:
            return "WITHDRAWN"
        good = [succeeded(each) for each in found]
        return "COMPLETED" if all(good) else "PARTLY_COMPLETED" if any(good) else "NOT_COMPLETED"

    def BundleApplication_progress(self, row: Any) -> Part:
        return Part(row)

    def BundleProgress_total(self, part: Part) -> int:
        return len(self._cases(part.of))

    def BundleProgress_open(self, part: Part) -> int:
        return len([each for each in self._cases(part.of) if each.state in OPEN])

    def BundleProgress_done(self, part: Part) -> int:
        return len([each for each in self._cases(part.of) if succeeded(each)])

    def BundleProgress_not_done(self, part: Part) -> int:
        return len([each for each in self._cases(part.of) if each.state not in OPEN and not succeeded(each)])

    def BundleApplication_applicant(self, row: Any) -> Part:
        return Part(min(self._cases(row), key=lambda each: each.number))

    def BundleApplication_members(self, row: Any) -> list[Any]:
        return self._members(row)

    def BundleApplication_form(self, row: Any) -> list[Said] | None:
        return None if self.principal.kind == "AUDITOR" else [Said(each) for each in row.form or ()]

    def BundleApplication_promised_working_days(self, row: Any) -> int:
        return max(each.promised_days for each in self._cases(row))

    def BundleApplication_clock(self, row: Any) -> Part | None:
        due = [each for each in self._cases(row) if each.due_ordinal is not None]
        due.sort(key=lambda each: (each.state not in OPEN, -each.due_ordinal, each.number))
        return Part(due[0]) if due else None

    def BundleApplication_results_ready(self, row: Any) -> bool:
        members = [(each, self.one(cases.CaseRow, id=each.case_id)) for each in self._members(row)]
        waiting = any(
            case.state in DONE and case.outcome != "REFUSED" and member.released_at is None
            for member, case in members
        )
        return waiting and (row.release == "IN_PARTS" or not any(case.state in OPEN for _, case in members))

    def _given(self, row: Any) -> list[Paper]:
        found: dict[str, Paper] = {}
        bundle = self.BundleApplication_bundle(row)
        for position, case in enumerate(self._cases(row)):
            item = self.one(ServiceItemRow, id=case.service_item_id)
            for paper in self.of(cases.CaseMaterialRow, case_id=case.id):
                if case.state not in OPEN | DONE or paper.state == "EXEMPT":
                    continue
                place = position * 1000 + paper.position
                key, name = self._key(bundle, item.code, paper)
                given = found.setdefault(key, Paper(key, name, place))
                given.add(paper, case.number, place)
                given.rank = min(given.rank, WORST.index(paper.state))
        return sorted(found.values(), key=lambda each: each.place)

    def BundleApplication_materials(self, row: Any) -> list[Paper]:
        return self._given(row)

    def BundlePaper_state(self, paper: Paper) -> str:
        return WORST[paper.rank]

    def BundlePaper_case_numbers(self, paper: Paper) -> list[str]:
        return sorted(paper.of)

    def BundleApplication_materials_once(self, row: Any) -> int:
        return len(self._given(row))

    def BundleApplication_materials_separately(self, row: Any) -> int:
        return sum(each.wanted for each in self._given(row))

    def _case(self, member: Any) -> Any:
        return self.one(cases.CaseRow, id=member.case_id)

    def BundleMember_number(self, member: Any) -> str:
        return str(self._case(member).number)

    def BundleMember_service_name(self, member: Any) -> str:
        return str(self.Case_service(self._case(member)).name)

    def BundleMember_state(self, member: Any) -> str:
        return str(self._case(member).state)

    def BundleMember_outcome(self, member: Any) -> Any:
        return self._case(member).outcome

    def _failed(self, member: Any) -> Any:
        case = self._case(member)
        return None if case.state in OPEN or succeeded(case) else case

    def BundleMember_reason(self, member: Any) -> Any:
        case = self._failed(member)
        return case and case.opinion

    def BundleMember_basis(self, member: Any) -> Any:
        case = self._failed(member)
        return case and case.decision_basis

    def BundleMember_late(self, member: Any) -> bool:
        bundle = self.one(BundleApplicationRow, id=member.application_id).bundle_id
        days = None if bundle is None else self.one(BundleRow, id=bundle).answer_working_days
        case = self._case(member)
        if days is None or case.accepted_ordinal is None or case.state == "WITHDRAWN":
            return False
        stopped = case.completed_ordinal if case.completed_ordinal is not None else case.suspended_ordinal
        at = self.moment.next_ordinal if stopped is None else stopped
        return bool(at - case.accepted_ordinal - case.paused_days > days)

    def BundleMember_case(self, member: Any) -> Any:
        return self.visible_case(member.case_id)
