"""The published list of divisions as drafts: towns and villages by their codes, kinds by the ranges of 3.12. Pure.

What a district changed itself stays: a display name while the published one is the same, a kind that goes with the
code, and where an area stands. An area that the list names again comes back into use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from bangban.features.areas.divisions import code_above, fits_code, kind_of_code, level_of_code, short_name
from bangban.features.areas.drafted import Drafted, Known, Place, foreign, root_draft
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Column, Kind, LineFault, Sheet

OFFICIAL: Final = (
    Column("code", ("区划代码", "代码", "统计用区划代码"), required=True, kind=Kind.CODE, digits=(9, 12)),
    Column("name", ("名称", "全称"), required=True),
    Column("streetCode", ("镇街代码", "街道代码"), kind=Kind.CODE),
    Column("areaCode", ("县级代码", "区县代码"), kind=Kind.CODE),
    Column("cityCode", ("市级代码",), kind=Kind.CODE),
    Column("provinceCode", ("省级代码",), kind=Kind.CODE),
)
MARKS: Final = ("streetCode", "areaCode", "cityCode", "provinceCode")  # columns that no other file has


class Division(NamedTuple):
    """A row of the list. ``line`` is where it stands in a file that was sent, 0 for the installation's own list."""

    line: int
    code: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Extent:
    """Whose rows are wanted: those with this prefix. ``chosen`` says that others are to be left out in silence."""

    prefix: str
    chosen: bool


def divisions_of(sheet: Sheet) -> list[Division]:
    """The rows of a file in the list's form; cells at fault are left out."""
    return [
        Division(line.number, line.cells["code"] or "", line.cells["name"] or "")
        for line in sheet.lines
        if line.cells["code"] and line.cells["name"]
    ]


def drafts_of_divisions(
    rows: Iterable[Division], known: Known, place: Place, extent: Extent, *, header: str | None = None
) -> Drafted:
    """The drafts, parents first. ``header`` names the code's column in faults."""
    found = Drafted()
    chosen: list[Division] = []
    for row in rows:
        wrong = _wrong(row, place, extent)
        if wrong is not None:
            found.faults.append(LineFault(row.line, header, *wrong))
        elif not row.code.startswith(extent.prefix):
            found.left_out += 1
        elif level_of_code(row.code) not in place.levels:
            found.ignored += 1
        else:
            chosen.append(row)
    if known.root is None and chosen:
        found.add(root_draft(place), 1)
    root = known.root.key if known.root else found.drafts[0].key if found.drafts else ""
    listed = {row.code for row in chosen}
    for row in sorted(chosen, key=lambda row: len(row.code)):  # stable: towns before their villages
        stored = known.by_code.get(row.code)
        parent = _parent(row, stored, known, listed, root)
        if parent is None:
            found.faults.append(
                LineFault(
                    row.line,
                    header,
                    f"其所属镇街 {code_above(row.code)} 既不在文件中,也不在现有区域中;请先导入镇街(streets.csv)。",
                    f"Its town {code_above(row.code)} is neither in the file nor in the tree; "
                    "import the towns (streets.csv) first.",
                )
            )
        else:
            found.add(_draft(row, stored, parent), row.line)
    found.faults.sort(key=lambda fault: fault.line)
    return found


def concerned_by(rows: Iterable[AreaDraft], extent: Extent) -> Callable[[AreaNode], bool]:
    """Which stored areas the list speaks of: those with a code of its extent, on the levels that it names."""
    levels = {row.level for row in rows} - {AreaLevel.COUNTY}
    return lambda node: node.level in levels and node.code is not None and node.code.startswith(extent.prefix)


def _wrong(row: Division, place: Place, extent: Extent) -> tuple[str, str] | None:
    level = level_of_code(row.code)
    if level not in (AreaLevel.TOWN, AreaLevel.VILLAGE):
        return (
            "代码应为 9 位(镇街)或 12 位(村居)数字。",
            "A code has 9 digits (towns) or 12 digits (villages).",
        )
    if row.code.startswith(extent.prefix) or extent.chosen:
        return None
    return foreign(place, row.code) or (
        f"代码 {row.code} 不属于 {extent.prefix}。",
        f"The code {row.code} is not of {extent.prefix}.",
    )


def _parent(row: Division, stored: AreaNode | None, known: Known, listed: set[str], root: str) -> str | None:
    """The key of the area above: where the district put it, else where its code does."""
    here = known.parent_of(stored) if stored is not None else None
    if here is not None and here.retired_on is None:
        return here.key
    if level_of_code(row.code) is AreaLevel.TOWN:
        return root
    above = code_above(row.code) or ""
    town = known.by_code.get(above)
    if town is not None and (town.retired_on is None or above in listed):
        return town.key
    return above if above in listed else None


def _draft(row: Division, stored: AreaNode | None, parent: str) -> AreaDraft:
    level = level_of_code(row.code) or AreaLevel.VILLAGE
    kind = kind_of_code(row.code, row.full_name)
    name = short_name(row.full_name)
    if stored is not None and stored.level is level:
        kind = stored.kind if fits_code(stored.kind, row.code) else kind
        name = stored.name if stored.full_name == row.full_name else name
    return AreaDraft(
        key=stored.key if stored else row.code,
        code=row.code,
        parent=parent,
        name=name,
        full_name=row.full_name,
        level=level,
        kind=kind,
        provenance=stored.provenance if stored else "official",
    )
