"""Policy lines as values, read from text or from rows, and checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bangban.kernel.access.problems import Fault, PolicyFaulty
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import ACTIONS, OBJECTS, WILDCARD, Permission, find_permission

ROLE_LINK_FIELDS = 3
LINE_FIELDS = 6


class Effect(StrEnum):
    """What a line does 效力."""

    ALLOW = "allow"
    DENY = "deny"


class LineSource(StrEnum):
    """Who wrote a line 来源."""

    SHIPPED = "shipped"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """``p, role, level, object, action, effect``; each of the first four may be ``*``.

    ``number`` counts from 1 in the text or table it came from, and is what a fault names.
    """

    role: str
    level: str
    object: str
    action: str
    effect: str = Effect.ALLOW
    number: int = 0
    source: LineSource = LineSource.DISTRICT

    @property
    def tokens(self) -> tuple[str, str, str, str, str]:
        """The five fields as Casbin takes them."""
        return (self.role, self.level, self.object, self.action, self.effect)

    @property
    def text(self) -> str:
        """The line as it stands in a policy file."""
        return ", ".join(("p", *self.tokens))

    @property
    def has_wildcard(self) -> bool:
        return WILDCARD in self.tokens[:4]

    def covers(self, ancestry: frozenset[str], level: Reach, permission: Permission) -> bool:
        """Whether it speaks of this request; ``ancestry`` is the role with all it inherits from."""
        return (
            (self.role == WILDCARD or self.role in ancestry)
            and self.level in (WILDCARD, level)
            and self.object in (WILDCARD, permission.object)
            and self.action in (WILDCARD, permission.action)
        )


class RoleLink(NamedTuple):
    """``g, role, base``: the role may, and may not, whatever its base may and may not."""

    role: str
    base: str
    number: int = 0


class PolicyText(NamedTuple):
    """A policy file's content."""

    lines: tuple[PolicyLine, ...]
    links: tuple[RoleLink, ...]


def parse_policy(text: str, *, source: LineSource) -> PolicyText:
    """Read a policy file. Blank lines and ``#`` comments pass; all else must be a ``p`` or ``g`` line.

    Raises ``PolicyFaulty`` with every fault of form and names. What a district's lines may do besides is
    ``guard.read_own_lines``'s business.
    """
    read, faults = read_policy_text(text, source=source)
    faults.extend(find_faults(read.lines))
    if faults:
        raise PolicyFaulty(tuple(sorted(faults)))
    return read


def read_policy_text(text: str, *, source: LineSource) -> tuple[PolicyText, list[Fault]]:
    """The lines that have the form of one, and a fault for each that has not; names of lines are not judged.

    A district's text may hold no ``g`` line: who inherits from whom is shipped.
    """
    lines: list[PolicyLine] = []
    links: list[RoleLink] = []
    faults: list[Fault] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        content = raw.strip()
        if not content or content.startswith("#"):
            continue
        fields = [field.strip() for field in content.split(",")]
        if fields[0] == "p" and len(fields) == LINE_FIELDS:
            role, level, subject, action, effect = fields[1:]
            lines.append(PolicyLine(role, level, subject, action, effect, number, source))
        elif fields[0] == "g" and len(fields) == ROLE_LINK_FIELDS and source is LineSource.SHIPPED:
            links.append(RoleLink(fields[1], fields[2], number))
        elif fields[0] == "g" and source is LineSource.DISTRICT:
            faults.append(
                Fault(
                    number,
                    "试图改变角色继承,地区规则不得如此",
                    "changes role inheritance, which no district may",
                )
            )
        else:
            faults.append(
                Fault(
                    number,
                    "不是“p, 角色, 层级, 对象, 操作, allow|deny”的形式",
                    "is not of the form “p, role, level, object, action, allow|deny”",
                )
            )
    faults.extend(find_link_faults(links))
    return PolicyText(tuple(lines), tuple(links)), faults


def find_faults(lines: Iterable[PolicyLine]) -> list[Fault]:
    """Names outside the vocabulary, each with the line's number."""
    return [fault for line in lines for fault in _faults_of(line)]


def find_link_faults(links: Sequence[RoleLink]) -> list[Fault]:
    """Unknown roles in inheritance links, and links that lead back to where they started."""
    faults = [
        _unknown(link.number, "角色", "role", name)
        for link in links
        for name in (link.role, link.base)
        if name not in _ROLES
    ]
    faults.extend(
        Fault(link.number, "使角色继承成环", "makes a role inherit from itself")
        for link in links
        if link.role in ancestry_of(link.base, links)
    )
    return faults


def ancestry_of(role: str, links: Sequence[RoleLink]) -> frozenset[str]:
    """The role with every role it inherits from, however far."""
    found = {role}
    todo = [role]
    while todo:
        current = todo.pop()
        for link in links:
            if link.role == current and link.base not in found:
                found.add(link.base)
                todo.append(link.base)
    return frozenset(found)


_ROLES = frozenset(role.value for role in Role)
_LEVELS = frozenset(reach.value for reach in Reach)
_EFFECTS = frozenset(effect.value for effect in Effect)


def _faults_of(line: PolicyLine) -> list[Fault]:
    faults = [
        _unknown(line.number, zh, en, name)
        for zh, en, name, known in (
            ("角色", "role", line.role, _ROLES),
            ("层级", "level", line.level, _LEVELS),
            ("对象", "object", line.object, frozenset(OBJECTS)),
            ("操作", "action", line.action, frozenset(ACTIONS)),
        )
        if name != WILDCARD and name not in known
    ]
    if line.effect not in _EFFECTS:
        faults.append(_unknown(line.number, "效力", "effect", line.effect))
    named = WILDCARD not in (line.object, line.action)
    if not faults and named and find_permission(line.object, line.action) is None:
        faults.append(_unknown(line.number, "权限", "permission", f"{line.object}:{line.action}"))
    return faults


def _unknown(number: int, zh: str, en: str, name: str) -> Fault:
    shown = name if len(name) <= 40 else name[:40] + "…"  # a refusal never repeats a whole upload
    return Fault(number, f"的{zh}“{shown}”不存在", f"names an unknown {en}, “{shown}”")
