"""工作群: what the log of a work group says of questions, as the records of them that follow from it (DOMAIN C12, D04).

Pure. A log is taken over in parts that overlap, repeat and come in any order. So a question is known by its number in
the group's log, an answer by who gave it, when, and what it says; what is known already is passed over, and nothing is
ever taken back. Whatever the order, the same parts give the same records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple
from uuid import UUID

from bangban.features.first_asks.rules import LONGEST, Ask
from bangban.features.first_asks.values import AskState
from bangban.features.people.rules import Dated, counts_on
from bangban.kernel.identifiers import unfitness_of
from bangban.kernel.sheets.columns import LineFault

MOST_QUESTIONS: Final = 200
MOST_ANSWERS: Final = 20
"""In one import, and of one question."""

LONGEST_NUMBER: Final = 100
OLDEST: Final = timedelta(days=3_650)
ANSWERED_IN_GROUP: Final = "群内已答复"
"""The outcome of a question that somebody answered in the group."""


class GroupAnswer(NamedTuple):
    """What somebody of the team said to a question in the group, and when."""

    author_id: UUID
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class GroupQuestion:
    """A question as the log has it; ``number`` is its number there."""

    number: str
    asked_at: datetime
    matter: str = field(repr=False)
    case_number: str | None = None
    answers: frozenset[GroupAnswer] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A question that was taken over before; ``matter`` is None once it was erased."""

    asked_at: datetime
    matter: str | None = field(repr=False)
    case_number: str | None
    closed_at: datetime | None
    outcome: str | None
    answers: frozenset[GroupAnswer] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Group:
    """What a log is judged by. ``members`` are the team's, of all days; ``cases`` those that the caller may name."""

    now: datetime
    zone: tzinfo
    members: Mapping[UUID, Sequence[Dated]]
    cases: frozenset[str]
    kept: Mapping[str, Kept]

    def has(self, person: UUID, at: datetime) -> bool:
        """Whether somebody was a member on the day of a moment."""
        day = at.astimezone(self.zone).date()
        return any(counts_on(period, day) for period in self.members.get(person, ()))


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is to be written of one question: it itself where it is ``new``, the answers that are, and its end."""

    question: GroupQuestion
    new: bool
    answers: tuple[GroupAnswer, ...]
    closed_at: datetime | None
    outcome: str | None


def faults_in(lines: Sequence[GroupQuestion], group: Group) -> list[LineFault]:
    """Everything for which the log is refused, line by line from 1 on."""
    seen: dict[str, GroupQuestion] = {}
    faults = []
    for line, question in enumerate(lines, start=1):
        for column, zh, en in (
            *_faulty_question(question, group),
            *_faulty_answers(question, group),
            *_contradictions(question, group.kept.get(question.number), seen.get(question.number)),
        ):
            faults.append(LineFault(line, column, zh, en))
        seen.setdefault(question.number, question)
    return faults


def take(lines: Sequence[GroupQuestion], group: Group) -> list[Taken]:
    """What a log without faults adds, each question once, in the order in which they were asked."""
    wished: dict[str, GroupQuestion] = {}
    for line in lines:
        first = wished.get(line.number, line)
        wished[line.number] = replace(first, answers=first.answers | line.answers)
    in_order = sorted(wished.values(), key=lambda each: (each.asked_at, each.number))
    return [_taken(each, group.kept.get(each.number)) for each in in_order]


def settled(ask: Ask, taken: Taken) -> Ask:
    """The record after its part of the log: an answer in the group ends it, also while it is offered to somebody.

    Who owns it, and who works on it, stay. What was closed by hand stays as it is.
    """
    if taken.closed_at is None or ask.state is AskState.CLOSED:
        return ask
    return replace(ask, state=AskState.CLOSED, offered_to=frozenset(), outcome=taken.outcome)


def _taken(question: GroupQuestion, kept: Kept | None) -> Taken:
    known = frozenset[GroupAnswer]() if kept is None else kept.answers
    fresh = tuple(sorted(question.answers - known, key=lambda each: (each.at, each.author_id, each.text)))
    closed_at = None if kept is None else kept.closed_at
    outcome = None if kept is None else kept.outcome
    if fresh and outcome in (None, ANSWERED_IN_GROUP):
        closed_at = max(each.at for each in (*known, *fresh))
        outcome = ANSWERED_IN_GROUP
    return Taken(question=question, new=kept is None, answers=fresh, closed_at=closed_at, outcome=outcome)


_Fault = tuple[str, str, str]


def _faulty_question(question: GroupQuestion, group: Group) -> Iterable[_Fault]:
    if not (0 < len(question.number) <= LONGEST_NUMBER and question.number.isprintable()):
        yield (
            "number",
            f"消息编号须为 1 至 {LONGEST_NUMBER} 个字符。",
            f"A number has 1 to {LONGEST_NUMBER} characters.",
        )
    if not 0 < len(question.matter) <= LONGEST:
        yield (
            "matter",
            f"请填写问题,不超过 {LONGEST} 个字。",
            f"Give the question, in at most {LONGEST} characters.",
        )
    unfit = unfitness_of(question.matter)
    if unfit is not None:
        yield "matter", unfit.zh, unfit.en
    if not group.now - OLDEST <= question.asked_at <= group.now:
        yield "askedAt", "提问时间应在十年之内,不能晚于现在。", "It was asked in the last ten years."
    if question.case_number is not None and question.case_number not in group.cases:
        yield "caseNumber", "没有该办件,或无权查看。", "There is no such case, or the caller may not see it."


def _faulty_answers(question: GroupQuestion, group: Group) -> Iterable[_Fault]:
    if len(question.answers) > MOST_ANSWERS:
        yield (
            "answers",
            f"每个问题最多 {MOST_ANSWERS} 条答复。",
            f"A question has at most {MOST_ANSWERS} answers.",
        )
    for each in sorted(question.answers, key=lambda answer: (answer.at, answer.author_id, answer.text)):
        if not 0 < len(each.text) <= LONGEST:
            yield (
                "answers",
                f"请填写答复,不超过 {LONGEST} 个字。",
                f"Give the answer, in at most {LONGEST} characters.",
            )
        unfit = unfitness_of(each.text)
        if unfit is not None:
            yield "answers", unfit.zh, unfit.en
        if not question.asked_at <= each.at <= group.now:
            yield (
                "answers",
                "答复时间应在提问之后、现在之前。",
                "An answer comes after its question, and not in the future.",
            )
        elif not group.has(each.author_id, each.at):
            yield (
                "answers",
                "答复人当日不是该队伍成员。",
                "Who answered was no member of the team on that day.",
            )


def _contradictions(
    question: GroupQuestion, kept: Kept | None, before: GroupQuestion | None
) -> Iterable[_Fault]:
    """Under one number the log says one thing: a question is not changed by taking it over again."""
    same = all(
        (question.asked_at, question.case_number) == (other.asked_at, other.case_number)
        and other.matter in (None, question.matter)
        for other in (kept, before)
        if other is not None
    )
    if not same:
        yield "number", "同一编号的问题内容不一致。", "A question with this number says something else."
