"""What an import of staff would do: worked out against what is stored, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from bangban.features.people.contacts import KINDS, contact_of, set_contact
from bangban.features.people.places import Place, Places
from bangban.features.people.problems import AuditorApart, PeopleFaulty
from bangban.features.people.rules import Held, HeldPlan, check_apart, counts_on, overlap, plan_periods
from bangban.features.people.staff_sheet import PersonLines, PostLine, same_posts
from bangban.features.people.tables import StaffRow
from bangban.features.places.problems import PostNeeded
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Line, LineFault, Sheet
from bangban.kernel.vault.district import DistrictVault

MOST_DIFFERENCES: Final = 1000  # nobody reads more; the counts tell of all


@dataclass(frozen=True, slots=True)
class Difference:
    """What a line changes. Contacts are masked; ``before`` is None for what is new."""

    line: int
    person: str
    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team that a list may name; ``path`` is that of the area it serves."""

    id: UUID
    key: str
    name: str
    path: str | None


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What an import is compared with. ``managed`` are those whom the caller keeps."""

    staff: Mapping[str, StaffRow]  # by number
    logins: Mapping[str, StaffRow]
    managed: frozenset[UUID]
    posts: Mapping[UUID, list[Held]]  # by person
    memberships: Mapping[UUID, list[Held]]  # by person
    paths: Mapping[UUID, str]  # of areas
    places: Places
    teams: Iterable[Team]


@dataclass(kw_only=True)
class StaffPlan:
    """Rows to add and to change, periods to write, and what is wrong."""

    added: list[StaffRow] = field(default_factory=list)
    changed: list[StaffRow] = field(default_factory=list)
    unchanged: int = 0
    posts: HeldPlan = field(default_factory=HeldPlan)
    memberships: HeldPlan = field(default_factory=HeldPlan)
    differences: list[Difference] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)


@dataclass(kw_only=True)
class Planner:
    """Plans one import. Changes the stored rows in memory; whoever only previews forgets them."""

    sheet: Sheet
    stored: Stored
    scope: Scope
    vault: DistrictVault
    levels: tuple[AreaLevel, ...]
    today: date
    plan: StaffPlan = field(default_factory=StaffPlan)

    def person(self, number: str, given: PersonLines) -> None:
        """Take one person in."""
        row, fresh = self._row(number, given)
        if row is None:
            return
        changes = self._facts(row, given, fresh=fresh)
        posts = [held for each in same_posts(given.posts) if (held := self._post(row, each)) is not None]
        if fresh and not self.scope.whole and not posts:
            self._say(given.line, "area", *_OUTSIDE)
        if changes and not fresh and row.id not in self.stored.managed:
            self._say(given.line, None, *_NOT_KEPT)
        if fresh:
            self.plan.added.append(row)
        elif changes:
            self.plan.changed.append(row)
        else:
            self.plan.unchanged += 1
        self._periods(row, given, posts)

    # ------------------------------------------------------------------ the person

    def _row(self, number: str, given: PersonLines) -> tuple[StaffRow | None, bool]:
        login = given.facts.get("login")
        known = self.stored.staff.get(number)
        holder = self.stored.logins.get(login) if login is not None else None
        if known is None and holder is not None and holder.key == login:
            known = holder  # had no number of their own before
        if known is not None and known.portal_origins is not None:
            self._say(
                given.line, "login", "这是门户账号,不是人员。", "This is a portal's account, not a person."
            )
            return None, False
        if holder is not None and holder is not known:
            self._say(
                given.said["login"],
                "login",
                f"登录名 {login} 已由{holder.name}使用。",
                f"The login {login} is {holder.name}'s.",
            )
            return None, False
        if known is not None:
            return known, False
        name = given.facts.get("name")
        if name is None:
            return None, False  # said already
        return StaffRow(id=new_id(), key=number, name=name), True

    def _facts(self, row: StaffRow, given: PersonLines, *, fresh: bool) -> bool:
        changed = False
        for name, value in given.facts.items():
            before, after = self._put(row, name, value)
            if before != after:
                changed = True
                self._differ(given.said[name], row.name, name, before, after)
        if fresh:
            self._differ(given.line, row.name, "new", None, row.name)
        return changed

    def _put(self, row: StaffRow, name: str, value: str) -> tuple[str | None, str]:
        """Set one fact; how it was and is shown, masked where it is personal."""
        if name in KINDS:
            mask, was = KINDS[name].mask, contact_of(self.vault, row, name)
            changed = set_contact(self.vault, row, name, value)
            return (row_shown(was, mask), mask(value)) if changed else (value, value)
        wished: Any = value == "true" if name == "full_time" else value
        column = "key" if name == "number" else name
        before = getattr(row, column)
        setattr(row, column, wished)
        return (None if before is None else str(before)), str(wished)

    # ------------------------------------------------------------------ what the person holds

    def _post(self, row: StaffRow, post: PostLine) -> Held | None:
        place = self._place(post.line, post.area)
        if place is None:
            return None
        if not self.scope.covers(place.path):
            self._say(post.line, "area", *_OUTSIDE)
            return None
        if place.level not in self.levels:
            self._say(
                post.line,
                "area",
                f"“{place.name}”仅作地址,本地区不在 {place.level} 层级任职。",
                f"{place.name} is a place only: nobody is posted at the level {place.level} here.",
            )
            return None
        if post.role == Role.PARTNER_CLERK:
            needed = PostNeeded()
            self._say(post.line, "role", needed.message("zh"), needed.message("en"))
            return None
        what = (row.id, post.role, place.id)
        running = _running(self.stored.posts.get(row.id, []), what, post.since, self.today)
        since = post.since or (running.since if running else self.today)
        until = post.until if post.until is not None or running is None else running.until
        if until is not None and until < since:
            self._say(post.line, "until", "结束日期早于开始日期。", "It ends before it begins.")
            return None
        return Held(id=new_id(), what=what, since=since, until=until, label=str(post.line.number))

    def _place(self, line: Line, text: str) -> Place | None:
        found = self.stored.places.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            self._say(
                line,
                "area",
                f"有 {len(found)} 个区域叫“{text}”;请写区划代码,或写作“上级/本级”。",
                f"There are {len(found)} areas called {text}; give the code, or write “upper/lower”.",
            )
        else:
            self._say(line, "area", f"没有区域“{text}”。", f"There is no area {text}.")
        return None

    def _periods(self, row: StaffRow, given: PersonLines, wished: list[Held]) -> None:
        stored = self.stored.posts.get(row.id, [])
        unique = {(each.what, each.since, each.until): each for each in wished}
        try:
            plan = plan_periods(stored, list(unique.values()))
        except PeopleFaulty as faulty:
            for fault in faulty.faults:
                line = _line_of(given, fault.key)
                self._say(line, "since", fault.zh, fault.en)
            return
        touched = [*plan.created, *plan.changed]
        try:
            kept = [each for each in stored if each.id not in {other.id for other in plan.changed}]
            check_apart([(str(each.what[1]), each) for each in (*kept, *touched)] if touched else [])
        except AuditorApart as apart:
            self._say(given.line, "role", apart.message("zh"), apart.message("en"))
        before = {each.id: each for each in stored}
        for each in touched:
            was = before.get(each.id)
            self._differ(
                _line_of(given, each.label), row.name, "post", _period(was) if was else None, _post_of(each)
            )
        _add(self.plan.posts, plan)
        self._teams(row, given)

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
            held = Held(id=new_id(), what=what, since=begins, full_time=row.full_time, label=str(line.number))
            earlier = wished.get(team.id)
            if earlier is None or held.since < earlier.since:
                wished[team.id] = held
        for held in wished.values():
            self.plan.memberships.created.append(held)
            self._differ(_line_of(given, held.label), row.name, "team", None, str(held.since))

    def _team(self, line: Line, text: str) -> Team | None:
        found = [each for each in self.stored.teams if text in (each.key, each.name)]
        if len(found) != 1:
            self._say(line, "team", f"没有唯一的队伍“{text}”。", f"There is no one team {text}.")
            return None
        team = found[0]
        if not self.scope.whole and (team.path is None or not self.scope.covers(team.path)):
            self._say(line, "team", *_OUTSIDE)
            return None
        return team

    # ------------------------------------------------------------------ telling

    def _say(self, line: Line, column: str | None, zh: str, en: str) -> None:
        self.plan.faults.append(self.sheet.fault(line, column, zh, en))

    def _differ(self, line: Line, person: str, what: str, before: str | None, after: str) -> None:
        if len(self.plan.differences) < MOST_DIFFERENCES:
            self.plan.differences.append(Difference(line.number, person, what, before, after))


_OUTSIDE: Final = ("不在您管理的区域内。", "This is outside the area that you manage.")
_NOT_KEPT: Final = (
    "此人在您管理的区域之外另有任职,其资料须由上级管理员修改。",
    "This person also holds posts outside the area that you manage; an administrator above changes their entry.",
)


def row_shown(text: str | None, mask: Any) -> str | None:
    """A contact as it was, masked."""
    return None if text is None else mask(text)


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


def _period(held: Held) -> str:
    return f"{held.since}~{held.until or ''}"


def _post_of(held: Held) -> str:
    return f"{held.what[1]} {_period(held)}"


def _add(whole: HeldPlan, part: HeldPlan) -> None:
    whole.created += part.created
    whole.changed += part.changed
    whole.unchanged += part.unchanged
    whole.unnamed += part.unnamed
