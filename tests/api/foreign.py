"""Every place of the contract that takes an id, and how to ask with another one there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_object_type,
)
from tests.api.odd_values import plain, put

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Where an id goes: a root field, and the way through its arguments."""

    root: str  # "Query.area"
    path: Path

    @property
    def name(self) -> str:
        """What the id is called: ``areaId``, ``id``."""
        return str(next(each for each in reversed(self.path) if isinstance(each, str)))

    def __str__(self) -> str:
        return ".".join(map(str, (self.root, *self.path)))


def places(type_: GraphQLObjectType) -> Iterator[Place]:
    """All of a root type."""
    for name, definition in type_.fields.items():
        for argument, each in definition.args.items():
            for path in _ids(each.type, (argument,)):
                yield Place(f"{type_.name}.{name}", path)


def _ids(type_: Any, path: Path) -> Iterator[Path]:
    if isinstance(type_, GraphQLNonNull):
        yield from _ids(type_.of_type, path)
    elif isinstance(type_, GraphQLList):
        yield from _ids(type_.of_type, (*path, 0))
    elif isinstance(type_, GraphQLInputObjectType):
        for name, each in type_.fields.items():
            yield from _ids(each.type, (*path, name))
    elif type_.name == "ID":
        yield path


def document(kind: str, name: str, definition: GraphQLField, given: dict[str, Any]) -> str:
    """Asks for the field with a variable for each of these arguments."""
    heads = ", ".join(f"${each}: {definition.args[each].type}" for each in given)
    inside = ", ".join(f"{each}: ${each}" for each in given)
    output = get_named_type(definition.type)
    shown = "totalCount edges { cursor }" if output.name.endswith("Connection") else "__typename"
    below = f" {{ {shown} }}" if is_object_type(output) else ""
    return f"{kind}({heads}) {{ {name}({inside}){below} }}"


def arguments(definition: GraphQLField, known: dict[str, Any], place: Place, id_: str) -> dict[str, Any]:
    """What is known to be sensible, with the id in its place; what is lacking on the way there is made up."""
    first = str(place.path[0])
    given = {
        name: known.get(name, plain(each.type, "样本"))
        for name, each in definition.args.items()
        if name == first or isinstance(each.type, GraphQLNonNull)
    }
    try:
        found = put(given, place.path, id_)
    except (IndexError, KeyError, TypeError):
        second = place.path[1]
        given[first] = {**given[first], second: plain(definition.args[first].type, "样本")[second]}
        found = put(given, place.path, id_)
    return dict(found)
