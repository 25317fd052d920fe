"""跟踪帮: a timer tells the helper that the applicant is to hear, once, whatever is restarted, until it is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.cases.settling import settle
from tests.integration.features.supervision.sweeps import Killed, day, kinds, sweep, told
from tests.letters import Letters

from bangban.features.cases import messages, service
from bangban.features.cases.problems import IllegalTransition, NotTracked
from bangban.features.cases.values import CaseOutcome, HelpMode
from bangban.features.supervision.daily import handlers
from bangban.features.supervision.sweeping import sweep_check_in
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.jobs.relay import Delivery
from bangban.kernel.messenger import Message, Template
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

TIMER, TOLD = "case.check-in-due", "case.check-in-told"
WORDS = "材料已送县级窗口，正在审查"
LATE, DUE = ["CHECK_IN_LATE"], ["CHECK_IN_DUE"]
OURS = {"CHECK_IN_LATE", "CHECK_IN_DUE"}


@pytest.fixture(scope="module")
def followed(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district of its own, in which each test tracks cases of its own."""
    return settle(tenancy, new_district(), run)


def tracked(world: World, **how: Any) -> str:
    return world.apply(modes=[HelpMode.ONLINE, HelpMode.TRACKING], **how)


def at(passed: int, world: World, hour: int = 10) -> dt.datetime:
    return day(passed, world).replace(hour=hour, minute=0)


def check_in(world: World, number: str, now: dt.datetime, who: str = "helper-a", words: str = WORDS) -> None:
    world.act(who, service.record_check_in, number=number, words=words, now=now)
    deliver(world, "case.checked-in", number, now)


def deliver(world: World, kind: str, number: str, now: dt.datetime) -> None:
    """What the outbox tells supervision, twice, since it may say it twice."""
    case_id = str(world.case(number).id)
    told = Delivery(id=1, kind=kind, reference=case_id, district=world.district, at=now, tries=1)
    for _ in range(2):
        world.run(handlers(world.tenancy)[kind](told))


def sent_of(world: World, letters: Letters, number: str) -> list[Message]:
    """What has been sent once the outbox has told of a check-in."""
    case_id = str(world.case(number).id)
    news = Delivery(id=1, kind=TOLD, reference=case_id, district=world.district, at=MONDAY, tries=1)
    world.run(messages.handlers(world.tenancy, letters)[TOLD](news))
    return letters.sent


def look(world: World, number: str, now: dt.datetime) -> None:
    """What the timer does at a moment, twice."""
    for _ in range(2):
        world.act("admin", sweep_check_in, case_id=world.case(number).id, now=now)


def timers(world: World, number: str) -> list[dt.datetime]:
    case_id = str(world.case(number).id)

    async def of_case() -> list[dt.datetime]:
        async with world.tenancy.platform() as db:
            found = select(OutboxRow.due_at).where(OutboxRow.kind == TIMER, OutboxRow.reference == case_id)
            return [each for each in await db.scalars(found.order_by(OutboxRow.id)) if each is not None]

    dues: list[dt.datetime] = world.run(of_case())
    return dues


def chased(world: World, number: str, *states: DutyState) -> list[str]:
    return [each for each in kinds(world, number, *states) if each in OURS]


def duty_id(world: World, number: str, kind: str) -> str:
    of_case = (
        DutyRow.case_id == world.case(number).id,
        DutyRow.kind == kind,
        DutyRow.state == DutyState.OPEN,
    )
    (row,) = world.rows(DutyRow, *of_case)
    return str(row.id)


def test_the_helper_hears_as_the_office_opens_on_the_day_and_supervisors_once_it_was_missed(
    followed: World, letters: Letters
) -> None:
    number = tracked(followed)
    assert timers(followed, number) == [at(5, followed, hour=9)]
    sweep(followed, day(5, followed))  # nobody is woken at midnight
    look(followed, number, at(5, followed, hour=8))
    assert chased(followed, number) == []
    look(followed, number, at(5, followed, hour=9))
    assert chased(followed, number) == DUE
    assert told(followed, letters, "duty.raised", duty_id(followed, number, "CHECK_IN_DUE")) == [
        ("staff:helper-a", Template.DUTY_CHECK_IN_DUE)
    ]
    sweep(followed, day(6, followed))
    assert chased(followed, number) == LATE
    assert chased(followed, number, DutyState.VOID) == DUE
    gathered = told(followed, letters, "duty.gathered", day(6, followed).isoformat())
    assert gathered == [("staff:supervisor", Template.DUTIES_GATHERED)]


def test_a_check_in_ends_it_is_told_and_is_the_first_day_of_the_next(
    followed: World, letters: Letters
) -> None:
    number = tracked(followed)
    look(followed, number, at(5, followed))
    check_in(followed, number, at(5, followed, hour=15))
    assert chased(followed, number) == []
    assert timers(followed, number)[1:] == [at(10, followed, hour=9)]
    case = followed.case(number)
    assert case.check_in_due_on == day(10, followed).date()
    (event,) = (each for each in followed.events(number) if each.kind == "CHECKED_IN")
    assert (event.note, event.due_on, event.actor) == (WORDS, day(5, followed).date(), "样本helper-a")
    (sent,) = sent_of(followed, letters, number)
    assert sent.template is Template.CASE_CHECKED_IN
    assert WORDS in sent.text
    assert f"{day(10, followed).date()}" in sent.text
    look(followed, number, at(9, followed))
    assert chased(followed, number) == []


def test_of_several_check_ins_within_hours_one_is_sent_and_all_are_kept(
    followed: World, letters: Letters
) -> None:
    number = tracked(followed)
    moments = [at(2, followed, hour=9 + n) for n in range(6)]
    for n, moment in enumerate(moments):
        check_in(followed, number, moment, words=f"第{n}次:正在审查")
        if n in (0, 4):
            sent_of(followed, letters, number)
    assert [each.text.partition("次")[0][-1] for each in letters.sent] == ["0", "4"]
    assert followed.outbox(str(followed.case(number).id)).count(TOLD) == 2
    assert [each.kind for each in followed.events(number)].count("CHECKED_IN") == 6
    assert followed.case(number).check_in_due_on == day(7, followed).date()


def test_the_duty_goes_along_with_the_case(followed: World, letters: Letters) -> None:
    number = tracked(followed)
    look(followed, number, at(5, followed))
    open_duty = duty_id(followed, number, "CHECK_IN_DUE")
    to = followed.people["clerk"].id
    followed.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="交县级窗口")
    assert told(followed, letters, "duty.urged", open_duty)[0][0] == "staff:helper-a"  # until it is taken
    followed.act("clerk", service.take_over_case, number=number)
    assert told(followed, letters, "duty.urged", open_duty) == [("staff:clerk", Template.DUTY_URGED)]
    check_in(followed, number, at(6, followed), who="clerk")
    assert chased(followed, number) == []


def test_a_suspended_case_is_not_chased_and_counts_anew_when_it_goes_on(followed: World) -> None:
    number = followed.accepted(modes=[HelpMode.TRACKING])
    look(followed, number, at(5, followed))
    followed.act(
        "clerk", service.suspend_case, number=number, reason="等待专家评审", now=at(5, followed, hour=11)
    )
    deliver(followed, "case.suspended", number, at(5, followed, hour=11))
    assert chased(followed, number) == []
    sweep(followed, day(8, followed))
    look(followed, number, at(8, followed))
    assert chased(followed, number) == []
    with pytest.raises(IllegalTransition):
        check_in(followed, number, at(8, followed))
    followed.act("clerk", service.resume_case, number=number, now=at(9, followed))
    assert followed.case(number).check_in_due_on == day(14, followed).date()
    assert timers(followed, number)[1:] == [at(14, followed, hour=9)]
    look(followed, number, at(14, followed))
    assert chased(followed, number) == DUE


def test_completion_ends_it(followed: World) -> None:
    number = followed.accepted(modes=[HelpMode.TRACKING])
    look(followed, number, at(5, followed))
    followed.act(
        "clerk",
        service.complete_case,
        number=number,
        outcome=CaseOutcome.DONE,
        opinion="符合条件",
        now=at(5, followed),
    )
    deliver(followed, "case.completed", number, at(5, followed))
    look(followed, number, at(6, followed))
    sweep(followed, day(6, followed))
    assert kinds(followed, number) == []


def test_who_did_not_ask_for_it_is_not_chased_and_strangers_say_nothing(followed: World) -> None:
    plain = followed.apply()
    assert timers(followed, plain) == []
    with pytest.raises(NotTracked):
        check_in(followed, plain, MONDAY)
    number = tracked(followed)
    with pytest.raises(NotFound):
        check_in(followed, number, MONDAY, who="clerk-b")
    before = followed.case(number).check_in_due_on
    assert before == day(5, followed).date()
    assert "CHECKED_IN" not in [each.kind for each in followed.events(number)]


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["timer", "killed", "sweep", "check-in"])),
    min_size=3,
    max_size=6,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_restarted_the_same_is_chased_and_each_once(
    followed: World, steps: list[tuple[int, str]]
) -> None:
    number = tracked(followed)
    case_id = followed.case(number).id
    passed, due = 0, 5
    for wait, step in steps:
        passed += wait
        now = at(passed, followed)
        if step == "check-in":
            check_in(followed, number, now)
            due = passed + 5
        elif step == "sweep":
            sweep(followed, now)
        else:
            if step == "killed":
                with suppress(Killed):
                    followed.act("admin", _killed, case_id=case_id, now=now)
            look(followed, number, now)
        expected = LATE if passed > due else DUE if passed == due else []
        assert set(chased(followed, number)) - set(DUE) == set(expected) - set(DUE)
        if passed <= due:
            assert chased(followed, number) == (expected if step != "check-in" else [])
    raised = [str(each.id) for each in followed.rows(DutyRow, DutyRow.case_id == case_id)]
    assert all(followed.outbox(each).count("duty.raised") == 1 for each in raised)


async def _killed(work: Work, *, case_id: Any) -> None:
    await sweep_check_in(work, case_id)
    raise Killed
