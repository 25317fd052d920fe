"""A district's profile for measurements: a county of 20 towns, 300 villages and 200 grids with 100 matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.data.applicants import full_name

from bangban.features.areas.values import AreaKind
from bangban.features.people.rules import TeamKind
from bangban.features.people.values import StaffSource
from bangban.features.profiles.models import Text
from bangban.features.profiles.profile import Profile, ProfileArea, ProfileItem, Template
from bangban.features.profiles.profile_people import ProfileAssignment, ProfileStaff, ProfileTeam
from bangban.features.profiles.values import Employment, Origin, Provenance
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel

TOWNS: Final = 20
VILLAGES: Final = 15  # of each town
GRIDS: Final = 2  # of each of a town's first villages
GRIDDED: Final = 5
ITEMS: Final = 100
_SINCE: Final = date(2020, 1, 1)
_LEVELS: Final = (AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID)
_OF_COUNTY: Final = (
    ("admin", Role.ADMIN),
    ("auditor", Role.AUDITOR),
    ("portal", Role.PORTAL),
    ("leader", Role.LEADER),
    ("supervisor", Role.SUPERVISOR),
    ("dispatcher", Role.DISPATCHER),
    ("guide", Role.GUIDE),
    ("clerk-county-1", Role.WINDOW_CLERK),
    ("clerk-county-2", Role.WINDOW_CLERK),
    ("clerk-county-3", Role.WINDOW_CLERK),
    ("clerk-county-4", Role.WINDOW_CLERK),
)


def made_profile(slug: str, template: Template) -> Profile:
    """The profile of the district ``slug``; all but its names is the same in every one of them."""
    areas = _areas()
    number = slug.removeprefix("bench-").upper()
    return Profile(
        folder=Path(slug),
        slug=slug,
        name=Text(zh=f"测算{number}县", en=f"Benchmark county {number}"),
        brand=Text(zh="帮您办", en="We help you do it"),
        division_code=None,
        case_prefix=f"B{number}",
        levels=_LEVELS,
        address_levels=(),
        circle_minutes=template.circle_minutes,
        timezone=template.timezone,
        contact_phone=template.contact_phone,
        allowed_origins=template.allowed_origins,
        modes=template.modes,
        rating=template.rating,
        project_lead=None,
        hard_case_channel=None,
        figures=(),
        areas=areas,
        items=_items(template),
        teams=_teams(areas),
        staff=_staff(areas),
        policy=(),
        warnings=(),
    )


def _areas() -> tuple[ProfileArea, ...]:
    areas = [_area("county", None, "测算县", AreaKind.COUNTY)]
    for town in range(1, TOWNS + 1):
        key = f"town-{town:02d}"
        areas.append(_area(key, "county", f"第{town}镇", AreaKind.TOWN))
        for village in range(1, VILLAGES + 1):
            below = f"{key}-{village:02d}"
            areas.append(_area(below, key, f"{town}镇{village}村", AreaKind.VILLAGE))
            for grid in range(1, GRIDS + 1 if village <= GRIDDED else 1):
                areas.append(_area(f"{below}-{grid}", below, f"{town}镇{village}村{grid}网格", AreaKind.GRID))  # noqa: PERF401 - parents come before children
    return tuple(areas)


def _area(key: str, parent: str | None, name: str, kind: AreaKind) -> ProfileArea:
    return ProfileArea(
        key=key,
        code=None,
        parent=parent,
        name=name,
        full_name=name,
        level=kind.level,
        kind=kind,
        provenance=Provenance.SAMPLE,
    )


def _items(template: Template) -> tuple[ProfileItem, ...]:
    """The template's matters, then variants of them up to the number wanted."""
    items = list(template.items[:ITEMS])
    for number in range(len(items), ITEMS):
        model = template.items[number % len(template.items)].draft
        draft = replace(
            model,
            code=f"BENCH-ITEM-{number:03d}",
            name=f"{model.name}({number}类情形)",
            effective_from=_SINCE,
        )
        items.append(ProfileItem(draft=draft, origin=Origin.OWN, provenance=Provenance.SAMPLE))
    return tuple(items)


def _teams(areas: tuple[ProfileArea, ...]) -> tuple[ProfileTeam, ...]:
    return tuple(
        ProfileTeam(
            key=f"team-{area.key}",
            name=Text(zh=f"{area.name}帮办队", en=f"Team of {area.key}"),
            brand=None,
            kind=TeamKind.TOWN,
            area=area.key,
            provenance=Provenance.SAMPLE,
        )
        for area in areas
        if area.level is AreaLevel.TOWN
    )


def _staff(areas: tuple[ProfileArea, ...]) -> tuple[ProfileStaff, ...]:
    """Posts of the county, clerks and a helper for each town, a helper for each village; all can sign in."""
    staff = [_person(key, role, "county", StaffSource.WINDOW) for key, role in _OF_COUNTY]
    for area in areas:
        if area.level is AreaLevel.TOWN:
            staff += [
                _person(f"clerk-{area.key}-1", Role.WINDOW_CLERK, area.key, StaffSource.WINDOW),
                _person(f"clerk-{area.key}-2", Role.WINDOW_CLERK, area.key, StaffSource.WINDOW),
                _person(f"helper-{area.key}", Role.HELPER, area.key, StaffSource.OFFICE),
            ]
        elif area.level is AreaLevel.VILLAGE:
            staff.append(_person(f"helper-{area.key}", Role.HELPER, area.key, StaffSource.COMMUNITY_WORKER))
    return tuple(staff)


def _person(key: str, role: Role, area: str, source: StaffSource) -> ProfileStaff:
    return ProfileStaff(
        key=key,
        name=full_name(Random(key)),  # noqa: S311 - the same person every time
        since=_SINCE,
        until=None,
        employment=Employment.FULL_TIME,
        source=source,
        teams=(),
        assignments=(ProfileAssignment(role=role, area=area, since=_SINCE, until=None),),
        login=True,
        provenance=Provenance.SAMPLE,
    )
