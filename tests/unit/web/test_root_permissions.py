"""Every operation of the API asks for just the permission that docs/access.md names, and none is left out."""

from __future__ import annotations

from tests.access_table import read_operations

from bangban.web.schema import asks_of_root, core_schema

ROOTS = ("Query", "Mutation", "Subscription")


def test_the_document_and_the_schema_name_the_same_operations_and_permissions() -> None:
    asked = {
        field: {permission.value for permission in asks_of_root(root, field).permissions}
        for root in ROOTS
        for field in core_schema().type_map[root].fields  # type: ignore[attr-defined]  # root types have fields
    }
    assert {field: set(permissions) for field, permissions in read_operations().items()} == asked
