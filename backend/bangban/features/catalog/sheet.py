"""Service items from tables: one line for an item, and in a second table one for a material. Pure.

What a line says as a whole is checked here, what an item may be by the catalog's own rules, whose faults are
brought back to their line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
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
from bangban.features.catalog.sheet_cells import Cells
from bangban.features.catalog.sheet_words import (
    AUDIENCES,
    CASE_TYPES,
    CHANNELS,
    FORMS,
    KINDS,
    LEVELS,
    MOBILE_APPS,
    SOURCES,
)
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Line, LineFault, Sheet

_BASES: Final = re.compile(r"[;;|\n]+")  # names of laws hold commas
_STEPS: Final = re.compile(r"[;;\n]+")  # steps hold commas
_FIELD: Final = re.compile(r"materials\[(\d+)\](?:\.(\w+))?|([a-z_]+)(?:[.\[].*)?")


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
        cells = Cells(line, self._fault)
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
            "result_before_supplied": line.cells["result_before_supplied"] == "true",
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

    def _mobile(self, line: Line, cells: Cells) -> MobileDraft | None:
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
        cells = Cells(line, self._fault_of_material)
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
