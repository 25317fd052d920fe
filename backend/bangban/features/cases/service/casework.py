"""The way of a case through pre-check, acceptance, completion and its other ends, one function a mutation.

Each loads and locks the case, decides whether the caller may, lets a pure rule decide whether the case
allows it, and saves what comes of it. All return the case's id and raise a ``Problem`` for a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from bangban.features.cases import rules
from bangban.features.cases.rules.assistance import assistance_of, check_phrases
from bangban.features.cases.service.authorising import require_no_broken_promise
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.next_steps import tell_next_steps, tell_next_steps_before
from bangban.features.cases.service.reviewing import await_review
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.sealing import use_seal
from bangban.features.cases.values import CaseOutcome
from bangban.features.catalog.values import DelegationScope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId
from bangban.kernel.problems import ErrorCode, InvalidInput
from bangban.kernel.tenancy.work import Work

NOTICE_WORKING_DAYS = 5  # to supply what a notice names, where neither item nor caller says otherwise
SETTING_NOTICE_DAYS = "notice_working_days"  # in an item's details


class MissingMaterial(NamedTuple):
    """One line of a notice: the code of a material and why it is missing."""

    code: str
    reason: str


async def pre_check_case(
    work: Work,
    *,
    number: str,
    missing: Sequence[MissingMaterial] = (),
    opinion: str | None = None,
    deadline: date | None = None,
) -> CaseId:
    """初审 and 反馈. Without ``missing`` the case is complete; with it, the applicant gets the one notice.

    ``deadline`` is the last day to supply, by default five working days from today. Raises as
    ``rules.pre_check`` and ``rules.give_notice``, and ``ItemNotHandledHere``.
    """
    loaded = await load_case(
        work, number=number, one_of=(Permission.CASE_PRE_CHECK, Permission.CASE_NOTICE_AGAIN)
    )
    under: UUID | None = None
    again = bool(missing) and loaded.facts.notice is not None and loaded.may(Permission.CASE_NOTICE_AGAIN)
    if not again:  # a supervisor repeats notices, wherever the item is pre-checked
        under = await loaded.authorise_handling(Permission.CASE_PRE_CHECK, DelegationScope.PRE_CHECK)
    _check_wording(loaded, opinion=opinion)
    for each in missing:
        _check_wording(loaded, **{"missing.reason": each.reason})
    if not missing:
        passed = rules.pre_check(loaded.facts, opinion=opinion, actor=loaded.actor)
        return await save(loaded, passed, under=under)
    reasons = {each.code: each.reason for each in missing}
    if len(reasons) != len(missing):
        raise InvalidInput(
            "Name each missing material once.", "每份材料只列一次。", fields=("input.missing",)
        )
    transition = rules.give_notice(
        loaded.facts,
        reasons,
        opinion=opinion,
        deadline=deadline or _notice_deadline(loaded),
        may_repeat=again,
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    return await save(loaded, transition, under=under)


async def supply_materials(work: Work, *, number: str, codes: Sequence[str]) -> CaseId:
    """补交材料, by the applicant or by staff. Raises as ``rules.supply``, and ``TrainingRequired``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_SUPPLY,))
    loaded.authorise(Permission.CASE_SUPPLY)
    await loaded.require_trained()
    transition = rules.supply(loaded.facts, codes, actor=loaded.actor, occasion=loaded.occasion)
    if transition.case.state is not loaded.facts.state:  # all that the notice named is there
        await_review(work, loaded.row.id)
    return await save(loaded, transition)


async def accept_case(
    work: Work, *, number: str, tolerated: Sequence[str] = (), promised_by: date | None = None
) -> CaseId:
    """受理, by a unit that handles the item or took it on. Raises as ``rules.accept``, and ``ItemNotHandledHere``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_ACCEPT,), moves_clock=True)
    under = await loaded.authorise_handling(Permission.CASE_ACCEPT, DelegationScope.ACCEPT)
    if tolerated:
        await require_no_broken_promise(loaded)
    transition = rules.accept(
        loaded.facts,
        tolerated=tolerated,
        promised_by=promised_by,
        tolerance_days=_tolerable_days(loaded, tolerated),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    tell_next_steps_before(loaded, transition.case.clock)
    return await save(loaded, transition, under=under)


async def complete_case(
    work: Work,
    *,
    number: str,
    outcome: CaseOutcome,
    opinion: str | None = None,
    basis: str | None = None,
    result_number: str | None = None,
    collected: bool = False,
) -> CaseId:
    """办结, by a unit that handles the whole item (DOMAIN invariant 4).

    A refusal cites ``basis``, by default what the item's version names. Raises as ``rules.complete``, and
    ``ItemNotHandledHere``.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_COMPLETE,), moves_clock=True)
    under = await loaded.authorise_handling(Permission.CASE_COMPLETE, DelegationScope.FULL)
    _check_wording(loaded, opinion=opinion)
    transition = rules.complete(
        loaded.facts,
        outcome=outcome,
        opinion=opinion,
        basis=basis or ";".join(loaded.row.legal_basis),
        result_number=result_number,
        collected=collected,
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    tell_next_steps(loaded)
    return await save(loaded, transition.sealed(await use_seal(work)), under=under)


async def decline_case(work: Work, *, number: str, reason: str, basis: str) -> CaseId:
    """不予受理, by a unit that handles the whole item. Raises as ``rules.decline``, and ``ItemNotHandledHere``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_DECLINE,))
    under = await loaded.authorise_handling(Permission.CASE_DECLINE, DelegationScope.FULL)
    _check_wording(loaded, reason=reason)
    transition = rules.decline(
        loaded.facts, reason=reason, basis=basis, actor=loaded.actor, occasion=loaded.occasion
    )
    return await save(loaded, transition, under=under)


async def withdraw_case(work: Work, *, number: str, reason: str | None = None) -> CaseId:
    """撤回, by the applicant, or by staff who state the applicant's request. Raises as ``rules.withdraw``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_WITHDRAW,), moves_clock=True)
    loaded.authorise(Permission.CASE_WITHDRAW)
    transition = rules.withdraw(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion)
    return await save(loaded, transition)


async def suspend_case(work: Work, *, number: str, reason: str) -> CaseId:
    """中止: the clock stops. Raises as ``rules.suspend``, and ``TrainingRequired``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_SUSPEND,), moves_clock=True)
    loaded.authorise(Permission.CASE_SUSPEND)
    await loaded.require_trained()
    _check_wording(loaded, reason=reason)
    transition = rules.suspend(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion)
    return await save(loaded, transition)


async def resume_case(work: Work, *, number: str) -> CaseId:
    """恢复办理: the clock goes on. Raises as ``rules.resume``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_RESUME,), moves_clock=True)
    loaded.authorise(Permission.CASE_RESUME)
    return await save(loaded, rules.resume(loaded.facts, actor=loaded.actor, occasion=loaded.occasion))


async def terminate_case(work: Work, *, number: str, reason: str, basis: str) -> CaseId:
    """终止, by a supervisor. Raises as ``rules.terminate``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_TERMINATE,), moves_clock=True)
    loaded.authorise(Permission.CASE_TERMINATE)
    _check_wording(loaded, reason=reason)
    transition = rules.terminate(
        loaded.facts, reason=reason, basis=basis, actor=loaded.actor, occasion=loaded.occasion
    )
    return await save(loaded, transition)


def _check_wording(loaded: Loaded, **texts: str | None) -> None:
    """Refuse banned phrases in what an applicant will read. Raises ``PhraseBanned``."""
    row, work = loaded.row, loaded.work
    work.counts_refusals(f"case:{row.number}", row.area_id, ErrorCode.PHRASE_BANNED)
    check_phrases(assistance_of(work.settings).phrases, **texts)


def _notice_deadline(loaded: Loaded) -> date:
    days = loaded.row.details.get(SETTING_NOTICE_DAYS, NOTICE_WORKING_DAYS)
    return loaded.work.calendar.add_working_days(loaded.occasion.today, days)


def _tolerable_days(loaded: Loaded, codes: Sequence[str]) -> int | None:
    """The shortest limit that the item sets for any of these materials, in working days, or None."""
    materials: dict[str, dict[str, Any]] = loaded.row.details.get("materials", {})
    limits = [materials[code].get("tolerable_days") for code in codes if code in materials]
    return min((days for days in limits if days is not None), default=None)
