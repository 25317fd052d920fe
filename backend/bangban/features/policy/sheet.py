"""A district's policy lines from a file: the shipped file's own form, or a table with a header. Pure."""

from __future__ import annotations

from typing import Final

from bangban.kernel.access.guard import find_own_faults, read_own_lines
from bangban.kernel.access.lines import Effect, PolicyLine
from bangban.kernel.access.names import REACH_NAMES, ROLE_NAMES
from bangban.kernel.access.problems import Fault, PolicyFaulty
from bangban.kernel.sheets import Column, Kind, LineFault, Sheet

COLUMNS: Final = (
    Column("role", ("角色",), required=True, kind=Kind.CODE),
    Column("level", ("层级",), required=True, kind=Kind.CODE),
    Column("object", ("对象",), required=True, kind=Kind.CODE),
    Column("action", ("操作",), required=True, kind=Kind.CODE),
    Column("effect", ("效力",), kind=Kind.CODE),
)
_BOM: Final = b"\xef\xbb\xbf"
_ROLES: Final = {name.zh: role.value for role, name in ROLE_NAMES.items()}
_LEVELS: Final = {name.zh: reach.value for reach, name in REACH_NAMES.items()}
_EFFECTS: Final = {"允许": Effect.ALLOW.value, "拒绝": Effect.DENY.value, "禁止": Effect.DENY.value}

Read = tuple[tuple[PolicyLine, ...], tuple[LineFault, ...]]


def policy_text(content: bytes) -> str | None:
    """The text of a file in the shipped policy's form; None for what is a table with a header."""
    try:
        text = content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return None
    said = (line.strip() for line in text.splitlines())
    first = next((line for line in said if line), "")
    return text if first.startswith(("#", "p,", "p ,", "g,")) else None


def lines_of_text(text: str) -> Read:
    """The lines of a policy file, or everything that is wrong with it."""
    try:
        return read_own_lines(text), ()
    except PolicyFaulty as faulty:
        return (), tuple(_fault(each) for each in faulty.faults)


def lines_of_table(sheet: Sheet) -> Read:
    """The lines of a table; words may be the policy's own or the Chinese names of roles and levels."""
    lines = tuple(
        PolicyLine(
            role=_ROLES.get(cells["role"] or "", (cells["role"] or "").lower()),
            level=_LEVELS.get(cells["level"] or "", (cells["level"] or "").upper()),
            object=(cells["object"] or "").lower(),
            action=(cells["action"] or "").lower(),
            effect=_EFFECTS.get(cells["effect"] or "", (cells["effect"] or Effect.ALLOW.value).lower()),
            number=line.number,
        )
        for line in sheet.lines
        if all((cells := line.cells)[name] for name in ("role", "level", "object", "action"))
    )
    wrong = tuple(_fault(each) for each in find_own_faults(lines))
    return lines, tuple(sorted((*sheet.faults, *wrong), key=lambda fault: fault.line))


def _fault(fault: Fault) -> LineFault:
    return LineFault(fault.number, None, f"本行{fault.zh}。", f"This line {fault.en}.")
