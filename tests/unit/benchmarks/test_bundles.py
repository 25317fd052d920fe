"""The two ways of applying count as the same only where they are, and a ratio is made within its round."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.bundles.__main__ import report
from benchmarks.bundles.measuring import ONCE, PAPERS, check

CASE: dict[str, Any] = {"state": "SUBMITTED", "service": {"name": "居住证"}, "resultNumber": None}
GIVEN = [{"code": "ID-CARD", "state": "SUPPLIED"}]


def answers(**changed: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    whole = {"members": [{"case": CASE}] * len(PAPERS), "materials": GIVEN}
    return whole | changed, [{**CASE, "materials": GIVEN}] * len(PAPERS)


def test_the_same_cases_with_all_their_papers_pass() -> None:
    check(*answers())


@pytest.mark.parametrize(
    "changed",
    [
        {"members": [{"case": CASE}] * (len(PAPERS) - 1)},
        {"members": [{"case": {**CASE, "state": "ACCEPTED"}}] * len(PAPERS)},
        {"materials": [{"key": "LEASE", "state": "MISSING"}]},
    ],
)
def test_any_difference_stops_the_run(changed: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError):
        check(*answers(**changed))


def test_what_is_shared_is_given_once() -> None:
    assert (
        len(ONCE) == len(set(ONCE)) == sum(map(len, PAPERS.values())) - 3 - 1
    )  # identity card, and the lease


def test_the_page_gives_medians_of_ratios() -> None:
    rounds = [{"apply": (0.010, each), "read": (0.001, 0.004)} for each in (0.020, 0.030, 0.080)]
    lines = report(rounds).splitlines()
    assert "| applying | 10.0 | 30.0 | 3.00 | 2.00 – 8.00 |" in lines
    assert "| reading | 1.0 | 4.0 | 4.00 | 4.00 – 4.00 |" in lines
