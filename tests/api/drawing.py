"""Draws query operations that fit the contract: aliases, fragments, directives, variables, pages in pages.

Nothing it draws conflicts with itself: an alias stands for one field with one set of arguments wherever it
comes up again, and so does a field without an alias.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_object_type,
)

OMITTED: Final = object()
Pools = Mapping[tuple[str, str], Callable[[Random], dict[str, Any]]]


class Drawing:
    """One operation. ``pools`` gives the arguments of a field, by type and name.

    ``without`` are fields that are not drawn, by their name or as ``Type.name``.
    """

    def __init__(self, random: Random, schema: GraphQLSchema, pools: Pools, *, without: set[str]) -> None:
        self._random = random
        self._schema = schema
        self._pools = pools
        self._without = without
        self._fragments: dict[str, tuple[str, str]] = {}
        self._definitions: list[str] = []
        self._plain: dict[tuple[str, str], str] = {}
        self._aliased: dict[tuple[str, str], list[str]] = {}
        self._left = 60
        self.variables: dict[str, Any] = {}

    def text(self) -> str:
        """The document."""
        root = self._schema.query_type
        assert root is not None
        body = self._selection(root, 0)
        head = f"query Drawn({' '.join(self._definitions)})" if self._definitions else "query Drawn"
        fragments = " ".join(
            f"fragment {name} on {on} {inner}" for name, (on, inner) in self._fragments.items()
        )
        return f"{head} {body} {fragments}"

    # ------------------------------------------------------------------ selections

    def _selection(self, type_: GraphQLObjectType, depth: int) -> str:
        pieces = [self._piece(type_, depth) for _ in range(self._random.randint(1, 4 if depth < 6 else 2))]
        return "{ " + " ".join(pieces) + " }"

    def _piece(self, type_: GraphQLObjectType, depth: int) -> str:
        self._left -= 1
        roll = self._random.random()
        if roll < 0.07:
            return f"__typename{self._directive()}"
        if roll < 0.16 and self._left > 0:
            condition = self._random.choice(["", f" on {type_.name}"])
            return f"...{condition}{self._directive()} {self._selection(type_, depth + 1)}"
        if roll < 0.28 and self._left > 0:
            return f"...{self._fragment(type_, depth)}{self._directive()}"
        names = [name for name in type_.fields if not self._without & {name, f"{type_.name}.{name}"}]
        if depth > 5 or self._left <= 0:
            names = [each for each in names if not is_object_type(get_named_type(type_.fields[each].type))]
        if not names:
            return "__typename"
        name = self._random.choice(names)
        return self._field(type_, name, type_.fields[name], depth)

    def _fragment(self, type_: GraphQLObjectType, depth: int) -> str:
        known = [name for name, (on, inner) in self._fragments.items() if on == type_.name and inner]
        if known and self._random.random() < 0.5:
            return self._random.choice(known)
        name = f"F{len(self._fragments)}"
        self._fragments[name] = (type_.name, "")  # not to be spread within itself
        self._fragments[name] = (type_.name, self._selection(type_, depth + 1))
        return name

    def _field(self, parent: GraphQLObjectType, name: str, definition: GraphQLField, depth: int) -> str:
        place = (parent.name, name)
        if self._random.random() < 0.4:
            known = self._aliased.setdefault(place, [])
            if known and self._random.random() < 0.3:
                head = self._random.choice(known)
            else:
                number = sum(map(len, self._aliased.values()))
                head = f"a{number}: {name}{self._arguments(place, definition)}"
                known.append(head)
        else:
            if place not in self._plain:
                self._plain[place] = name + self._arguments(place, definition)
            head = self._plain[place]
        output = get_named_type(definition.type)
        below = f" {self._selection(output, depth + 1)}" if is_object_type(output) else ""
        return f"{head}{self._directive()}{below}"

    def _directive(self) -> str:
        if self._random.random() > 0.2:
            return ""
        wanted = self._random.random() < 0.75  # mostly what is asked for stays
        which = self._random.choice(["include", "skip"])
        value = wanted if which == "include" else not wanted
        if self._random.random() < 0.5:
            return f" @{which}(if: {json.dumps(value)})"
        return f" @{which}(if: ${self._variable('Boolean!', value, json.dumps(value))})"

    # ------------------------------------------------------------------ arguments

    def _arguments(self, place: tuple[str, str], definition: GraphQLField) -> str:
        given = self._pools.get(place, lambda _: {})(self._random)
        pieces = [
            f"{name}: {self._value(definition.args[name].type, value)}"
            for name, value in given.items()
            if value is not OMITTED
        ]
        self._random.shuffle(pieces)
        return f"({', '.join(pieces)})" if pieces else ""

    def _value(self, type_: Any, value: Any) -> str:
        """A literal, a variable, or a literal with variables in it."""
        if self._random.random() < 0.35:
            return "$" + self._variable(str(type_), value, literal(type_, value))
        bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(bare, GraphQLInputObjectType) and value is not None:
            inside = [f"{name}: {self._value(bare.fields[name].type, each)}" for name, each in value.items()]
            return "{" + ", ".join(inside) + "}"
        return literal(type_, value)

    def _variable(self, type_: str, value: Any, default: str) -> str:
        name = f"v{len(self._definitions)}"
        if self._random.random() < 0.3:
            self._definitions.append(f"${name}: {type_} = {default}")
            if self._random.random() < 0.5:
                self.variables[name] = value
        else:
            self._definitions.append(f"${name}: {type_}")
            self.variables[name] = value
        return name


def literal(type_: Any, value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(type_, GraphQLNonNull):
        return literal(type_.of_type, value)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLList):
        items = value if isinstance(value, list) else [value]
        return "[" + ", ".join(literal(type_.of_type, each) for each in items) + "]"
    if isinstance(type_, GraphQLInputObjectType):
        inside = (f"{name}: {literal(type_.fields[name].type, each)}" for name, each in value.items())
        return "{" + ", ".join(inside) + "}"
    return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value)
