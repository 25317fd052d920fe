"""A policy decided ahead of time, by Casbin, over the whole vocabulary.

A check is then a look-up. The stock ``Enforcer`` decides; it scans every line at each question (0.5–5 ms),
which is why it is asked once for each policy and never for each request. ``FastEnforcer`` is not used: it
lets a wildcard deny through and is not thread-safe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, NamedTuple

import casbin
from casbin.persist.adapter import Adapter, load_policy_line

from bangban.kernel.access.lines import (
    Effect,
    LineSource,
    PolicyLine,
    PolicyText,
    RoleLink,
    ancestry_of,
    find_faults,
    find_link_faults,
    parse_policy,
)
from bangban.kernel.access.problems import PolicyFaulty
from bangban.kernel.access.roles import AREA_REACHES, HELD_ROLES, Reach, Role
from bangban.kernel.access.vocabulary import OBJECTS, WILDCARD, Permission

Table = Mapping[tuple[Role, Reach], frozenset[Permission]]
Questions = frozenset[tuple[Reach, Permission]]

_PERMISSIONS_OF = {
    subject: tuple(each for each in Permission if each.object == subject) for subject in OBJECTS
}


class Verdict(NamedTuple):
    """Whether a role may do something at a level, and the lines that say so."""

    allowed: bool
    allowing: tuple[PolicyLine, ...]
    denying: tuple[PolicyLine, ...]


class CompiledPolicy:
    """An immutable table (role, level) → permissions. Equal policies have equal ``version``."""

    __slots__ = ("_ancestry", "_table", "lines", "links", "version")

    def __init__(
        self, *, lines: tuple[PolicyLine, ...], links: tuple[RoleLink, ...], table: Table, version: str
    ) -> None:
        self.lines = lines
        self.links = links
        self.version = version
        self._table = MappingProxyType(dict(table))
        self._ancestry = MappingProxyType({role: ancestry_of(role, links) for role in Role})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompiledPolicy) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)

    def allows(self, role: Role, level: Reach, permission: Permission) -> bool:
        """Whether the policy allows it; whatever is unknown is refused."""
        return permission in self._table.get((role, level), frozenset())

    def permissions_at(self, role: Role, level: Reach) -> frozenset[Permission]:
        """All that the role may do at the level."""
        return self._table.get((role, level), frozenset())

    def posts_that_may(self, *permissions: Permission) -> tuple[str, ...]:
        """The posts, as ``role LEVEL``, that allow all of these over the area where they are held."""
        return tuple(
            f"{role} {level}"
            for (role, level), allowed in self._table.items()
            if role in HELD_ROLES and level in AREA_REACHES and allowed.issuperset(permissions)
        )

    def explain(self, role: Role, level: Reach, permission: Permission) -> Verdict:
        """The verdict with every line that speaks of it, in the policy's order."""
        ancestry = self._ancestry[role]
        found = [line for line in self.lines if line.covers(ancestry, level, permission)]
        return Verdict(
            allowed=self.allows(role, level, permission),
            allowing=tuple(line for line in found if line.effect == Effect.ALLOW),
            denying=tuple(line for line in found if line.effect == Effect.DENY),
        )


def compile_policy(lines: Sequence[PolicyLine], *, links: Sequence[RoleLink] = ()) -> CompiledPolicy:
    """Decide the whole vocabulary once. Raises ``PolicyFaulty`` when a name is unknown.

    Takes a fraction of a second of processor time: on an event loop, run it in a thread.
    """
    faults = [*find_link_faults(links), *find_faults(lines)]
    if faults:
        raise PolicyFaulty(tuple(sorted(faults)))
    return CompiledPolicy(
        lines=tuple(lines),
        links=tuple(links),
        table=_decide(lines, links),
        version=_version_of(lines, links),
    )


@cache
def shipped_text() -> PolicyText:
    """The shipped policy's lines and role links."""
    return parse_policy(_resource("policy.csv"), source=LineSource.SHIPPED)


@lru_cache(maxsize=256)
def compile_with_shipped(own: tuple[PolicyLine, ...]) -> CompiledPolicy:
    """The shipped policy and then ``own``, unguarded; districts go through ``district_policy``."""
    text = shipped_text()
    return compile_policy((*text.lines, *own), links=text.links)


def shipped_policy() -> CompiledPolicy:
    """The policy of a district without lines of its own, and of requests outside every district."""
    return compile_with_shipped(())


def build_enforcer(texts: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Any:
    """The stock enforcer over policy lines as text and (role, base) pairs, all checked beforehand."""
    model = casbin.Enforcer.new_model(text=_resource("model.conf"))
    return casbin.Enforcer(model, _Lines([*texts, *(f"g, {role}, {base}" for role, base in pairs)]))


class _Lines(Adapter):  # type: ignore[misc]  # casbin ships no types
    """Hands lines to Casbin one by one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def load_policy(self, model: Any) -> None:
        for text in self.texts:
            load_policy_line(text, model)


def _decide(lines: Sequence[PolicyLine], links: Sequence[RoleLink]) -> Table:
    """Ask about every role and object with only the lines that speak of both: no other line can match, and
    the enforcer's scan grows with the lines. What no such line allows, it need not be asked.
    """
    table: dict[tuple[Role, Reach], frozenset[Permission]] = {}
    pairs = tuple((link.role, link.base) for link in links)
    for role in Role:
        ancestry = ancestry_of(role, links)
        of_role = [line for line in lines if line.role == WILDCARD or line.role in ancestry]
        allowed: set[tuple[Reach, Permission]] = set()
        for subject in OBJECTS:
            relevant = tuple(line for line in of_role if line.object in (WILDCARD, subject))
            questions = _questions(subject, relevant)
            if questions:
                allowed |= _answers(role, questions, tuple(line.text for line in relevant), pairs)
        for level in Reach:
            table[role, level] = frozenset(each for reach, each in allowed if reach is level)
    return table


def _questions(subject: str, lines: Sequence[PolicyLine]) -> Questions:
    """The levels and permissions of an object that some line allows, were it not for denials and for the role."""
    return frozenset(
        (level, permission)
        for line in lines
        if line.effect == Effect.ALLOW
        for permission in _PERMISSIONS_OF[subject]
        if line.action in (WILDCARD, permission.action)
        for level in Reach
        if line.level in (WILDCARD, level)
    )


@lru_cache(maxsize=4096)
def _answers(
    role: Role, questions: Questions, texts: tuple[str, ...], pairs: tuple[tuple[str, str], ...]
) -> Questions:
    """Those that the enforcer says yes to. Kept, since most districts share most of them."""
    enforcer = build_enforcer(texts, pairs)
    return frozenset(
        (level, permission)
        for level, permission in questions
        if enforcer.enforce(role.value, level.value, permission.object, permission.action)
    )


def _version_of(lines: Sequence[PolicyLine], links: Sequence[RoleLink]) -> str:
    """A digest of all that the table follows from: the model, the vocabulary, the lines."""
    parts = [
        _resource("model.conf"),
        *(member.value for enum in (Role, Reach, Permission) for member in enum),
        *(f"g {link.role} {link.base}" for link in links),
        *(f"{line.source} {line.number} {line.text}" for line in lines),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@cache
def _resource(name: str) -> str:
    return resources.files("bangban.kernel.access").joinpath(name).read_text(encoding="utf-8")
