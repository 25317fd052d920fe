"""Where cases of a benchmark district come from, and who holds them there."""

from __future__ import annotations

from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from bangban.kernel.levels import AreaLevel

COLUMNS: Final = ("slot", "area_id", "near", "clerk", "centre")
"""Of the table that cases draw their area and their holder from; the records follow this order."""

SLOTS: Final = 4000
_SHARE: Final = {AreaLevel.COUNTY: 2, AreaLevel.TOWN: 16, AreaLevel.VILLAGE: 62, AreaLevel.GRID: 20}


class Post(NamedTuple):
    """An area by its key, and its place in the tree by that of the area above."""

    id: UUID
    parent: str | None
    level: AreaLevel


def made_places(areas: dict[str, Post], staff: dict[str, UUID], *, seed: int) -> list[tuple[Any, ...]]:
    """``SLOTS`` records, drawn with equal chance: busy areas have many, quiet ones one or none.

    ``near`` is who helps at the area itself, ``clerk`` who sits at the town's window, ``centre`` at the county's.
    """
    rng = Random(seed)  # noqa: S311 - samples are to be the same every time
    weights: dict[str, float] = {}
    for level, share in _SHARE.items():
        keys = sorted(key for key, post in areas.items() if post.level is level)
        rng.shuffle(keys)
        # Zipf's law, softened: the busiest village has some ten times the cases of the middle one.
        ranks = {key: 1 / (rank + 3) ** 0.8 for rank, key in enumerate(keys)}
        total = sum(ranks.values())
        weights |= {key: share * rank / total for key, rank in ranks.items()}
    drawn = rng.choices(list(weights), weights=list(weights.values()), k=SLOTS)
    return [(slot, areas[key].id, *_holders(key, areas, staff, rng)) for slot, key in enumerate(drawn)]


def _holders(
    key: str, areas: dict[str, Post], staff: dict[str, UUID], rng: Random
) -> tuple[UUID, UUID, UUID]:
    centre = staff[f"clerk-county-{rng.randint(1, 4)}"]
    line = [key]
    while (parent := areas[line[-1]].parent) is not None:
        line.append(parent)
    town = next((each for each in line if areas[each].level is AreaLevel.TOWN), None)
    near = next((staff[f"helper-{each}"] for each in line if f"helper-{each}" in staff), centre)
    clerk = centre if town is None else staff[f"clerk-{town}-{rng.randint(1, 2)}"]
    return near, clerk, centre
