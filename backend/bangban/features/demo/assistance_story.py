"""What goes with sample cases, so that it can be looked at: papers under way and filed, questions asked of staff.

Told once for a district, after its cases, by the people who hold them. All of it happened just now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.cases.values import HelpKind
from bangban.features.custody import service as custody
from bangban.features.custody.rules import Papers
from bangban.features.first_asks import service as first_asks
from bangban.features.first_asks.values import AskChannel
from bangban.kernel.access.grants import Principal, grants_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_CASES: Final = 3
"""Cases whose papers were fetched: one has them all under way, the others filed where they belong."""

_EARLIER: Final = timedelta(seconds=2)


async def tell_assistance(work: Work, *, staff: Mapping[UUID, Principal]) -> None:
    """Papers of a few running cases, a question answered at once, and one that was passed on inside."""
    rows = await work.db.execute(
        select(CaseRow.number, CaseRow.holder_id, CaseRow.area_id, CaseMaterialRow.code)
        .join(CaseMaterialRow, CaseMaterialRow.case_id == CaseRow.id)
        .where(CaseRow.state.in_(sorted(LIVE)), CaseRow.help == HelpKind.HELP, CaseMaterialRow.position == 0)
        .order_by(CaseRow.number)
    )
    holders = [(row, staff[row.holder_id]) for row in rows if row.holder_id in staff]
    able = [
        (row, acting, who)
        for row, who in holders
        if (acting := _as(work, who)).grants.scope(Permission.CUSTODY_RECORD)
    ]
    fetched = [
        (row, acting, who, [Papers(row.code, originals=1, copies=1)]) for row, acting, who in able[:_CASES]
    ]
    for row, _, who, papers in fetched:
        before = _as(work, who, ago=_EARLIER)
        await custody.take_papers(before, number=row.number, papers=papers, note="上门代收")
    for row, acting, _, papers in fetched[1:]:
        await custody.forward_papers(acting, number=row.number, papers=papers, to_area_id=row.area_id)
    await _questions(work, [who for _, _, who in able])


async def _questions(work: Work, people: list[Principal]) -> None:
    asked = [
        (_as(work, who), post.area_id)
        for who in dict.fromkeys(people)
        for post in who.assignments[:1]
        if _as(work, who).grants.scope(Permission.ASKING_RECORD).covers(post.area_path)
    ]
    for place, (acting, area_id) in enumerate(asked[:2]):
        given: dict[str, Any] = {
            "channel": AskChannel.VISIT,
            "matter": "办营业执照要带什么材料",
            "within_duty": True,
        }
        if place:
            given = {"channel": AskChannel.CALL, "matter": "开美容店还需要办什么证", "within_duty": False}
        ask_id = await first_asks.record_first_ask(acting, area_id=area_id, **given)
        number = await first_asks.number_of(acting, ask_id)
        if place:
            to = asked[0][0].principal.id
            assert to is not None  # staff
            reason = "不属本窗口职责,内部转办"
            await first_asks.transfer_first_ask(acting, number=number, to_staff_id=to, reason=reason)
        else:
            text = "请带身份证和经营场所使用证明,材料清单已发给您"
            await first_asks.answer_first_ask(acting, number=number, text=text)


def _as(work: Work, who: Principal, *, ago: timedelta = timedelta(seconds=1)) -> Work:
    """The same transaction as somebody of the staff, a moment ago; nobody is told."""
    return work.in_the_past(who, grants_of(who, work.policy, on=work.today), now=work.now - ago)
