"""What each root field asks of its caller."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graphql import GraphQLField

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.selection import planned_field
from bangban.web.schema import core_schema

_BACK_REFERENCE: Final = "strawberry-definition"


@dataclass(frozen=True)
class Asks:
    """What a root field asks of its caller: one of ``permissions``, which is a single one but for ``preCheckCase``."""

    permissions: tuple[Permission, ...]
    needs_district: bool


@lru_cache(maxsize=512)
def asks_of_root(type_name: str, field_name: str) -> Asks:
    """What a root field asks for. Raises LookupError for one that declares nothing: nothing is open by accident."""
    definition: GraphQLField = core_schema().type_map[type_name].fields[field_name]  # type: ignore[attr-defined]  # a root type
    planned = planned_field(definition)
    if planned is None:
        metadata = definition.extensions[_BACK_REFERENCE].metadata
        return Asks(metadata["permission"], metadata["needs_district"])
    permission = planned.requires or (planned.guard.permission if planned.guard else None)
    if permission is None:
        raise LookupError(f"{type_name}.{field_name} asks for no permission")
    return Asks((permission,), planned.platform is False)
