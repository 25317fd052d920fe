"""A general tree file, one area a line, as drafts. Pure.

People write such files by hand: level and kind may be left to the code or the name, and a parent may be called by
its code, its key, or its name where only one area has it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from bangban.features.areas.divisions import (
    CODE_DIGITS,
    code_above,
    kind_of_code,
    kind_of_name,
    level_of_code,
)
from bangban.features.areas.drafted import ROOT_KEY, Drafted, Known, Place, foreign, root_draft
from bangban.features.areas.rules import AreaDraft, AreaNode
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
class _Wish:
    """A line of which everything but its place is known."""

    line: Line
    code: str | None
    level: AreaLevel
    kind: AreaKind
    stored: AreaNode | None


class TreeFile:
    """Drafts the areas of one file."""

    def __init__(self, sheet: Sheet, known: Known, place: Place) -> None:
        self._sheet = sheet
        self._known = known
        self._place = place
        self._found = Drafted(faults=list(sheet.faults))
        self._unreadable = {fault.line for fault in sheet.faults}  # what is wrong with them was said
        self._refs: dict[str, AreaDraft] = {}
        self._names: dict[str, list[AreaDraft]] = defaultdict(list)

    def drafts(self) -> Drafted:
        """The drafts, parents first, and every fault of the file."""
        wishes = [wish for line in self._sheet.lines if (wish := self._wish(line)) is not None]
        if self._known.root is None and not any(wish.level is AreaLevel.COUNTY for wish in wishes):
            self._keep(root_draft(self._place), 1)
        for wish in sorted(wishes, key=lambda wish: wish.level.depth):  # stable: parents first
            self._plant(wish)
        self._found.faults.sort(key=lambda fault: fault.line)
        return self._found

    def _fault(self, line: Line, column: str | None, zh: str, en: str) -> None:
        self._found.faults.append(self._sheet.fault(line, column, zh, en))

    # ------------------------------------------------------------------ what a line says of itself

    def _wish(self, line: Line) -> _Wish | None:
        cells, before = line.cells, len(self._found.faults)
        if line.number in self._unreadable:
            return None
        level = self._word(line, "level", _LEVELS)
        kind = self._word(line, "kind", _KINDS)
        code, key = cells["code"], cells["key"]
        if code is not None and level_of_code(code) is None:
            self._fault(line, "code", "区划代码应为数字。", "A division code is made of digits.")
        if key is not None and not _KEY.fullmatch(key):
            self._fault(
                line,
                "key",
                "键应由小写字母、数字和连字符组成。",
                "A key is made of a–z, 0–9 and hyphens.",
            )
        if cells["provenance"] not in (None, *_PROVENANCES):
            self._fault(line, "provenance", "不认识的出处。", "This is not a provenance.")
        if before < len(self._found.faults) or cells["name"] is None:
            return None
        stored = self._known.called(key or code or "")
        of_code = level_of_code(code) if code else None
        level = level or (kind.level if kind else None) or of_code or (stored.level if stored else None)
        kind = kind or self._kind(cells["name"], code, level, stored)
        level = level or (LEVEL_OF_KIND[kind] if kind else None)
        if level is None or kind is None:
            self._fault(
                line,
                None,
                "看不出该区域的层级或类型,请填写“层级”和“类型”列。",
                "Neither code nor name tells level and kind of this area; fill in level and kind.",
            )
            return None
        wrong = self._misplaced(code, level, kind)
        if wrong is not None:
            self._fault(line, *wrong)
            return None
        return _Wish(line=line, code=code, level=level, kind=kind, stored=stored)

    def _word(self, line: Line, column: str, words: Mapping[str, _Word]) -> _Word | None:
        text = line.cells[column]
        if text is None:
            return None
        word = "".join(half_width(text).split())
        found = words.get(word) or words.get(word.upper().replace("-", "_"))
        if found is None:
            usual = "、".join(each for each in words if not each.isascii())
            english = ", ".join(each for each in words if each.isascii())
            self._fault(line, column, f"应为:{usual}。", f"It should be one of {english}.")
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

    # ------------------------------------------------------------------ where it stands

    def _plant(self, wish: _Wish) -> None:
        cells, stored = wish.line.cells, wish.stored
        name = cells["name"] or ""
        parent: str | None = None
        if wish.level is not AreaLevel.COUNTY:
            parent = self._parent(wish)
            if parent is None:
                return
        key = self._key(wish, parent, name)
        stored = stored or self._known.by_key.get(key)
        full_name = cells["full_name"]
        if full_name is None and stored is not None and stored.name == name:
            full_name = stored.full_name
        self._keep(
            AreaDraft(
                key=key,
                code=wish.code or (stored.code if stored else None),
                parent=parent,
                name=name,
                full_name=full_name,
                level=wish.level,
                kind=wish.kind,
                provenance=cells["provenance"] or (stored.provenance if stored else "own"),
            ),
            wish.line.number,
        )

    def _keep(self, draft: AreaDraft, line: int) -> None:
        self._found.add(draft, line)
        for ref in {draft.key, draft.code or draft.key}:
            self._refs.setdefault(ref, draft)
        for name in {draft.name, draft.full_name or draft.name}:
            self._names[name].append(draft)

    def _key(self, wish: _Wish, parent: str | None, name: str) -> str:
        if parent is None:
            return self._known.root.key if self._known.root else wish.line.cells["key"] or ROOT_KEY
        if wish.stored is not None:
            return wish.stored.key
        given = wish.line.cells["key"] or wish.code
        if given is not None:
            return given
        above = self._known.by_key.get(parent)
        for node in self._known.named(name):
            if above is not None and node.parent_id == above.id and node.level is wish.level:
                return node.key
        # The same file gives the same key again, so that a second import finds what the first one made.
        return f"{parent[:50]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def _parent(self, wish: _Wish) -> str | None:
        """The key of the area above; None where there is a fault, which was noted."""
        ref = wish.line.cells["parent"]
        if ref is not None:
            return self._called(wish, ref)
        above = code_above(wish.code) if wish.code else None
        if above is not None:
            found: AreaDraft | AreaNode | None = self._refs.get(above) or self._known.by_code.get(above)
            if found is not None:
                return found.key
        if wish.level is AreaLevel.TOWN:
            return self._root()
        stored = self._known.parent_of(wish.stored) if wish.stored else None
        if stored is not None:
            return stored.key
        self._fault(
            wish.line,
            "parent",
            "请填写上级区域的代码、键或名称。",
            "State the area above by its code, key or name.",
        )
        return None

    def _root(self) -> str:
        if self._known.root is not None:
            return self._known.root.key
        return next(draft.key for draft in self._found.drafts if draft.level is AreaLevel.COUNTY)

    def _called(self, wish: _Wish, ref: str) -> str | None:
        plain = "".join(half_width(ref).split())
        found: AreaDraft | AreaNode | None = self._refs.get(plain) or self._known.called(plain)
        if found is not None:
            return found.key
        named: list[AreaDraft | AreaNode] = [*self._names.get(ref, ()), *self._known.named(ref)]
        keys = {each.key for each in named if each.level.depth < wish.level.depth}
        if len(keys) == 1:
            return keys.pop()
        if keys:
            self._fault(
                wish.line,
                "parent",
                f"有 {len(keys)} 个上级区域叫这个名称,请改填代码。",
                f"{len(keys)} areas above have this name; state the code.",
            )
        else:
            self._fault(
                wish.line,
                "parent",
                "文件和现有区域中都没有这个上级区域。",
                "Neither the file nor the present tree has this area above.",
            )
        return None
