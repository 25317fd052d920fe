"""Where the areas of a profile lie and how many people live there: one by one, or spread around a middle."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bangban.features.places.rules import wrong_location
from bangban.features.profiles.area_sets import even_shares
from bangban.features.profiles.documents import Loc
from bangban.features.profiles.models_places import AreaPlaceSetFile, PlacesFile
from bangban.features.profiles.place_references import PlaceReferences
from bangban.features.profiles.profile import AreaPlace

METRES_OF_A_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371,008.8 m


def build_area_places(file: PlacesFile, refs: PlaceReferences) -> dict[str, AreaPlace]:
    """Where each area lies, by its key; what is at fault is named and left out."""
    placed: dict[str, AreaPlace] = {}
    for index, given in enumerate(file.areas):
        loc: Loc = ("areas", index)
        area = refs.area(given.at, (*loc, "at"))
        refs.say(loc, wrong_location(given.longitude, given.latitude))
        if area is not None:
            _place(
                refs,
                placed,
                AreaPlace(
                    area=area.key,
                    longitude=given.longitude,
                    latitude=given.latitude,
                    population=given.population,
                ),
                loc,
            )
    for index, made in enumerate(file.area_sets):
        for place in _spread(refs, made, ("area_sets", index)):
            placed.setdefault(place.area, place)  # one that is placed by itself stays there
    return placed


def _place(refs: PlaceReferences, placed: dict[str, AreaPlace], place: AreaPlace, loc: Loc) -> None:
    if place.area in placed:
        refs.fault(loc, f"区域“{place.area}”重复。", f"The area {place.area!r} stands here twice.")
    placed[place.area] = place


def _spread(refs: PlaceReferences, made: AreaPlaceSetFile, loc: Loc) -> Iterator[AreaPlace]:
    areas = refs.under(made.level, made.under, loc)
    refs.say(loc, wrong_location(made.longitude, made.latitude))
    shares = even_shares(made.population, len(areas)) if made.population is not None and areas else None
    east = METRES_OF_A_DEGREE * math.cos(math.radians(made.latitude))
    for index, (area, (x, y)) in enumerate(zip(areas, spiral(len(areas)), strict=True)):
        yield AreaPlace(
            area=area.key,
            longitude=round(made.longitude + x * made.spacing / east, 6),
            latitude=round(made.latitude + y * made.spacing / METRES_OF_A_DEGREE, 6),
            population=None if shares is None else shares[index],
        )


def spiral(count: int) -> Iterator[tuple[int, int]]:
    """The first places of a square spiral around (0, 0), which is the first."""
    x = y = 0
    dx, dy = 1, 0
    steps, taken, turns = 1, 0, 0
    for _ in range(count):
        yield x, y
        x, y, taken = x + dx, y + dy, taken + 1
        if taken == steps:
            dx, dy, taken, turns = -dy, dx, 0, turns + 1
            steps += turns % 2 == 0
