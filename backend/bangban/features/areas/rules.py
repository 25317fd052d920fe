"""Areas, what may be changed about one of them, and the lines of history that leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from bangban.features.areas.divisions import CODE_DIGITS
from bangban.features.areas.problems import (
    AreaCodeMalformed,
    AreaKindMisplaced,
    AreaNameMissing,
    AreaRetired,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.values import AreaKind
from bangban.kernel.access.paths import is_within, path_label
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.levels import AreaLevel


class ChangeKind(StrEnum):
    """What can happen to an area. A change names before and after: names, codes, kinds, or parents' ids."""

    CREATED = "created"  # after: the name
    RENAMED = "renamed"
    RECODED = "recoded"
    RECLASSED = "reclassed"  # another kind, and perhaps level
    MOVED = "moved"  # before, after: ids of the parents
    RETIRED = "retired"  # after: the first day out of use
    RESTORED = "restored"  # before: the day it had been retired on


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaDraft:
    """An area as an import states it. ``key`` never changes; ``parent`` is another area's key."""

    key: str
    code: str | None = None
    parent: str | None = None
    name: str
    full_name: str | None = None
    level: AreaLevel
    kind: AreaKind
    provenance: str = "own"


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaNode:
    """An area as it is stored. ``path`` is made of the ids of its ancestors and its own."""

    id: UUID
    key: str
    code: str | None
    name: str
    full_name: str
    level: AreaLevel
    kind: AreaKind
    parent_id: UUID | None
    path: str
    position: int
    provenance: str
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class AreaChange:
    """One line of an area's history."""

    area_id: UUID
    kind: ChangeKind
    before: str | None = None
    after: str | None = None


def child_path(parent_path: str | None, area_id: UUID) -> str:
    """The path of an area under a parent; of the root where there is none."""
    label = path_label(area_id)
    return f"{parent_path}.{label}" if parent_path else label


def check_name(name: str, *, field: str = "input.name") -> str:
    """The name without blanks around it. Raises ``AreaNameMissing``."""
    shown = shown_name(name)
    if shown is None:
        raise AreaNameMissing(fields=(field,))
    return shown


def check_in_use(area: AreaNode) -> None:
    """Raises ``AreaRetired``."""
    if area.retired_on is not None:
        raise AreaRetired(name=area.name, on=area.retired_on)


def check_code(code: str | None, level: AreaLevel, *, field: str = "input.code") -> str | None:
    """The division code, if there is one, without blanks. Raises ``AreaCodeMalformed``."""
    code = code.strip() if code else None
    if not code:
        return None
    digits = CODE_DIGITS[level]
    if len(code) != digits or not (code.isascii() and code.isdigit()):
        raise AreaCodeMalformed(level=level, digits=digits, fields=(field,))
    return code


def check_child(
    parent: AreaNode | None, *, level: AreaLevel, kind: AreaKind, field: str = "input.kind"
) -> None:
    """Whether an area of this level and kind may stand under ``parent``.

    Raises ``RootAreaFixed`` without a parent, ``AreaRetired``, ``AreaKindMisplaced``, ``AreaTooHigh``.
    """
    if parent is None or level is AreaLevel.COUNTY:
        raise RootAreaFixed
    check_in_use(parent)
    if kind.level is not level:
        raise AreaKindMisplaced(kind=kind, level=level, fields=(field,))
    if level.depth <= parent.level.depth:
        raise AreaTooHigh(child=level, parent=parent.level, name=parent.name, fields=(field,))


def check_move(area: AreaNode, target: AreaNode) -> None:
    """Whether ``area`` may go under ``target``, with all that is under it.

    Raises ``RootAreaFixed``, ``AreaRetired``, ``AreaUnderItself`` or ``AreaTooHigh``.
    """
    if area.parent_id is None:
        raise RootAreaFixed
    check_in_use(area)
    if is_within(target.path, area.path):
        raise AreaUnderItself(name=area.name)
    check_child(target, level=area.level, kind=area.kind, field="input.toParentId")


def changes_of(before: AreaNode | None, after: AreaNode) -> Iterator[AreaChange]:
    """The history lines of one area's change. A path that only follows its ancestors leaves none."""
    if before is None:
        yield AreaChange(after.id, ChangeKind.CREATED, None, after.name)
        return
    if before.name != after.name:
        yield AreaChange(after.id, ChangeKind.RENAMED, before.name, after.name)
    if before.code != after.code:
        yield AreaChange(after.id, ChangeKind.RECODED, before.code, after.code)
    if before.kind != after.kind:
        yield AreaChange(after.id, ChangeKind.RECLASSED, before.kind, after.kind)
    if before.parent_id != after.parent_id:
        yield AreaChange(after.id, ChangeKind.MOVED, str(before.parent_id), str(after.parent_id))
    if before.retired_on is None and after.retired_on is not None:
        yield AreaChange(after.id, ChangeKind.RETIRED, None, str(after.retired_on))
    if before.retired_on is not None and after.retired_on is None:
        yield AreaChange(after.id, ChangeKind.RESTORED, str(before.retired_on), None)
