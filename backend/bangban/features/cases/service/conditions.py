"""A result that stands on a condition: what was promised is checked, or the result is withdrawn (DOMAIN D10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Date, select

from bangban.features.cases.paper_problems import PromiseNotBroken
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules import conditions
from bangban.features.cases.service.loading import Loaded, load_by_itself
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.tables import CaseRow, ToleranceRow
from bangban.features.cases.values import CaseState, ResultStanding
from bangban.features.catalog.values import DelegationScope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

_LAPSED: Final = Written(
    select(CaseRow.id)
    .join(ToleranceRow, ToleranceRow.case_id == CaseRow.id)
    .where(
        CaseRow.state == CaseState.COMPLETED,
        CaseRow.result_standing == ResultStanding.CONDITIONAL,
        ToleranceRow.fulfilled_at.is_(None),
        ToleranceRow.promised_by < Given("today", Date()),
    )
    .order_by(CaseRow.id)
    .limit(Given("most", BigInteger()))
)


async def check_promised(loaded: Loaded, reasons: Mapping[str, str], *, opinion: str | None) -> CaseId:
    """核对容缺材料, by a unit that pre-checks the item: right, or by code and reason what is not.

    Raises as ``rules.conditions.meet`` and ``rules.conditions.reject``, and ``ItemNotHandledHere``.
    """
    under = await loaded.authorise_handling(Permission.CASE_PRE_CHECK, DelegationScope.PRE_CHECK)
    check_wording(loaded, opinion=opinion)
    check_wording(loaded, **{f"missing.{i}.reason": each for i, each in enumerate(reasons.values())})
    if reasons:
        transition = conditions.reject(loaded.facts, reasons, opinion=opinion, actor=loaded.actor)
    else:
        transition = conditions.meet(loaded.facts, opinion=opinion, actor=loaded.actor)
    return await save(loaded, transition, under=under)


async def withdraw_lapsed(work: Work, *, most: int) -> tuple[int, int]:
    """撤销: results whose condition can be met no more. How many were found, of ``most``, and how many withdrawn.

    Cases are locked in one order. What came or was withdrawn meanwhile is left alone, so it is safe to repeat and to
    do twice at once.
    """
    found: list[UUID] = [row.id for row in await work.run(_LAPSED, today=work.today, most=most)]
    withdrawn = 0
    for case_id in found:
        loaded = await load_by_itself(work, case_id=case_id)
        if loaded is None:
            continue
        try:
            transition = conditions.withdraw_result(
                loaded.facts, actor=loaded.actor, occasion=loaded.occasion
            )
        except (IllegalTransition, PromiseNotBroken):  # somebody was faster
            continue
        await save(loaded, transition)
        withdrawn += 1
    return len(found), withdrawn
