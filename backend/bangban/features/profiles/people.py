"""Teams and staff of a profile, expanded person by person and checked against the area tree."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle

from bangban.features.people.problems import AuditorApart
from bangban.features.people.rules import check_apart
from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_people import PeopleFile, StaffFile, StaffSetFile
from bangban.features.profiles.names import invented_name
from bangban.features.profiles.posts import Posts
from bangban.features.profiles.profile_people import (
    ProfileAssignment,
    ProfileMembership,
    ProfileStaff,
    ProfileTeam,
)
from bangban.features.profiles.teams import Teams
from bangban.kernel.access.roles import Role
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
    posts = Posts(tree=tree, document=document, faults=faults, levels=levels, points=points)
    return _Builder(file=file, slug=slug, posts=posts, teams=Teams(file, posts)).build()


@dataclass(kw_only=True)
class _Builder:
    file: PeopleFile
    slug: str
    posts: Posts
    teams: Teams
    staff: dict[str, ProfileStaff] = field(default_factory=dict)
    named: int = 0

    def build(self) -> People:
        for index, person in enumerate(self.file.staff):
            self._person(person, ("staff", index))
        for index, made in enumerate(self.file.staff_sets):
            self._set(made, ("staff_sets", index))
        named = {held.role for person in self.file.staff for held in person.assignments}
        held = named | {made.role for made in self.file.staff_sets}
        for role in NEEDED_ROLES:
            if role not in held:
                self.posts.fault(("staff",), f"至少应有一名 {role}。", f"Somebody must hold the role {role}.")
        return People(tuple(self.teams.by_key.values()), tuple(self.staff.values()))

    # ------------------------------------------------------------------ named people

    def _person(self, person: StaffFile, loc: Loc) -> None:
        since = person.since or self.file.since
        self.posts.check_order(since, person.until, loc)
        held: list[ProfileAssignment] = []
        for index, wanted in enumerate(person.assignments):
            at: Loc = (*loc, "assignments", index)
            area = self.posts.area(wanted.at, (*at, "at"))
            begins = wanted.since or since
            ends = wanted.until or person.until
            self.posts.check_order(begins, ends, at)
            if area:
                self.posts.check_point(wanted.role, wanted.point, area, at)
                held.append(
                    ProfileAssignment(
                        role=wanted.role, area=area.key, since=begins, until=ends, point=wanted.point
                    )
                )
        try:
            check_apart((assignment.role, assignment) for assignment in held)
        except AuditorApart as apart:
            self.posts.fault((*loc, "assignments"), apart.message("zh"), apart.message("en"))
        for index, team in enumerate(person.teams):
            self.teams.check_known(team, (*loc, "teams", index))
        memberships: list[ProfileMembership] = []
        for index, member in enumerate(person.memberships):
            at = (*loc, "memberships", index)
            self.teams.check_known(member.team, (*at, "team"))
            begins, ends = member.since or since, member.until or person.until
            self.posts.check_order(begins, ends, at)
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
            self.posts.fault(loc, f"人员“{person.key}”重复。", f"The person {person.key!r} exists already.")
        self.staff.setdefault(person.key, person)
        for team in person.teams:
            self.teams.check_begins(team, person.since, loc)
        for member in person.memberships:
            self.teams.check_begins(member.team, member.since, loc)

    def _name(self) -> str:
        self.named += 1
        return invented_name(self.slug, self.named - 1)

    # ------------------------------------------------------------------ sets of people

    def _set(self, made: StaffSetFile, loc: Loc) -> None:
        since = made.since or self.file.since
        self.posts.check_order(since, made.until, loc)
        if made.team:
            self.teams.check_known(made.team, (*loc, "team"))
        places = self._places(made, loc)
        if not places:
            return
        load = self._load(made, places)
        already = sum(load.values())
        if made.total is not None and made.total < already:
            self.posts.fault(
                (*loc, "total"),
                f"总数 {made.total} 少于已列名的 {already} 人。",
                f"The total of {made.total} is less than the {already} people who are there already.",
            )
            return
        more = made.total - already if made.total is not None else None
        coming = (made.each or 0) * len(places) if more is None else more
        if len(self.staff) + coming > MOST_STAFF:
            self.posts.fault(
                loc, f"人员总数超过 {MOST_STAFF}。", f"There would be more than {MOST_STAFF} people."
            )
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
                found = self.teams.made_of_set.get(key) or ([key] if key in self.teams.by_key else [])
                if key not in self.teams.made_of_set:
                    self.teams.check_known(key, (*loc, "teams", index))
                keys += found
            return [(self.teams.by_key[key].area, key) for key in keys if key in self.teams.by_key]
        if made.at is not None:
            area = self.posts.area(made.at, (*loc, "at"))
            return [(area.key, made.team)] if area else []
        assert made.level is not None  # the file's own validator: at, teams, or level with under
        assert made.under is not None
        return [(area.key, made.team) for area in self.posts.areas(made.level, made.under, loc)]

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
