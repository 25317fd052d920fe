"""Importing areas from a file or the published list: what it would do, then doing it, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bangban.features.areas.divisions import level_of_code
from bangban.features.areas.drafted import Drafted, Known, Place
from bangban.features.areas.import_plan import ImportPlan, plan_import
from bangban.features.areas.official import (
    MARKS,
    OFFICIAL,
    Division,
    Extent,
    concerned_by,
    divisions_of,
    drafts_of_divisions,
)
from bangban.features.areas.problems import (
    AreaFault,
    AreasFaulty,
    DivisionElsewhere,
    DivisionMalformed,
    DivisionNeeded,
)
from bangban.features.areas.rules import AreaNode, ChangeKind
from bangban.features.areas.service import levels_of
from bangban.features.areas.tree_file import TreeFile
from bangban.features.areas.tree_lines import TREE
from bangban.features.areas.whole_tree import carry_out, require_whole, stored_areas
from bangban.features.files.problems import ImportRefused
from bangban.features.files.reading import read_table
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import LineFault, Sheet
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

MOST_DIFFERENCES: Final = 500  # shown; all are counted
_ROOM: Final = frozenset({AreaLevel.COUNTY, AreaLevel.TOWN})


class AreaFileFormat(StrEnum):
    """What kind of file it is 文件格式."""

    AUTO = "AUTO"  # told by its header
    TREE = "TREE"
    OFFICIAL = "OFFICIAL"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that an import changes. ``before`` and ``after`` are names, codes, kinds or days."""

    kind: ChangeKind
    key: str
    code: str | None
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What an import does, or would do. ``missing`` areas are in use and were not named."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    missing: int = 0
    ignored: int = 0
    left_out: int = 0
    differences: tuple[Difference, ...] = ()
    difference_count: int = 0
    faults: tuple[LineFault, ...] = ()
    applied: bool = False


async def read_area_file(content: bytes, *, name: str, format: AreaFileFormat) -> Sheet:  # noqa: A002 - the API's name
    """The table in a file, before any transaction begins. Raises SheetUnreadable."""
    columns = {
        AreaFileFormat.TREE: TREE,
        AreaFileFormat.OFFICIAL: OFFICIAL,
        AreaFileFormat.AUTO: (*TREE, *(column for column in OFFICIAL if column.name in MARKS)),
    }[format]
    return await read_table(content, name=name, columns=columns)


async def import_area_file(
    work: Work,
    sheet: Sheet,
    *,
    division_code: str | None = None,
    retire_missing: bool = False,
    apply: bool = False,
) -> Imported:
    """Make the tree say what a file says; without ``apply`` only tell what that would change. Idempotent.

    Raises ``AreaOutsideGrant`` to whoever keeps only a part of the tree, ``ImportRefused`` where lines are at fault
    and it was to be applied, and what ``extent_of`` raises for the published list's files.
    """
    require_whole(work)
    stored, place = await stored_areas(work), place_of(work)
    known = Known(stored)
    if any(mark in sheet.headers for mark in MARKS):
        extent = extent_of(place.division_code, division_code)
        header = sheet.headers.get("code")
        drafted = drafts_of_divisions(divisions_of(sheet), known, place, extent, header=header)
        lacking = [fault for fault in sheet.faults if fault not in drafted.faults]
        drafted.faults = sorted([*lacking, *drafted.faults], key=lambda fault: fault.line)
        return await _done(
            work,
            stored,
            drafted,
            retire_missing=retire_missing,
            apply=apply,
            concerns=concerned_by(drafted.drafts, extent),
        )
    drafted = TreeFile(sheet, known, place).drafts()
    return await _done(work, stored, drafted, retire_missing=retire_missing, apply=apply)


async def import_divisions(
    work: Work,
    rows: Iterable[Division],
    extent: Extent,
    *,
    retire_missing: bool = False,
    apply: bool = False,
) -> Imported:
    """The same with the installation's own list, see ``import_area_file``."""
    require_whole(work)
    stored, place = await stored_areas(work), place_of(work)
    drafted = drafts_of_divisions(rows, Known(stored), place, extent)
    return await _done(
        work,
        stored,
        drafted,
        retire_missing=retire_missing,
        apply=apply,
        concerns=concerned_by(drafted.drafts, extent),
    )


def place_of(work: Work) -> Place:
    """The district as drafting sees it."""
    district = work.district
    return Place(name=district.name, division_code=district.division_code, levels=levels_of(work))


def extent_of(own: str | None, division_code: str | None) -> Extent:
    """Whose rows of the list to take: those of the code that was given, else the district's ``own``.

    Raises DivisionMalformed, DivisionElsewhere, or DivisionNeeded where there is no code to go by.
    """
    if division_code is None:
        if own is None:
            raise DivisionNeeded(fields=("input.divisionCode",))
        return Extent(own, chosen=False)
    code = division_code.strip()
    if level_of_code(code) not in _ROOM:
        raise DivisionMalformed(fields=("input.divisionCode",))
    if own is not None and not code.startswith(own):
        raise DivisionElsewhere(code=code, own=own, fields=("input.divisionCode",))
    return Extent(code, chosen=True)


# ---------------------------------------------------------------------- from drafts to what is done


async def _done(
    work: Work,
    stored: list[AreaNode],
    drafted: Drafted,
    *,
    retire_missing: bool,
    apply: bool,
    concerns: Callable[[AreaNode], bool] | None = None,
) -> Imported:
    faults, plan = list(drafted.faults), None
    if not faults:
        try:
            plan = plan_import(
                stored,
                drafted.drafts,
                new_id=new_id,
                retire_on=work.today if retire_missing else None,
                concerns=concerns or (lambda _: True),
                in_order=concerns is None,
            )
        except AreasFaulty as faulty:
            faults = [_of_line(fault, drafted) for fault in faulty.faults]
    if plan is None:
        if apply:
            raise ImportRefused(faults)
        return Imported(faults=tuple(faults), ignored=drafted.ignored, left_out=drafted.left_out)
    if apply:
        check_storage(work.district.quotas, work.district.storage_bytes)
        await carry_out(work, plan)
    return outcome(plan, stored, applied=apply, ignored=drafted.ignored, left_out=drafted.left_out)


def _of_line(fault: AreaFault, drafted: Drafted) -> LineFault:
    """A fault of the whole tree at the line of its area; at the header where no line is to blame."""
    return LineFault(drafted.lines.get(fault.key, 1), None, fault.zh, fault.en)


def outcome(
    plan: ImportPlan, stored: Iterable[AreaNode], *, applied: bool, ignored: int = 0, left_out: int = 0
) -> Imported:
    """What a plan comes to, for people."""
    before = {node.id: node for node in stored}
    after = before | {node.id: node for node in (*plan.created, *plan.changed)}
    names = {str(area_id): node.name for area_id, node in after.items()}
    differences = []
    for change in plan.changes[:MOST_DIFFERENCES]:
        node, moved = after[change.area_id], change.kind is ChangeKind.MOVED
        differences.append(
            Difference(
                change.kind,
                node.key,
                node.code,
                node.name,
                names.get(change.before or "") if moved else change.before,
                names.get(change.after or "") if moved else change.after,
            )
        )
    return Imported(
        created=len(plan.created),
        changed=plan.touched,
        unchanged=plan.unchanged,
        retired=plan.retired,
        missing=len(plan.missing),
        ignored=ignored,
        left_out=left_out,
        differences=tuple(differences),
        difference_count=len(plan.changes),
        applied=applied,
    )
