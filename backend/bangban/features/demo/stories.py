"""Which sample cases a district gets: how they stand today, and how many of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Generic, TypeVar

from bangban.features.cases.values import CaseState
from bangban.kernel.clock import Light

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Story:
    """How a case stands, and how often out of a hundred.

    ``light`` is today's where the case is being done; of a completed one OVERDUE says that it came too late.
    """

    state: CaseState
    light: Light | None
    share: int


# The first twelve show every state and every light; all of them come before any comes twice.
STORIES: Final = (
    Story(CaseState.SUBMITTED, None, 6),
    Story(CaseState.PRE_CHECKING, None, 5),
    Story(CaseState.AWAITING_MATERIALS, None, 7),
    Story(CaseState.ACCEPTED, Light.GREEN, 4),
    Story(CaseState.IN_PROGRESS, Light.OVERDUE, 2),
    Story(CaseState.SUSPENDED, None, 4),
    Story(CaseState.COMPLETED, None, 11),
    Story(CaseState.CLOSED, None, 33),
    Story(CaseState.DECLINED, None, 3),
    Story(CaseState.WITHDRAWN, None, 4),
    Story(CaseState.TERMINATED, None, 3),
    Story(CaseState.ACCEPTED, Light.RED, 2),
    Story(CaseState.IN_PROGRESS, Light.YELLOW, 3),
    Story(CaseState.ACCEPTED, Light.YELLOW, 2),
    Story(CaseState.ACCEPTED, Light.OVERDUE, 1),
    Story(CaseState.IN_PROGRESS, Light.GREEN, 4),
    Story(CaseState.IN_PROGRESS, Light.RED, 2),
    Story(CaseState.COMPLETED, Light.OVERDUE, 1),
    Story(CaseState.CLOSED, Light.OVERDUE, 3),
)


def choose_stories(count: int, rng: Random) -> list[Story]:
    """``count`` stories: each of them once while there is room, the rest by their shares."""
    rest = max(0, count - len(STORIES))
    return [*STORIES[:count], *rng.choices(STORIES, [story.share for story in STORIES], k=rest)]


class Deck(Generic[T]):
    """Cards in random order, shuffled again when all are drawn: by chance, but never long without one."""

    def __init__(self, cards: Sequence[T], rng: Random) -> None:
        self._cards = tuple(cards)
        self._rng = rng
        self._left: list[T] = []

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


def one_in(n: int, rng: Random) -> Deck[bool]:
    """A deck in which one card of ``n`` says yes."""
    return Deck((True, *(False,) * (n - 1)), rng)
