"""What of a count is told outside its district: nothing that is about a handful of people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FEWEST: Final = 5
"""Counts below this are about people who may be known: they are not told where the whole is broken down."""


def told(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The parts of a whole as they may be told: null for 1 to 4.

    The whole itself is told, so one part that is not told could be worked out from the others. Therefore the smallest
    of the rest is kept back too, until at least two are and they come to ``FEWEST`` together.
    """
    hidden = {word for word, count in cells.items() if 0 < count < FEWEST}
    rest = sorted(
        (word for word in cells if word not in hidden),
        key=lambda word: (cells[word] == 0, cells[word], word),
    )
    for word in rest:
        if not hidden or sum(cells[each] for each in hidden) >= FEWEST:
            break
        hidden.add(word)
    return {word: None if word in hidden else count for word, count in cells.items()}
