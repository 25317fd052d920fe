"""A list of staff as offices keep it: one line for a person and a post, read into people and what they hold.

Pure: which lines are at fault by themselves or against each other. A person with several posts has several
lines; what they say of the person must agree, in whatever order they stand. An empty cell says nothing, so it
takes nothing away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bangban.features.people.contacts import KINDS
from bangban.features.people.naming import check_login, check_number, check_person_name, check_source
from bangban.kernel.access.names import ROLE_NAMES
from bangban.kernel.access.roles import HELD_ROLES
from bangban.kernel.problems import Problem
from bangban.kernel.sheets import Column, Kind, Line, LineFault, Sheet

MOST_LINES: Final = 10_000

COLUMNS: Final = (
    Column("name", ("姓名", "人员姓名"), required=True),
    Column("login", ("登录名", "账号", "用户名"), kind=Kind.CODE),
    Column("number", ("工号", "编号", "人员编号"), kind=Kind.CODE),
    Column("phone", ("手机号", "手机", "联系电话", "电话"), kind=Kind.CODE),
    Column("email", ("电子邮箱", "邮箱", "e-mail"), kind=Kind.CODE),
    Column("wecom", ("企业微信", "企业微信账号"), kind=Kind.CODE),
    Column("role", ("角色", "岗位")),
    Column("area", ("区域", "任职区域", "所属区域"), kind=Kind.CODE),
    Column("point", ("服务点", "服务点编号"), kind=Kind.CODE),
    Column("since", ("起始日期", "任职日期", "开始日期"), kind=Kind.DATE),
    Column("until", ("截止日期", "结束日期"), kind=Kind.DATE),
    Column("source", ("人员来源", "来源")),
    Column("full_time", ("专职", "是否专职"), kind=Kind.BOOL),
    Column("team", ("队伍", "帮办队伍", "所属队伍")),
)

FACTS: Final = ("name", "login", "number", "phone", "email", "wecom", "source", "full_time")
"""What a line says of the person, beside what the person holds."""

_ROLES: Final = {
    spelling: role.value
    for role in HELD_ROLES
    for spelling in (role.value, ROLE_NAMES[role].zh, ROLE_NAMES[role].en)
}


@dataclass(frozen=True, slots=True)
class PostLine:
    """A role at an area as a line states it; ``area`` and ``point`` are still what was written."""

    line: Line
    role: str
    area: str
    point: str | None
    since: date | None
    until: date | None


@dataclass(slots=True)
class PersonLines:
    """A person and all lines that name them. ``facts`` has what is stated, and nothing else."""

    line: Line
    facts: dict[str, str] = field(default_factory=dict)
    said: dict[str, Line] = field(default_factory=dict)
    posts: list[PostLine] = field(default_factory=list)
    teams: list[tuple[Line, str, date | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """The people of a list, by number where they have one and else by login; and what is wrong with it."""

    people: Mapping[str, PersonLines]
    faults: tuple[LineFault, ...]


def read_staff(sheet: Sheet, numbers: Mapping[str, str]) -> StaffSheet:
    """The list's people. ``numbers`` are those of the logins that are stored."""
    reading = _Reading(sheet)
    stated = [(line, reading.facts(line)) for line in sheet.lines]
    of_login = dict(numbers)
    for _, facts in stated:
        if "login" in facts and "number" in facts:
            of_login[facts["login"]] = facts["number"]
    people: dict[str, PersonLines] = {}
    for line, facts in stated:
        key = facts.get("number") or of_login.get(facts.get("login", ""), facts.get("login"))
        if key is None:
            if line.cells["login"] is None and line.cells["number"] is None:
                reading.say(
                    line,
                    None,
                    "应有登录名或工号,以便再次导入时认出此人。",
                    "A login or a number is needed to know the person by, now and next time.",
                )
            continue
        person = people.setdefault(key, PersonLines(line))
        reading.gather(person, line, facts)
    reading.check_logins(people)
    return StaffSheet(people, (*sheet.faults, *reading.faults))


class _Reading:
    """What is found wrong while a sheet is read."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.faults: list[LineFault] = []

    def say(self, line: Line, column: str | None, zh: str, en: str) -> None:
        self.faults.append(self._sheet.fault(line, column, zh, en))

    def facts(self, line: Line) -> dict[str, str]:
        """What the line states of the person, each in its one way of being written."""
        found = {}
        for name in FACTS:
            cell = line.cells[name]
            if cell is None:
                continue
            try:
                found[name] = _CHECKS[name](cell)
            except Problem as wrong:
                self.say(line, name, wrong.message("zh"), wrong.message("en"))
        return found

    def gather(self, person: PersonLines, line: Line, facts: Mapping[str, str]) -> None:
        for name, value in facts.items():
            before = person.facts.setdefault(name, value)
            first = person.said.setdefault(name, line)
            if before != value:
                self.say(
                    line,
                    name,
                    f"与第 {first.number} 行对同一人的填写不一致。",
                    f"Line {first.number} says otherwise of the same person.",
                )
        since, until = _day(line, "since"), _day(line, "until")
        if since is not None and until is not None and until < since:
            self.say(line, "until", "结束日期早于开始日期。", "It ends before it begins.")
        team = line.cells["team"]
        if team is not None:
            person.teams.append((line, team, since))
        self._post(person, line, since, until)

    def _post(self, person: PersonLines, line: Line, since: date | None, until: date | None) -> None:
        role, area, point = line.cells["role"], line.cells["area"], line.cells["point"]
        if role is None and area is None and point is None:
            return
        if role is None or area is None:
            missing, zh, en = ("role", "角色", "a role") if role is None else ("area", "区域", "an area")
            self.say(line, missing, f"任职缺少{zh}。", f"The post lacks {en}.")
            return
        known = _ROLES.get(role.strip()) or _ROLES.get(role.strip().lower())
        if known is None:
            names = "、".join(sorted(ROLE_NAMES[each].zh for each in HELD_ROLES))
            codes = ", ".join(sorted(HELD_ROLES))
            self.say(line, "role", f"没有这个角色;可填:{names}。", f"No such role; there are {codes}.")
            return
        person.posts.append(PostLine(line, known, area, point, since, until))

    def check_logins(self, people: Mapping[str, PersonLines]) -> None:
        holders: dict[str, PersonLines] = {}
        for person in people.values():
            login = person.facts.get("login")
            if login is None:
                continue
            other = holders.setdefault(login, person)
            if other is not person:
                self.say(
                    person.said["login"],
                    "login",
                    f"第 {other.said['login'].number} 行的另一人已使用该登录名。",
                    f"Line {other.said['login'].number} gives this login to somebody else.",
                )


def same_posts(posts: Iterable[PostLine]) -> Iterator[PostLine]:
    """The posts without those that stand there twice in the same words."""
    seen = set()
    for post in posts:
        words = (post.role, post.area, post.point, post.since, post.until)
        if words not in seen:
            seen.add(words)
            yield post


def _day(line: Line, name: str) -> date | None:
    cell = line.cells[name]
    return None if cell is None else date.fromisoformat(cell)


_CHECKS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": check_person_name,
    "login": check_login,
    "number": check_number,
    **{kind: told.check for kind, told in KINDS.items()},
    "source": lambda text: check_source(text).value,
    "full_time": lambda text: text,
}
