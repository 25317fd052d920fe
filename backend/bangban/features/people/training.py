"""Training before acting 岗前培训 (DOMAIN K01, C04): one rule for orders and for cases. Pure.

A district lists the items that only the trained may help with; whether that goes for their cases, too, is a setting.
Residents are never asked for a training.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bangban.features.people.problems import TrainingRequired
from bangban.kernel.problems import InvalidInput

SECTION: Final = "orders"
"""Key in the profile's settings, where what helpers may do stands."""

REQUIRED_TRAINING: Final = "required_training"
_FOR_CASES: Final = "training_for_cases"

MOST_SERVED: Final = 100_000
"""People at one coaching: more is a slip of the finger."""


class TrainingKind(StrEnum):
    """What was held 培训类型."""

    TRAINING = "TRAINING"  # 培训 of those who help
    COACHING = "COACHING"  # 手把手辅导 of people who come with their phones (DOMAIN F01)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingNeeds:
    """``items``: codes of those that take a training; ``for_cases``: also to apply for them and work on their cases."""

    items: frozenset[str] = frozenset()
    for_cases: bool = False

    def for_case_of(self, service_code: str) -> bool:
        """Whether staff need a training for a case of this item."""
        return self.for_cases and service_code in self.items


def training_needs(settings: Mapping[str, Any]) -> TrainingNeeds:
    """What the settings of a district's profile ask for."""
    said: Mapping[str, Any] = settings.get(SECTION) or {}
    return TrainingNeeds(
        items=frozenset(said.get(REQUIRED_TRAINING, ())), for_cases=bool(said.get(_FOR_CASES))
    )


def untrained(
    service_code: str | None, needs: TrainingNeeds, *, trained: bool, field: str = "input.number"
) -> TrainingRequired | None:
    """Why somebody may do nothing with this item yet; None if they may. Of ``field`` the refusal speaks."""
    if service_code is None or trained or service_code not in needs.items:
        return None
    return TrainingRequired(service_code, field)


def check_served(kind: TrainingKind, served: int | None) -> None:
    """A coaching says how many people were coached, and nothing else does. Raises ``InvalidInput``."""
    if kind is TrainingKind.TRAINING and served is not None:
        raise InvalidInput(
            "Only a coaching counts people served.",
            "只有辅导才填写服务人数。",
            fields=("input.served",),
        )
    if kind is TrainingKind.COACHING and (served is None or not 0 < served <= MOST_SERVED):
        raise InvalidInput(
            f"Say how many people were coached, between 1 and {MOST_SERVED}.",
            f"请填写辅导人数,应为 1 至 {MOST_SERVED} 人。",
            fields=("input.served",),
        )


def check_passed(kind: TrainingKind, passed: Collection[UUID] | None, attendees: Collection[UUID]) -> None:
    """Of a training that ended with a test, who attended and passed it. Raises ``InvalidInput``."""
    if passed is None:
        return
    if kind is TrainingKind.COACHING or not set(passed) <= set(attendees):
        raise InvalidInput(
            "Those who passed the test of a training are among those who attended it.",
            "测验合格人员应为该培训的参训人员。",
            fields=("input.passedIds",),
        )
