"""Hearing from self-service terminals: that they are there, and what is wrong with them."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.places.problems import TerminalUnknown
from bangban.features.places.rows import assign
from bangban.features.places.settings import NETWORK, SILENCE_MINUTES
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.places.terminals import FAULTY, MENDED, Life
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LONGEST_FAULT: Final = 200


async def report_terminal(work: Work, *, key: str, fault: str | None) -> UUID:
    """Note that a terminal was heard of, and what is wrong with it; its id.

    Raises ``TerminalUnknown`` also to whoever may not report on terminals of its area.
    """
    work.grants.require(Permission.TERMINAL_REPORT)
    found = await work.db.execute(
        select(TerminalRow, AreaRow.path)
        .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(TerminalRow.key == key.strip())
        .with_for_update(of=TerminalRow.__table__)
    )
    known = found.one_or_none()
    if known is None or not work.grants.scope(Permission.TERMINAL_REPORT).covers(known.path):
        raise TerminalUnknown
    row: TerminalRow = known[0]
    why = (fault or "").strip() or None
    if why is not None and len(why) > LONGEST_FAULT:
        raise InvalidInput(
            f"A fault has {LONGEST_FAULT} characters at most.",
            f"故障说明不能超过 {LONGEST_FAULT} 字。",
            fields=("input.fault",),
        )
    minutes = work.settings.get(NETWORK, {}).get("terminal_silence_minutes", SILENCE_MINUTES)
    before = Life(**{each.name: getattr(row, each.name) for each in fields(Life)})
    after = before.reported(work.now, why, silence=timedelta(minutes=minutes))
    assign(row, {each.name: getattr(after, each.name) for each in fields(Life)})
    await work.db.flush()
    if before.fault != after.fault:  # heartbeats by themselves are no news
        work.record(
            action=Permission.TERMINAL_REPORT,
            object=f"terminal:{row.key}",
            details={"working": after.fault is None},
        )
    if (before.fault is None) != (after.fault is None):
        work.announce(MENDED if after.fault is None else FAULTY, str(row.id))
    return row.id
