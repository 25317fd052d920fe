"""docs/access.md states the shipped policy: every cell, in both directions."""

from __future__ import annotations

from itertools import product

import pytest
from tests.access_table import DOCUMENT, read_operations, read_roles, read_rows

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.guard import MOST_OWN_LINES, find_own_faults
from bangban.kernel.access.lines import LineSource, parse_policy
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission

ROWS = {(row.role, row.level, row.permission): row for row in read_rows()}


def test_every_role_has_a_table_and_every_cell_is_stated_once() -> None:
    assert read_roles() == [role.value for role in Role]
    assert len(ROWS) == len(list(read_rows()))


def test_every_cell_of_the_document_is_what_the_policy_does() -> None:
    policy = shipped_policy()
    for row in ROWS.values():
        verdict = policy.explain(Role(row.role), Reach(row.level), Permission(row.permission))
        assert row.allowed is verdict.allowed, row
        assert (row.mark == "✗") is bool(verdict.denying), row


@pytest.mark.parametrize("role", Role)
def test_everything_the_policy_does_is_in_the_document(role: Role) -> None:
    policy = shipped_policy()
    for level, permission in product(Reach, Permission):
        verdict = policy.explain(role, level, permission)
        row = ROWS.get((role.value, level.value, permission.value))
        if row is None:
            assert not verdict.allowed, f"{role} {level} {permission} is allowed and not in the document"
            assert not verdict.denying, f"{role} {level} {permission} is denied and not in the document"


def test_every_operation_asks_for_a_permission_of_the_vocabulary() -> None:
    operations = read_operations()
    asked = {permission for permissions in operations.values() for permission in permissions}
    assert asked <= {permission.value for permission in Permission}
    assert len(operations) >= 30
    assert set(Permission) <= asked  # none is held for nothing


def test_the_documents_examples_of_own_lines_pass() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    block = text[text.index("Examples:") :].split("```")[1]
    lines = parse_policy(block, source=LineSource.DISTRICT).lines
    assert len(lines) >= 5
    assert not find_own_faults(lines)
    assert f"At most {MOST_OWN_LINES} lines" in text
