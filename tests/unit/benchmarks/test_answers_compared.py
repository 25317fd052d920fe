"""A contestant's answer counts only where it says what the tables say: the comparison finds every difference."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.harness.asking import difference
from benchmarks.harness.goals import Goal
from benchmarks.operations import ALL, comparable
from benchmarks.operations.postgraphile import reshaped

RIGHT: dict[str, Any] = {
    "cases": {
        "edges": [{"node": {"number": "B1-000001", "submittedAt": "2026-11-20T08:30:00+00:00", "seq": 7}}],
        "pageInfo": {"hasNextPage": False},
    }
}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"cases": {"edges": [], "pageInfo": {"hasNextPage": False}}}, "data.cases.edges has 0 entries"),
        ({"cases": {"edges": RIGHT["cases"]["edges"]}}, "data.cases has"),
        ({"cases": {**RIGHT["cases"], "pageInfo": {"hasNextPage": True}}}, "hasNextPage is True"),
        ({"cases": None}, "data.cases is None"),
        ({"cases": {**RIGHT["cases"], "totalCount": 1}}, "totalCount"),
    ],
)
def test_a_difference_is_found_wherever_it_is(wrong: Any, where: str) -> None:
    found = difference(comparable(wrong), comparable(RIGHT))
    assert found is not None
    assert where in found


def test_a_changed_value_deep_inside_is_named_by_its_path() -> None:
    node = {**RIGHT["cases"]["edges"][0]["node"], "number": "B1-000002"}
    wrong = {"cases": {**RIGHT["cases"], "edges": [{"node": node}]}}
    found = difference(comparable(wrong), comparable(RIGHT))
    assert found is not None
    assert found.startswith("data.cases.edges[0].node.number is 'B1-000002'")


def test_the_same_moment_and_the_same_number_may_be_written_in_their_own_ways() -> None:
    node = {"number": "B1-000001", "submittedAt": "2026-11-20T16:30:00.000000+08:00", "seq": "7"}
    other = {
        "cases": {"edges": [{"node": node}], "pageInfo": {"hasNextPage": False, "endCursor": "WyJ4Il0="}}
    }
    assert difference(comparable(other), comparable(RIGHT)) is None


def test_another_moment_is_another_answer() -> None:
    node = {**RIGHT["cases"]["edges"][0]["node"], "submittedAt": "2026-11-20T08:30:00.000001+00:00"}
    wrong = {"cases": {**RIGHT["cases"], "edges": [{"node": node}]}}
    assert difference(comparable(wrong), comparable(RIGHT)) is not None


def test_postgraphile_answers_are_rearranged_and_nothing_is_lost() -> None:
    given = {
        "cases": {
            "nodes": [
                {"number": "1", "applicantKind": "PERSON", "applicantName": "样本人", "phoneMasked": "1**"}
            ],
            "pageInfo": {"hasNextPage": True},
        },
        "services": {
            "nodes": [{"feeAmount": None, "feeBasis": None}, {"feeAmount": "10.00", "feeBasis": "法"}]
        },
    }
    applicant = {"kind": "PERSON", "name": "样本人", "phone": "1**"}
    assert reshaped(given) == {
        "cases": {
            "edges": [{"node": {"number": "1", "applicant": applicant}}],
            "pageInfo": {"hasNextPage": True},
        },
        "services": {
            "edges": [{"node": {"fee": None}}, {"node": {"fee": {"amount": "10.00", "basis": "法"}}}],
        },
    }


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_operation_has_its_document_and_its_answer(name: str) -> None:
    operation = ALL[name]
    assert operation.document.startswith("query ")
    assert "jsonb_build_object" in operation.expected
    assert not operation.for_peers or operation.postgraphile.startswith("query ")


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (Goal("a rate", 4.0, 4.0), True),
        (Goal("a rate", 4.0, 3.9), False),
        (Goal("a time", 10.0, 10.0, at_most=True), True),
        (Goal("a time", 10.0, 10.1, at_most=True), False),
        (Goal("unknown", 10.0, None), None),
    ],
)
def test_a_goal_is_met_at_its_edge_and_missed_beyond(goal: Goal, verdict: bool | None) -> None:
    assert goal.met is verdict
    assert ("missed" in goal.row()) is (verdict is False)
