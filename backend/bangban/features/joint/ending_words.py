"""Words for what came of an application for several matters, and for how its results are had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.joint.rules import succeeded

_REFUSED: Final = {"zh": "未予办理", "en": "refused"}
_DONE: Final = {"zh": "办结", "en": "done"}
_WORDS: Final = {
    CaseState.COMPLETED: _DONE,
    CaseState.CLOSED: _DONE,
    CaseState.DECLINED: _REFUSED,
    CaseState.WITHDRAWN: {"zh": "已撤回", "en": "withdrawn"},
    CaseState.TERMINATED: {"zh": "已终止", "en": "ended without a result"},
}
"""What came of a case that is over, by its state."""


_COLLECTED: Final = {
    "held": {
        "zh": "结果按您的选择一并发放：请到窗口领取，或在网上自行领取。领取后欢迎评价。",
        "en": (
            "As you chose, the results are given out together: a window gives them to you, or you take them online. "
            "Then you are welcome to rate our service."
        ),
    },
    "free": {
        "zh": "结果已可领取，欢迎评价。",
        "en": "The results can be collected; you are welcome to rate our service.",
    },
    "none": {
        "zh": "没有可领取的结果，欢迎评价。",
        "en": "There is no result to collect; you are welcome to rate our service.",
    },
}
"""How results get to the applicant once everything is decided: who wanted them together has nothing of them yet."""


def results_in_words(rows: Sequence[Any], language: str) -> list[str]:
    """What came of each case, ``zh`` or ``en``."""
    words = [_REFUSED if row.outcome is CaseOutcome.REFUSED else _WORDS[row.state] for row in rows]
    return [f"{row.item}:{word[language]}" for row, word in zip(rows, words, strict=True)]


def how_collected(rows: Sequence[Any], language: str) -> str:
    """How the results get to the applicant, ``zh`` or ``en``."""
    return _COLLECTED[_standing(rows)][language]


def _standing(rows: Sequence[Any]) -> str:
    """Whether what was granted is held, to be given out together (``releaseResults``); refusals wait for nobody."""
    granted = [row for row in rows if succeeded(row.state, row.outcome)]
    if not granted:
        return "none"
    return "held" if any(row.result_held for row in granted) else "free"
