"""What the people of an import of staff hold: posts at areas, and places in teams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangban.features.people.places import Place
from bangban.features.people.problems import AuditorApart, PeopleFaulty
from bangban.features.people.rules import Held, HeldPlan, check_apart, counts_on, overlap, plan_periods
from bangban.features.people.staff_plan import OUTSIDE, StaffPlan, Stored, Team
from bangban.features.people.staff_sheet import PersonLines, PostLine
from bangban.features.people.tables import StaffRow
from bangban.features.people.team_problems import TeamEnded
from bangban.features.places.problems import PointUnknown, PostedElsewhere, PostNeeded
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import Problem
from bangban.kernel.sheets import Line


@dataclass(frozen=True, kw_only=True)
class StaffPosts:
    """Plans what people hold, person by person."""

    plan: StaffPlan
    stored: Stored
    scope: Scope
    levels: tuple[AreaLevel, ...]
    today: date

    def post(self, row: StaffRow, post: PostLine) -> Held | None:
        """The period of one post that a line states; None where it is at fault."""
        place = self._place(post.line, post.area)
        if place is None:
            return None
        if not self.scope.covers(place.path):
            self.plan.say(post.line, "area", *OUTSIDE)
            return None
        if place.level not in self.levels:
            self.plan.say(
                post.line,
                "area",
                f"“{place.name}”仅作地址,本地区不在 {place.level} 层级任职。",
                f"{place.name} is a place only: nobody is posted at the level {place.level} here.",
            )
            return None
        what = (row.id, post.role, place.id)
        running = _running(self.stored.posts.get(row.id, []), what, post.since, self.today)
        since = post.since or (running.since if running else self.today)
        until = post.until if post.until is not None or running is None else running.until
        if until is not None and until < since:
            self.plan.say(post.line, "until", "结束日期早于开始日期。", "It ends before it begins.")
            return None
        try:
            point_id = self._point(post, place) or (running.point_id if running else None)
            if post.role == Role.PARTNER_CLERK and point_id is None:
                raise PostNeeded
        except Problem as wrong:
            self.plan.say(post.line, "point", wrong.message("zh"), wrong.message("en"))
            return None
        label = str(post.line.number)
        return Held(id=new_id(), what=what, since=since, until=until, point_id=point_id, label=label)

    def _point(self, post: PostLine, place: Place) -> UUID | None:
        """The point that a line names, None where it names none. Raises ``PointUnknown``, ``PostedElsewhere``."""
        if post.point is None:
            return None
        point = next((each for each in self.stored.points if each.key == post.point), None)
        if point is None:
            raise PointUnknown
        if not is_within(point.path, place.path):
            raise PostedElsewhere(point=point.name)
        return point.id

    def _place(self, line: Line, text: str) -> Place | None:
        found = self.stored.places.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            self.plan.say(
                line,
                "area",
                f"有 {len(found)} 个区域叫“{text}”;请写区划代码,或写作“上级/本级”。",
                f"There are {len(found)} areas called {text}; give the code, or write “upper/lower”.",
            )
        else:
            self.plan.say(line, "area", f"没有区域“{text}”。", f"There is no area {text}.")
        return None

    def periods(self, row: StaffRow, given: PersonLines, wished: list[Held]) -> None:
        """Plan the person's posts and teams."""
        stored = self.stored.posts.get(row.id, [])
        unique = {(each.what, each.since, each.until, each.point_id): each for each in wished}
        try:
            plan = plan_periods(stored, list(unique.values()))
        except PeopleFaulty as faulty:
            for fault in faulty.faults:
                line = _line_of(given, fault.key)
                self.plan.say(line, "since", fault.zh, fault.en)
            return
        touched = [*plan.created, *plan.changed]
        try:
            kept = [each for each in stored if each.id not in {other.id for other in plan.changed}]
            check_apart([(str(each.what[1]), each) for each in (*kept, *touched)] if touched else [])
        except AuditorApart as apart:
            self.plan.say(given.line, "role", apart.message("zh"), apart.message("en"))
        before = {each.id: each for each in stored}
        for each in touched:
            was = before.get(each.id)
            self.plan.differ(
                _line_of(given, each.label),
                row.name,
                "post",
                self._told(was) if was else None,
                f"{each.what[1]} {self._told(each)}",
            )
        _add(self.plan.posts, plan)
        self._teams(row, given)

    def _told(self, held: Held) -> str:
        """When a post is held, and at which point."""
        at = next((f" {each.key}" for each in self.stored.points if each.id == held.point_id), "")
        return f"{held.since}~{held.until or ''}{at}"

    def _teams(self, row: StaffRow, given: PersonLines) -> None:
        stored = self.stored.memberships.get(row.id, [])
        wished: dict[UUID, Held] = {}
        for line, text, since in given.teams:
            team = self._team(line, text)
            if team is None:
                continue
            what = (team.id, row.id)
            begins = since or self.today
            if any(each.what == what and (each.until is None or each.until >= begins) for each in stored):
                self.plan.memberships.unchanged += team.id not in wished
                continue
            if team.until is not None and team.until < begins:
                ended = TeamEnded(name=team.name, until=team.until)
                self.plan.say(line, "team", ended.message("zh"), ended.message("en"))
                continue
            held = Held(
                id=new_id(),
                what=what,
                since=begins,
                until=team.until,
                full_time=row.full_time,
                label=str(line.number),
            )
            earlier = wished.get(team.id)
            if earlier is None or held.since < earlier.since:
                wished[team.id] = held
        for held in wished.values():
            self.plan.memberships.created.append(held)
            self.plan.differ(_line_of(given, held.label), row.name, "team", None, str(held.since))

    def _team(self, line: Line, text: str) -> Team | None:
        found = [each for each in self.stored.teams if text in (each.key, each.name)]
        if len(found) != 1:
            self.plan.say(line, "team", f"没有唯一的队伍“{text}”。", f"There is no one team {text}.")
            return None
        team = found[0]
        if not self.scope.whole and (team.path is None or not self.scope.covers(team.path)):
            self.plan.say(line, "team", *OUTSIDE)
            return None
        return team


def _running(stored: Iterable[Held], what: Any, since: date | None, today: date) -> Held | None:
    """The stored period that a line speaks of: the one of that day, else the one that runs or is to come."""
    same = sorted((each for each in stored if each.what == what), key=lambda each: each.since)
    if since is not None:
        asked = Held(id=new_id(), what=what, since=since)
        exact = next((each for each in same if each.since == since), None)
        return exact or next((each for each in same if overlap(each, asked)), None)
    return next((each for each in same if counts_on(each, today) or each.since > today), None)


def _line_of(given: PersonLines, label: str) -> Line:
    lines = [*(post.line for post in given.posts), *(line for line, _, _ in given.teams)]
    return next((line for line in lines if str(line.number) == label), given.line)


def _add(whole: HeldPlan, part: HeldPlan) -> None:
    whole.created += part.created
    whole.changed += part.changed
    whole.unchanged += part.unchanged
    whole.unnamed += part.unnamed
