"""PostgreSQL's JSON names the values of enums: walked, graphql-core looks these up by what the members are."""

from __future__ import annotations

from graphql import GraphQLEnumType, get_named_type, is_object_type

from bangban.kernel.planner.selection import planned_field
from bangban.web.schema import core_schema


def test_members_of_enums_that_are_read_are_called_what_they_are() -> None:
    read = {
        named
        for type_ in core_schema().type_map.values()
        if is_object_type(type_)
        for field in type_.fields.values()
        if planned_field(field) is not None
        and isinstance(named := get_named_type(field.type), GraphQLEnumType)
    }
    assert len(read) > 60
    for enum in read:
        assert {name: str(member.value) for name, member in enum.values.items()} == {
            name: name for name in enum.values
        }, enum.name
