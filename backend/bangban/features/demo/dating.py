"""When each act of a sample case lies, so that its story comes true today."""

from __future__ import annotations

from random import Random

from bangban.features.cases.values import CaseState
from bangban.features.demo.journey import Journey
from bangban.features.demo.script import Act, Window, acts_of, ordinals_of
from bangban.features.demo.stories import Story
from bangban.kernel.clock import Light, light_for

LATE = (1, 6)  # working days after the due day
LIT = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS})


# How many working days ago the last act of a case that waits may lie at most.
_STALE = {
    CaseState.SUBMITTED: 2,
    CaseState.PRE_CHECKING: 3,
    CaseState.AWAITING_MATERIALS: 6,
    CaseState.SUSPENDED: 12,
}


def remaining_days(light: Light, promised: int) -> list[int]:
    """The working days that may be left today so that a case accepted on an earlier one shows this light."""
    return [left for left in range(-LATE[1], promised) if light_for(left, promised=promised) is light]


def dated(journey: Journey, story: Story, *, case: int, window: Window, rng: Random) -> list[Act]:
    """The journey's acts with their times, so that the story comes true today; none where the window is too short."""
    fixed, at = len(journey.steps) - 1, window.last
    if story.light is not None and story.state in LIT:
        assert journey.accepted is not None  # both states come after acceptance
        left = rng.choice(remaining_days(story.light, journey.item.promised))
        fixed, at = journey.accepted, window.present + left - journey.item.promised
        if at - journey.before_acceptance < window.first:
            return []
    elif story.state in _STALE:
        at -= rng.randint(0, _STALE[story.state])
    else:
        earliest = window.first + journey.span
        if earliest > at:
            return []
        at = rng.randint(earliest, at)
    ordinals = ordinals_of(journey.steps, fixed=fixed, at=at, last=window.last)
    return acts_of(window, journey.steps, ordinals, rng, case=case)
