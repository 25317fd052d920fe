"""What came of bundles and of questions, results under the seal, and groups, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median
from types import SimpleNamespace
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.applications import BEFORE as WAITING
from tests.api.truths.applications import DONE, OPEN, ApplicationFields
from tests.api.truths.telling import TellingFields

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.joint.tables import BundleApplicationRow
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Permission


@dataclass
class Ending:
    """An end of questions, and what came of those who were led there: a word for each application."""

    node: dict[str, Any]
    answer: dict[str, Any]
    key: str
    came: list[str]


class CountedFields(ApplicationFields, TellingFields):
    """Named ``Type_field``."""

    def _may(self, permission: Permission, area_id: Any, *, own: bool = False) -> bool:
        """As ``granted``; what has no area is theirs alone who see all, or whose it is."""
        if area_id is not None:
            return self.granted(permission, area_id, own=own)
        scope = self.grants.scope(permission)
        return scope.whole or (scope.own and own)

    # ------------------------------------------------------------------ bundles

    def Query_bundle_counts(self, _: Part, code: str) -> Any:
        return max(self.of(BundleRow, code=code), key=lambda each: each.version, default=None)

    def _asked_for(self, row: BundleRow) -> list[Any]:
        """All applications for a bundle, in whichever version, that have cases."""
        versions = {each.id for each in self.of(BundleRow, code=row.code)}
        applications = [each for each in self.rows[BundleApplicationRow] if each.bundle_id in versions]
        return [each for each in applications if self._cases(each)]

    def _matters(self, row: BundleRow) -> list[Any]:
        return [case for each in self._asked_for(row) for case in self._cases(each)]

    def BundleCounts_requests(self, row: BundleRow) -> int:
        return len(self._asked_for(row))

    def BundleCounts_applicants(self, row: BundleRow) -> int | None:
        if self.principal.kind == "AUDITOR":
            return None
        return len({each.identity_hash for each in self._matters(row)} - {None})

    def BundleCounts_granted(self, row: BundleRow) -> int:
        return sum(each.state in DONE and each.outcome != "REFUSED" for each in self._matters(row))

    def BundleCounts_refused(self, row: BundleRow) -> int:
        return sum(each.state == "DECLINED" or each.outcome == "REFUSED" for each in self._matters(row))

    def BundleCounts_open(self, row: BundleRow) -> int:
        return sum(each.state in OPEN for each in self._matters(row))

    # ------------------------------------------------------------------ questions

    def Query_guidance_hits(self, _: Part, code: str, version: int | None = None) -> list[Ending]:
        found = [
            each
            for each in self.of(GuidanceRow, code=code)
            if (self._valid(each) if version is None else each.version == version)
        ]
        if not found:
            return []
        row = max(found, key=lambda each: each.version)
        nodes = sorted(row.nodes.items(), key=lambda each: int(each[1]["place"]))
        return [
            Ending(node, each, f"{key}/{each['key']}", self._came(row, f"{key}/{each['key']}", each))
            for key, node in nodes
            for each in node["answers"]
            if "next" not in each
        ]

    def _came(self, row: GuidanceRow, key: str, answer: dict[str, Any]) -> list[str]:
        alone = [
            ([each], self.one(ServiceItemRow, id=each.service_item_id).code == answer.get("item"))
            for each in self.of(CaseRow, guidance_id=row.id, guidance_end=key)
        ]
        together = [
            (self._cases(each), self.one(BundleRow, id=each.bundle_id).code == answer.get("bundle"))
            for each in self.of(BundleApplicationRow, guidance_id=row.id, guidance_end=key)
        ]
        return [
            self._became(found) if meant else "ELSEWHERE" for found, meant in (*alone, *together) if found
        ]

    def _became(self, found: list[Any]) -> str:
        states = {each.state for each in found}
        if any(each.accepted_at is not None for each in found):
            return "ACCEPTED"
        return "WAITING" if states & WAITING else "DECLINED" if "DECLINED" in states else "WITHDRAWN"

    def GuidanceEnding_question(self, end: Ending) -> str:
        return str(end.node["question"]["zh"])

    def GuidanceEnding_question_en(self, end: Ending) -> str:
        return str(end.node["question"]["en"])

    def GuidanceEnding_label(self, end: Ending) -> str:
        return str(end.answer["label"]["zh"])

    def GuidanceEnding_label_en(self, end: Ending) -> str:
        return str(end.answer["label"]["en"])

    def GuidanceEnding_service_code(self, end: Ending) -> Any:
        return end.answer.get("item")

    def GuidanceEnding_bundle_code(self, end: Ending) -> Any:
        return end.answer.get("bundle")

    def GuidanceEnding_begun(self, end: Ending) -> int:
        return len(end.came)

    def GuidanceEnding_elsewhere(self, end: Ending) -> int:
        return end.came.count("ELSEWHERE")

    def GuidanceEnding_waiting(self, end: Ending) -> int:
        return end.came.count("WAITING")

    def GuidanceEnding_accepted(self, end: Ending) -> int:
        return end.came.count("ACCEPTED")

    def GuidanceEnding_declined(self, end: Ending) -> int:
        return end.came.count("DECLINED")

    def GuidanceEnding_withdrawn(self, end: Ending) -> int:
        return end.came.count("WITHDRAWN")

    def GuidanceEnding_hit_rate(self, end: Ending) -> float | None:
        decided = len(end.came) - end.came.count("WAITING")
        return end.came.count("ACCEPTED") / decided if decided else None

    # ------------------------------------------------------------------ the seal

    def Query_seal_uses(
        self,
        _: Part,
        year: int | None = None,
        number: int | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        found = [
            each
            for each in self.rows[CaseEventRow]
            if each.seal_number is not None
            and self.granted(Permission.AUDIT_READ, self.one(CaseRow, id=each.case_id).area_id)
            and year in (None, each.seal_year)
            and number in (None, each.seal_number)
        ]
        return self.page(found, "seal", lambda r: (r.seal_year, r.seal_number), first, after, down=True)

    # ------------------------------------------------------------------ groups

    def Query_work_groups(
        self, _: Part, area_id: str | None = None, first: int | None = None, after: str | None = None
    ) -> Page:
        groups = {each.team_id for each in self.rows[FirstAskRow] if each.external_number is not None}
        mine = {
            each.team_id for each in self.of(TeamMemberRow, staff_id=self.principal.id) if self.current(each)
        }
        found = [
            each
            for each in self.rows[TeamRow]
            if each.id in groups
            and self._may(Permission.ASKING_READ, each.area_id, own=each.id in mine)
            and (area_id is None or (each.area_id is not None and self.below(each.area_id, area_id)))
        ]
        return self.page(found, "group", lambda r: (r.key, r.id), first, after)

    def WorkGroup_team(self, row: TeamRow) -> TeamRow:
        return row

    def WorkGroup_members(self, row: TeamRow) -> list[Any]:
        found = [each for each in self.of(TeamMemberRow, team_id=row.id) if self.current(each)]
        return sorted(found, key=lambda r: (r.since, r.id))

    def GroupMember_staff(self, row: TeamMemberRow) -> Any:
        return self._person(row.staff_id)

    def WorkGroup_statistics(self, row: TeamRow, since: str | None = None, until: str | None = None) -> Any:
        last = self.moment.day if until is None else date.fromisoformat(until)
        begins = last if since is None else date.fromisoformat(since)
        asked = [
            each
            for each in self.of(FirstAskRow, team_id=row.id)
            if begins <= self.local_day(each.asked_at) <= last
        ]
        answered = {
            each.id: [a.at for a in self.of(FirstAskAnswerRow, first_ask_id=each.id)] for each in asked
        }
        taken = [
            (min(answered[each.id]) - each.asked_at).total_seconds() / 60
            for each in asked
            if answered[each.id]
        ]
        return SimpleNamespace(
            since=begins,
            until=last,
            questions=len(asked),
            answered=len(taken),
            median_minutes=median(taken) if taken else None,
        )
