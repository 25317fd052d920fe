"""Plans of sample cases: on working days, in the past, in order, and true on the day they are made."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.features.demo.sample_stage import MONDAY, SATURDAY, sample_stage

from bangban.features.cases import service
from bangban.features.cases.values import CaseState
from bangban.features.demo.planner import Planner
from bangban.features.demo.script import Act
from bangban.features.demo.stage import Stage
from bangban.features.demo.stories import STORIES, Deck, Story, choose_stories
from bangban.kernel.access.roles import Role
from bangban.kernel.clock import Light, start_clock

# A working day, a day of rest, the middle of two long holidays, and a day that no notice has settled yet.
MOMENTS = (
    MONDAY,
    SATURDAY,
    dt.datetime(2026, 10, 5, 1, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 2, 19, 9, 0, tzinfo=dt.UTC),
    dt.datetime(2028, 3, 1, 0, 30, tzinfo=dt.UTC),
)
FINAL_ACTS = {
    service.complete_case,
    service.rate_case,
    service.decline_case,
    service.withdraw_case,
    service.terminate_case,
}
STAGES = {moment: sample_stage(moment) for moment in MOMENTS}
LAST_ACTS = {
    CaseState.SUBMITTED: {service.apply_for_case},
    CaseState.PRE_CHECKING: {service.pre_check_case, service.supply_materials},
    CaseState.AWAITING_MATERIALS: {service.pre_check_case, service.supply_materials},
    CaseState.ACCEPTED: {
        service.accept_case,
        service.hand_over_case,
        service.return_case,
        service.supply_materials,
    },
    CaseState.IN_PROGRESS: {service.take_over_case, service.hand_over_case, service.supply_materials},
    CaseState.SUSPENDED: {service.suspend_case},
    CaseState.COMPLETED: {service.complete_case},
    CaseState.CLOSED: {service.rate_case},
    CaseState.DECLINED: {service.decline_case},
    CaseState.WITHDRAWN: {service.withdraw_case},
    CaseState.TERMINATED: {service.terminate_case},
}


def plan(stage: Stage, story: Story, seed: int) -> list[Act]:
    return Planner(stage, slug="sample", seed=str(seed), applicants=5).plan(3, story)


@settings(max_examples=150, deadline=None)
@given(
    story=st.sampled_from(STORIES),
    seed=st.integers(0, 10**6),
    moment=st.sampled_from(sorted(STAGES)),
)
def test_a_plan_keeps_office_hours_order_and_the_window(story: Story, seed: int, moment: dt.datetime) -> None:
    stage = STAGES[moment]
    acts = plan(stage, story, seed)
    assert acts
    window = stage.window
    moments = [act.at for act in acts]
    assert moments == sorted(set(moments))
    assert all(act.at < moment for act in acts)
    for act in acts:
        local = act.at.astimezone(window.zone)
        assert local.date() == act.day
        assert window.calendar.is_working(act.day)
        assert dt.time(8, 30) <= local.time() <= dt.time(18, 30)
        assert window.first_day <= act.day < window.today
    assert acts[0].step.do is service.apply_for_case
    assert acts[-1].step.do in LAST_ACTS[story.state]


@settings(max_examples=150, deadline=None)
@given(
    story=st.sampled_from([story for story in STORIES if story.light]),
    seed=st.integers(0, 10**6),
    moment=st.sampled_from(sorted(STAGES)),
)
def test_a_plan_gives_the_light_that_its_story_asks_for(story: Story, seed: int, moment: dt.datetime) -> None:
    stage = STAGES[moment]
    calendar = stage.window.calendar
    acts = plan(stage, story, seed)
    code = acts[0].step.how(acts[0].day)["service_code"]
    promised = next(item.promised for item in stage.items if item.code == code)
    accepted = next(act.day for act in acts if act.step.do is service.accept_case)
    clock = start_clock(calendar, accepted_on=accepted, promised=promised)
    for act in acts:
        if act.step.do is service.suspend_case:
            clock = clock.suspended(calendar.moment(act.day))
        if act.step.do is service.resume_case:
            clock = clock.resumed(calendar.moment(act.day), calendar=calendar)
    ended = next((act.day for act in acts if act.step.do is service.complete_case), stage.window.today)
    assert clock.light(calendar.moment(ended)) is story.light


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_promise_lies_after_acceptance_and_within_the_limit(seed: int) -> None:
    stage = STAGES[MONDAY]
    calendar = stage.window.calendar
    for act in plan(stage, Story(CaseState.COMPLETED, None, 1), seed):
        promised_by = act.step.how(act.day).get("promised_by")
        if promised_by is not None:
            assert act.day < promised_by <= calendar.add_working_days(act.day, 5)


def test_the_same_seed_gives_the_same_plan() -> None:
    stage = STAGES[MONDAY]
    first, second = (
        [[(act.at, act.step.do) for act in acts] for acts in _all(stage, "one")] for _ in range(2)
    )
    assert first == second
    assert first != [[(act.at, act.step.do) for act in acts] for acts in _all(stage, "two")]


def _all(stage: Stage, seed: str) -> list[list[Act]]:
    planner = Planner(stage, slug="sample", seed=seed, applicants=9)
    return [planner.plan(index, story) for index, story in enumerate(STORIES)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_thirty_cases_show_promises_and_handovers_that_are_open(moment: dt.datetime) -> None:
    stage = STAGES[moment]
    planner = Planner(stage, slug="sample", seed="one", applicants=20)
    plans = [planner.plan(index, story) for index, story in enumerate(choose_stories(30, Random(5)))]
    assert all(plans)
    waiting = [[act.step.do for act in acts] for acts in plans if acts[-1].step.do not in FINAL_ACTS]
    assert any(acts[-1] is service.hand_over_case for acts in waiting)
    promised = [acts for acts in plans if any(_promises(act) for act in acts)]
    kept = [acts for acts in promised if any(_supplies(act) for act in acts)]
    assert 0 < len(kept) < len(promised)


def _promises(act: Act) -> bool:
    return act.step.do is service.accept_case and "promised_by" in act.step.how(act.day)


def _supplies(act: Act) -> bool:
    return act.step.do is service.supply_materials


@pytest.mark.parametrize("without", [Role.WINDOW_CLERK, Role.HELPER, Role.SUPERVISOR])
def test_what_nobody_could_act_out_is_left_out(without: Role) -> None:
    people = tuple(
        each
        for each in (("clerk", Role.WINDOW_CLERK, "county"), ("supervisor", Role.SUPERVISOR, "county"))
        if each[1] is not without
    )
    stage = sample_stage(people=people)
    planned = {story.state for story in STORIES if plan(stage, story, 1)}
    # One clerk can do all but hand over to somebody else, and end a case, which takes a supervisor.
    alone = set(CaseState) - {CaseState.IN_PROGRESS}
    expected: dict[Role, set[CaseState]] = {
        Role.WINDOW_CLERK: set(),
        Role.HELPER: alone,
        Role.SUPERVISOR: alone - {CaseState.TERMINATED},
    }
    assert planned == expected[without]


@pytest.mark.parametrize("count", [12, 19, 300])
def test_twelve_stories_show_every_state_and_every_light(count: int) -> None:
    stories = choose_stories(count, Random(3))
    assert len(stories) == count
    assert {story.state for story in stories} == set(CaseState)
    assert {Light.OVERDUE, Light.RED, Light.GREEN} <= {story.light for story in stories}


def test_a_deck_deals_each_card_once_before_any_comes_again() -> None:
    deck = Deck("abc", Random(1))
    dealt = [deck.draw() for _ in range(9)]
    assert all(set(dealt[start : start + 3]) == set("abc") for start in (0, 3, 6))
