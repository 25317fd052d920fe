"""The district's own policy lines 地区权限规则: reading, adding, removing, importing.

A set of lines with any fault is refused whole (``kernel.access.guard``): it may not lift what is shipped as denied,
nor take away what must remain, such as the administrator's own ``policy:manage``, so nobody can lock the district out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select

from bangban.features.areas.latch import take_latch
from bangban.features.files.problems import ImportRefused
from bangban.kernel.access.guard import district_policy, find_own_faults
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.access.problems import PolicyFaulty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.sheets import LineFault
from bangban.kernel.tenancy.tables import PolicyLineRow
from bangban.kernel.tenancy.work import Work

LATCH: Final = "policy"
POLICY_CHANGED: Final = "policy.changed"
_NAMES: Final = ("role", "level", "object", "action", "effect")

Key = tuple[str, str, str, str, str]
"""A line without its number: role, level, object, action, effect."""


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """What became of the lines, or would: those that came and went, as they stand in a policy file."""

    applied: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


async def hold_lines(work: Work) -> dict[Key, UUID]:
    """The district's lines in their order; nobody else changes them until this transaction ends.

    Raises Forbidden, and AreaOutsideGrant where the caller keeps the policy of a part of the district only.
    """
    work.grants.require_whole(Permission.POLICY_MANAGE)
    await take_latch(work, LATCH)
    rows = await work.db.scalars(select(PolicyLineRow).order_by(PolicyLineRow.id))
    return {(row.role, row.level, row.object, row.action, row.effect): row.id for row in rows}


async def add_lines(work: Work, lines: Sequence[PolicyLine]) -> PolicyChanged:
    """Add lines, all of them or none; those that are there already change nothing.

    Raises:
        Forbidden: The caller may not keep the policy.
        PolicyFaulty: The lines, or all lines together, are no policy that a district may have.
    """
    stored = await hold_lines(work)
    faults = find_own_faults(lines)  # by the numbers that the caller knows
    if faults:
        fields = [f"input.lines.{fault.number - 1}" for fault in faults]
        raise PolicyFaulty(faults, fields=fields)
    return await change_lines(work, stored, add=[line.tokens for line in lines])


async def remove_lines(work: Work, ids: Collection[UUID]) -> PolicyChanged:
    """Remove lines; those that are gone already change nothing. Raises Forbidden."""
    stored = await hold_lines(work)
    gone = [key for key, known in stored.items() if known in ids]
    return await change_lines(work, stored, remove=gone, field="input.ids")


async def import_lines(
    work: Work, lines: Sequence[PolicyLine], faults: Sequence[LineFault], *, replace: bool, apply: bool
) -> PolicyChanged:
    """Add a file's lines and, with ``replace``, remove every line that it does not name. Idempotent.

    Without ``apply`` nothing changes.

    Raises:
        Forbidden: The caller may not keep the policy.
        ImportRefused: Lines are at fault, with ``apply``.
        PolicyFaulty: All lines together are no policy that a district may have.
    """
    stored = await hold_lines(work)
    if faults:
        if apply:
            raise ImportRefused(faults)
        return PolicyChanged(applied=False)
    wished = [line.tokens for line in lines]
    gone = [key for key in stored if key not in set(wished)] if replace else []
    return await change_lines(work, stored, add=wished, remove=gone, apply=apply, field="input.file")


async def change_lines(
    work: Work,
    stored: dict[Key, UUID],
    *,
    add: Sequence[Key] = (),
    remove: Sequence[Key] = (),
    apply: bool = True,
    field: str = "input.lines",
) -> PolicyChanged:
    """Make it so, if the outcome is a policy; ``stored`` is of ``hold_lines``. Raises ``PolicyFaulty`` at ``field``."""
    gone = [key for key in dict.fromkeys(remove) if key in stored]
    fresh = [key for key in dict.fromkeys(add) if key not in stored]
    outcome = [*(key for key in stored if key not in set(gone)), *fresh]
    # As the rules of a process number them, so that the compiled policy is the one that they will find.
    lines = [PolicyLine(*key, number=number) for number, key in enumerate(outcome, start=1)]
    try:
        await asyncio.to_thread(district_policy, lines)  # takes a part of a second
    except PolicyFaulty as faulty:  # all lines together, so no one of those that came
        raise PolicyFaulty(faulty.faults, fields=(field,)) from None
    changed = PolicyChanged(applied=apply, added=_texts(fresh), removed=_texts(gone))
    if not apply or not (fresh or gone):
        return changed
    if gone:
        ids = [stored[key] for key in gone]
        await work.db.execute(delete(PolicyLineRow).where(PolicyLineRow.id.in_(ids)))
    if fresh:
        rows = [{"id": new_id(), **dict(zip(_NAMES, key, strict=True))} for key in fresh]
        await work.db.execute(insert(PolicyLineRow), rows)
    work.record(
        action=Permission.POLICY_MANAGE,
        object="policy:lines",
        details={"added": list(changed.added), "removed": list(changed.removed)},
    )
    work.announce(POLICY_CHANGED, "")
    return changed


def _texts(keys: Sequence[Key]) -> tuple[str, ...]:
    return tuple(PolicyLine(*key).text for key in keys)
