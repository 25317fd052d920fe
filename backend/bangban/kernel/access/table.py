"""A compiled policy as Markdown: for each role a matrix of permissions by reach."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.names import PERMISSION_NAMES, REACH_NAMES, ROLE_NAMES
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import OBJECTS, Permission

ALLOWED = "✓"
DENIED = "✗"
NOT_GRANTED = "–"


def mark(policy: CompiledPolicy, role: Role, level: Reach, permission: Permission) -> str:
    """✓ allowed; ✗ denied by a line, so that no further line can allow it; – granted by none."""
    verdict = policy.explain(role, level, permission)
    if verdict.allowed:
        return ALLOWED
    return DENIED if verdict.denying else NOT_GRANTED


def rows_of(policy: CompiledPolicy, role: Role) -> Iterator[tuple[tuple[Permission, ...], tuple[str, ...]]]:
    """Neighbouring permissions of one object with equal marks share a row; rows of – alone are left out."""
    marked = [
        (permission, tuple(mark(policy, role, level, permission) for level in Reach))
        for permission in Permission
    ]
    shown = [each for each in marked if set(each[1]) != {NOT_GRANTED}]
    # Stable: within equal marks the vocabulary's order stays; what is only denied comes last.
    shown.sort(key=lambda each: (OBJECTS.index(each[0].object), ALLOWED not in each[1], each[1]))
    for (_, marks), group in groupby(shown, key=lambda each: (each[0].object, each[1])):
        yield tuple(permission for permission, _ in group), marks


def to_markdown(policy: CompiledPolicy, role: Role) -> str:
    """The role's matrix under a heading that names it."""
    heading = f"### `{role}` {ROLE_NAMES[role].zh} ({ROLE_NAMES[role].en})"
    columns = " | ".join(f"{level} {REACH_NAMES[level].zh}" for level in Reach)
    lines = [
        heading,
        "",
        f"| permission 权限 | 名称 | {columns} |",
        f"| --- | --- |{' :-: |' * len(Reach)}",
    ]
    for permissions, marks in rows_of(policy, role):
        codes = " ".join(f"`{permission}`" for permission in permissions)
        names = "、".join(PERMISSION_NAMES[permission].zh for permission in permissions)
        lines.append(f"| {codes} | {names} | {' | '.join(marks)} |")
    return "\n".join(lines)
