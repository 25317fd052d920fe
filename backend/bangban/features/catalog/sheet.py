"""Service items from tables: one line for an item, and in a second table one for a material. Pure.

The columns are in ``docs/catalog.md``. What a cell says is checked here, what an item as a whole may be by the
catalog's own rules, whose faults are brought back to their line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from bangban.features.catalog.drafts import (
    FeeDraft,
    ItemDraft,
    ItemFault,
    MaterialDraft,
    MaterialForm,
    MaterialSource,
)
from bangban.features.catalog.mobile import MobileApp, MobileDraft
from bangban.features.catalog.sheet_words import (
    AUDIENCES,
    CASE_TYPES,
    CHANNELS,
    FORMS,
    KINDS,
    LEVELS,
    MOBILE_APPS,
    SOURCES,
    word_of,
)
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Column, Kind, Line, LineFault, Sheet

MOST_NUMBER: Final = 9999  # days, trips, papers
_LIST: Final = re.compile(r"[、,,;;|/\n]+")
_BASES: Final = re.compile(r"[;;|\n]+")  # names of laws hold commas
_STEPS: Final = re.compile(r"[;;\n]+")  # steps hold commas
_FIELD: Final = re.compile(r"materials\[(\d+)\](?:\.(\w+))?|([a-z_]+)(?:[.\[].*)?")

ITEM_COLUMNS: Final = (
    Column("code", ("事项编码", "实施编码"), required=True, kind=Kind.CODE),
    Column("name", ("事项名称", "名称"), required=True),
    Column("name_en", ("英文名称",)),
    Column("kind", ("事项类型",), required=True),
    Column("audience", ("服务对象",), required=True),
    Column("level", ("行使层级",)),
    Column("case_type", ("办件类型",), required=True),
    Column("promised_working_days", ("承诺办结时限", "承诺时限"), required=True, kind=Kind.INT),
    Column("legal_working_days", ("法定办结时限", "法定时限"), required=True, kind=Kind.INT),
    Column("legal_limit_note", ("法定时限说明",)),
    Column("max_trips", ("到办事现场次数", "到现场次数"), required=True, kind=Kind.INT),
    Column("fee_amount", ("收费金额",)),
    Column("fee_basis", ("收费依据",)),
    Column("no_materials_reason", ("无需材料的理由",)),
    Column("channels", ("办理渠道", "办理形式"), required=True),
    Column("online_not_offered_reason", ("不支持网办的理由",)),
    Column("handled_at", ("受理层级",), required=True),
    Column("pre_checked_at", ("初审层级",)),
    Column("legal_basis", ("设定依据",), required=True),
    Column("result", ("办理结果", "结果名称"), required=True),
    Column("conditions", ("受理条件",)),
    Column("department", ("实施主体",)),
    Column("theme", ("服务主题",)),
    Column("mobile_app", ("掌办应用类型",)),
    Column("mobile_name", ("掌办应用",)),
    Column("mobile_link", ("掌办链接",)),
    Column("mobile_steps", ("掌办步骤",)),
    Column("mobile_steps_en", ("掌办英文步骤",)),
    Column("mobile_validated_on", ("掌办核验日期",), kind=Kind.DATE),
    Column("delegated_only", ("须经下放", "须经下放承接"), kind=Kind.BOOL),
    Column("effective_from", ("生效日期",), kind=Kind.DATE),
    Column("effective_to", ("失效日期",), kind=Kind.DATE),
)
MATERIAL_COLUMNS: Final = (
    Column("item", ("事项编码", "实施编码"), required=True, kind=Kind.CODE),
    Column("code", ("材料编码",), required=True, kind=Kind.CODE),
    Column("name", ("材料名称",), required=True),
    Column("name_en", ("英文名称",)),
    Column("required", ("是否必备", "必备"), kind=Kind.BOOL),
    Column("core", ("主要材料",), kind=Kind.BOOL),
    Column("tolerable", ("可容缺", "是否可容缺"), kind=Kind.BOOL),
    Column("tolerable_days", ("容缺期限",), kind=Kind.INT),
    Column("originals", ("原件份数",), kind=Kind.INT),
    Column("copies", ("复印件份数",), kind=Kind.INT),
    Column("issuer", ("出具机构",)),
    Column("source", ("来源渠道",)),
    Column("form", ("材料形式",)),
)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item that was read, with the lines that it was read from."""

    draft: ItemDraft
    line: Line
    materials: tuple[Line, ...]


@dataclass(slots=True)
class ItemSheets:
    """The tables of one import, and their faults so far. Without ``materials`` items keep those they have."""

    items: Sheet
    materials: Sheet | None
    faults: list[LineFault] = field(default_factory=list)
    material_faults: list[LineFault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.faults += self.items.faults
        if self.materials is not None:
            self.material_faults += self.materials.faults

    def read(
        self, *, start: date, levels: Iterable[AreaLevel], known: Mapping[str, Sequence[MaterialDraft]]
    ) -> list[ItemLine]:
        """Every item that can be understood; what cannot is among the faults.

        ``start`` is the first day of items that state none, ``levels`` are those that the district works at,
        ``known`` the materials that its items have.
        """
        of_item: dict[str, list[tuple[Line, MaterialDraft]]] = {}
        used = frozenset(levels)
        for line in self.materials.lines if self.materials else ():
            draft = self._material(line)
            if draft is not None:
                of_item.setdefault(line.cells["item"] or "", []).append((line, draft))
        found: list[ItemLine] = []
        first: dict[str, int] = {}
        for line in self.items.lines:
            code = line.cells["code"]
            if code is None:
                continue
            if code in first:
                self._fault(
                    line, "code", f"与第 {first[code]} 行重复。", f"Line {first[code]} has the same code."
                )
                continue
            first[code] = line.number
            lined = of_item.pop(code, [])
            materials = [each for _, each in lined] if self.materials else known.get(code, ())
            item = self._item(line, tuple(materials), start, used)
            if item is not None:
                found.append(ItemLine(item, line, tuple(each for each, _ in lined)))
        for code, orphans in of_item.items():
            if code not in first:
                for line, _ in orphans:
                    self._fault_of_material(
                        line, "item", "事项表中没有这个事项。", "The table of items has no such item."
                    )
        return found

    def of_rule(self, item: ItemLine, fault: ItemFault) -> None:
        """A fault of the catalog's rules, at its line and column."""
        place = _FIELD.match(fault.field)
        index, column, plain = place.groups() if place is not None else (None, None, None)
        if index is not None and int(index) < len(item.materials):
            self._fault_of_material(item.materials[int(index)], column, fault.zh, fault.en)
        elif index is not None or plain == "materials":
            self._fault(item.line, None, fault.zh, fault.en)
        elif plain == "mobile":
            self._fault(item.line, fault.field.replace(".", "_"), fault.zh, fault.en)
        elif plain == "fee":
            column = "fee_basis" if fault.field.endswith("basis") else "fee_amount"
            self._fault(item.line, column, fault.zh, fault.en)
        else:
            self._fault(item.line, plain, fault.zh, fault.en)

    # ------------------------------------------------------------------ lines

    def _item(
        self, line: Line, materials: tuple[MaterialDraft, ...], start: date, used: frozenset[AreaLevel]
    ) -> ItemDraft | None:
        cells = _Cells(line, self._fault)
        texts = ("name_en", "legal_limit_note", "no_materials_reason", "online_not_offered_reason")
        handled = cells.members("handled_at", LEVELS)
        checked = cells.members("pre_checked_at", LEVELS)
        for column, said in (("handled_at", handled), ("pre_checked_at", checked)):
            for level in said:
                if level not in used:
                    zh, en = (
                        f"本地区不在层级 {level} 办事。",
                        f"This district does not work at the level {level}.",
                    )
                    self._fault(line, column, zh, en)
        given: dict[str, Any] = {
            "code": line.cells["code"],
            "name": line.cells["name"],
            "kind": cells.member("kind", KINDS),
            "audience": cells.members("audience", AUDIENCES),
            "level": cells.member("level", LEVELS) or AreaLevel.COUNTY,
            "case_type": cells.member("case_type", CASE_TYPES),
            "promised_working_days": cells.number("promised_working_days"),
            "legal_working_days": cells.number("legal_working_days"),
            "max_trips": cells.number("max_trips"),
            "fee": self._fee(line),
            "materials": materials,
            "channels": cells.members("channels", CHANNELS),
            "handled_at": handled,
            "pre_checked_at": checked,
            "legal_basis": tuple(
                part.strip() for part in _BASES.split(line.cells["legal_basis"] or "") if part.strip()
            ),
            "result": line.cells["result"],
            "delegated_only": line.cells["delegated_only"] == "true",
            "mobile": self._mobile(line, cells),
            "effective_from": cells.day("effective_from") or start,
            "effective_to": cells.day("effective_to"),
            **{name: line.cells[name] for name in (*texts, "conditions", "department", "theme")},
        }
        must = (
            "name",
            "kind",
            "case_type",
            "promised_working_days",
            "legal_working_days",
            "max_trips",
            "result",
        )
        lists = ("audience", "channels", "handled_at", "legal_basis")
        whole = all(given[name] is not None for name in must) and all(given[name] for name in lists)
        return (
            ItemDraft(**given) if whole and line.number not in {each.line for each in self.faults} else None
        )

    def _mobile(self, line: Line, cells: _Cells) -> MobileDraft | None:
        app = cells.member("mobile_app", MOBILE_APPS)
        told = {name: line.cells[f"mobile_{name}"] for name in ("name", "link", "steps", "steps_en")}
        if app is None:
            if any(told.values()) and line.cells["mobile_app"] is None:
                zh, en = (
                    "有掌办指南的,应写明应用类型。",
                    "There is a guide for phones, so state the kind of app.",
                )
                self._fault(line, "mobile_app", zh, en)
            return None
        return MobileDraft(
            app=MobileApp(app),
            name=told["name"] or "",
            link=told["link"] or "",
            steps=_steps(told["steps"]),
            steps_en=_steps(told["steps_en"]),
            validated_on=cells.day("mobile_validated_on"),
        )

    def _fee(self, line: Line) -> FeeDraft | None:
        text, basis = line.cells["fee_amount"], line.cells["fee_basis"]
        if text is None:
            if basis is not None:
                self._fault(
                    line, "fee_amount", "写了收费依据,应写明金额。", "There is a basis, so state the amount."
                )
            return None
        try:
            return FeeDraft(
                amount=Decimal(half_width(text).replace(",", "").removesuffix("元")), basis=basis or ""
            )
        except InvalidOperation:
            self._fault(line, "fee_amount", "应为金额,如 12.50。", "It should be an amount, such as 12.50.")
            return None

    def _material(self, line: Line) -> MaterialDraft | None:
        before = len(self.material_faults)
        cells = _Cells(line, self._fault_of_material)
        given: dict[str, Any] = {
            "code": line.cells["code"],
            "name": line.cells["name"],
            "name_en": line.cells["name_en"],
            "required": cells.flag("required", usual=True),
            "core": cells.flag("core", usual=False),
            "tolerable": cells.flag("tolerable", usual=False),
            "tolerable_days": cells.number("tolerable_days"),
            "originals": cells.number("originals") or 0,
            "copies": cells.number("copies") or 0,
            "issuer": line.cells["issuer"],
            "source": cells.member("source", SOURCES) or MaterialSource.APPLICANT,
            "form": cells.member("form", FORMS) or MaterialForm.PAPER,
        }
        known = given["code"] is not None and given["name"] is not None and line.cells["item"] is not None
        return MaterialDraft(**given) if known and len(self.material_faults) == before else None

    def _fault(self, line: Line, column: str | None, zh: str, en: str) -> None:
        self.faults.append(self.items.fault(line, column, zh, en))

    def _fault_of_material(self, line: Line, column: str | None, zh: str, en: str) -> None:
        if self.materials is not None:
            self.material_faults.append(self.materials.fault(line, column, zh, en))


def _steps(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _STEPS.split(text or "") if part.strip())


@dataclass(frozen=True, slots=True)
class _Cells:
    """One line's cells as values; whatever is wrong is told to ``fault``."""

    line: Line
    fault: Callable[[Line, str | None, str, str], None]

    def number(self, column: str) -> int | None:
        text = self.line.cells[column]
        if text is None:
            return None
        if not 0 <= int(text) <= MOST_NUMBER:
            self.fault(
                self.line, column, f"应在 0 至 {MOST_NUMBER} 之间。", f"It must be from 0 to {MOST_NUMBER}."
            )
            return None
        return int(text)

    def flag(self, column: str, *, usual: bool) -> bool:
        text = self.line.cells[column]
        return usual if text is None else text == "true"

    def day(self, column: str) -> date | None:
        text = self.line.cells[column]
        return None if text is None else date.fromisoformat(text)

    def member(self, column: str, words: Mapping[str, StrEnum]) -> StrEnum | None:
        text = self.line.cells[column]
        return None if text is None else self._word(column, text, words)

    def members(self, column: str, words: Mapping[str, StrEnum]) -> tuple[StrEnum, ...]:
        parts = [part.strip() for part in _LIST.split(self.line.cells[column] or "") if part.strip()]
        found = [self._word(column, part, words) for part in parts]
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def _word(self, column: str, text: str, words: Mapping[str, StrEnum]) -> StrEnum | None:
        found = word_of(text, words)
        if found is None:
            shown = text if len(text) <= 20 else text[:20] + "…"
            names = ", ".join(dict.fromkeys(member.name for member in words.values()))
            self.fault(
                self.line,
                column,
                f"“{shown}”不是可用的值;可用:{'、'.join(words)}。",
                f"{shown} is not one of: {names}.",
            )
        return found
