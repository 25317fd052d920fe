"""Questions that may be published lead everybody to an end; all that is wrong is told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.catalog.problems import FaultOfItem
from bangban.features.guidance.drafts import draft_of, values_of
from bangban.features.guidance.problems import GuidanceFaulty
from bangban.features.guidance.questions import Answer, GuidanceDraft, Node, Words
from bangban.features.guidance.rules import check_guidance, ending_of, walk

ITEMS, BUNDLES = {"ITEM-A", "ITEM-B"}, {"BUNDLE-A"}
SAID = Words(zh="问", en="Q")


def answer(key: str, **way: object) -> Answer:
    return Answer(key=key, label=SAID, **way)  # type: ignore[arg-type]  # as each test needs it


def node(key: str, *answers: Answer) -> Node:
    return Node(key=key, question=SAID, answers=answers)


def draft(*nodes: Node, start: str = "a") -> GuidanceDraft:
    return GuidanceDraft(code="GUIDE", name="引导", start=start, nodes=nodes, effective_from=date(2026, 1, 1))


def codes(made: GuidanceDraft) -> list[str]:
    return [each.code for each in check_guidance(made, items=ITEMS, bundles=BUNDLES)]


GOOD = draft(
    node("a", answer("yes", next="b"), answer("no", item="ITEM-A")),
    node("b", answer("one", bundle="BUNDLE-A"), answer("two", advice=SAID)),
)


def test_good_questions_have_no_fault_and_come_back_from_their_row_as_they_were() -> None:
    assert codes(GOOD) == []

    class Row:
        code, version = GOOD.code, GOOD.version
        effective_from, effective_to = GOOD.effective_from, GOOD.effective_to

    row = Row()
    for name, value in values_of(GOOD).items():
        setattr(row, name, value)
    assert draft_of(row) == GOOD


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (draft(node("a", answer("x", next="a"))), ["NODE_IN_CIRCLE"]),
        (draft(node("a", answer("x", next="z"))), ["NODE_UNKNOWN"]),
        (draft(node("a", answer("x"))), ["NO_WAY_ON"]),
        (draft(node("a", answer("x", item="ITEM-A", bundle="BUNDLE-A"))), ["MANY_WAYS_ON"]),
        (draft(node("a", answer("x", item="GONE"))), ["ITEM_UNKNOWN"]),
        (draft(node("a", answer("x", bundle="ITEM-A"))), ["BUNDLE_UNKNOWN"]),
        (draft(node("a")), ["ANSWERS_COUNT"]),
        (draft(node("b", answer("x", item="ITEM-A"))), ["START_UNKNOWN"]),
        (draft(*GOOD.nodes, node("c", answer("x", item="ITEM-A"))), ["NODE_UNREACHABLE"]),
        (draft(*GOOD.nodes, GOOD.nodes[1]), ["NODE_TWICE"]),
        (draft(node("a", answer("x", item="ITEM-A"), answer("x", item="ITEM-B"))), ["ANSWER_KEY"]),
        (draft(node("a", answer("x", advice=Words(zh="", en="x")))), ["TEXT"]),
        (replace(GOOD, name=" ", code="?"), ["CODE_SHAPE", "NAME_MISSING"]),
        (replace(GOOD, effective_to=GOOD.effective_from), ["DATES_REVERSED"]),
        (draft(), ["NODES_COUNT", "START_UNKNOWN"]),
    ],
)
def test_each_fault_is_found(made: GuidanceDraft, expected: list[str]) -> None:
    assert codes(made) == expected


def test_all_faults_are_told_at_once_in_both_languages() -> None:
    made = draft(
        node("a", answer("x", next="b"), answer("y")),
        node("b", answer("x", next="a"), answer("y", item="GONE")),
        node("c", answer("x", item="ITEM-A")),
    )
    found = check_guidance(made, items=ITEMS, bundles=BUNDLES)
    assert {each.code for each in found} == {
        "NO_WAY_ON",
        "ITEM_UNKNOWN",
        "NODE_IN_CIRCLE",
        "NODE_UNREACHABLE",
    }
    refusal = GuidanceFaulty(tuple(FaultOfItem(made.code, each) for each in found))
    for each in found:
        assert each.zh in refusal.message("zh")
        assert each.en in refusal.message("en")


KEYS = ("a", "b", "c", "d", "e")


@st.composite
def trees(draw: st.DrawFn) -> GuidanceDraft:
    """Anything that is shaped like questions: circles, dead ends, lost questions and all."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True))
    ways = st.one_of(
        st.builds(lambda key: {"next": key}, st.sampled_from(KEYS)),
        st.just({"item": "ITEM-A"}),
        st.just({"item": "GONE"}),
        st.just({"bundle": "BUNDLE-A"}),
        st.just({"advice": SAID}),
        st.just({}),
    )
    nodes = [
        node(key, *(answer(name, **draw(ways)) for name in ("x", "y", "z")[: draw(st.integers(1, 3))]))
        for key in keys
    ]
    return draft(*nodes, start=draw(st.sampled_from(KEYS)))


def ends(made: GuidanceDraft, answers: tuple[str, ...] = ()) -> tuple[bool, set[str]]:
    """Whether every way from here reaches an end in force, and which questions are met; by walking all of them."""
    at = walk(made, answers)
    if at is None or len(answers) > len(made.nodes):
        return False, set()
    if isinstance(at, Answer):
        return at.advice is not None or at.item in ITEMS or at.bundle in BUNDLES, set()
    reached, met = True, {at.key}
    for each in at.answers:
        fine, more = ends(made, (*answers, each.key))
        reached, met = reached and fine, met | more
    return reached, met


@given(trees())
def test_what_passes_leads_every_way_to_an_end_and_what_does_not_pass_does_not(made: GuidanceDraft) -> None:
    found = codes(made)
    fine, met = ends(made)
    assert (not found) == (fine and met == {each.key for each in made.nodes})


@given(trees(), st.lists(st.sampled_from(("x", "y", "z")), max_size=5))
def test_an_end_is_one_by_whichever_way_it_is_reached(made: GuidanceDraft, answers: list[str]) -> None:
    ending, there = ending_of(made, answers), walk(made, answers)
    assert (ending is not None) == isinstance(there, Answer)
    if ending is not None:
        assert ending.answer is there
        assert ending.key == f"{ending.question}/{answers[-1]}"
        before = walk(made, answers[:-1])
        assert isinstance(before, Node)
        assert before.key == ending.question
