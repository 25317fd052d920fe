"""What may be planned, reported, cancelled and wished for; whatever happens in whatever order, one end counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.outreach.problems import (
    OutreachBegan,
    OutreachFaulty,
    OutreachIsCancelled,
    OutreachNotHeld,
    OutreachReported,
)
from bangban.features.outreach.rules import (
    LONGEST_DAYS,
    LONGEST_PLACE,
    LONGEST_REASON,
    MOST_CODES,
    MOST_PEOPLE,
    MOST_THEMES,
    Held,
    Plan,
    check_cancelling,
    check_interests,
    check_plan,
    check_report,
)
from bangban.features.outreach.values import OutreachKind
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Problem

TODAY = date(2026, 11, 2)
KNOWN = frozenset({"CARD", "PERMIT"})


def plan(**changes: Any) -> Plan:
    said = {"place": "大集", "starts_on": TODAY, "ends_on": TODAY, "codes": ("CARD",), **changes}
    return Plan(area_id=new_id(), kind=OutreachKind.MARKET, **said)


def days(many: int) -> date:
    return TODAY + timedelta(days=many)


def faults(**changes: Any) -> list[str]:
    """Fields that are wrong with a plan."""
    found = tried(lambda: check_plan(plan(**changes), known=KNOWN, today=TODAY))
    assert found is None or isinstance(found, OutreachFaulty)
    return [] if found is None else [each.removeprefix("input.") for each in found.fields]


def tried(do: Callable[[], object]) -> Problem | None:
    """The refusal, if it is refused."""
    try:
        do()
    except Problem as problem:
        return problem
    return None


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"place": "大" * LONGEST_PLACE}, []),
        ({"place": "大" * (LONGEST_PLACE + 1)}, ["place"]),
        ({"place": ""}, ["place"]),
        ({"starts_on": days(-5), "ends_on": TODAY}, []),  # goes on
        ({"starts_on": days(-5), "ends_on": days(-1)}, ["endsOn"]),
        ({"ends_on": days(-1)}, ["endsOn"]),  # before it begins
        ({"ends_on": days(LONGEST_DAYS - 1)}, []),
        ({"ends_on": days(LONGEST_DAYS)}, ["endsOn"]),
        ({"codes": ()}, ["codes"]),
        ({"codes": ("CARD", "PERMIT")}, []),
        ({"codes": ("CARD",) * (MOST_CODES + 1)}, ["codes"]),
        ({"codes": ("CARD", "NO-SUCH")}, ["codes"]),
        ({"place": "", "ends_on": days(-1), "codes": ("X",)}, ["place", "endsOn", "codes"]),
    ],
)
def test_a_plan_is_refused_with_every_fault(changes: dict[str, Any], wrong: list[str]) -> None:
    assert faults(**changes) == wrong


def test_codes_that_nobody_offers_are_named_in_both_languages() -> None:
    with pytest.raises(OutreachFaulty) as refused:
        check_plan(plan(codes=("NO-SUCH", "NOR-THIS")), known=KNOWN, today=TODAY)
    for said in (str(refused.value), refused.value.message("zh-CN")):
        assert "NO-SUCH" in said
        assert "NOR-THIS" in said


@given(st.integers(), st.integers(), st.integers(-40, 40))
def test_counts_are_whole_and_bounded_and_only_of_what_began(
    reached: int, questions: int, ahead: int
) -> None:
    held = Held(starts_on=days(ahead))
    sound = [0 <= each <= MOST_PEOPLE for each in (reached, questions)]
    if ahead <= 0 and all(sound):
        check_report(held, reached=reached, questions=questions, today=TODAY)
        return
    with pytest.raises(OutreachNotHeld if ahead > 0 else OutreachFaulty) as refused:
        check_report(held, reached=reached, questions=questions, today=TODAY)
    if ahead <= 0:
        named = ["input.reached", "input.questions"]
        assert list(refused.value.fields) == [
            each for each, good in zip(named, sound, strict=True) if not good
        ]


@given(
    st.lists(st.tuples(st.sampled_from(["report", "cancel"]), st.integers(-3, 3)), max_size=6).map(
        lambda acts: sorted(acts, key=lambda each: each[1])
    )
)
def test_whatever_is_tried_day_by_day_one_end_counts_and_nothing_after_it(
    acts: list[tuple[str, int]],
) -> None:
    """Day 0 is its first day. A cancelling counts up to then, a report from then on."""
    held, ends = Held(starts_on=TODAY), list[str]()
    early = {"report": OutreachNotHeld, "cancel": OutreachBegan}
    over = {"report": OutreachReported, "cancel": OutreachIsCancelled}
    for act, day in acts:
        if act == "report":
            after, refused = Held(starts_on=TODAY, reported=True), tried(partial(reported, held, days(day)))
        else:
            after, refused = Held(starts_on=TODAY, cancelled=True), tried(partial(cancelled, held, days(day)))
        if refused is None:
            held = after
            ends.append(act)
        else:
            assert type(refused) is (over[ends[0]] if ends else early[act])
    assert len(ends) <= 1
    possible = [act for act, day in acts if (day >= 0 if act == "report" else day <= 0)]
    assert ends == possible[:1]


def reported(held: Held, day: date) -> None:
    check_report(held, reached=1, questions=1, today=day)


def cancelled(held: Held, day: date) -> None:
    check_cancelling(held, reason="大风", today=day)


@pytest.mark.parametrize("reason", ["", "  ", "大" * (LONGEST_REASON + 1)])
def test_cancelling_takes_a_reason(reason: str) -> None:
    with pytest.raises(OutreachFaulty) as refused:
        check_cancelling(Held(starts_on=TODAY), reason=reason, today=TODAY)
    assert refused.value.fields == ("input.reason",)
    assert check_cancelling(Held(starts_on=TODAY), reason=" 大风 ", today=TODAY) == "大风"


def test_themes_are_those_of_the_catalog_and_not_too_many() -> None:
    check_interests((), known=())
    check_interests(("社会保障",) * MOST_THEMES, known={"社会保障"})
    for themes in (("社会保障", "没有的主题"), ("社会保障",) * (MOST_THEMES + 1)):
        with pytest.raises(OutreachFaulty) as refused:
            check_interests(themes, known={"社会保障"})
        assert refused.value.fields == ("input.themes",)
