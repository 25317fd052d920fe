"""Rows on their way: from a line of JSON to the text that PostgreSQL's COPY takes, exactly.

Numbers are never turned into Python's, so 1.50 stays 1.50 and no digit is lost; everything else is PostgreSQL's own
text of the type. What a line has too much or lacks is refused.
"""

from __future__ import annotations

import json
from typing import Any

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import ColumnFacts, Keeping, TableFacts
from bangban.features.archives.problems import ArchiveAltered
from bangban.kernel.vault.district import DistrictVault

_NULL = "\\N"


class _Number(str):
    __slots__ = ()


def _constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_int=_Number, parse_float=_Number, parse_constant=_constant)


class Copying:
    """Turns a table's lines into COPY's text. ``vault`` seals what was sealed; None where values stay as they are."""

    def __init__(self, table: TableFacts, *, key: ArchiveKey, vault: DistrictVault | None) -> None:
        self._table = table
        self._key = key
        self._vault = vault
        self._names = {each.name for each in table.columns if each.keeping is not Keeping.REBUILT}
        self._loaded = [each for each in table.columns if each.keeping is not Keeping.GENERATED]

    @property
    def columns(self) -> list[str]:
        """The columns that ``line`` gives, in its order."""
        return [each.name for each in self._loaded]

    def line(self, raw: bytes) -> str:
        """One row for COPY, with its line end. Raises ArchiveAltered."""
        try:
            row = _DECODER.decode(raw.decode())
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or row.keys() != self._names:
            what = f"{self._table.file} has a line that is no row"
            raise ArchiveAltered(what, f"{self._table.file} 中有一行不是记录")
        opened: dict[str, str | None] = {}
        for column in self._loaded:
            if column.keeping in (Keeping.SEALED, Keeping.PERSONAL):
                sealed = row[column.name]
                place = place_of(self._table, column, [str(row[name]) for name in self._table.key])
                opened[column.name] = None if sealed is None else self._key.open(str(sealed), place=place)
        return "\t".join(self._value(column, row, opened) for column in self._loaded) + "\n"

    def _value(self, column: ColumnFacts, row: dict[str, Any], opened: dict[str, str | None]) -> str:
        if column.keeping is Keeping.PLAIN:
            return _NULL if row[column.name] is None else _escaped(_text(row[column.name], column.type))
        plain = opened[column.of or column.name]
        if plain is None:
            return _NULL
        if column.keeping is Keeping.PERSONAL:
            return _escaped(plain)
        assert self._vault is not None
        if column.keeping is Keeping.SEALED:
            raw = self._vault.seal(plain, context=column.context or "")
        else:
            raw = self._vault.lookup_hash(plain, purpose=column.purpose or "")
        return "\\\\x" + raw.hex()


def place_of(table: TableFacts, column: ColumnFacts, key: list[str]) -> str:
    """What a sealed value is bound to: its column and the key of its row."""
    return json.dumps([table.name, column.name, *key], ensure_ascii=False)


def _text(value: Any, type_: str) -> str:
    if type_ in ("jsonb", "json"):
        return _json(value)
    if isinstance(value, list):
        return "{" + ",".join(map(_element, value)) + "}"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, str):
        return value
    return _json(value)  # an object where none belongs: PostgreSQL says so


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "{" + ",".join(map(_element, value)) + "}"
    text = _text(value, "")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text
