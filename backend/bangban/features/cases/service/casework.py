"""The way of a case through pre-check, acceptance, completion and its other ends, one function a mutation.

Each loads and locks the case, decides whether the caller may, lets a pure rule decide whether the case
allows it, and saves what comes of it. All return the case's id and raise a ``Problem`` for a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from bangban.features.cases import rules
from bangban.features.cases.rules.notices import USUAL_CHANNEL
from bangban.features.cases.service.authorising import require_no_broken_promise
from bangban.features.cases.service.conditions import check_promised
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.next_steps import tell_next_steps, tell_next_steps_before
from bangban.features.cases.service.notices import NOTHING_TOLD, Telling, supplying_of
from bangban.features.cases.service.reviewing import await_review
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.sealing import use_seal
from bangban.features.cases.service.tracking import await_check_in, track
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.values import CaseOutcome
from bangban.features.catalog.values import DelegationScope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

NOTICE_WORKING_DAYS = 5  # to supply what a notice names, where neither item nor caller says otherwise
SETTING_NOTICE_DAYS = "notice_working_days"  # in an item's details
SETTING_BEFORE_SUPPLIED = "result_before_supplied"  # there too


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
    telling: Telling = NOTHING_TOLD,
) -> CaseId:
    """初审 and 反馈. Without ``missing`` the case is complete; with it, the applicant gets the one notice.

    ``deadline`` is the last day to supply, by default five working days from today. Of a result that stands on a
    condition, what was promised is checked. Raises as ``rules.pre_check``, ``rules.give_notice``, ``supplying_of`` and
    ``conditions.check_promised``, and ``ItemNotHandledHere``.
    """
    loaded = await load_case(
        work, number=number, one_of=(Permission.CASE_PRE_CHECK, Permission.CASE_NOTICE_AGAIN)
    )
    if loaded.facts.conditional:
        _require_nothing_told(telling)
        return await check_promised(loaded, _reasons(missing), opinion=opinion)
    under: UUID | None = None
    again = bool(missing) and loaded.facts.notice is not None and loaded.may(Permission.CASE_NOTICE_AGAIN)
    if not again:  # a supervisor repeats notices, wherever the item is pre-checked
        under = await loaded.authorise_handling(Permission.CASE_PRE_CHECK, DelegationScope.PRE_CHECK)
    check_wording(loaded, opinion=opinion)
    check_wording(loaded, **{f"missing.{i}.reason": each.reason for i, each in enumerate(missing)})
    if not missing:
        _require_nothing_told(telling)
        passed = rules.pre_check(loaded.facts, opinion=opinion, actor=loaded.actor)
        return await save(loaded, passed, under=under)
    reasons = _reasons(missing)
    row = loaded.row
    supplying = await supplying_of(
        work, telling, service_code=row.service_code, usual=USUAL_CHANNEL[row.channel]
    )
    transition = rules.give_notice(
        loaded.facts,
        reasons,
        opinion=opinion,
        deadline=deadline or _notice_deadline(loaded),
        supplying=supplying,
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
    all_promised = loaded.facts.conditional and not transition.case.tolerance_open
    if transition.case.state is not loaded.facts.state or all_promised:  # all that was waited for is there
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
    check_wording(loaded, opinion=opinion, basis=basis)
    transition = rules.complete(
        loaded.facts,
        outcome=outcome,
        opinion=opinion,
        basis=basis or ";".join(loaded.row.legal_basis),
        result_number=result_number,
        collected=collected,
        before_supplied=bool(loaded.row.details.get(SETTING_BEFORE_SUPPLIED)),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    tell_next_steps(loaded)
    return await save(loaded, transition.sealed(await use_seal(work)), under=under)


async def decline_case(work: Work, *, number: str, reason: str, basis: str) -> CaseId:
    """不予受理, by a unit that handles the whole item. Raises as ``rules.decline``, and ``ItemNotHandledHere``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_DECLINE,))
    under = await loaded.authorise_handling(Permission.CASE_DECLINE, DelegationScope.FULL)
    check_wording(loaded, reason=reason, basis=basis)
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
    check_wording(loaded, reason=reason)
    transition = rules.suspend(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion)
    return await save(loaded, transition)


async def resume_case(work: Work, *, number: str) -> CaseId:
    """恢复办理: the clock goes on. Raises as ``rules.resume``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_RESUME,), moves_clock=True)
    loaded.authorise(Permission.CASE_RESUME)
    resumed = track(work, rules.resume(loaded.facts, actor=loaded.actor, occasion=loaded.occasion))
    case_id = await save(loaded, resumed)
    await_check_in(work, case_id, resumed)
    return case_id


async def terminate_case(work: Work, *, number: str, reason: str, basis: str) -> CaseId:
    """终止, by a supervisor. Raises as ``rules.terminate``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_TERMINATE,), moves_clock=True)
    loaded.authorise(Permission.CASE_TERMINATE)
    check_wording(loaded, reason=reason, basis=basis)
    transition = rules.terminate(
        loaded.facts, reason=reason, basis=basis, actor=loaded.actor, occasion=loaded.occasion
    )
    return await save(loaded, transition)


def _require_nothing_told(telling: Telling) -> None:
    """Refuse to say how to supply what is missing where nothing is, so that nobody believes it was told."""
    if telling != NOTHING_TOLD:
        raise InvalidInput(
            "Nothing is missing, so there is no notice to say this in.",
            "材料齐全,没有需要告知的内容。",
            fields=("input.missing",),
        )


def _reasons(missing: Sequence[MissingMaterial]) -> dict[str, str]:
    reasons = {each.code: each.reason for each in missing}
    if len(reasons) != len(missing):
        raise InvalidInput(
            "Name each missing material once.", "每份材料只列一次。", fields=("input.missing",)
        )
    return reasons


def _notice_deadline(loaded: Loaded) -> date:
    return notice_deadline(loaded.work, loaded.row.details, usual=NOTICE_WORKING_DAYS)


def notice_deadline(work: Work, details: Mapping[str, Any], *, usual: int) -> date:
    """The last day to supply what a notice names: as many working days from today as the item says, or the usual."""
    return work.calendar.add_working_days(work.today, details.get(SETTING_NOTICE_DAYS, usual))


def _tolerable_days(loaded: Loaded, codes: Sequence[str]) -> int | None:
    """The shortest limit that the item sets for any of these materials, in working days, or None."""
    materials: dict[str, dict[str, Any]] = loaded.row.details.get("materials", {})
    limits = [materials[code].get("tolerable_days") for code in codes if code in materials]
    return min((days for days in limits if days is not None), default=None)
