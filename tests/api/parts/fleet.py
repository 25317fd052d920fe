"""The fleet of districts, and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.casework import mutation_of
from tests.api.shapes import OPERATORS, PLATFORM, Part, Root


def _halting(name: str) -> Root:
    query = mutation_of(name, "id").replace(f"{name[0].upper()}{name[1:]}Input", "TaskInput")
    return Root(
        PLATFORM, query, lambda world: {"input": {"taskId": world.marks["task"]}}, ("CONFLICT",), "admin"
    )


ROOTS: Final[Mapping[str, Root]] = {
    "Query.fleet": Root(PLATFORM, "{ fleet { districts } }", caller="system-operator"),
    "Query.fleetDistricts": Root(
        PLATFORM, "{ fleetDistricts(first: 1) { edges { node { slug } } } }", caller="system-operator"
    ),
    "Query.task": Root(
        PLATFORM,
        "query($id: ID!) { task(id: $id) { id } }",
        lambda world: {"id": world.marks["task"]},
        caller="admin",
    ),
    "Query.tasks": Root(PLATFORM, "{ tasks(first: 100) { edges { node { id } } } }", caller="admin"),
    "Mutation.migrateFleet": Root(
        OPERATORS,
        mutation_of("migrateFleet", "id"),
        lambda _: {"input": {"only": ["nowhere"]}},
        ("NOT_FOUND",),
        "system-operator",
    ),
    "Mutation.checkDrift": Root(
        OPERATORS,
        mutation_of("checkDrift", "id"),
        lambda _: {"input": {"only": ["nowhere"]}},
        ("NOT_FOUND",),
        "system-operator",
    ),
    **{f"Mutation.{verb}Task": _halting(f"{verb}Task") for verb in ("pause", "resume", "cancel")},
    "Subscription.taskProgress": Root(
        PLATFORM,
        "subscription($id: ID!) { taskProgress(id: $id) { id } }",
        lambda world: {"id": world.marks["task"]},
        caller="admin",
    ),
}

PART: Final = Part(roots=ROOTS)
