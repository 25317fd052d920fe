"""What the contract calls non-null is never null in the tables: nobody completes what passes through."""

from __future__ import annotations

from graphql import GraphQLNonNull, GraphQLObjectType, is_object_type
from strawberry.utils.str_converters import to_snake_case

from bangban.kernel.planner.selection import declared_reads, planned_field
from bangban.kernel.planner.sources import Same, Value
from bangban.web.schema import core_schema


def _types() -> list[GraphQLObjectType]:
    return [each for each in core_schema().type_map.values() if is_object_type(each)]


def test_columns_of_non_null_fields_are_not_null() -> None:
    checked = 0
    for type_ in _types():
        table = declared_reads(type_).table
        if table is None:
            continue
        for name, field in type_.fields.items():
            declared = planned_field(field)
            plain = declared is not None and isinstance(declared.source, Value)
            if plain and declared.source.expression is None and isinstance(field.type, GraphQLNonNull):
                assert not table.c[to_snake_case(name)].nullable, f"{type_.name}.{name}"
                checked += 1
    assert checked > 40


def test_a_part_that_may_be_missing_is_nullable_in_the_contract() -> None:
    for type_ in _types():
        for name, field in type_.fields.items():
            declared = planned_field(field)
            if (
                declared is not None
                and isinstance(declared.source, Same)
                and declared.source.when is not None
            ):
                assert not isinstance(field.type, GraphQLNonNull), f"{type_.name}.{name}"
