"""Whatever anybody tries in whatever order, a case keeps its invariants (DOMAIN 2, 3, 5, 6, 11, 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.features.cases.case_facts import (
    APPLICANT,
    CALENDAR,
    CLERK,
    HELPER,
    MONDAY,
    OTHER,
    SUPERVISOR,
    authorisation,
    case,
    on,
)

from bangban.features.cases import rules
from bangban.features.cases.rules import conditions, materials
from bangban.features.cases.rules.authorising import revoke
from bangban.features.cases.rules.facts import FINAL, LIVE, Actor, CaseFacts, Occasion
from bangban.features.cases.rules.promises import is_broken
from bangban.features.cases.rules.transition import Event, Transition
from bangban.features.cases.values import (
    CaseOutcome,
    CaseState,
    EventKind,
    Grade,
    HelpKind,
    MaterialState,
    NoticeSigner,
    ResultStanding,
)
from bangban.features.profiles.values import RatingMoment
from bangban.kernel.problems import Problem

STAFF = (CLERK, HELPER, OTHER, SUPERVISOR)
actors = st.sampled_from((*STAFF, APPLICANT))
staff = st.sampled_from(STAFF)
code_lists = st.lists(
    st.sampled_from(["FORM", "LEASE", "PHOTO", "LETTER", "SHARED", "NOPE"]), max_size=4, unique=True
)
EVERYTHING = ["FORM", "LEASE", "PHOTO"]


class CaseMachine(RuleBasedStateMachine):
    """Random acts by random people, some days apart. A refused act must leave no trace."""

    @initialize(agency=st.booleans(), days=st.integers(0, 20), supplied=code_lists)
    def apply(self, agency: bool, days: int, supplied: list[str]) -> None:
        self.day = MONDAY
        self.events: list[Event] = []
        self.violations = 0
        self.notices = 0
        self.ratings = 0
        self.rated_on: list[dt.date] = []
        self.pauses = 0
        self.suspended_on: dt.date | None = None
        facts = case(
            supplied=tuple(supplied),
            help=HelpKind.AGENCY if agency else HelpKind.HELP,
            authorisation=authorisation() if agency else None,
            promised_days=days,
        )
        self.keep(rules.submit(facts, actor=HELPER, occasion=self.now))

    @property
    def now(self) -> Occasion:
        return on(self.day)

    def keep(self, transition: Transition) -> None:
        if self.events:
            assert transition.event.from_state is self.facts.state
            assert self.facts.state not in FINAL
        assert transition.event.to_state is transition.case.state
        assert transition.announce
        self.events.append(transition.event)
        self.violations += transition.violation is not None
        self.facts: CaseFacts = transition.case

    def attempt(self, act: Callable[[], Transition]) -> bool:
        try:
            transition = act()
        except Problem:
            return False
        self.keep(transition)
        return True

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.day += dt.timedelta(days=days)

    @rule(actor=staff)
    def pre_check(self, actor: Actor) -> None:
        self.attempt(lambda: rules.pre_check(self.facts, opinion=None, actor=actor))

    @rule(actor=staff, codes=st.one_of(code_lists, st.just(EVERYTHING)), may_repeat=st.booleans())
    def notify(self, actor: Actor, codes: list[str], may_repeat: bool) -> None:
        owed = {each.code for each in materials.lacking(self.facts.materials)}
        given = self.attempt(
            lambda: rules.give_notice(
                self.facts,
                dict.fromkeys(codes, "未提交"),
                opinion=None,
                deadline=None,
                may_repeat=may_repeat,
                actor=actor,
                occasion=self.now,
            )
        )
        if given:
            self.notices += 1
            assert owed <= set(codes)
            assert may_repeat or self.notices == 1

    @rule(actor=actors, signer=st.none() | st.sampled_from(NoticeSigner))
    def acknowledge(self, actor: Actor, signer: NoticeSigner | None) -> None:
        before = self.facts
        signed = self.attempt(
            lambda: rules.acknowledge_notice(self.facts, signer=signer, actor=actor, occasion=self.now)
        )
        if signed:
            assert before.notice is not None
            assert before.notice.acknowledged_at is None
            assert (self.facts.state, self.facts.materials) == (before.state, before.materials)
            assert (self.facts.notice and self.facts.notice.missing) == before.notice.missing

    @rule(actor=actors, codes=st.one_of(code_lists, st.just(EVERYTHING)))
    def supply(self, actor: Actor, codes: list[str]) -> None:
        self.attempt(lambda: rules.supply(self.facts, codes, actor=actor, occasion=self.now))

    @rule(actor=staff, codes=code_lists, days=st.integers(-1, 30))
    def accept_with_promise(self, actor: Actor, codes: list[str], days: int) -> None:
        by = self.day + dt.timedelta(days=days)
        self.attempt(
            lambda: rules.accept(self.facts, tolerated=codes, promised_by=by, actor=actor, occasion=self.now)
        )

    @rule(actor=staff)
    def accept(self, actor: Actor) -> None:
        self.attempt(lambda: rules.accept(self.facts, actor=actor, occasion=self.now))

    @rule(actor=staff, outcome=st.sampled_from(CaseOutcome))
    def complete(self, actor: Actor, outcome: CaseOutcome) -> None:
        was_open, was_offered = self.facts.tolerance_open, self.facts.handover_pending
        done = self.attempt(
            lambda: rules.complete(
                self.facts, outcome=outcome, opinion="意见", basis="依据", actor=actor, occasion=self.now
            )
        )
        assert not (done and (was_open or was_offered))

    @rule(actor=staff, outcome=st.sampled_from(CaseOutcome))
    def complete_before_supplied(self, actor: Actor, outcome: CaseOutcome) -> None:
        was_open = self.facts.tolerance_open
        done = self.attempt(
            lambda: rules.complete(
                self.facts,
                outcome=outcome,
                opinion="意见",
                basis="依据",
                before_supplied=True,
                actor=actor,
                occasion=self.now,
            )
        )
        if done:
            assert self.facts.conditional is was_open
            assert not (was_open and outcome is CaseOutcome.REFUSED), "a refusal depends on nothing"

    @rule(actor=staff, codes=code_lists)
    def check_promised(self, actor: Actor, codes: list[str]) -> None:
        before = self.facts
        if self.attempt(
            lambda: (
                conditions.reject(self.facts, dict.fromkeys(codes, "不清楚"), actor=actor)
                if codes
                else conditions.meet(self.facts, actor=actor)
            )
        ):
            assert before.conditional
            assert self.facts.tolerance_open is bool(codes)
            assert self.facts.conditional is bool(codes)

    @rule()
    def sweep(self) -> None:
        """What the system does by itself each day: it withdraws what can stand no more, and nothing else."""
        lapsed = self.facts.conditional and is_broken(self.facts.tolerance, today=self.day)
        assert lapsed is self.attempt(
            lambda: conditions.withdraw_result(self.facts, actor=HELPER, occasion=self.now)
        )

    @rule(actor=actors, grade=st.sampled_from(Grade))
    def rate(self, actor: Actor, grade: Grade) -> None:
        rated = self.attempt(lambda: rules.rate(self.facts, grade=grade, actor=actor, occasion=self.now))
        self.ratings += rated
        assert not rated or actor is APPLICANT

    @rule(actor=st.sampled_from((APPLICANT, CLERK)), offered=st.booleans())
    def rate_meanwhile(self, actor: Actor, offered: bool) -> None:
        before = self.facts
        rated = self.attempt(lambda: self.rating_meanwhile(actor, offered=offered))
        assert not rated or (actor is APPLICANT and offered)
        if rated:
            self.rated_on.append(self.day)
            assert replace(self.facts, interim_rating=before.interim_rating) == before

    def rating_meanwhile(self, actor: Actor, *, offered: bool) -> Transition:
        """One as things are; nothing is kept of it here."""
        return rules.rate_meanwhile(
            self.facts,
            grade=Grade.DISSATISFIED,
            moments={RatingMoment.DURING, RatingMoment.AFTER} if offered else {RatingMoment.AFTER},
            actor=actor,
            occasion=self.now,
        )

    @rule(actor=staff)
    def suspend(self, actor: Actor) -> None:
        if self.attempt(lambda: rules.suspend(self.facts, reason="检测", actor=actor, occasion=self.now)):
            self.suspended_on = self.day

    @rule(actor=staff)
    def resume(self, actor: Actor) -> None:
        if self.attempt(lambda: rules.resume(self.facts, actor=actor, occasion=self.now)):
            self.count_pause()

    @rule(actor=staff)
    def decline(self, actor: Actor) -> None:
        self.attempt(
            lambda: rules.decline(self.facts, reason="不属于", basis="依据", actor=actor, occasion=self.now)
        )

    @rule(actor=actors)
    def withdraw(self, actor: Actor) -> None:
        if self.attempt(lambda: rules.withdraw(self.facts, reason="申请", actor=actor, occasion=self.now)):
            self.count_pause()

    @rule(actor=staff)
    def terminate(self, actor: Actor) -> None:
        if self.attempt(
            lambda: rules.terminate(self.facts, reason="逾期", basis="依据", actor=actor, occasion=self.now)
        ):
            self.count_pause()

    @rule(actor=staff, to=staff, may_dispatch=st.booleans())
    def hand_over(self, actor: Actor, to: Actor, may_dispatch: bool) -> None:
        held = self.facts.holder_id
        offered = self.attempt(
            lambda: rules.hand_over(
                self.facts,
                to_id=to.id,
                to_name=to.staff_name or "",
                reason="换班",
                may_dispatch=may_dispatch,
                actor=actor,
                occasion=self.now,
            )
        )
        assert not offered or may_dispatch or actor.id == held
        assert self.facts.holder_id == held

    @rule(actor=staff)
    def take_over(self, actor: Actor) -> None:
        held, offer = self.facts.holder_id, self.facts.handover
        if self.attempt(lambda: rules.take_over(self.facts, actor=actor, occasion=self.now)):
            assert offer is not None
            assert offer.to_id == actor.id == self.facts.holder_id
        else:
            assert self.facts.holder_id == held

    @rule(actor=staff)
    def give_back(self, actor: Actor) -> None:
        held = self.facts.holder_id
        self.attempt(lambda: rules.give_back(self.facts, reason="不在岗", actor=actor, occasion=self.now))
        assert self.facts.holder_id == held

    @rule()
    def expire(self) -> None:
        """The timer of a hand-over: nobody gets the case by it, and nobody loses it."""
        held, offered = self.facts.holder_id, self.facts.handover_pending
        actor = Actor(id=UUID(int=0), staff_name="系统")
        assert self.attempt(lambda: rules.expire(self.facts, actor=actor, occasion=self.now)) is offered
        assert self.facts.holder_id == held
        assert not self.facts.handover_pending

    @rule(actor=actors)
    def revoke(self, actor: Actor) -> None:
        before = self.facts
        if self.attempt(lambda: revoke(before, reason="不再委托", actor=actor, occasion=self.now)):
            assert (self.facts.state, self.facts.holder_id) == (before.state, before.holder_id)

    def count_pause(self) -> None:
        """What the calendar, asked directly, says of the pause that just ended."""
        if self.suspended_on is not None:
            start, end = CALENDAR.moment(self.suspended_on), CALENDAR.moment(self.day)
            self.pauses += end.next_ordinal - start.next_ordinal
            self.suspended_on = None

    @invariant()
    def one_holder_and_one_first_asked_owner(self) -> None:
        assert self.facts.holder_id in {each.id for each in STAFF}
        assert self.facts.first_asked_id == HELPER.id

    @invariant()
    def every_notice_but_the_first_is_a_violation(self) -> None:
        assert self.violations == max(0, self.notices - 1)
        assert (self.facts.notice is None) == (self.notices == 0)
        signed = [each for each in self.events if each.kind is EventKind.NOTICE_ACKNOWLEDGED]
        assert len(signed) <= self.notices

    @invariant()
    def a_result_depends_on_a_promise_or_on_nothing(self) -> None:
        standing = self.facts.result_standing
        kept = self.facts.tolerance is not None and self.facts.tolerance.fulfilled_at is not None
        if standing is ResultStanding.CONDITIONAL:
            assert self.facts.state is CaseState.COMPLETED, (
                "neither open nor closed, so it is not rated either"
            )
        if standing is ResultStanding.CONDITION_MET:
            assert kept
        if standing is ResultStanding.WITHDRAWN:
            assert self.facts.state is CaseState.TERMINATED
            assert not kept
        if standing is not None:
            assert self.facts.tolerance is not None
            assert self.facts.completed_at is not None

    @invariant()
    def nothing_core_is_tolerated_and_tolerance_matches_its_materials(self) -> None:
        promised = [each for each in self.facts.materials if each.state is MaterialState.TOLERATED]
        assert all(each.tolerable for each in promised)
        assert bool(promised) == self.facts.tolerance_open

    @invariant()
    def accepted_means_nothing_required_is_missing(self) -> None:
        if self.facts.accepted_at is not None:
            assert not materials.lacking(self.facts.materials)

    @invariant()
    def due_is_acceptance_and_promise_and_pauses(self) -> None:
        clock = self.facts.clock
        assert (clock is None) == (self.facts.accepted_at is None)
        if clock is not None:
            assert clock.due_ordinal == clock.accepted_ordinal + self.facts.promised_days + self.pauses
            assert clock.due_on == CALENDAR.date_of(clock.due_ordinal)
            assert clock.paused == (self.facts.state is CaseState.SUSPENDED)

    @invariant()
    def events_lead_from_state_to_state_without_a_gap(self) -> None:
        assert self.events[0].from_state is None
        for earlier, later in zip(self.events, self.events[1:], strict=False):
            assert later.from_state is earlier.to_state
        assert self.events[-1].to_state is self.facts.state

    @invariant()
    def the_end_leaves_nothing_open(self) -> None:
        if self.facts.state in FINAL | {CaseState.COMPLETED}:
            assert not self.facts.handover_pending
        if self.facts.state in {CaseState.COMPLETED, CaseState.CLOSED}:
            assert not self.facts.tolerance_open

    @invariant()
    def rated_once_and_only_when_closed(self) -> None:
        assert self.ratings == int(self.facts.state is CaseState.CLOSED)
        assert (self.facts.rating is not None) == (self.facts.state is CaseState.CLOSED)

    @invariant()
    def rated_meanwhile_once_a_day_and_only_while_open(self) -> None:
        assert len(self.rated_on) == len(set(self.rated_on))
        meanwhile = [each for each in self.events if each.kind is EventKind.RATED_DURING]
        assert len(meanwhile) == len(self.rated_on)
        assert all(each.from_state is each.to_state and each.to_state in LIVE for each in meanwhile)
        may_rate = self.facts.state in LIVE and self.day not in self.rated_on
        try:
            self.rating_meanwhile(APPLICANT, offered=True)
        except Problem:
            assert not may_rate
        else:
            assert may_rate


TestCaseInvariants = CaseMachine.TestCase
TestCaseInvariants.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, database=None)
