"""Areas and points as lists name them.

Areas by division code, by key, or by name; from a town down as ``某镇/某村`` where need be. Points by key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.tables import AreaRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel

_SEPARATORS = str.maketrans({"／": "/", ">": "/", "＞": "/", "-": "/", "—": "/", "\\": "/"})


@dataclass(frozen=True, slots=True)
class Place:
    """An area in use."""

    id: UUID
    key: str
    code: str | None
    name: str
    parent_id: UUID | None
    path: str
    level: AreaLevel


class Places:
    """The areas of a district, to be found by what a list calls them."""

    def __init__(self, places: Iterable[Place]) -> None:
        every = {place.id: place for place in places}
        self._exact: dict[str, Place] = {}
        self._named: dict[str, list[Place]] = {}
        for place in every.values():
            self._exact[place.key] = place
            for name in _names(place, every):
                self._named.setdefault(name, []).append(place)
        # A code comes before another area's key, should they ever be the same.
        self._exact |= {place.code: place for place in every.values() if place.code is not None}

    def find(self, text: str) -> list[Place]:
        """All areas that ``text`` may mean: one, none, or several of a name."""
        exact = self._exact.get(text)
        if exact is not None:
            return [exact]
        plain = half_width("".join(text.split()))
        return self._named.get(plain) or self._named.get(plain.translate(_SEPARATORS).strip("/"), [])


async def load_places(db: AsyncSession) -> Places:
    """The areas in use."""
    columns = (
        AreaRow.id,
        AreaRow.key,
        AreaRow.code,
        AreaRow.name,
        AreaRow.parent_id,
        AreaRow.path,
        AreaRow.level,
    )
    rows = await db.execute(select(*columns).where(AreaRow.retired_on.is_(None)))
    return Places(Place(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Point:
    """A service point; ``path`` is that of its area."""

    id: UUID
    key: str
    name: str
    path: str


async def load_points(db: AsyncSession, keys: Iterable[str], ids: Iterable[UUID]) -> list[Point]:
    """The points with these keys, and those with these ids."""
    rows = await db.execute(
        select(ServicePointRow.id, ServicePointRow.key, ServicePointRow.name, AreaRow.path)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(or_(ServicePointRow.key.in_(list(keys)), ServicePointRow.id.in_(list(ids))))
    )
    return [Point(*row) for row in rows]


def _names(place: Place, every: dict[UUID, Place]) -> set[str]:
    """The area's name alone and behind the names of one, two … areas above it."""
    name = half_width("".join(place.name.split()))
    names = {name}
    above = place.parent_id
    while above is not None and above in every:
        upper = every[above]
        name = f"{half_width(''.join(upper.name.split()))}/{name}"
        names.add(name)
        above = upper.parent_id
    return names
