"""What will not be answered is not planned either: days and numbers are judged before the statement is made."""

from __future__ import annotations

import pytest
from tests.unit.kernel.planner.planning import ROOT, planned

from bangban.features.indicators import graphql as indicators
from bangban.kernel.planner.planner import Planner
from bangban.kernel.problems import Problem

REFUSED = [
    'indicators(since: "1900-01-01", until: "0001-01-02") { key }',
    'indicators(since: "2026-11-02", until: "2026-11-01") { key }',
    'indicators(since: "2020-01-01", until: "2026-11-01") { key }',
    f'issueSolving(areaId: "{ROOT}", since: "2026-11-02", until: "2026-11-01") {{ until }}',
    'outreaches(filter: {since: "2026-11-02", until: "2026-11-01"}) { totalCount }',
    f'hall(pointId: "{ROOT}") {{ rotaGaps(days: 0) {{ __typename }} }}',
    "nearestPoints(location: {longitude: 36, latitude: 117}) { metres }",
]


def _nothing(_: object) -> list[object]:
    raise AssertionError("planned before it was judged")


@pytest.mark.parametrize("asked", REFUSED)
def test_a_question_that_is_refused_is_never_planned(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indicators, "_GROUPS", (_nothing,))
    planner = Planner()
    with pytest.raises(Problem):
        planned(f"{{ {asked} }}", planner=planner)
    assert len(planner) == 0


def test_of_a_plan_that_is_kept_every_request_is_judged() -> None:
    planner = Planner()
    text = "query($a: Date, $b: Date) { indicators(since: $a, until: $b, mechanisms: [A03]) { key } }"
    days = {"a": "2026-11-01", "b": "2026-11-02"}
    assert planned(text, planner=planner, **days)
    with pytest.raises(Problem):
        planned(text, planner=planner, a=days["b"], b=days["a"])
    assert (len(planner), planner.hits) == (1, 1)
