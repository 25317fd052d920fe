"""What exactly is sent, and what must come back: variables drawn from the data, answers straight from the tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from benchmarks.harness.ground import District, Ground
from benchmarks.operations import Operation, comparable

_MOST_IN_ONE: Final = 100
_MOST_IN_EACH: Final = 4  # where many districts are asked


@dataclass(frozen=True)
class Question:
    """One request, whatever the contestant, and the data of its right answer."""

    operation: Operation
    district: District
    variables: dict[str, Any]
    expected: Any
    token: str

    @property
    def key(self) -> str:
        """Names it among all questions of a run."""
        return f"{self.operation.name}/{self.district.slug}/{json.dumps(self.variables, sort_keys=True)}"

    def faults(self, data: Any) -> str | None:
        """The first difference between ``data`` and the expected answer, or None."""
        return difference(comparable(data), self.expected)


async def questions(ground: Ground, operation: Operation, districts: Sequence[District]) -> list[Question]:
    """All requests that may be drawn for an operation in these districts, each with its answer from SQL."""
    most = _MOST_IN_ONE if len(districts) == 1 else _MOST_IN_EACH
    connection = await ground.admin.connect()
    try:
        return [
            each
            for district in districts
            for each in await _of(connection, ground, operation, district, most)
        ]
    finally:
        await connection.close()


async def _of(
    connection: asyncpg.Connection, ground: Ground, operation: Operation, district: District, most: int
) -> list[Question]:
    if operation.who not in district.people:
        raise LookupError(f"{district.slug} has no {operation.who} for its whole area")
    found = []
    async with connection.transaction(readonly=True):
        await connection.execute("SELECT set_config('search_path', $1, true)", f"{district.schema}, ext")
        rows = await connection.fetch(operation.samples, most)
        for row in rows:
            variables = json.loads(row[0])
            asked = json.dumps(
                {**variables, "today": district.today, "me": str(district.people[operation.who])}
            )
            expected = json.loads(await connection.fetchval(operation.expected, asked))
            found.append(
                Question(
                    operation=operation,
                    district=district,
                    variables=variables,
                    expected=comparable(expected),
                    token=ground.token(district, operation.who),
                )
            )
    return found


def difference(found: Any, expected: Any, path: str = "data") -> str | None:
    """Where two answers first differ, in words; None where they are equal."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if found.keys() != expected.keys():
            return f"{path} has {sorted(found)}, expected {sorted(expected)}"
        parts = ((found[key], expected[key], f"{path}.{key}") for key in expected)
    elif isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            return f"{path} has {len(found)} entries, expected {len(expected)}"
        parts = (
            (one, other, f"{path}[{n}]") for n, (one, other) in enumerate(zip(found, expected, strict=True))
        )
    else:
        return None if found == expected else f"{path} is {found!r}, expected {expected!r}"
    return next((each for part in parts if (each := difference(*part)) is not None), None)
