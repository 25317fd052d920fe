"""What may become of a duty, and what a district sets about warnings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bangban.features.supervision.problems import DutyOver, UrgedLately
from bangban.features.supervision.values import DutyState
from bangban.kernel.identifiers import refuse_unfit
from bangban.kernel.problems import InvalidInput

SETTING: Final = "supervision"
"""Key in the profile's settings."""

USUAL_WARNING_DAYS: Final = 3
"""Days before the end of a tolerance promise on which its applicant is reminded; this product's own choice."""

USUAL_POST_DAYS: Final = 7
"""Days before the end of a post on which whoever may move what its holder has is warned; this product's own choice."""

URGE_EVERY: Final = timedelta(hours=4)
"""A holder is urged about one duty no more often than that."""

SHORTEST: Final = 5
LONGEST: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Supervision:
    """What a district sets. The thresholds of lights are ``kernel.clock.lights`` for everybody."""

    promise_warning_days: int = USUAL_WARNING_DAYS
    # Working days, by DOMAIN's matrix; of the second day for orders the matrix says nothing.
    acceptance_working_days: int = 5
    answer_warning_working_days: int = 1
    papers_working_days: int = 1
    order_working_days: int = 1
    order_supervised_working_days: int = 2
    fault_working_days: int = 1
    volunteer_working_days: int = 3
    post_warning_days: int = USUAL_POST_DAYS


def supervision_of(settings: Mapping[str, Any]) -> Supervision:
    """What a district's settings say, or the usual."""
    said = settings.get(SETTING) or {}
    return Supervision(**{key: value for key, value in said.items() if value is not None})


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """What the rules look at."""

    state: DutyState
    urged_at: datetime | None


def check_settling(duty: Duty, *, result: str) -> str:
    """What was done, without blanks around it. Raises ``DutyOver``, InvalidInput, ``NumberInText``."""
    _must_be_open(duty)
    words = result.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise InvalidInput(
            f"Say what was done, in {SHORTEST} to {LONGEST} characters.",
            f"请填写处理情况,{SHORTEST} 至 {LONGEST} 个字。",
            fields=("input.result",),
        )
    refuse_unfit(words, fields=("input.result",))
    return words


def check_urging(duty: Duty, *, now: datetime) -> None:
    """Whether the holder may be urged now. Raises ``DutyOver``, ``UrgedLately``."""
    _must_be_open(duty)
    if duty.urged_at is not None and now < duty.urged_at + URGE_EVERY:
        raise UrgedLately(hours=int(URGE_EVERY.total_seconds()) // 3600)


def _must_be_open(duty: Duty) -> None:
    if duty.state is not DutyState.OPEN:
        raise DutyOver(state=duty.state)
