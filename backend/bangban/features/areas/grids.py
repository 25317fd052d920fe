"""Grids and micro-grids in bulk, with suffixes of the district's own under each village's code (DOMAIN 3.12).

The national list ends at the village. Below it a grid has three digits more and a micro-grid two, so that
``370303008203`` ``004`` ``02`` is the second micro-grid of the fourth grid. A village without a code has grids without
codes; their keys are made the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from bangban.features.areas.divisions import CODE_DIGITS
from bangban.features.areas.drafted import Drafted, Known
from bangban.features.areas.import_plan import plan_import
from bangban.features.areas.imports import Imported, outcome, place_of
from bangban.features.areas.problems import AreasFaulty
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.features.areas.values import AreaKind
from bangban.features.areas.whole_tree import carry_out, stored_areas
from bangban.features.files.problems import ImportRefused
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Column, Kind, LineFault, Sheet
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

GRIDS: Final = (
    Column("parent", ("上级", "所属村居", "村居代码", "所属区域"), required=True),
    Column("suffix", ("网格号", "编号", "后缀"), required=True, kind=Kind.CODE),
    Column("name", ("名称", "网格名称")),
)
_BELOW: Final = {
    AreaLevel.VILLAGE: (AreaLevel.GRID, AreaKind.GRID, "网格"),
    AreaLevel.GRID: (AreaLevel.MICRO_GRID, AreaKind.MICRO_GRID, "微网格"),
}
_Sentences = tuple[str, str]


class GridWish(NamedTuple):
    """A grid that is wished for. ``line`` is its line in a file, or its place in a list, from 1."""

    line: int
    parent: str
    suffix: str
    name: str | None


def grids_of(sheet: Sheet) -> list[GridWish]:
    """The wishes of a file; lines at fault are left out."""
    return [
        GridWish(line.number, line.cells["parent"], line.cells["suffix"], line.cells["name"])
        for line in sheet.lines
        if line.cells["parent"] and line.cells["suffix"]
    ]


async def add_grids(
    work: Work, wishes: Sequence[GridWish], *, faults: Iterable[LineFault] = (), apply: bool = False
) -> Imported:
    """Add, rename or restore the grids; a parent may be a grid of the same list. Idempotent, all or nothing.

    Needs the right at every parent. Without ``apply`` only tells what it would do. Raises ``AreaOutsideGrant``, or
    ``ImportRefused`` where a line is at fault and it was to be applied.
    """
    work.grants.require(Permission.AREA_MANAGE)
    stored = await stored_areas(work)
    known, levels = Known(stored), place_of(work).levels
    drafted = Drafted(faults=list(faults))
    made: dict[str, AreaDraft] = {}
    for wish in wishes:
        drafted_or_wrong = _draft(wish, known, made, levels)
        if isinstance(drafted_or_wrong, AreaDraft):
            drafted.add(drafted_or_wrong, wish.line)
            made |= {drafted_or_wrong.key: drafted_or_wrong, drafted_or_wrong.code or "": drafted_or_wrong}
        else:
            drafted.faults.append(LineFault(wish.line, None, *drafted_or_wrong))
    for parent in {draft.parent for draft in drafted.drafts} & known.by_key.keys():
        work.grants.require_at(Permission.AREA_MANAGE, known.by_key[parent or ""].path)
    plan = None
    if not drafted.faults:
        try:
            plan = plan_import(
                stored, drafted.drafts, new_id=new_id, concerns=lambda _: False, in_order=False
            )
        except AreasFaulty as faulty:
            drafted.faults += [
                LineFault(drafted.lines.get(each.key, 1), None, each.zh, each.en) for each in faulty.faults
            ]
    if plan is None:
        if apply:
            raise ImportRefused(drafted.faults)
        return Imported(faults=tuple(sorted(drafted.faults, key=lambda fault: fault.line)))
    if apply:
        check_storage(work.district.quotas, work.district.storage_bytes)
        await carry_out(work, plan, what="area:grids")
    return outcome(plan, stored, applied=apply)


def _draft(
    wish: GridWish, known: Known, made: dict[str, AreaDraft], levels: frozenset[AreaLevel]
) -> AreaDraft | _Sentences:
    """The grid, or what is wrong with it."""
    ref = "".join(half_width(wish.parent).split())
    above: AreaNode | AreaDraft | None = known.called(ref) or made.get(ref)
    if above is None:
        named = [node for node in known.named(wish.parent) if node.level in _BELOW]
        if len(named) > 1:
            return (
                f"有 {len(named)} 个区域叫“{named[0].name}”,请改填代码。",
                f"{len(named)} areas are called {named[0].name}; state the code.",
            )
        above = named[0] if named else None
    if above is None or above.level not in _BELOW:
        return (
            "没有这个村居或网格。",
            "There is no such village or grid.",
        )
    level, kind, word = _BELOW[above.level]
    if level not in levels:
        return f"本地区未使用层级 {level}。", f"The level {level} is not used in this district."
    digits = CODE_DIGITS[level] - CODE_DIGITS[above.level]
    suffix = "".join(half_width(wish.suffix).split()).removeprefix(above.code or "\0")
    if not (suffix.isascii() and suffix.isdigit() and 0 < len(suffix) <= digits and int(suffix)):
        return (
            f"编号应为 1 至 {digits} 位数字,从 1 起。",
            f"A number here has 1 to {digits} digits and begins at 1.",
        )
    suffix = suffix.zfill(digits)
    code = f"{above.code}{suffix}" if above.code else None
    stored = (known.by_code.get(code) if code else None) or known.by_key.get(f"{above.key}-{suffix}")
    name = wish.name or (stored.name if stored else f"第{int(suffix)}{word}")
    kept = stored.full_name if stored is not None and stored.name == name else None
    return AreaDraft(
        key=stored.key if stored else code or f"{above.key}-{suffix}",
        code=code,
        parent=above.key,
        name=name,
        full_name=kept or f"{above.name}{name}",
        level=level,
        kind=kind,
        provenance=stored.provenance if stored else "own",
    )
