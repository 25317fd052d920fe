"""申请—初审—反馈: one complete notice, authority for agents, and materials that come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.features.cases.case_facts import (
    ALL,
    APPLICANT,
    CLERK,
    HELPER,
    MONDAY,
    REQUIRED,
    SUPERVISOR,
    accepted,
    authorisation,
    case,
    noticed,
    on,
    ready,
    state_of,
    tolerated,
)

from bangban.features.cases import rules
from bangban.features.cases.paper_problems import MaterialsMissing, NoticeIncomplete, SecondNotice
from bangban.features.cases.problems import AuthorisationRequired, IllegalTransition
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.rules.transition import Announcement, Transition
from bangban.features.cases.values import AuthorisationScope, CaseState, EventKind, HelpKind, MaterialState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput

TUESDAY = MONDAY + dt.timedelta(days=1)


def notice(
    facts: CaseFacts,
    *codes: str,
    reason: str = "未提交",
    deadline: dt.date | None = None,
    may_repeat: bool = False,
) -> Transition:
    return rules.give_notice(
        facts,
        dict.fromkeys(codes, reason),
        opinion=None,
        deadline=deadline,
        may_repeat=may_repeat,
        actor=SUPERVISOR if may_repeat else CLERK,
        occasion=on(),
    )


class TestSubmitting:
    def test_records_event_audit_entry_and_outbox_together(self) -> None:
        transition = rules.submit(case(), actor=HELPER, occasion=on())
        assert (transition.event.from_state, transition.event.to_state) == (None, CaseState.SUBMITTED)
        assert transition.event.actor == "乙帮办"
        assert transition.audit.action is Permission.CASE_APPLY
        assert transition.announce == (Announcement.CHANGED, Announcement.SUBMITTED)

    def test_names_a_resident_by_the_word_alone(self) -> None:
        assert rules.submit(case(), actor=APPLICANT, occasion=on()).event.actor == "申请人"

    @pytest.mark.parametrize(
        "given",
        [
            None,
            authorisation(AuthorisationScope.SUPPLY_MATERIALS),
            authorisation(valid_until=MONDAY - dt.timedelta(days=1)),
        ],
        ids=["none", "other scope", "expired"],
    )
    def test_agency_by_staff_needs_authority_to_apply(self, given: object) -> None:
        with pytest.raises(AuthorisationRequired):
            rules.submit(case(help=HelpKind.AGENCY, authorisation=given), actor=HELPER, occasion=on())

    def test_an_authorisation_holds_on_its_last_day(self) -> None:
        facts = case(help=HelpKind.AGENCY, authorisation=authorisation(valid_until=MONDAY))
        rules.submit(facts, actor=HELPER, occasion=on())

    def test_agency_asked_for_by_the_applicant_needs_some_authorisation(self) -> None:
        with pytest.raises(AuthorisationRequired):
            rules.submit(case(help=HelpKind.AGENCY), actor=APPLICANT, occasion=on())
        given = authorisation(AuthorisationScope.RECEIVE_RESULT)
        rules.submit(case(help=HelpKind.AGENCY, authorisation=given), actor=APPLICANT, occasion=on())

    def test_what_nobody_has_to_hand_in_is_on_record(self) -> None:
        transition = rules.submit(case(materials=ALL), actor=APPLICANT, occasion=on())
        assert transition.event.note == "数据共享免交:户籍信息"
        assert transition.audit.details["exempt"] == ["SHARED"]
        none = rules.submit(case(materials=ALL[:1]), actor=APPLICANT, occasion=on())
        assert none.event.note is None
        assert "exempt" not in none.audit.details

    def test_help_takes_no_authorisation(self) -> None:
        with pytest.raises(InvalidInput):
            rules.submit(case(authorisation=authorisation()), actor=HELPER, occasion=on())

    def test_supplied_codes_must_be_the_items_and_each_once(self) -> None:
        begun = materials.begin(ALL, ["FORM", "SHARED"])
        assert begun[0].state is MaterialState.SUPPLIED
        assert begun[-1].state is MaterialState.EXEMPT
        for codes in (["NOPE"], ["FORM", "FORM"]):
            with pytest.raises(InvalidInput):
                materials.begin(ALL, codes)


class TestPreChecking:
    def test_passes_with_all_that_is_required(self) -> None:
        transition = rules.pre_check(case(supplied=REQUIRED), opinion=" 齐全 ", actor=CLERK)
        assert transition.case.state is CaseState.PRE_CHECKING
        assert transition.event.note == "齐全"

    def test_passes_where_the_rest_could_be_tolerated(self) -> None:
        assert ready(supplied=("FORM",)).state is CaseState.PRE_CHECKING

    def test_names_all_that_is_missing(self) -> None:
        strict = tuple(replace(each, tolerable=False) for each in ALL)
        with pytest.raises(MaterialsMissing) as refused:
            rules.pre_check(case(materials=strict), opinion=None, actor=CLERK)
        sentence = refused.value.message("zh")
        assert all(code in sentence for code in REQUIRED)
        assert "LETTER" not in sentence
        assert "SHARED" not in sentence

    def test_of_two_at_once_the_second_is_refused(self) -> None:
        with pytest.raises(IllegalTransition):
            rules.pre_check(ready(), opinion=None, actor=CLERK)

    def test_is_due_again_once_materials_came_in(self) -> None:
        again = rules.supply(noticed().case, REQUIRED, actor=APPLICANT, occasion=on()).case
        assert rules.pre_check(again, opinion=None, actor=CLERK).case.state is CaseState.PRE_CHECKING

    def test_after_a_notice_the_tolerable_rest_need_not_keep_it_waiting(self) -> None:
        waiting = rules.supply(noticed().case, ["FORM"], actor=APPLICANT, occasion=on()).case
        assert waiting.state is CaseState.AWAITING_MATERIALS
        assert rules.pre_check(waiting, opinion=None, actor=CLERK).case.state is CaseState.PRE_CHECKING

    def test_ends_with_acceptance(self) -> None:
        with pytest.raises(IllegalTransition):
            rules.pre_check(accepted(), opinion=None, actor=CLERK)


class TestTheOneNotice:
    def test_names_everything_with_reasons_tolerable_ones_included(self) -> None:
        transition = noticed()
        assert transition.case.state is CaseState.AWAITING_MATERIALS
        assert transition.case.notice is not None
        assert transition.case.notice.missing == REQUIRED
        assert transition.case.notice.ordinal == 1
        assert transition.violation is None
        assert "租赁合同(可容缺):未提交" in (transition.event.note or "")
        assert Announcement.NOTICE in transition.announce
        assert transition.audit.details == {"notice": 1, "missing": list(REQUIRED)}

    @pytest.mark.parametrize("left_out", REQUIRED)
    def test_is_refused_when_it_leaves_anything_out(self, left_out: str) -> None:
        with pytest.raises(NoticeIncomplete) as refused:
            notice(case(), *(code for code in REQUIRED if code != left_out))
        assert left_out in refused.value.message("en")

    def test_a_supplied_material_may_be_rejected_with_a_reason(self) -> None:
        after = notice(case(supplied=("FORM",)), *REQUIRED, reason="不清晰").case
        assert state_of(after, "FORM") is MaterialState.REJECTED
        assert state_of(after, "LEASE") is MaterialState.MISSING
        assert {each.reason for each in after.materials if each.code in REQUIRED} == {"不清晰"}

    def test_rejected_material_is_missing_in_the_next_reckoning(self) -> None:
        after = notice(case(supplied=REQUIRED), "FORM").case
        assert [each.code for each in materials.lacking(after.materials)] == ["FORM"]

    @pytest.mark.parametrize("code", ["LETTER", "SHARED", "NOPE"])
    def test_asks_for_nothing_that_is_not_owed(self, code: str) -> None:
        with pytest.raises(InvalidInput):
            notice(case(), *REQUIRED, code)

    def test_an_optional_material_that_was_handed_in_may_be_rejected(self) -> None:
        after = notice(case(supplied=(*REQUIRED, "LETTER")), "LETTER").case
        assert state_of(after, "LETTER") is MaterialState.REJECTED

    def test_every_line_has_a_reason(self) -> None:
        with pytest.raises(InvalidInput):
            notice(case(), *REQUIRED, reason="  ")

    def test_a_deadline_lies_in_the_future(self) -> None:
        assert notice(case(), *REQUIRED, deadline=TUESDAY).case.notice is not None
        with pytest.raises(InvalidInput):
            notice(case(), *REQUIRED, deadline=MONDAY)

    def test_a_second_one_is_refused(self) -> None:
        again = rules.supply(noticed().case, REQUIRED, actor=APPLICANT, occasion=on()).case
        for facts in (noticed().case, again):
            with pytest.raises(SecondNotice):
                notice(facts, *REQUIRED)

    def test_a_supervisors_second_one_is_a_violation_on_record(self) -> None:
        again = rules.supply(noticed().case, REQUIRED, actor=APPLICANT, occasion=on()).case
        transition = notice(again, "FORM", reason="过期", may_repeat=True)
        assert transition.violation is not None
        assert transition.violation.kind == "SECOND_NOTICE"
        assert transition.case.notice is not None
        assert transition.case.notice.ordinal == 2
        assert transition.audit.action is Permission.CASE_NOTICE_AGAIN

    def test_comes_before_acceptance_only(self) -> None:
        with pytest.raises(IllegalTransition):
            notice(accepted(), "FORM")


class TestSupplying:
    def test_makes_a_waiting_case_ready_only_when_all_that_was_named_is_there(self) -> None:
        part = rules.supply(noticed().case, ["FORM", "LEASE"], actor=APPLICANT, occasion=on()).case
        assert part.state is CaseState.AWAITING_MATERIALS
        transition = rules.supply(part, ["PHOTO"], actor=APPLICANT, occasion=on())
        assert transition.case.state is CaseState.PRE_CHECKING
        assert transition.event.note == "照片"
        assert transition.event.kind is EventKind.MATERIALS_SUPPLIED

    def test_a_rejected_optional_material_keeps_it_waiting_too(self) -> None:
        waiting = notice(case(supplied=("LETTER", "LEASE", "PHOTO")), "FORM", "LETTER").case
        part = rules.supply(waiting, ["FORM"], actor=APPLICANT, occasion=on()).case
        assert part.state is CaseState.AWAITING_MATERIALS

    def test_before_a_notice_only_adds(self) -> None:
        after = rules.supply(case(), ["FORM", "LETTER"], actor=APPLICANT, occasion=on()).case
        assert after.state is CaseState.SUBMITTED
        assert state_of(after, "LETTER") is MaterialState.SUPPLIED

    @pytest.mark.parametrize("codes", [[], ["NOPE"], ["LEASE", "LEASE"], ["FORM"], ["SHARED"]])
    def test_refuses_what_is_unknown_or_not_waited_for(self, codes: list[str]) -> None:
        with pytest.raises(InvalidInput):
            rules.supply(case(supplied=("FORM",)), codes, actor=APPLICANT, occasion=on())

    def test_the_last_promised_material_keeps_the_promise(self) -> None:
        part = rules.supply(tolerated(), ["LEASE"], actor=APPLICANT, occasion=on(TUESDAY)).case
        assert part.tolerance_open
        done = rules.supply(part, ["PHOTO"], actor=APPLICANT, occasion=on(TUESDAY)).case
        assert not done.tolerance_open
        assert done.state is CaseState.ACCEPTED

    def test_after_acceptance_only_what_was_promised_may_follow(self) -> None:
        with pytest.raises(InvalidInput):
            rules.supply(tolerated(), ["LEASE", "LETTER"], actor=APPLICANT, occasion=on())
        with pytest.raises(IllegalTransition):
            rules.supply(accepted(), ["LETTER"], actor=APPLICANT, occasion=on())

    def test_an_agent_needs_authority_that_covers_it_today(self) -> None:
        given = authorisation(AuthorisationScope.SUPPLY_MATERIALS, valid_until=MONDAY)
        facts = case(help=HelpKind.AGENCY, authorisation=given)
        rules.supply(facts, ["FORM"], actor=HELPER, occasion=on(MONDAY))
        with pytest.raises(AuthorisationRequired):
            rules.supply(facts, ["FORM"], actor=HELPER, occasion=on(TUESDAY))
        rules.supply(facts, ["FORM"], actor=APPLICANT, occasion=on(TUESDAY))  # who needs none for themselves

    def test_helping_needs_none(self) -> None:
        rules.supply(case(), ["FORM"], actor=HELPER, occasion=on())
