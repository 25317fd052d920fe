"""Merging and splitting areas 区划调整: what stands below, who serves there and what is open follow by right.

* Areas below go under the new area, with everything under them.
* **Roles** held at an area that goes are held at its successors from today; their past stays on record.
* **Teams** and **open cases** go to the successor (of a split, to the first new area), so that whoever serves there
  finds them. Cases that have ended keep the area they were of, which is retired and never deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, or_, select, update

from bangban.features.areas.import_plan import plan_import
from bangban.features.areas.problems import AreaTaken, AreaUnknown, RootAreaFixed
from bangban.features.areas.rules import AreaDraft, AreaNode, check_code, check_in_use, check_name
from bangban.features.areas.service import get_area
from bangban.features.areas.whole_tree import carry_out, stored_areas
from bangban.features.boundaries.problems import (
    ChildrenUndecided,
    LevelsDiffer,
    NothingToMerge,
    NothingToSplit,
)
from bangban.features.boundaries.rules import Post, succeed
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.people.tables import AssignmentRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

OPEN: Final = (
    CaseState.SUBMITTED,
    CaseState.PRE_CHECKING,
    CaseState.AWAITING_MATERIALS,
    CaseState.ACCEPTED,
    CaseState.IN_PROGRESS,
    CaseState.SUSPENDED,
)
_POSTS = cast("Table", AssignmentRow.__table__)
_TEAMS = cast("Table", TeamRow.__table__)
_CASES = cast("Table", CaseRow.__table__)
_POST = tuple(Post.__dataclass_fields__)


class NewPart(NamedTuple):
    """One of the areas that a split makes."""

    name: str
    code: str | None
    child_ids: tuple[UUID, ...]


async def merge_areas(work: Work, *, area_ids: Sequence[UUID], into_id: UUID) -> AreaNode:
    """The area ``into_id`` with all of the others in it, which are retired today. Needs the right at each.

    Raises ``AreaUnknown``, ``AreaRetired``, ``RootAreaFixed``, ``NothingToMerge`` or ``LevelsDiffer``.
    """
    stored = {node.id: node for node in await stored_areas(work)}
    into = _known(stored, into_id, "input.intoId")
    merged = [_known(stored, area_id, "input.areaIds") for area_id in area_ids]
    for area in (into, *merged):
        work.grants.require_at(Permission.AREA_MANAGE, area.path)
    for area in (into, *merged):
        if area.parent_id is None:
            raise RootAreaFixed
        check_in_use(area)
    if not merged or len({into.id, *(area.id for area in merged)}) != len(merged) + 1:
        raise NothingToMerge(fields=("input.areaIds",))
    for area in merged:
        if area.level is not into.level:
            raise LevelsDiffer(name=area.name, into=into.name, fields=("input.areaIds",))
    gone = frozenset(area.id for area in merged)
    moved = [_draft(node, into.key) for node in _below(stored, gone)]
    await _carry_out(work, stored, moved, gone, what="area:merge")
    await _follow(work, gone, [into.id])
    for area in merged:
        _tell(work, area, {"change": "merged", "into": into.key})
    return await get_area(work.db, into.id)


class Split(NamedTuple):
    """The area that was split, retired now, and those it was split into."""

    area: AreaNode
    into: tuple[UUID, ...]


async def split_area(work: Work, *, area_id: UUID, into: Sequence[NewPart]) -> Split:
    """New areas beside the area in its place, each with some of what stood below it. Needs the right above it.

    Raises ``AreaUnknown``, ``AreaRetired``, ``RootAreaFixed``, ``NothingToSplit``, ``ChildrenUndecided``,
    ``AreaTaken``, or what ``check_code`` and ``check_name`` raise.
    """
    stored = {node.id: node for node in await stored_areas(work)}
    area = _known(stored, area_id, "input.areaId")
    if area.parent_id is None:
        raise RootAreaFixed
    above = stored[area.parent_id]
    work.grants.require_at(Permission.AREA_MANAGE, above.path)
    check_in_use(area)
    if len(into) < 2:
        raise NothingToSplit(fields=("input.into",))
    below = {node.id: node for node in _below(stored, frozenset({area.id}))}
    for index, part in enumerate(into):
        for place, child in enumerate(part.child_ids):
            if child not in below:
                raise AreaUnknown(field=f"input.into.{index}.childIds.{place}")
    named = [child for part in into for child in part.child_ids]
    undecided = [node.name for node in below.values() if named.count(node.id) != 1]
    if undecided:
        raise ChildrenUndecided(name=area.name, children=undecided[:20], fields=("input.into",))
    drafts: list[AreaDraft] = []
    holders = {held: node.name for node in stored.values() for held in (node.key, node.code) if held}
    for index, part in enumerate(into):
        code = check_code(part.code, area.level, field=f"input.into.{index}.code")
        name = check_name(part.name, field=f"input.into.{index}.name")
        if code and holders.setdefault(code, name) is not name:  # retired areas keep theirs
            raise AreaTaken(value=code, name=holders[code], fields=(f"input.into.{index}.code",))
        new = replace(_draft(area, above.key), key=code or new_id().hex, code=code, name=name, full_name=name)
        drafts += [
            replace(new, provenance="own"),
            *(_draft(below[child], new.key) for child in part.child_ids),
        ]
    keys = [draft.key for draft in drafts if draft.level is area.level]
    await _carry_out(work, stored, drafts, frozenset({area.id}), what="area:split")
    ids = {node.key: node.id for node in await stored_areas(work)}
    heirs = tuple(ids[key] for key in keys)
    await _follow(work, frozenset({area.id}), heirs)
    _tell(work, area, {"change": "split", "into": keys})
    return Split(await get_area(work.db, area.id), heirs)


def _known(stored: dict[UUID, AreaNode], area_id: UUID, field: str) -> AreaNode:
    if area_id not in stored:
        raise AreaUnknown(field=field)
    return stored[area_id]


def _below(stored: dict[UUID, AreaNode], areas: frozenset[UUID]) -> list[AreaNode]:
    """The children in use, in their order."""
    found = [node for node in stored.values() if node.parent_id in areas and node.retired_on is None]
    return sorted(found, key=lambda node: (node.position, node.id))


def _draft(node: AreaNode, parent: str) -> AreaDraft:
    """The area as it is, under ``parent``."""
    return AreaDraft(
        key=node.key,
        code=node.code,
        parent=parent,
        name=node.name,
        full_name=node.full_name,
        level=node.level,
        kind=node.kind,
        provenance=node.provenance,
    )


async def _carry_out(
    work: Work, stored: dict[UUID, AreaNode], drafts: list[AreaDraft], gone: frozenset[UUID], *, what: str
) -> None:
    """Move and make what the drafts say, and retire what is ``gone``: its children have left it."""
    plan = plan_import(
        stored.values(),
        drafts,
        new_id=new_id,
        retire_on=work.today,
        concerns=lambda node: node.id in gone,
        in_order=False,
    )
    await carry_out(work, plan, what=what)


async def _follow(work: Work, gone: frozenset[UUID], heirs: Sequence[UUID]) -> None:
    """Let posts, teams and open cases follow. Rows are locked in one order, so that two of these never cross."""
    open_cases = select(_CASES.c.id).where(_CASES.c.area_id.in_(gone), _CASES.c.state.in_(OPEN))
    cases = (await work.db.scalars(open_cases.order_by(_CASES.c.id).with_for_update())).all()
    if cases:
        await work.db.execute(update(_CASES).where(_CASES.c.id.in_(cases)).values(area_id=heirs[0]))
    posts = await _succession(work, gone, heirs)  # after the cases, as where a case is handed over
    teams = await work.db.execute(
        update(_TEAMS).where(_TEAMS.c.area_id.in_(gone)).values(area_id=heirs[0]).returning(_TEAMS.c.id)
    )
    for case in cases:
        work.announce("case.changed", str(case))
    work.record(
        action=Permission.AREA_MANAGE,
        object=f"area:{heirs[0]}",
        area_id=heirs[0],
        details={"change": "succession", "posts": posts, "teams": len(teams.all()), "cases": len(cases)},
    )


async def _succession(work: Work, gone: frozenset[UUID], heirs: Sequence[UUID]) -> int:
    rows = await work.db.execute(
        select(*(_POSTS.c[name] for name in _POST))
        .where(
            _POSTS.c.area_id.in_({*gone, *heirs}),
            or_(_POSTS.c.until.is_(None), _POSTS.c.until >= work.today),
        )
        .order_by(_POSTS.c.id)
        .with_for_update()
    )
    posts = [Post(**dict(zip(_POST, row, strict=True))) for row in rows]
    found = succeed(posts, gone=gone, heirs=heirs, today=work.today, new_id=new_id)
    if found.changed:
        change = (
            update(_POSTS)
            .where(_POSTS.c.id == bindparam("this"))
            .values(area_id=bindparam("area"), since=bindparam("first"), until=bindparam("last"))
        )
        await work.db.execute(
            change,
            [
                {"this": post.id, "area": post.area_id, "first": post.since, "last": post.until}
                for post in found.changed
            ],
        )
    if found.added:
        await work.db.execute(
            insert(_POSTS), [{name: getattr(post, name) for name in _POST} for post in found.added]
        )
    return len(found.changed)


def _tell(work: Work, area: AreaNode, details: dict[str, object]) -> None:
    work.record(action=Permission.AREA_MANAGE, object=f"area:{area.id}", area_id=area.id, details=details)
