"""A duty is settled once, with words; a holder is urged now and then, not all the time."""

from __future__ import annotations

import datetime as dt

import pytest

from bangban.features.supervision.problems import DutyOver, UrgedLately
from bangban.features.supervision.rules import (
    SETTING,
    URGE_EVERY,
    Duty,
    check_settling,
    check_urging,
    supervision_of,
)
from bangban.features.supervision.values import ALERT_OF, FOR_SUPERVISORS, RULE_OF, DutyKind, DutyState
from bangban.kernel.problems import InvalidInput

NOW = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)
OPEN = Duty(state=DutyState.OPEN, urged_at=None)


def test_what_was_done_is_kept_without_blanks_around_it() -> None:
    assert check_settling(OPEN, result="  已约谈承办人 ") == "已约谈承办人"


@pytest.mark.parametrize("words", ["", "    ", "办了", "好" * 501])
def test_a_word_or_a_novel_says_nothing(words: str) -> None:
    with pytest.raises(InvalidInput):
        check_settling(OPEN, result=words)


@pytest.mark.parametrize("state", [DutyState.SETTLED, DutyState.VOID])
def test_what_is_over_stays_as_it_is(state: DutyState) -> None:
    over = Duty(state=state, urged_at=None)
    with pytest.raises(DutyOver):
        check_settling(over, result="已约谈承办人")
    with pytest.raises(DutyOver):
        check_urging(over, now=NOW)


def test_urging_again_waits() -> None:
    check_urging(OPEN, now=NOW)
    urged = Duty(state=DutyState.OPEN, urged_at=NOW)
    with pytest.raises(UrgedLately):
        check_urging(urged, now=NOW + URGE_EVERY - dt.timedelta(seconds=1))
    check_urging(urged, now=NOW + URGE_EVERY)


def test_every_kind_has_its_alert_and_its_rule() -> None:
    assert set(ALERT_OF) == set(RULE_OF) == set(DutyKind)
    assert DutyKind.YELLOW not in FOR_SUPERVISORS
    assert DutyKind.OVERDUE in FOR_SUPERVISORS


def test_a_district_sets_its_own_days_of_warning() -> None:
    assert supervision_of({}).promise_warning_days == 3
    assert supervision_of({SETTING: {"promise_warning_days": 7}}).promise_warning_days == 7
