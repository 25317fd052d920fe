"""A file that cannot be read as a whole is refused by the name of the argument that sent it."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from graphql import GraphQLInputObjectType, get_named_type
from tests.api.casework import Desk

from bangban.features.catalog.sheet_columns import ITEM_COLUMNS
from bangban.web.schema import core_schema

GIVEN: dict[str, dict[str, Any]] = {
    "addGrids": {"grids": []},
    "importAreas": {"format": "TREE"},
    "importLocalDays": {},
    "importPolicyLines": {},
    "importServiceItems": {},
    "importServicePoints": {},
    "importStaff": {},
}
"""Every mutation that takes files, with what it needs besides."""


def files_of_mutations() -> Iterator[tuple[str, str]]:
    """Each mutation that takes a file, and each member of its input that is one."""
    mutation = core_schema().mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        for argument in field.args.values():
            shape = get_named_type(argument.type)
            if isinstance(shape, GraphQLInputObjectType):
                for member, each in shape.fields.items():
                    if get_named_type(each.type).name == "FileInput":
                        yield name, member


def torn_book() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()[:900]


def file(content: bytes, name: str = "a.csv") -> dict[str, str]:
    return {"name": name, "content": b64encode(content).decode()}


UNREADABLE = {
    "header": file("别的,表头\n1,2\n".encode()),
    "empty": file(b""),
    "blank": file(b"\n \n"),
    "torn": file(torn_book(), "a.xlsx"),
    "image": file(b"\x89PNG\r\n\x1a\n" + bytes(200), "a.png"),
}


def test_every_mutation_that_takes_a_file_is_known() -> None:
    assert {name for name, _ in files_of_mutations()} == set(GIVEN)


@pytest.mark.parametrize("damage", UNREADABLE)
@pytest.mark.parametrize(("name", "member"), list(files_of_mutations()))
def test_what_is_wrong_with_a_whole_file_is_told_of_its_argument(
    desk: Desk, name: str, member: str, damage: str
) -> None:
    items = ",".join(each.name for each in ITEM_COLUMNS)
    others = {} if member == "file" else {"file": file(f"{items}\n".encode())}
    shape = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation($input: {shape}!) {{ {name}(input: $input) {{ __typename }} }}"
    reply = desk.staff("admin")(document, input={**GIVEN[name], **others, member: UNREADABLE[damage]})
    assert reply.code == "INVALID_INPUT"
    assert reply.body["errors"][0]["extensions"]["fields"] == [f"input.{member}"]
