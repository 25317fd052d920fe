"""Fields below the root of the schema that ask for a permission of their own."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import is_object_type

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.selection import planned_field
from bangban.web.schema import core_schema

ROOTS = ("Query", "Mutation", "Subscription")


def fields_that_ask() -> Mapping[str, frozenset[Permission]]:
    """What each asks for, by ``Type.field``."""
    found = {}
    for type_ in core_schema().type_map.values():
        if is_object_type(type_) and type_.name not in ROOTS:
            for name, field in type_.fields.items():
                declared = planned_field(field)
                if declared is not None and declared.requires is not None:
                    found[f"{type_.name}.{name}"] = frozenset({declared.requires})
    return found
