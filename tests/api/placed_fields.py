"""That what a refusal names is there to be shown: an argument of the request, or a place in one.

Every request of the API's tests is looked at, so whatever any of them is refused for is held to this.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_nullable_type,
    parse,
    visit,
)

from bangban.kernel.problems import ErrorCode
from bangban.web.schema import core_schema

HEADERS: Final = frozenset({"Authorization", "Idempotency-Key", "Origin", "X-District"})
OF_THE_REQUEST: Final = frozenset(
    {ErrorCode.BAD_REQUEST, ErrorCode.GRAPHQL_PARSE_FAILED, ErrorCode.GRAPHQL_VALIDATION_FAILED}
)
"""Refusals that come before anything is read as the contract has it; they name members of the request."""


class _Arguments(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.found: list[tuple[str, GraphQLInputType]] = []

    def enter_field(self, _node: FieldNode, *_: Any) -> None:
        field = self.types.get_field_def()
        self.found += [] if field is None else [(name, each.type) for name, each in field.args.items()]


@cache
def _arguments(query: str) -> list[tuple[str, GraphQLInputType]]:
    types = TypeInfo(core_schema())
    seen = _Arguments(types)
    visit(parse(query), TypeInfoVisitor(types, seen))
    return seen.found


def is_place_in(type_: GraphQLInputType, steps: list[str]) -> bool:
    """Whether the steps lead on from an input of this type: members by their names, of lists by their numbers."""
    bare: Any = get_nullable_type(type_)
    if not steps:
        return True
    if isinstance(bare, GraphQLList):
        return steps[0].isdigit() and is_place_in(bare.of_type, steps[1:])
    if not isinstance(bare, GraphQLInputObjectType):
        return False
    if bare.name == "FileInput" and steps[0] == "line":
        return len(steps) > 1 and steps[1].isdigit()  # a line of the file, and perhaps its column
    return steps[0] in bare.fields and is_place_in(bare.fields[steps[0]].type, steps[1:])


def misplaced(query: str, body: dict[str, Any]) -> Iterator[str]:
    """The fields of refusals that are no place in what was asked."""
    for error in body.get("errors") or ():
        extensions = error.get("extensions") or {}
        if extensions.get("code") in OF_THE_REQUEST:
            continue
        for field in extensions.get("fields") or ():
            first, *steps = field.split(".")
            try:
                known = _arguments(query)
            except GraphQLError:
                return
            if (
                not known or field in HEADERS
            ):  # what takes nothing has no places: it says what stands in its way
                continue
            if not any(name == first and is_place_in(type_, steps) for name, type_ in known):
                yield field
