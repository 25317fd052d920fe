"""Bookings, as the API's common tests need to know them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from tests.api.access_world import World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

COUNTY: Final = "371681"
EVERY_DAY: Final = "Mo-Su 09:00-12:00; PH 09:00-12:00"
NOTHING: Final = "00000000-0000-7000-8000-000000000000"
BOOK: Final = mutation_of("bookPoint", "id beginsAt endsAt placeNo state")
_BEGINS: Final = "2020-01-01T01:00:00Z"  # over, so that none is made


async def make_lounge(work: Work, area_id: UUID, *, hours: str = EVERY_DAY, **how: Any) -> UUID:
    """A fresh lounge."""
    row = ServicePointRow(
        id=new_id(),
        key=f"lounge-{new_id().hex}",
        area_id=area_id,
        kind=how.pop("kind", PointKind.LOUNGE),
        name="样本会客厅",
        longitude=117.7,
        latitude=36.9,
        hours=read_hours(hours),
        **how,
    )
    work.db.add(row)
    await work.db.flush()
    return row.id


def lounge(desk: Desk, **how: Any) -> str:
    """A fresh lounge of the county: its id."""
    county = UUID(desk.area(COUNTY))
    return str(desk.inside(lambda work: make_lounge(work, county, **how)))


def moment(desk: Desk, *, days: int = 1, hour: int = 9, minute: int = 0) -> str:
    """A time of the district's clock on a day to come."""

    async def find(work: Work) -> str:
        day = work.today + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), work.district.zone).isoformat()

    return desk.inside(find)


def booked(desk: Desk, n: int, point: str, **when: int) -> str:
    """A fresh booking of tomorrow: its id."""
    given = {"pointId": point, "beginsAt": moment(desk, **when)}
    return str(desk.resident(n)(BOOK, input=given).data["bookPoint"]["id"])


async def _fill(work: Work, world: World) -> None:
    """A lounge of town a with a booking that was cancelled, so that a rule refuses whatever is tried."""
    if "guide elsewhere" not in world.people:  # another part may have hired one
        await world.hire(work, "guide elsewhere", ("guide", "town-b", work.today, None))
    point = await make_lounge(work, world.areas["town-a"].id)
    resident = await resident_of_phone(work, sample_phone(fresh()))
    row = BookingRow(
        id=new_id(),
        point_id=point,
        resident_id=resident.id,
        day=work.today,
        begins_at=work.now,
        ends_at=work.now + timedelta(minutes=30),
        place_no=1,
        state=BookingState.CANCELLED,
        booked_at=work.now,
        settled_at=work.now,
    )
    work.db.add(row)
    world.marks |= {"lounge": str(point), "booking": str(row.id)}


def _booking(desk: Desk) -> Step:
    return desk.resident(fresh()), {"pointId": lounge(desk), "beginsAt": moment(desk)}


def _cancelling(desk: Desk) -> Step:
    n = fresh()
    return desk.resident(n), {"id": booked(desk, n, lounge(desk)), "outcome": "CANCELLED"}


PART = Part(
    roots={
        "Query.bookings": Root(AREA, "{ bookings { totalCount edges { node { id } } } }", caller="guide"),
        "Mutation.bookPoint": Root(
            AREA,
            mutation_of("bookPoint", "id"),
            lambda world: {"input": {"pointId": world.marks["lounge"], "beginsAt": _BEGINS}},
            ("INVALID_INPUT",),
            caller="resident",
            wrong_area="INVALID_INPUT",  # residents book anywhere
        ),
        "Mutation.settleBooking": Root(
            AREA,
            mutation_of("settleBooking", "id"),
            lambda world: {"input": {"id": world.marks["booking"], "outcome": "ARRIVED"}},
            ("ILLEGAL_TRANSITION",),
            caller="guide",
        ),
    },
    attempts={
        Permission.BOOKING_READ: Attempt("{ bookings { totalCount } }", {}),
        Permission.BOOKING_MAKE: Attempt(
            mutation_of("bookPoint", "id"),
            {"input": {"pointId": NOTHING, "beginsAt": _BEGINS}},
            frozenset({"NOT_FOUND"}),
        ),
        Permission.BOOKING_SETTLE: Attempt(
            mutation_of("settleBooking", "id"),
            {"input": {"id": NOTHING, "outcome": "CANCELLED"}},
            frozenset({"NOT_FOUND"}),
        ),
    },
    bounds={"Bookings": 1, "BookPoint": 8, "SettleBooking": 4},
    steps={"BookPoint": _booking, "SettleBooking": _cancelling},
    variables={"Bookings": lambda _: {}},
    logins={"Bookings": "guide"},
    fill=_fill,
)
