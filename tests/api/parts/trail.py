"""The audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.shapes import AREA, Part, Root

ROOTS: Final[Mapping[str, Root]] = {
    "Query.auditTrail": Root(
        AREA,
        "query($o: String) { auditTrail(filter: {object: $o}, first: 100) { edges { node { id } } } }",
        lambda world: {"o": f"case:{world.marks['number']}"},
        caller="auditor",
    ),
}

PART: Final = Part(roots=ROOTS)
