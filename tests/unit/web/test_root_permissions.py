"""Every operation of the API asks for just the permission that docs/access.md names, and none is left out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import strawberry
from tests.access_table import read_operations
from tests.asking_fields import ROOTS, fields_that_ask

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.roots import mutation
from bangban.web import schema as schema_module
from bangban.web.asks import asks_of_root
from bangban.web.schema import core_schema


def fields_of(root: str) -> Iterable[str]:
    return core_schema().type_map[root].fields  # type: ignore[attr-defined,no-any-return]  # root types have fields


def test_the_document_and_the_schema_name_the_same_operations_and_permissions() -> None:
    asked = {
        field: {permission.value for permission in asks_of_root(root, field).permissions}
        for root in ROOTS
        for field in fields_of(root)
    } | {field: {each.value for each in permissions} for field, permissions in fields_that_ask().items()}
    assert {field: set(permissions) for field, permissions in read_operations().items()} == asked


def test_every_root_field_asks_for_a_permission() -> None:
    for root in ROOTS:
        for name in fields_of(root):
            asks = asks_of_root(root, name)
            assert asks.permissions, name
            assert all(isinstance(each, Permission) for each in asks.permissions), name


def test_a_root_field_without_a_permission_is_open_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError):
        mutation("Do something 做点什么.")  # type: ignore[call-arg]  # what is proved

    @strawberry.type
    class Careless:
        @strawberry.field(description="Open by accident 误放.")
        def open(self) -> int:
            return 1

    careless = strawberry.Schema(Careless)._schema  # the core schema
    monkeypatch.setattr(schema_module, "core_schema", lambda: careless)
    with pytest.raises(LookupError):
        asks_of_root.__wrapped__("Careless", "open")
