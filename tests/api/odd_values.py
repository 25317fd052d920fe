"""Values that no sensible client sends, for every input of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_object_type,
)

ODD: Final[dict[str, list[Any]]] = {
    "String": ["", "x" * 100_000, "\x00", "\ud800", "😀" * 300, "９９", "\u202e\u200b", "'; --", "\r\n\t"],
    "ID": ["", "x" * 50_000, "\x00", "f" * 32, "urn:uuid:01a20027-b057-7207-a424-93b90c7e21c8", 5, "１" * 32],
    "Int": [0, -1, 2**31 - 1, 2**31, 10**400, 1.5, True, "1"],
    "Float": [1e308, -1e308, 10**400, "1", True, 0.1],
    "Boolean": [1, "true", None],
    "Date": ["", "2026-02-30", "0001-01-01", "9999-12-31", "2026-W01-1", "infinity", 20260101, "１２"],
    "DateTime": [
        *("", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "infinity", 0),
        *("9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00+23:59", "2026-01-01T00:00:00.123456789Z"),
    ],
    "Decimal": ["", "x", "-1", "1e400", "NaN", "Infinity", "１", "0.001", 1.5, 10**400],
    "Base64": ["", "=", "a", "////", "-_==", "\x00", "￿", "QUJD" * 20_000, 5],
    "enum": ["", "NONE", 1, None, "ACCEPTED "],
}
PLAIN: Final[dict[str, Any]] = {
    "ID": "01a20027-b057-7207-a424-93b90c7e21c8",
    "Int": 3,
    "Float": 1.5,
    "Boolean": True,
    "Date": "2026-11-30",
    "DateTime": "2026-01-01T00:00:00Z",
    "Base64": "QUJD",
    "Decimal": "1.50",
}


def plain(type_: Any, text: str) -> Any:
    """A sensible value, with ``text`` for every String."""
    if isinstance(type_, GraphQLNonNull):
        return plain(type_.of_type, text)
    if isinstance(type_, GraphQLList):
        return [plain(type_.of_type, text)]
    if isinstance(type_, GraphQLInputObjectType):
        return {name: plain(each.type, text) for name, each in type_.fields.items()}
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return PLAIN.get(type_.name, text)


def odd_leaves(type_: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every place inside an input, with every value that is odd there."""
    if isinstance(type_, GraphQLNonNull):
        yield from odd_leaves(type_.of_type, path)
    elif isinstance(type_, GraphQLList):
        yield from odd_leaves(type_.of_type, (*path, 0))
    elif isinstance(type_, GraphQLInputObjectType):
        for name, each in type_.fields.items():
            yield from odd_leaves(each.type, (*path, name))
    else:
        for odd in ODD["enum" if isinstance(type_, GraphQLEnumType) else type_.name]:
            yield path, odd


def put(value: Any, path: tuple[str | int, ...], odd: Any) -> Any:
    """``value`` with ``odd`` at ``path``."""
    if not path:
        return odd
    made = json.loads(json.dumps(value))
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    return made


def odd_requests(kind: str, root: GraphQLObjectType, name: str, text: str) -> Iterator[tuple[str, str, Any]]:
    """Documents and variables that ask for one root field with one odd value, and what is odd about each."""
    definition = root.fields[name]
    below = "{ __typename }" if is_object_type(get_named_type(definition.type)) else ""
    for argument, given in definition.args.items():
        needed = {
            other: plain(each.type, text)
            for other, each in definition.args.items()
            if other != argument and isinstance(each.type, GraphQLNonNull)
        }
        declared = "".join(f" ${other}: {definition.args[other].type}" for other in needed)
        passed = "".join(f" {other}: ${other}" for other in needed)
        document = f"{kind}($odd: {given.type}{declared}) {{ {name}({argument}: $odd{passed}) {below} }}"
        for path, odd in odd_leaves(given.type):
            variables = {"odd": put(plain(given.type, text), path, odd), **needed}
            yield f"{argument}{list(path)}: {odd!r:.40}", document, variables
