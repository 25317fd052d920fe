"""What a line of a general tree file says of its area: level and kind may be left to its code or name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from bangban.features.areas.divisions import CODE_DIGITS, kind_of_code, kind_of_name, level_of_code
from bangban.features.areas.drafted import Known, Place, foreign
from bangban.features.areas.rules import AreaNode
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Column, Kind, Line, Sheet

_Word = TypeVar("_Word", AreaLevel, AreaKind)

TREE: Final = (
    Column(
        "code",
        ("区划代码", "代码", "编码", "行政区划代码"),
        kind=Kind.CODE,
        digits=tuple(CODE_DIGITS.values()),
    ),
    Column("name", ("名称", "区域名称", "简称"), required=True),
    Column("parent", ("上级", "上级区域", "上级名称", "上级代码", "所属区域")),
    Column("level", ("层级", "级别")),
    Column("kind", ("类型", "类别")),
    Column("key", ("键", "标识"), kind=Kind.CODE),
    Column("full_name", ("全称",)),
    Column("provenance", ("出处",)),
)
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PROVENANCES: Final = frozenset({"official", "stated", "placed", "sample", "own"})
_LEVELS: Final[Mapping[str, AreaLevel]] = {
    **{level.value: level for level in AreaLevel},
    **dict.fromkeys(("县", "县级", "区县", "区县级", "县区", "县(市、区)"), AreaLevel.COUNTY),
    **dict.fromkeys(("镇街", "镇街级", "乡镇", "乡镇级", "乡镇街道", "镇级"), AreaLevel.TOWN),
    **dict.fromkeys(("村居", "村居级", "村", "村级", "村社区", "村(社区)"), AreaLevel.VILLAGE),
    **dict.fromkeys(("网格", "网格级"), AreaLevel.GRID),
    **dict.fromkeys(("微网格", "微网格级"), AreaLevel.MICRO_GRID),
}
_KINDS: Final[Mapping[str, AreaKind]] = {
    **{kind.value: kind for kind in AreaKind},
    **dict.fromkeys(("县", "县级市", "市辖区", "区", "市", "区县"), AreaKind.COUNTY),
    **dict.fromkeys(("功能区", "高新区", "开发区"), AreaKind.ZONE),
    **dict.fromkeys(("街道", "街道办", "街道办事处"), AreaKind.STREET),
    "镇": AreaKind.TOWN,
    "乡": AreaKind.TOWNSHIP,
    **dict.fromkeys(("园区", "产业园", "特殊单位"), AreaKind.PARK),
    **dict.fromkeys(("管理中心", "管理服务中心", "服务中心"), AreaKind.MANAGEMENT_CENTRE),
    **dict.fromkeys(("村", "行政村", "村委会"), AreaKind.VILLAGE),
    **dict.fromkeys(("社区", "居委会"), AreaKind.COMMUNITY),
    "网格": AreaKind.GRID,
    "微网格": AreaKind.MICRO_GRID,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A line of which everything but its place is known."""

    line: Line
    code: str | None
    level: AreaLevel
    kind: AreaKind
    stored: AreaNode | None


class TreeLines:
    """Reads the lines of one file by themselves; what is wrong with them is added to ``faults``."""

    def __init__(self, sheet: Sheet, known: Known, place: Place) -> None:
        self.faults = list(sheet.faults)
        self._sheet = sheet
        self._known = known
        self._place = place
        self._unreadable = {fault.line for fault in sheet.faults}  # what is wrong with them was said

    def wishes(self) -> list[Wish]:
        """What each sound line wishes for."""
        return [wish for line in self._sheet.lines if (wish := self._wish(line)) is not None]

    def fault(self, line: Line, column: str | None, zh: str, en: str) -> None:
        """Note what is wrong with a line, in one of its columns if it is named."""
        self.faults.append(self._sheet.fault(line, column, zh, en))

    def _wish(self, line: Line) -> Wish | None:
        cells, before = line.cells, len(self.faults)
        if line.number in self._unreadable:
            return None
        level = self._word(line, "level", _LEVELS)
        kind = self._word(line, "kind", _KINDS)
        code, key = cells["code"], cells["key"]
        if code is not None and level_of_code(code) is None:
            self.fault(line, "code", "区划代码应为数字。", "A division code is made of digits.")
        if key is not None and not _KEY.fullmatch(key):
            self.fault(
                line,
                "key",
                "键应由小写字母、数字和连字符组成。",
                "A key is made of a–z, 0–9 and hyphens.",
            )
        if cells["provenance"] not in (None, *_PROVENANCES):
            self.fault(line, "provenance", "不认识的出处。", "This is not a provenance.")
        if before < len(self.faults) or cells["name"] is None:
            return None
        stored = self._known.called(key or code or "")
        of_code = level_of_code(code) if code else None
        level = level or (kind.level if kind else None) or of_code or (stored.level if stored else None)
        kind = kind or self._kind(cells["name"], code, level, stored)
        level = level or (LEVEL_OF_KIND[kind] if kind else None)
        if level is None or kind is None:
            self.fault(
                line,
                None,
                "看不出该区域的层级或类型,请填写“层级”和“类型”列。",
                "Neither code nor name tells level and kind of this area; fill in level and kind.",
            )
            return None
        wrong = self._misplaced(code, level, kind)
        if wrong is not None:
            self.fault(line, *wrong)
            return None
        return Wish(line=line, code=code, level=level, kind=kind, stored=stored)

    def _word(self, line: Line, column: str, words: Mapping[str, _Word]) -> _Word | None:
        text = line.cells[column]
        if text is None:
            return None
        word = "".join(half_width(text).split())
        found = words.get(word) or words.get(word.upper().replace("-", "_"))
        if found is None:
            usual = "、".join(each for each in words if not each.isascii())
            english = ", ".join(each for each in words if each.isascii())
            self.fault(line, column, f"应为:{usual}。", f"It should be one of {english}.")
        return found

    @staticmethod
    def _kind(
        name: str, code: str | None, level: AreaLevel | None, stored: AreaNode | None
    ) -> AreaKind | None:
        if stored is not None and level in (None, stored.level):
            return stored.kind
        if code is not None and level_of_code(code) is not None:
            return kind_of_code(code, name)
        said = kind_of_name(name)
        if said is not None and (level is None or said.level is level):
            return said
        # On these levels there is one kind, or a usual one.
        usual = {
            AreaLevel.VILLAGE: AreaKind.VILLAGE,
            AreaLevel.GRID: AreaKind.GRID,
            AreaLevel.MICRO_GRID: AreaKind.MICRO_GRID,
        }
        return usual.get(level) if level is not None else None

    def _misplaced(
        self, code: str | None, level: AreaLevel, kind: AreaKind
    ) -> tuple[str | None, str, str] | None:
        if level not in self._place.levels:
            return "level", f"本地区未使用层级 {level}。", f"The level {level} is not used in this district."
        if code is not None and len(code) != CODE_DIGITS[level]:
            digits = CODE_DIGITS[level]
            return (
                "code",
                f"层级 {level} 的代码应为 {digits} 位数字。",
                f"A code of level {level} has {digits} digits.",
            )
        if kind.level is not level:
            return (
                "kind",
                f"类型 {kind} 不属于层级 {level}。",
                f"The kind {kind} does not stand on level {level}.",
            )
        strange = foreign(self._place, code) if code else None
        return None if strange is None else ("code", *strange)
