"""Teams and staff of a profile, expanded person by person and checked against the area tree."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle

from bangban.features.people.problems import AuditorApart
from bangban.features.people.rules import check_apart
from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models import Text
from bangban.features.profiles.models_people import PeopleFile, StaffFile, StaffSetFile
from bangban.features.profiles.names import invented_name
from bangban.features.profiles.profile import (
    ProfileArea,
    ProfileAssignment,
    ProfileMembership,
    ProfileStaff,
    ProfileTeam,
)
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.levels import AreaLevel

Place = tuple[str, str | None]  # area key, team key
MOST_STAFF = 100_000
NEEDED_ROLES = (Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class People:
    """Teams and staff in the order of the file."""

    teams: tuple[ProfileTeam, ...]
    staff: tuple[ProfileStaff, ...]


def build_people(
    file: PeopleFile,
    *,
    slug: str,
    tree: AreaTree,
    levels: tuple[AreaLevel, ...],
    points: Mapping[str, str],
    document: Document,
    faults: FaultList,
) -> People:
    """Everybody of ``people.yaml``; what is at fault is named in ``faults`` and left out.

    ``points`` are the keys of service points, each with the key of its area.
    """
    builder = _Builder(
        file=file, slug=slug, tree=tree, levels=levels, points=points, document=document, faults=faults
    )
    return builder.build()


@dataclass(kw_only=True)
class _Builder:
    file: PeopleFile
    slug: str
    tree: AreaTree
    levels: tuple[AreaLevel, ...]
    points: Mapping[str, str]
    document: Document
    faults: FaultList
    teams: dict[str, ProfileTeam] = field(default_factory=dict)
    made_of_set: dict[str, list[str]] = field(default_factory=dict)
    staff: dict[str, ProfileStaff] = field(default_factory=dict)
    named: int = 0

    def build(self) -> People:
        self._teams()
        for index, person in enumerate(self.file.staff):
            self._person(person, ("staff", index))
        for index, made in enumerate(self.file.staff_sets):
            self._set(made, ("staff_sets", index))
        named = {held.role for person in self.file.staff for held in person.assignments}
        held = named | {made.role for made in self.file.staff_sets}
        for role in NEEDED_ROLES:
            if role not in held:
                self._fault(("staff",), f"至少应有一名 {role}。", f"Somebody must hold the role {role}.")
        return People(tuple(self.teams.values()), tuple(self.staff.values()))

    # ------------------------------------------------------------------ teams

    def _teams(self) -> None:
        for index, team in enumerate(self.file.teams):
            area = self._post(team.at, ("teams", index, "at"))
            if area:
                self._add_team(
                    ProfileTeam(
                        key=team.key,
                        name=team.name,
                        brand=team.brand,
                        kind=team.kind,
                        area=area.key,
                        provenance=team.provenance,
                    ),
                    ("teams", index),
                )
        for index, made in enumerate(self.file.team_sets):
            loc: Loc = ("team_sets", index)
            keys = self.made_of_set.setdefault(made.key, [])
            for area in self._areas(made.level, made.under, loc):
                seated = ProfileTeam(
                    key=f"{made.key}-{area.key}",
                    name=Text(
                        zh=made.name.zh.replace("{area}", area.name),
                        en=made.name.en.replace("{area}", area.name),
                    ),
                    brand=made.brand,
                    kind=made.kind,
                    area=area.key,
                    provenance=made.provenance,
                )
                keys.append(seated.key)
                self._add_team(seated, loc)

    def _add_team(self, team: ProfileTeam, loc: Loc) -> None:
        if team.key in self.teams:
            self._fault(loc, f"队伍“{team.key}”重复。", f"The team {team.key!r} exists already.")
        self.teams.setdefault(team.key, team)

    # ------------------------------------------------------------------ named people

    def _person(self, person: StaffFile, loc: Loc) -> None:
        since = person.since or self.file.since
        self._ordered(since, person.until, loc)
        held: list[ProfileAssignment] = []
        for index, wanted in enumerate(person.assignments):
            at: Loc = (*loc, "assignments", index)
            area = self._post(wanted.at, (*at, "at"))
            begins = wanted.since or since
            ends = wanted.until or person.until
            self._ordered(begins, ends, at)
            if area:
                self._posted(wanted.role, wanted.point, area, at)
                held.append(
                    ProfileAssignment(
                        role=wanted.role, area=area.key, since=begins, until=ends, point=wanted.point
                    )
                )
        try:
            check_apart((assignment.role, assignment) for assignment in held)
        except AuditorApart as apart:
            self._fault((*loc, "assignments"), apart.message("zh"), apart.message("en"))
        for index, team in enumerate(person.teams):
            self._known_team(team, (*loc, "teams", index))
        memberships: list[ProfileMembership] = []
        for index, member in enumerate(person.memberships):
            at = (*loc, "memberships", index)
            self._known_team(member.team, (*at, "team"))
            begins, ends = member.since or since, member.until or person.until
            self._ordered(begins, ends, at)
            memberships.append(
                ProfileMembership(
                    team=member.team,
                    since=begins,
                    until=ends,
                    lead=member.lead,
                    employment=member.employment or person.employment,
                )
            )
        self._add_person(
            ProfileStaff(
                key=person.key,
                name=person.name or self._name(),
                since=since,
                until=person.until,
                employment=person.employment,
                source=person.source,
                teams=person.teams,
                assignments=tuple(held),
                login=person.login,
                provenance=person.provenance,
                memberships=tuple(memberships),
            ),
            loc,
        )

    def _add_person(self, person: ProfileStaff, loc: Loc) -> None:
        if person.key in self.staff:
            self._fault(loc, f"人员“{person.key}”重复。", f"The person {person.key!r} exists already.")
        self.staff.setdefault(person.key, person)

    def _name(self) -> str:
        self.named += 1
        return invented_name(self.slug, self.named - 1)

    # ------------------------------------------------------------------ sets of people

    def _set(self, made: StaffSetFile, loc: Loc) -> None:
        since = made.since or self.file.since
        self._ordered(since, made.until, loc)
        if made.team:
            self._known_team(made.team, (*loc, "team"))
        places = self._places(made, loc)
        if not places:
            return
        load = self._load(made, places)
        already = sum(load.values())
        if made.total is not None and made.total < already:
            self._fault(
                (*loc, "total"),
                f"总数 {made.total} 少于已列名的 {already} 人。",
                f"The total of {made.total} is less than the {already} people who are there already.",
            )
            return
        more = made.total - already if made.total is not None else None
        coming = (made.each or 0) * len(places) if more is None else more
        if len(self.staff) + coming > MOST_STAFF:
            self._fault(loc, f"人员总数超过 {MOST_STAFF}。", f"There would be more than {MOST_STAFF} people.")
            return
        seats = _seats(places, load, more, made.each)
        width = max(3, len(str(len(seats))))
        seated = zip(seats, cycle(made.sources), strict=False)
        for number, ((area, team), source) in enumerate(seated, start=1):
            self._add_person(
                ProfileStaff(
                    key=f"{made.key}-{number:0{width}}",
                    name=self._name(),
                    since=since,
                    until=made.until,
                    employment=made.employment,
                    source=source,
                    teams=(team,) if team else (),
                    assignments=(
                        ProfileAssignment(role=made.role, area=area, since=since, until=made.until),
                    ),
                    login=made.login,
                    provenance=made.provenance,
                ),
                loc,
            )

    def _places(self, made: StaffSetFile, loc: Loc) -> list[Place]:
        """Where people of the set may sit, as (area key, team key)."""
        if made.teams:
            keys: list[str] = []
            for index, key in enumerate(made.teams):
                found = self.made_of_set.get(key) or ([key] if key in self.teams else [])
                if key not in self.made_of_set:
                    self._known_team(key, (*loc, "teams", index))
                keys += found
            return [(self.teams[key].area, key) for key in keys if key in self.teams]
        if made.at is not None:
            area = self._post(made.at, (*loc, "at"))
            return [(area.key, made.team)] if area else []
        assert made.level is not None  # the file's own validator: at, teams, or level with under
        assert made.under is not None
        return [(area.key, made.team) for area in self._areas(made.level, made.under, loc)]

    def _load(self, made: StaffSetFile, places: list[Place]) -> Counter[Place]:
        """People who already count: members of the teams, or holders of the role at the areas."""
        load: Counter[Place] = Counter()
        of_area = {area: (area, team) for area, team in places}
        of_team = {team: (area, team) for area, team in places}
        for person in self.staff.values():
            if made.teams:
                sits = next((of_team[team] for team in person.teams if team in of_team), None)
            else:
                roles = (held for held in person.assignments if held.role is made.role)
                sits = next((of_area[held.area] for held in roles if held.area in of_area), None)
            if sits:
                load[sits] += 1
        return load

    # ------------------------------------------------------------------ checks

    def _areas(self, level: AreaLevel, under: str, loc: Loc) -> list[ProfileArea]:
        top = self._post(under, (*loc, "under"))
        if top is None:
            return []
        found = self.tree.at_level(level, under=top)
        if level not in self.levels or not (found or self.tree.broken):
            self._fault(
                (*loc, "level"),
                f"“{under}”之下没有可任职的 {level} 区域。",
                f"There is no area of level {level} under {under!r} where anybody works.",
            )
            return []
        return found

    def _posted(self, role: Role, point: str | None, area: ProfileArea, loc: Loc) -> None:
        """Whether the point lies in the area of the role, which a partner's clerk must have."""
        if point is None:
            if role is Role.PARTNER_CLERK:
                self._fault(loc, "合作网点人员须指定服务点。", "A partner's clerk needs a service point.")
            return
        place = self.tree.find(self.points.get(point, ""))
        if place is None or not self.tree.within(place, area):
            self._fault(
                (*loc, "point"),
                f"任职区域内没有服务点“{point}”。",
                f"There is no service point {point!r} in the area of the role.",
            )

    def _post(self, ref: str, loc: Loc) -> ProfileArea | None:
        """The area, if it exists and the district works at its level."""
        area = self.tree.find(ref)
        if area is None:
            if self.tree.unknown(ref):
                self._fault(loc, f"没有区域“{ref}”。", f"There is no area {ref!r}.")
        elif area.level not in self.levels:
            self._fault(
                loc,
                f"“{area.name}”仅作地址,本地区不在 {area.level} 层级任职。",
                f"{area.name} is a place only: nobody works at the level {area.level} here.",
            )
            return None
        return area

    def _known_team(self, key: str, loc: Loc) -> None:
        """A team whose own seat is at fault is known all the same."""
        if key not in self.teams and all(team.key != key for team in self.file.teams):
            self._fault(loc, f"没有队伍“{key}”。", f"There is no team {key!r}.")

    def _ordered(self, since: date, until: date | None, loc: Loc) -> None:
        if until is not None and until < since:
            self._fault(
                loc,
                f"结束日期 {until} 早于开始日期 {since}。",
                f"It ends on {until}, before it begins on {since}.",
            )

    def _fault(self, loc: Loc, zh: str, en: str) -> None:
        self.faults.error(self.document.path, self.document.line(loc), zh, en)


def _seats(
    places: list[Place],
    load: Counter[Place],
    more: int | None,
    each: int | None,
) -> list[Place]:
    """One place for every person to come: ``each`` everywhere, or ``more`` by who has fewest so far."""
    if more is None:
        return [place for place in places for _ in range(each or 0)]
    heap = [(load[place], order) for order, place in enumerate(places)]
    heapq.heapify(heap)
    seats: list[Place] = []
    for _ in range(more):
        filled, order = heap[0]
        seats.append(places[order])
        heapq.heapreplace(heap, (filled + 1, order))
    return seats
