"""Where an order is to be done: an area that somebody names, or the one that is nearest to where they are."""

from __future__ import annotations

from math import cos, radians
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Double, Integer, Uuid, case, cast, func, or_, select

from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.orders.rules.facts import Place
from bangban.kernel.database.written import Given, Written
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

METRES_OF_A_DEGREE: Final = 111_195  # on a sphere of 6,371 km


def _in_use() -> ColumnElement[bool]:
    return or_(AreaRow.retired_on.is_(None), AreaRow.retired_on > Given("today", Date()))


def _nearest() -> Written:
    east = AreaRow.longitude - Given("longitude", Double())
    north = AreaRow.latitude - Given("latitude", Double())
    square = east * east * Given("shortened", Double()) + north * north
    deepest_first = case({level.value: -level.depth for level in AreaLevel}, value=AreaRow.level)
    metres = cast(func.sqrt(square) * METRES_OF_A_DEGREE, Integer())
    return Written(
        select(AreaRow.id, AreaRow.path, AreaRow.level, metres.label("metres"))
        .where(AreaRow.longitude.is_not(None), _in_use())
        .order_by(metres, deepest_first, AreaRow.id)
        .limit(1)
    )


_NEAREST: Final = _nearest()
_CHILDREN: Final = Written(
    select(AreaRow.id, AreaRow.path, AreaRow.level)
    .where(AreaRow.parent_id == Given("parent", Uuid()), _in_use())
    .limit(2)
)


def location_of(longitude: float | None, latitude: float | None) -> tuple[float, float] | None:
    """The two as one, in degrees of WGS-84; None where neither is given. Raises InvalidInput."""
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise InvalidInput(
            "A location is a longitude and a latitude, in degrees.",
            "位置须同时填写经度和纬度,单位为度。",
            fields=("input.longitude", "input.latitude"),
        )
    return longitude, latitude


async def nearest_place(work: Work, longitude: float, latitude: float, *, reach_km: int) -> Place:
    """The nearest area that has a location, the deeper one of two as near. Areas have no borders here.

    Distances are planar, east and west shortened by the latitude: within a district that orders areas as the great
    circle does.

    Raises:
        InvalidInput: None lies within ``reach_km``.
    """
    found = await work.run(
        _NEAREST,
        today=work.today,
        longitude=longitude,
        latitude=latitude,
        shortened=cos(radians(latitude)) ** 2,
    )
    if not found or found[0].metres > reach_km * 1_000:
        raise InvalidInput(
            f"No area of this district lies within {reach_km} kilometres of this place.",
            f"该位置 {reach_km} 公里内没有本地区的区域。",
            fields=("input.longitude", "input.latitude"),
        )
    return Place(id=found[0].id, path=found[0].path, level=found[0].level)


async def place_of_area(work: Work, area_id: UUID) -> Place:
    """The area with this id. Raises ``AreaUnknown``, ``AreaRetired``."""
    area = await get_area(work.db, area_id)
    if area.retired_on is not None and area.retired_on <= work.today:
        raise AreaRetired(fields=("input.areaId",), name=area.name, on=area.retired_on)
    return Place(id=area.id, path=area.path, level=area.level)


async def only_place_below(work: Work, place: Place) -> Place:
    """The place, or as far down from it as there is one way only."""
    while True:
        below = await work.run(_CHILDREN, parent=place.id, today=work.today)
        if len(below) != 1:
            return place
        place = Place(id=below[0].id, path=below[0].path, level=below[0].level)
