"""What people are told of: outreach, questions that lead to a matter, printed guides, the contact book, messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.bundles import BundleFields
from tests.api.truths.casework import person_of

from bangban.features.accounts.tables import ResidentRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.people.tables import TeamRow
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.messenger.shipped import facts_of, shipped_text
from bangban.kernel.messenger.templates import Template

OF_THE_PLATFORM = {"onboarding_code", "operator_invitation"}


@dataclass
class Way:
    """A version of questions, and where the answers have led."""

    row: GuidanceRow
    at: str | None
    chosen: dict[str, Any] | None = None


class TellingFields(BundleFields):
    """Named ``Type_field``."""

    def local_day(self, moment: Any) -> date:
        found: date = moment.astimezone(self.district.zone).date()
        return found

    def _valid(self, row: Any, on: str | None = None) -> bool:
        """Whether a version holds on a day, or today; its end is the first day of the next one."""
        day = self.moment.day if on is None else date.fromisoformat(on)
        return bool(row.effective_from <= day and (row.effective_to is None or row.effective_to > day))

    # ------------------------------------------------------------------ outreach

    def Query_outreaches(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[OutreachRow]
            if self.granted(Permission.OUTREACH_READ, r.area_id)
            and ("areaId" not in asked or self.below(r.area_id, asked["areaId"]))
            and ("kind" not in asked or r.kind == asked["kind"])
            and ("since" not in asked or r.ends_on >= date.fromisoformat(asked["since"]))
            and ("until" not in asked or r.starts_on <= date.fromisoformat(asked["until"]))
            and ("cancelled" not in asked or (r.cancelled_at is not None) == asked["cancelled"])
        ]
        return self.page(found, "outreach", lambda r: (r.starts_on, r.id), first, after, down=True)

    def Outreach_applied_until(self, row: OutreachRow) -> date:
        return row.ends_on + timedelta(days=self._said("network", "outreach_days") or 30)

    Outreach_planned_by = person_of("planned_by")
    Outreach_reported_by = person_of("reported_by")
    Outreach_cancelled_by = person_of("cancelled_by")

    def _of_codes(self, case: Any, codes: list[str]) -> bool:
        """Whether a case is of one of these items, or of an application for one of these bundles."""
        if self.one(ServiceItemRow, id=case.service_item_id).code in codes:
            return True
        member = self.one(BundleMemberRow, case_id=case.id)
        around = None if member is None else self.one(BundleApplicationRow, id=member.application_id)
        return bool(around and around.bundle_id and self.one(BundleRow, id=around.bundle_id).code in codes)

    def Outreach_applied(self, row: OutreachRow) -> int:
        last = self.Outreach_applied_until(row)
        return sum(
            row.cancelled_at is None
            and row.starts_on <= self.local_day(each.submitted_at) <= last
            and self.below(each.area_id, str(row.area_id))
            and self._of_codes(each, row.codes)
            for each in self.rows[CaseRow]
        )

    def _suits(self, wish: InterestRow, row: OutreachRow) -> bool:
        inside = {item for each in self.rows[BundleRow] if each.code in row.codes for item in each.items}
        told = [r for r in self.rows[ServiceItemRow] if r.code in row.codes or r.code in inside]
        themes = {each.details.get("theme") for each in told}
        return (
            self.below(wish.area_id, str(row.area_id))
            and (not wish.themes or bool(themes & set(wish.themes)))
            and (not row.care_needs or bool(set(row.care_needs) & set(wish.care_needs)))
        )

    def Outreach_candidates(
        self, row: OutreachRow, first: int | None = None, after: str | None = None
    ) -> Page:
        found = [
            each
            for each in self.rows[InterestRow]
            if self.granted(Permission.OUTREACH_HOLD, each.area_id) and self._suits(each, row)
        ]
        return self.page(found, "candidates", lambda r: (r.resident_id,), first, after)

    def OutreachCandidate_phone(self, wish: InterestRow) -> Any:
        return self.one(ResidentRow, id=wish.resident_id).phone_masked

    # ------------------------------------------------------------------ questions

    def Query_guidances(
        self, _: Part, first: int | None = None, after: str | None = None, on: str | None = None
    ) -> Page:
        found = [r for r in self.rows[GuidanceRow] if self._valid(r, on)]
        return self.page(found, "guidance", lambda r: (r.code, r.version), first, after)

    def Query_guidance(
        self, _: Part, code: str, answers: list[str] | None = None, version: int | None = None
    ) -> Way | None:
        found = [
            r
            for r in self.of(GuidanceRow, code=code)
            if (self._valid(r) if version is None else r.version == version)
        ]
        if not found:
            return None
        row = max(found, key=lambda r: r.version)
        way = Way(row, row.start)
        for key in answers or ():
            chosen = row.nodes.get(way.at, {"ways": {}})["ways"].get(key)
            if chosen is None:
                return None
            way = Way(row, chosen.get("next"), chosen)
        return way

    def Guidance_code(self, way: Way) -> str:
        return way.row.code

    def Guidance_version(self, way: Way) -> int:
        return way.row.version

    def Guidance_name(self, way: Way) -> str:
        return way.row.name

    def Guidance_question(self, way: Way) -> Any:
        return None if way.at is None else Part(way.row.nodes[way.at])

    def Guidance_end(self, way: Way) -> Any:
        return Part(way.chosen) if way.at is None and way.chosen is not None else None

    def GuidanceQuestion_text(self, part: Part) -> str:
        return str(part.of["question"]["zh"])

    def GuidanceQuestion_text_en(self, part: Part) -> str:
        return str(part.of["question"]["en"])

    def GuidanceQuestion_answers(self, part: Part) -> list[Part]:
        return [Part(each) for each in part.of["answers"]]

    def GuidanceAnswer_key(self, part: Part) -> str:
        return str(part.of["key"])

    def GuidanceAnswer_label(self, part: Part) -> str:
        return str(part.of["label"]["zh"])

    def GuidanceAnswer_label_en(self, part: Part) -> str:
        return str(part.of["label"]["en"])

    def GuidanceEnd_service(self, part: Part) -> Any:
        return next((r for r in self._in_force() if r.code == part.of.get("item")), None)

    def GuidanceEnd_bundle(self, part: Part) -> Any:
        valid = [r for r in self.rows[BundleRow] if self._valid(r)]
        return next((r for r in valid if r.code == part.of.get("bundle")), None)

    def GuidanceEnd_advice(self, part: Part) -> Any:
        return part.of.get("advice", {}).get("zh")

    def GuidanceEnd_advice_en(self, part: Part) -> Any:
        return part.of.get("advice", {}).get("en")

    # ------------------------------------------------------------------ on paper

    def Query_printed_guides(
        self, _: Part, code: str | None = None, first: int | None = None, after: str | None = None
    ) -> Page:
        found = [
            r for r in self.rows[PrintedGuideRow] if (self._valid(r) if code is None else r.code == code)
        ]
        return self.page(found, "guide", lambda r: (r.code, r.version), first, after)

    def PrintedGuide_item_count(self, row: PrintedGuideRow) -> int:
        return len(row.items)

    def PrintedGuide_items(self, row: PrintedGuideRow) -> list[Any]:
        return [self.one(ServiceItemRow, id=each) for each in row.items]

    def PrintedGuide_current(self, row: PrintedGuideRow) -> bool:
        return all(self._valid(each) for each in self.PrintedGuide_items(row))

    def PrintedGuide_address(self, row: PrintedGuideRow) -> str:
        return f"/guides/{self.district.slug}/{row.code}/{row.version}"

    # ------------------------------------------------------------------ by phone and in writing

    def Query_contact_book(
        self,
        _: Part,
        area_id: str | None = None,
        stale: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        found = [
            r
            for r in self.rows[TeamRow]
            if r.contact_checked_on is not None
            and (r.until is None or r.until >= self.moment.day)
            and (area_id is None or (r.area_id is not None and self.below(r.area_id, area_id)))
            and (stale is None or self.Contact_stale(r) == stale)
        ]
        return self.page(found, "contact", lambda r: (r.key, r.id), first, after)

    def Contact_team(self, row: TeamRow) -> str:
        return row.name

    def Contact_team_en(self, row: TeamRow) -> str | None:
        return row.name_en

    def Contact_role(self, row: TeamRow) -> Any:
        return row.contact_role

    def Contact_phone(self, row: TeamRow) -> Any:
        return row.office_line

    def Contact_until(self, row: TeamRow) -> Any:
        return row.contact_until

    def Contact_checked_on(self, row: TeamRow) -> Any:
        return row.contact_checked_on

    def Contact_stale(self, row: TeamRow) -> bool:
        days = self._said("contacts", "contact_days") or 31
        seen, last = row.contact_checked_on, row.contact_until
        assert seen is not None
        return bool(
            seen + timedelta(days=days) < self.moment.day or (last is not None and last < self.moment.day)
        )

    def Query_wordings(self, _: Part) -> list[Part]:
        own = [each for each in Template if each.value not in OF_THE_PLATFORM]
        return [Part((template, language)) for template in own for language in ("zh-CN", "en")]

    def Wording_template(self, part: Part) -> str:
        return str(part.of[0].value)

    def Wording_language(self, part: Part) -> str:
        return str(part.of[1])

    def Wording_own(self, part: Part) -> Any:
        template, language = part.of
        return self._said("wording", template.value, language[:2])

    def Wording_shipped(self, part: Part) -> str:
        return shipped_text(*part.of)

    def Wording_placeholders(self, part: Part) -> list[str]:
        return sorted(facts_of(part.of[0]))
