"""A small district for planning in: a county, two towns, a few villages, and people at each level."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bangban.features.cases.values import HelpMode
from bangban.features.catalog.values import Audience, Channel, ServiceKind
from bangban.features.demo.script import Window
from bangban.features.demo.stage import Item, Member, Place, Stage
from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.clock import WorkingCalendar, published_calendar
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = dt.datetime(2026, 11, 21, 13, 40, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
_SPACE = UUID(int=7)
_SINCE = dt.date(2024, 1, 1)

COUNTY, TOWN, VILLAGE = AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE
AREAS = {
    "county": (COUNTY, None),
    "town-a": (TOWN, "county"),
    "town-b": (TOWN, "county"),
    "village-a": (VILLAGE, "town-a"),
    "village-b": (VILLAGE, "town-b"),
}
PEOPLE = (
    ("clerk", Role.WINDOW_CLERK, "county"),
    ("dispatcher", Role.DISPATCHER, "county"),
    ("supervisor", Role.SUPERVISOR, "county"),
    ("helper", Role.HELPER, "county"),
    ("clerk-a", Role.WINDOW_CLERK, "town-a"),
    ("helper-a", Role.HELPER, "village-a"),
    ("admin", Role.ADMIN, "county"),
)


def _place(key: str) -> Place:
    level, parent = AREAS[key]
    area_id = uuid5(_SPACE, key)
    above = f"{_place(parent).path}." if parent else ""
    return Place(area_id, f"{above}{area_id.hex}", level)


def _member(name: str, role: Role, area: str, *, on: dt.date) -> Member:
    at = _place(area)
    principal = Principal(
        kind=PrincipalKind.STAFF,
        id=uuid5(_SPACE, name),
        name=name,
        assignments=(
            Assignment(role=role, area_id=AreaId(at.id), area_path=at.path, level=at.level, since=_SINCE),
        ),
    )
    return Member(principal, grants_of(principal, shipped_policy(), on=on))


def item(promised: int, *, tolerable: bool = False) -> Item:
    """An item promised within so many working days."""
    return Item(
        code=f"SAMPLE-ITEM-{promised}",
        kind=ServiceKind.LICENCE,
        audience=(Audience.PERSON, Audience.LEGAL_ENTITY),
        promised=promised,
        channels=frozenset({Channel.HALL, Channel.WEB, Channel.PROXY}),
        handled_at=frozenset({COUNTY, TOWN}),
        checked_at=frozenset({COUNTY, TOWN, VILLAGE}),
        owed=("FORM", "LEASE"),
        tolerable={"LEASE": 5} if tolerable else {},
        before_supplied=False,
    )


def sample_stage(now: dt.datetime = MONDAY, *, people: tuple[tuple[str, Role, str], ...] = PEOPLE) -> Stage:
    """The district at a moment."""
    window = Window(WorkingCalendar(published_calendar()), SHANGHAI, now)
    members = tuple(_member(*each, on=window.today) for each in people)
    return Stage(
        window=window,
        policy=shipped_policy(),
        modes={HelpMode.ONLINE: (), HelpMode.RELAY: ()},
        places=tuple(_place(key) for key in AREAS),
        items=(item(0), item(1), item(10, tolerable=True), item(20)),
        members=members,
        staff={each.principal.id: each.principal for each in members if each.principal.id},
    )
