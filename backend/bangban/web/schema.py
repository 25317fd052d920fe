"""The one schema: the root fields of all features, the scalars, and the codes of errors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLSchema, is_object_type
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.graphql.scalars import SCALARS
from bangban.kernel.planner.selection import planned_field
from bangban.web.codes import ErrorCode
from bangban.web.roots import Mutation, Query, Subscription


def _from_json(source: Any, info: Any, **_: Any) -> Any:
    """A planned value stands under its response key in the JSON that PostgreSQL built."""
    return source[info.path.key]


@lru_cache(maxsize=1)
def strawberry_schema() -> strawberry.Schema:
    """The schema as Strawberry sees it, its planned fields reading from the statement's JSON."""
    schema = strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        types=[ErrorCode],
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
    for type_ in schema._schema.type_map.values():  # noqa: SLF001 - Strawberry keeps the core schema there
        if is_object_type(type_) and not type_.name.startswith("__"):
            for definition in type_.fields.values():
                if planned_field(definition) is not None:
                    definition.resolve = _from_json
    return schema


def core_schema() -> GraphQLSchema:
    """The schema as graphql-core sees it."""
    return strawberry_schema()._schema  # noqa: SLF001 - Strawberry keeps the core schema there


def sdl() -> str:
    """The schema as text, as ``schema/graphql/schema.graphql`` keeps it."""
    return print_schema(strawberry_schema()) + "\n"
