"""The audit trail and the seals over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.shapes import AREA, OFFICE, Attempt, Part, Root

from bangban.kernel.access.vocabulary import Permission

SEALS: Final = "{ auditSeals { totalCount edges { node { number digest } } } }"

ROOTS: Final[Mapping[str, Root]] = {
    "Query.auditTrail": Root(
        AREA,
        "query($o: String) { auditTrail(filter: {object: $o}, first: 100) { edges { node { id } } } }",
        lambda world: {"o": f"case:{world.marks['number']}"},
        caller="auditor",
    ),
    "Query.auditSeals": Root(OFFICE, SEALS, caller="auditor", may_be_empty=True),
}


PART: Final = Part(
    roots=ROOTS,
    attempts={Permission.AUDIT_VERIFY: Attempt(SEALS, {})},
    bounds={"AuditSeals": 1},
    # None of these yet: the application goes on sealing between two looks.
    variables={"AuditSeals": lambda _: {"number": 1_000_000}},
    logins={"AuditSeals": "auditor"},
    elsewhere=frozenset({"auditSeals"}),  # test_verifying_the_trail computes them
)
