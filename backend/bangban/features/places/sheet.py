"""A list of service points as drafts: what stands in its lines, and what is wrong there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bangban.features.places.drafts import PointDraft
from bangban.features.places.rules import wrong_with
from bangban.features.places.values import PointKind
from bangban.kernel.faulty import Place
from bangban.kernel.sheets import Column, Kind, Line, LineFault, Sheet

POINTS: Final = (
    Column("key", ("编号", "服务点编号"), required=True, kind=Kind.CODE),
    Column("kind", ("类型", "服务点类型"), required=True),
    Column("area", ("所在区域", "区域"), required=True, kind=Kind.CODE),
    Column("name", ("名称", "服务点名称"), required=True),
    Column("address", ("地址",)),
    Column("longitude", ("经度",), required=True),
    Column("latitude", ("纬度",), required=True),
    Column("hours", ("开放时间",), required=True),
    Column("since", ("起始日期",), kind=Kind.DATE),
    Column("until", ("截止日期",), kind=Kind.DATE),
)
_KINDS: Final = {
    "政务服务大厅": PointKind.HALL,
    "便民服务中心": PointKind.HALL,
    "便民服务站": PointKind.STATION,
    "政银网点": PointKind.BANK,
    "商超": PointKind.SHOP,
    "便利店": PointKind.SHOP,
    "24小时便民服务站": PointKind.STATION_24H,
    "临时服务点": PointKind.FIELD,
    "帮办会客厅": PointKind.LOUNGE,
}


@dataclass(kw_only=True)
class PointSheet:
    """What a file says: drafts, the line of each key, and lines at fault."""

    drafts: list[PointDraft] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[LineFault] = field(default_factory=list)


def read_points(sheet: Sheet) -> PointSheet:
    """The drafts of a table; a line at fault gives none."""
    found = PointSheet(faults=list(sheet.faults))
    broken = {fault.line for fault in sheet.faults}
    for line in sheet.lines:
        if line.number in broken:
            continue
        draft = _draft(sheet, line, found)
        if draft is None:
            continue
        first = found.lines.setdefault(draft.key, line.number)
        if first != line.number:
            found.faults.append(
                sheet.fault(
                    line, "key", f"与第 {first} 行重复。", f"This is the same point as in line {first}."
                )
            )
            continue
        wrong = list(wrong_with(draft))
        found.faults += [sheet.fault(line, _column(each.place), each.zh, each.en) for each in wrong]
        if not wrong:
            found.drafts.append(draft)
    found.faults.sort(key=lambda fault: fault.line)
    return found


def _column(place: Place) -> str | None:
    """The column that a member of a draft comes from; None for a location, which comes from two."""
    return next((each.name for each in POINTS if each.name in place), None)


def _draft(sheet: Sheet, line: Line, found: PointSheet) -> PointDraft | None:
    cells = line.cells
    kind = _kind(cells["kind"] or "")
    longitude, latitude = _degrees(cells["longitude"]), _degrees(cells["latitude"])
    for name, value in (("kind", kind), ("longitude", longitude), ("latitude", latitude)):
        if value is None:
            shown = cells[name]
            found.faults.append(
                sheet.fault(line, name, f"无法识别“{shown}”。", f"{shown!r} is not understood.")
            )
    if kind is None or longitude is None or latitude is None:
        return None
    return PointDraft(
        key=cells["key"] or "",
        area=cells["area"] or "",
        kind=kind,
        name=cells["name"] or "",
        address=cells["address"],
        longitude=longitude,
        latitude=latitude,
        hours=cells["hours"] or "",
        since=_day(cells, "since"),
        until=_day(cells, "until"),
    )


def _kind(text: str) -> PointKind | None:
    plain = text.strip()
    return _KINDS.get(plain) or next((each for each in PointKind if each.value == plain.upper()), None)


def _degrees(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _day(cells: Mapping[str, str | None], name: str) -> date | None:
    text = cells[name]
    return None if text is None else date.fromisoformat(text)
