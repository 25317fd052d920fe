"""The tree of areas."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from tests.api.casework import mutation_of
from tests.api.shapes import AREA, DISTRICT, OFFICE, Part, Root

_KEEPING: Final = {"addArea": "name: kind:", "renameArea": "name:"}


def _keeping(name: str, *found: str, **ids: str) -> Root:
    """A mutation about areas of branch a, named by the fields that take their ids, which changes nothing."""
    plain = {"name": " ", "kind": "COUNTY"}
    given = {key: value for key, value in plain.items() if f"{key}:" in _KEEPING.get(name, "")}
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {**given, **{key: str(world.areas[of].id) for key, of in ids.items()}}},
        found,
        "admin",
    )


AREA_FILE: Final = b64encode("名称,层级\n无名,网格\n".encode()).decode()

ROOTS: Final[Mapping[str, Root]] = {
    "Query.area": Root(
        DISTRICT,
        "query($id: ID) { area(id: $id) { id } }",
        lambda world: {"id": str(world.areas["grid-a"].id)},
    ),
    "Query.areas": Root(DISTRICT, "{ areas(first: 100) { edges { node { id } } } }"),
    "Mutation.importAreas": Root(
        OFFICE,
        mutation_of("importAreas", "faults { line }"),
        lambda _: {"input": {"file": {"name": "a.csv", "content": AREA_FILE}}},
        caller="admin",
    ),
    "Mutation.importOfficialAreas": Root(
        DISTRICT,
        mutation_of("importOfficialAreas", "created"),
        lambda _: {"input": {"divisionCode": "1"}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.addGrids": Root(
        DISTRICT,
        mutation_of("addGrids", "faults { line }"),
        lambda _: {"input": {"grids": [{"parent": "nowhere", "suffix": "1"}]}},
        caller="admin",
    ),
    "Mutation.addArea": _keeping("addArea", "INVALID_INPUT", parentId="town-a"),
    "Mutation.renameArea": _keeping("renameArea", "INVALID_INPUT", areaId="town-a"),
    "Mutation.moveArea": _keeping("moveArea", "INVALID_INPUT", areaId="town-a", toParentId="town-a"),
    "Mutation.retireArea": _keeping("retireArea", "CONFLICT", areaId="town-a"),
    "Mutation.mergeAreas": Root(
        AREA,
        mutation_of("mergeAreas", "id"),
        lambda world: {"input": {"areaIds": [], "intoId": str(world.areas["town-a"].id)}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.splitArea": Root(
        AREA,
        mutation_of("splitArea", "area { id }"),
        lambda world: {"input": {"areaId": str(world.areas["town-a"].id), "into": []}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.restoreArea": _keeping("restoreArea", areaId="town-a"),
}

PART: Final = Part(roots=ROOTS)
