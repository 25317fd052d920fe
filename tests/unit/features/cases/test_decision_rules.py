"""受理—办结—评价: tolerance within its limit, no result before the promise is kept, one rating."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.unit.features.cases.case_facts import (
    APPLICANT,
    CALENDAR,
    CLERK,
    HELPER,
    MONDAY,
    OTHER,
    REQUIRED,
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
from bangban.features.cases.paper_problems import (
    MaterialsMissing,
    NotTolerable,
    PromiseOutsideLimit,
    ResultHeld,
    ToleranceOpen,
)
from bangban.features.cases.problems import (
    AlreadyRated,
    AuthorisationRequired,
    HandoverPending,
    IllegalTransition,
    OnlyTheApplicant,
)
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    Grade,
    HelpKind,
    MaterialState,
)
from bangban.kernel.problems import InvalidInput

DUE = dt.date(2026, 6, 23)  # ten working days after Monday 8 June; 19 June is the Dragon Boat Festival


def accept(
    facts: CaseFacts,
    *tolerated_codes: str,
    by: dt.date | None = None,
    day: dt.date = MONDAY,
    days: int | None = None,
) -> CaseFacts:
    return rules.accept(
        facts,
        tolerated=tolerated_codes,
        promised_by=by,
        tolerance_days=days,
        actor=CLERK,
        occasion=on(day),
    ).case


def complete(facts: CaseFacts, *, day: dt.date = MONDAY, **how: object) -> CaseFacts:
    chosen: dict[str, object] = {"outcome": CaseOutcome.GRANTED, **how}
    return rules.complete(facts, actor=CLERK, occasion=on(day), **chosen).case  # type: ignore[arg-type]  # as given


class TestAccepting:
    def test_starts_the_clock_on_the_next_working_day(self) -> None:
        facts = accepted()
        assert facts.state is CaseState.ACCEPTED
        assert facts.clock is not None
        assert facts.clock.due_on == DUE
        assert facts.clock.due_ordinal == CALENDAR.ordinal(MONDAY) + 10
        assert not facts.clock.provisional

    @pytest.mark.parametrize(
        ("day", "promise", "due"),
        [
            ("2026-02-10", 5, "2026-02-24"),
            ("2025-09-26", 5, "2025-10-10"),
            ("2023-09-28", 20, "2023-11-01"),
            ("2024-02-08", 1, "2024-02-09"),
            ("2024-04-03", 1, "2024-04-07"),
            ("2025-01-24", 10, "2025-02-13"),
        ],
    )
    def test_gives_the_due_dates_of_the_published_calendar(self, day: str, promise: int, due: str) -> None:
        facts = accepted(dt.date.fromisoformat(day), promised_days=promise)
        assert facts.clock is not None
        assert facts.clock.due_on == dt.date.fromisoformat(due)

    def test_marks_a_date_beyond_the_calendar_as_provisional(self) -> None:
        facts = accepted(CALENDAR.horizon)
        assert facts.clock is not None
        assert facts.clock.provisional

    @pytest.mark.parametrize("facts", [case(supplied=REQUIRED), noticed().case, accepted()])
    def test_follows_the_pre_check_and_happens_once(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            accept(facts)

    def test_wants_all_that_is_neither_there_nor_promised(self) -> None:
        with pytest.raises(MaterialsMissing) as refused:
            accept(ready(supplied=("FORM",)), "LEASE", by=DUE)
        assert "PHOTO" in refused.value.message("en")
        assert "LEASE" not in refused.value.message("en")


class TestTolerance:
    def test_is_a_promise_for_tolerable_materials(self) -> None:
        facts = tolerated()
        assert facts.tolerance is not None
        assert facts.tolerance.missing == ("LEASE", "PHOTO")
        assert state_of(facts, "LEASE") is MaterialState.TOLERATED

    def test_never_covers_a_core_material(self) -> None:
        short = replace(ready(), materials=case(supplied=("LEASE", "PHOTO")).materials)
        with pytest.raises(NotTolerable) as refused:
            accept(short, "FORM", by=DUE)
        assert "FORM" in refused.value.message("zh")

    @pytest.mark.parametrize(
        "by", [MONDAY - dt.timedelta(days=1), MONDAY, DUE + dt.timedelta(days=1)], ids=str
    )
    def test_is_kept_after_today_and_within_the_promised_limit(self, by: dt.date) -> None:
        with pytest.raises(PromiseOutsideLimit):
            accept(ready(supplied=("FORM", "PHOTO")), "LEASE", by=by)

    @pytest.mark.parametrize("by", [MONDAY + dt.timedelta(days=1), DUE], ids=str)
    def test_may_use_the_whole_limit(self, by: dt.date) -> None:
        assert accept(ready(supplied=("FORM", "PHOTO")), "LEASE", by=by).tolerance_open

    def test_keeps_to_a_shorter_limit_of_the_item(self) -> None:
        facts = ready(supplied=("FORM", "PHOTO"))
        accept(facts, "LEASE", by=dt.date(2026, 6, 10), days=2)
        with pytest.raises(PromiseOutsideLimit):
            accept(facts, "LEASE", by=dt.date(2026, 6, 11), days=2)

    def test_a_longer_limit_of_the_item_does_not_exceed_the_promise(self) -> None:
        with pytest.raises(PromiseOutsideLimit):
            accept(ready(supplied=("FORM", "PHOTO")), "LEASE", by=DUE + dt.timedelta(days=1), days=99)

    def test_an_item_done_on_the_spot_tolerates_nothing(self) -> None:
        with pytest.raises(PromiseOutsideLimit):
            accept(
                ready(supplied=("FORM", "PHOTO"), promised_days=0), "LEASE", by=MONDAY + dt.timedelta(days=1)
            )

    def test_wants_codes_and_date_together(self) -> None:
        with pytest.raises(InvalidInput):
            accept(ready(supplied=("FORM", "PHOTO")), "LEASE")
        with pytest.raises(InvalidInput):
            accept(ready(), by=DUE)

    @pytest.mark.parametrize("codes", [("LEASE",), ("NOPE",), ("PHOTO", "PHOTO")])
    def test_wants_codes_that_are_missing_and_known(self, codes: tuple[str, ...]) -> None:
        with pytest.raises(InvalidInput):
            accept(ready(supplied=("FORM", "LEASE")), *codes, by=DUE)


class TestCompleting:
    def test_stops_the_clock_and_tells_the_result(self) -> None:
        transition = rules.complete(
            accepted(), outcome=CaseOutcome.GRANTED, result_number=" ZJ-1 ", actor=CLERK, occasion=on()
        )
        assert transition.case.state is CaseState.COMPLETED
        assert transition.case.result_number == "ZJ-1"
        assert transition.case.clock is not None
        assert transition.case.clock.stopped_ordinal == CALENDAR.ordinal(MONDAY)
        assert Announcement.COMPLETED in transition.announce

    @pytest.mark.parametrize("facts", [case(), ready(), noticed().case, complete(accepted())])
    def test_follows_acceptance_and_happens_once(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            complete(facts)

    @pytest.mark.parametrize("outcome", CaseOutcome)
    def test_waits_for_promised_materials_whatever_the_result(self, outcome: CaseOutcome) -> None:
        with pytest.raises(ToleranceOpen) as refused:
            complete(tolerated(), outcome=outcome, opinion="不符合", basis="条例第三条")
        assert "LEASE" in refused.value.message("en")

    def test_goes_on_when_the_promise_is_kept(self) -> None:
        kept = rules.supply(tolerated(), ["LEASE", "PHOTO"], actor=APPLICANT, occasion=on()).case
        assert complete(kept).state is CaseState.COMPLETED

    @pytest.mark.parametrize(
        ("opinion", "basis"), [(None, "条例第三条"), ("  ", "条例第三条"), ("不符合", None)]
    )
    def test_a_refusal_states_reasons_and_basis(self, opinion: str | None, basis: str | None) -> None:
        with pytest.raises(InvalidInput):
            complete(accepted(), outcome=CaseOutcome.REFUSED, opinion=opinion, basis=basis)

    def test_a_refusal_keeps_them(self) -> None:
        facts = complete(accepted(), outcome=CaseOutcome.REFUSED, opinion="不符合", basis="条例第三条")
        assert (facts.opinion, facts.decision_basis) == ("不符合", "条例第三条")

    def test_waits_until_it_is_clear_who_holds_the_case(self) -> None:
        offered = rules.hand_over(
            accepted(),
            to_id=OTHER.id,
            to_name="丙",
            reason="换班",
            may_dispatch=False,
            actor=HELPER,
            occasion=on(),
        ).case
        with pytest.raises(HandoverPending):
            complete(offered)

    def test_collecting_the_result_needs_authority_in_an_agency_case(self) -> None:
        agency = {"help": HelpKind.AGENCY, "authorisation": authorisation(AuthorisationScope.APPLY)}
        with pytest.raises(AuthorisationRequired):
            complete(accepted(**agency), collected=True)
        assert complete(accepted(**agency)).state is CaseState.COMPLETED
        agency["authorisation"] = authorisation(AuthorisationScope.RECEIVE_RESULT)
        assert complete(accepted(**agency), collected=True).state is CaseState.COMPLETED


class TestRating:
    def test_closes_the_case(self) -> None:
        facts = rules.rate(
            complete(accepted()), grade=Grade.SATISFIED, comment=" 好 ", actor=APPLICANT, occasion=on()
        ).case
        assert facts.state is CaseState.CLOSED
        assert facts.rating is not None
        assert facts.rating.comment == "好"

    def test_happens_once(self) -> None:
        rated = rules.rate(complete(accepted()), grade=Grade.SATISFIED, actor=APPLICANT, occasion=on()).case
        with pytest.raises(AlreadyRated):
            rules.rate(rated, grade=Grade.VERY_DISSATISFIED, actor=APPLICANT, occasion=on())

    @pytest.mark.parametrize("facts", [case(), ready(), accepted()])
    def test_follows_completion(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            rules.rate(facts, grade=Grade.SATISFIED, actor=APPLICANT, occasion=on())

    def test_waits_for_a_result_that_is_held(self) -> None:
        done = replace(complete(accepted()), result_held=True)
        with pytest.raises(ResultHeld):
            rules.rate(done, grade=Grade.SATISFIED, actor=APPLICANT, occasion=on())

    def test_is_not_for_staff(self) -> None:
        with pytest.raises(OnlyTheApplicant):
            rules.rate(complete(accepted()), grade=Grade.SATISFIED, actor=CLERK, occasion=on())

    def test_tells_the_trail_nothing_of_the_grade(self) -> None:
        transition = rules.rate(
            complete(accepted()), grade=Grade.DISSATISFIED, actor=APPLICANT, occasion=on()
        )
        assert transition.audit.details == {}
