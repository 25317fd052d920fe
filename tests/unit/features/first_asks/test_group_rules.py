"""What the log of a work group adds is the same whatever the order, the overlap and the repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangban.features.first_asks import rules
from bangban.features.first_asks.group_rules import (
    ANSWERED_IN_GROUP,
    LONGEST_NUMBER,
    MOST_ANSWERS,
    OLDEST,
    Group,
    GroupAnswer,
    GroupQuestion,
    Kept,
    Taken,
    faults_in,
    settled,
    take,
)
from bangban.features.first_asks.values import AskState

NOW = datetime(2026, 6, 8, 4, tzinfo=UTC)
NOON = NOW - timedelta(days=3)
MINUTE = timedelta(minutes=1)
LEAD, HELPER, LEFT = UUID(int=1), UUID(int=2), UUID(int=3)


@dataclass(frozen=True)
class Seat:
    since: date = date(2026, 1, 1)
    until: date | None = None


MEMBERS = {LEAD: [Seat()], HELPER: [Seat()], LEFT: [Seat(until=date(2026, 6, 4))]}


def group(**kept: Kept) -> Group:
    return Group(
        now=NOW, zone=ZoneInfo("Asia/Shanghai"), members=MEMBERS, cases=frozenset({"TS-1"}), kept=kept
    )


def asked(number: str = "a", *answers: GroupAnswer, **how: Any) -> GroupQuestion:
    given = {"asked_at": NOON, "matter": "施工许可要先办哪一步", **how}
    return GroupQuestion(number=number, answers=frozenset(answers), **given)


def said(minutes: int = 1, text: str = "先办规划许可", by: UUID = HELPER) -> GroupAnswer:
    return GroupAnswer(by, NOON + minutes * MINUTE, text)


def kept_after(kept: dict[str, Kept], lines: Sequence[GroupQuestion]) -> dict[str, Kept]:
    """What stands there once the lines were taken over."""
    assert faults_in(lines, group(**kept)) == []
    after = dict(kept)
    for taken in take(lines, group(**kept)):
        number, question = taken.question.number, taken.question
        before = kept.get(number)
        assert taken.new is (before is None)
        known = frozenset[GroupAnswer]() if before is None else before.answers
        assert known.isdisjoint(taken.answers)
        after[number] = Kept(
            asked_at=question.asked_at,
            matter=question.matter,
            case_number=question.case_number,
            closed_at=taken.closed_at,
            outcome=taken.outcome,
            answers=known | set(taken.answers),
        )
    return after


ANSWERS = st.builds(
    GroupAnswer,
    st.sampled_from([LEAD, HELPER]),
    st.integers(0, 90).map(lambda minutes: NOON + minutes * MINUTE),
    st.sampled_from(["可以", "先办规划许可", "明天来窗口"]),
)


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[GroupQuestion], list[list[GroupQuestion]]]:
    """A whole log, and parts of it that together say all of it, in any order and some of it often."""
    whole = [
        asked(f"m{place}", *draw(st.lists(ANSWERS, max_size=4)), asked_at=NOON - place * MINUTE)
        for place in range(draw(st.integers(1, 5)))
    ]
    lines = []
    for each in whole:
        answers = sorted(each.answers)
        some = st.frozensets(st.sampled_from(answers)) if answers else st.just(frozenset[GroupAnswer]())
        lines += [replace(each, answers=found) for found in draw(st.lists(some, min_size=1, max_size=3))]
        lines += [replace(each, answers=frozenset({answer})) for answer in answers]
    lines = draw(st.permutations(lines))
    cuts = sorted(draw(st.lists(st.integers(0, len(lines)), max_size=4)))
    parts = [lines[since:until] for since, until in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    return whole, parts


@given(logs())
@settings(max_examples=60)
def test_parts_of_a_log_in_any_order_give_what_the_whole_log_gives(
    drawn: tuple[list[GroupQuestion], list[list[GroupQuestion]]],
) -> None:
    whole, parts = drawn
    kept: dict[str, Kept] = {}
    for part in parts:
        kept = kept_after(kept, part)
    assert kept == kept_after({}, whole)
    assert kept_after(kept, whole) == kept
    for each in kept.values():
        assert each.closed_at == max((answer.at for answer in each.answers), default=None)
        assert each.outcome == (ANSWERED_IN_GROUP if each.answers else None)


def test_what_was_closed_by_hand_keeps_its_end_and_gets_the_answer() -> None:
    by_hand = Kept(
        asked_at=NOON,
        matter=None,  # erased since
        case_number=None,
        closed_at=NOON + 5 * MINUTE,
        outcome="已电话告知",
        answers=frozenset({said(4, by=LEAD)}),
    )
    (taken,) = take([asked("a", said(30))], group(a=by_hand))
    assert (taken.answers, taken.closed_at, taken.outcome) == (
        (said(30),),
        by_hand.closed_at,
        by_hand.outcome,
    )
    ask = rules.Ask(
        state=AskState.CLOSED, within_duty=True, owner_id=LEAD, handler_id=LEAD, outcome="已电话告知"
    )
    assert settled(ask, taken) == ask


@pytest.mark.parametrize("state", sorted(rules.OPEN))
def test_an_answer_in_the_group_ends_a_question_and_takes_it_from_nobody(state: AskState) -> None:
    ask = rules.Ask(
        state=state, within_duty=True, owner_id=LEAD, handler_id=HELPER, offered_to=frozenset({LEFT})
    )
    (taken,) = take([asked("a", said())], group())
    after = settled(ask, taken)
    assert (after.state, after.outcome, after.offered_to) == (AskState.CLOSED, ANSWERED_IN_GROUP, frozenset())
    assert (after.owner_id, after.handler_id) == (LEAD, HELPER)
    nothing = Taken(question=asked(), new=False, answers=(), closed_at=None, outcome=None)
    assert settled(ask, nothing) == ask


def test_every_faulty_line_is_named_with_what_is_wrong() -> None:
    known = Kept(
        asked_at=NOON, matter="别的问题", case_number=None, closed_at=None, outcome=None, answers=frozenset()
    )
    early = datetime.min.replace(tzinfo=ZoneInfo("Pacific/Kiritimati"))
    lines = [
        asked("fine", said()),
        asked(" "[1:], matter=""),
        asked("x" * (LONGEST_NUMBER + 1), matter="x" * (rules.LONGEST + 1)),
        asked("future", asked_at=NOW + MINUTE),
        asked("old", asked_at=NOW - OLDEST - MINUTE),
        asked("min", asked_at=early),
        asked("known"),
        asked("fine", said(2), matter="又一个问题"),
        asked("case", case_number="TS-2"),
        asked("seen", case_number="TS-1"),
        asked("before", said(-1), said(text="")),
        asked("never", GroupAnswer(UUID(int=9), NOON, "x"), GroupAnswer(HELPER, early, "x")),
        asked("left", said(by=LEFT)),
        asked("many", *(said(minutes) for minutes in range(MOST_ANSWERS + 1))),
    ]
    found = faults_in(lines, group(known=known))
    assert [(fault.line, fault.column) for fault in found] == [
        (2, "number"),
        (2, "matter"),
        (3, "number"),
        (3, "matter"),
        (4, "askedAt"),
        (5, "askedAt"),
        (6, "askedAt"),
        (7, "number"),
        (8, "number"),
        (9, "caseNumber"),
        (11, "answers"),
        (11, "answers"),
        (12, "answers"),
        (12, "answers"),
        (13, "answers"),
        (14, "answers"),
    ]
    assert all(fault.message("zh-CN") != fault.message("en") for fault in found)


def test_somebody_who_left_has_answered_while_they_were_there() -> None:
    day = timedelta(days=2)
    question = asked("a", GroupAnswer(LEFT, NOON - day, "x"), asked_at=NOON - day)
    assert faults_in([question], group()) == []
