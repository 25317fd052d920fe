"""What goes with sample cases, so that it can be looked at: papers under way, filed and returned; and first asks.

Told once for a district, after its cases, by the people who hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.cases.values import HelpKind
from bangban.features.custody import service as custody
from bangban.features.demo.actors import acting
from bangban.features.demo.first_asks_story import tell_first_asks
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_CASES: Final = 3
"""Cases whose papers were fetched: one has them under way, one filed where they belong, one returned."""

_EARLIER: Final = timedelta(seconds=2)
_LATER: Final = timedelta(seconds=1)


async def tell_assistance(work: Work, *, staff: Mapping[UUID, Principal]) -> None:
    """Papers of a few running cases, and what staff were asked first."""
    rows = await work.db.execute(
        select(CaseRow.number, CaseRow.holder_id, CaseRow.area_id, CaseMaterialRow.code)
        .join(CaseMaterialRow, CaseMaterialRow.case_id == CaseRow.id)
        .where(CaseRow.state.in_(sorted(LIVE)), CaseRow.help == HelpKind.HELP, CaseMaterialRow.position == 0)
        .order_by(CaseRow.number)
    )
    holders = [(row, staff[row.holder_id]) for row in rows if row.holder_id in staff]
    found = [
        (row, now, who)
        for row, who in holders
        if (now := acting(work, who, work.now - _LATER)).grants.scope(Permission.CUSTODY_RECORD)
    ]
    able = sorted(found, key=lambda each: -_depth(each[2]))  # who goes to the door is posted near it
    fetched = [(row, now, who, [Papers(row.code, originals=1, copies=1)]) for row, now, who in able[:_CASES]]
    for row, _, who, papers in fetched:
        before = acting(work, who, work.now - _EARLIER)
        await custody.take_papers(before, number=row.number, papers=papers, note="上门代收")
    for row, now, _, papers in fetched[1:2]:
        await custody.forward_papers(now, number=row.number, papers=papers, to_area_id=row.area_id)
    for row, now, _, papers in fetched[2:]:
        await custody.return_papers(now, number=row.number, papers=papers, note="核对原件后退还")
    await tell_first_asks(work, list(staff.values()))


def _depth(who: Principal) -> int:
    return max(held.level.depth for held in who.assignments)
