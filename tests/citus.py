"""The rules that keep a statement able to run where each district's schema stands on a node of its own.

DESIGN 3, "Beyond one machine", lists them as they were tried on Citus 14. What is changed is parsed; what is only
read is looked at word by word, since the parser does not know SQL/JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import sqlglot
from sqlglot import exp

# What gives another value on another node, at another moment, or in another row.
VOLATILE: Final = {
    "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "clock_timestamp",
    "statement_timestamp", "transaction_timestamp", "timeofday", "random", "gen_random_uuid", "uuidv4", "uuidv7",
    "nextval", "currval", "lastval", "current_user", "session_user", "user", "current_role", "inet_client_addr",
}  # fmt: skip
SETTINGS: Final = {"current_setting", "set_config"}
_WORD: Final = re.compile(r"\b([a-z_][a-z0-9_]*)\s*\(", re.IGNORECASE)
_BARE: Final = re.compile(r"\b(current_user|session_user|current_timestamp|current_date)\b", re.IGNORECASE)
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'")
_CHANGES: Final = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\b", re.IGNORECASE)
_DISTRICT: Final = re.compile(r'(?<![\w".])"?(d_[a-z0-9_]+)"?\s*\.')
_PLATFORM: Final = re.compile(r'(?<![\w".])"?platform"?\s*\.')


def faults(sql: str) -> list[str]:
    """What in a statement over a district's schema would not run there; nothing for any other statement."""
    plain = _LITERAL.sub("''", sql)
    districts = set(_DISTRICT.findall(plain))
    if not districts:
        return []
    found = list(_read(plain, districts))
    if _CHANGES.search(plain):
        found += _changed(sqlglot.parse_one(sql, dialect="postgres"))
    return found


def _read(plain: str, districts: set[str]) -> Iterator[str]:
    if len(districts) > 1:
        yield f"names two districts: {sorted(districts)}"
    if _PLATFORM.search(plain):
        yield "goes to a district and to the platform at once"
    for word in {each.lower() for each in _WORD.findall(plain)} & SETTINGS:
        yield f"calls {word}"


def _changed(tree: exp.Expression) -> Iterator[str]:
    materialised = {cte.alias for cte in tree.find_all(exp.CTE) if cte.args.get("materialized")}
    for change in tree.find_all(exp.Update):
        for value in change.expressions:
            yield from (f"SET calls {name}" for name in _volatile(value))
    for change in tree.find_all(exp.Insert):
        yield from _inserted(change, materialised)
    for returning in tree.find_all(exp.Returning):
        for each in returning.expressions:
            if not isinstance(each.unalias(), exp.Column):
                yield f"RETURNING gives {each.sql('postgres')}"


def _inserted(change: exp.Insert, materialised: set[str]) -> Iterator[str]:
    if (conflict := change.args.get("conflict")) is not None:
        yield from _conflict(conflict)
    rows = change.expression
    if isinstance(rows, exp.Select):
        for source in [*rows.find_all(exp.From), *rows.find_all(exp.Join)]:
            name = source.this.name if isinstance(source.this, exp.Table) else type(source.this).__name__
            if name not in materialised:
                yield f"INSERT … SELECT from {name}, which is not materialised"


def _conflict(conflict: exp.Expression) -> Iterator[str]:
    for setting in conflict.expressions:
        value = setting.expression
        if not (isinstance(value, exp.Column) and value.table.lower() == "excluded"):
            yield f"DO UPDATE sets {setting.sql('postgres')}"


def _volatile(tree: exp.Expression) -> set[str]:
    text = _LITERAL.sub("''", tree.sql("postgres")).lower()
    called = set(_WORD.findall(text)) | set(_BARE.findall(text))
    return called & VOLATILE
