"""A row of ``areas.csv`` by itself: its words, its level, and the area that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bangban.features.areas.divisions import CODE_DIGITS
from bangban.features.areas.values import AreaKind
from bangban.features.profiles.documents import Row
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.profile import ProfileArea
from bangban.features.profiles.values import Provenance
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.levels import AreaLevel

KEY_SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

Sentences = tuple[str, str]  # in Chinese, in English
Value = TypeVar("Value", bound=StrEnum)


def area_of(row: Row, path: Path, allowed: frozenset[AreaLevel], faults: FaultList) -> ProfileArea | None:
    cells = row.cells
    level = _member(AreaLevel, cells["level"])
    kind = _member(AreaKind, cells["kind"])
    provenance = _member(Provenance, cells["provenance"])
    key = cells["key"] or cells["code"]
    wrong = [
        *_wrong_words(cells, key=key, level=level, kind=kind, provenance=provenance),
        *_wrong_level(cells["code"], level=level, kind=kind, allowed=allowed),
    ]
    for zh, en in wrong:
        faults.error(path, row.line, zh, en)
    if wrong or level is None or kind is None or provenance is None:
        return None
    return ProfileArea(
        key=key,
        code=cells["code"] or None,
        parent=cells["parent"] or None,
        name=cells["name"],
        full_name=cells["full_name"] or cells["name"],
        level=level,
        kind=kind,
        provenance=provenance,
    )


def _wrong_words(
    cells: dict[str, str],
    *,
    key: str,
    level: AreaLevel | None,
    kind: AreaKind | None,
    provenance: Provenance | None,
) -> Iterator[Sentences]:
    if shown_name(cells["name"]) is None:
        yield "区域应有名称。", "An area needs a name."
    if not KEY_SHAPE.fullmatch(key):
        yield (
            "区域应有编码,或由小写字母、数字和连字符组成的 key。",
            "An area needs a code, or a key of a–z, 0–9 and hyphens.",
        )
    if level is None:
        yield f"不认识的层级“{cells['level']}”。", f"{cells['level']!r} is not a level."
    if kind is None:
        yield f"不认识的类型“{cells['kind']}”。", f"{cells['kind']!r} is not a kind of area."
    if provenance is None:
        yield f"不认识的出处“{cells['provenance']}”。", f"{cells['provenance']!r} is not a provenance."


def _wrong_level(
    code: str, *, level: AreaLevel | None, kind: AreaKind | None, allowed: frozenset[AreaLevel]
) -> Iterator[Sentences]:
    if level is None:
        return
    if level not in allowed:
        yield f"本地区未使用层级 {level}。", f"The level {level} is not used in this district."
    if kind is not None and kind.level is not level:
        yield f"类型 {kind} 不属于层级 {level}。", f"The kind {kind} does not stand on level {level}."
    digits = CODE_DIGITS[level]
    if code and not re.fullmatch(rf"[0-9]{{{digits}}}", code):
        yield (
            f"{level} 层级的区划代码应为 {digits} 位数字,现为“{code}”。",
            f"A division code of level {level} has {digits} digits; this is {code!r}.",
        )


def _member(values: type[Value], text: str) -> Value | None:
    try:
        return values(text)
    except ValueError:
        return None
