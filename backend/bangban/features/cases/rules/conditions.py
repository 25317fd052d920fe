"""附条件办结 (DOMAIN D10): a result that is issued before promised materials are there stands on a condition.

It is lifted once they came and were checked. Where the day of the promise passes without them the result is
withdrawn, and the case ends without one. Which of two who act at once is first decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bangban.features.cases.paper_problems import PromiseNotBroken, PromiseOver, ToleranceOpen
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.facts import Actor, CaseFacts, Occasion
from bangban.features.cases.rules.promises import is_broken
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import CaseState, EventKind, MaterialState, ResultStanding
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a conditional result says of itself: in the timeline's words, and as the trail keeps it."""

    note: str
    details: Mapping[str, Any]


def attach(case: CaseFacts, *, allowed: bool, today: date) -> Condition:
    """What is missing, until when, and what follows, for the result of a case whose promise is open.

    Raises:
        ToleranceOpen: Not ``allowed``: neither result nor refusal before the materials are there.
        PromiseOver: The promised day is over, so the result would be withdrawn at once.
    """
    promise = case.tolerance
    assert promise is not None  # a promise is open
    waited_for = [each for each in case.materials if each.state is MaterialState.TOLERATED]
    if not allowed:
        raise ToleranceOpen(materials.named(waited_for))
    if is_broken(promise, today=today):
        raise PromiseOver(promise.promised_by)
    names = "、".join(each.name for each in waited_for)
    return Condition(
        note=f"附条件办结:尚缺{names},应于 {promise.promised_by} 前补齐;逾期未补齐的,撤销办理结果",
        details={
            "conditional": True,
            "missing": [each.code for each in waited_for],
            "promisedBy": promise.promised_by.isoformat(),
        },
    )


def meet(case: CaseFacts, *, opinion: str | None = None, actor: Actor) -> Transition:
    """所附条件已满足: all that was promised is there and was looked at, so the result stands without condition.

    Raises:
        IllegalTransition: The result has no condition, or none any more.
        ToleranceOpen: Something is still missing.
    """
    _require_conditional(case)
    if case.tolerance_open:
        raise ToleranceOpen(
            materials.named(each for each in case.materials if each.state is MaterialState.TOLERATED)
        )
    return moved(
        replace(case, result_standing=ResultStanding.CONDITION_MET),
        EventKind.CONDITION_MET,
        actor=actor,
        was=case.state,
        to=case.state,
        note=free_words(opinion, fields=("input.opinion",)),
        audit=Audit(action=Permission.CASE_PRE_CHECK, details={"condition": "met"}),
        announce=Announcement.CONDITION_MET,
    )


def reject(
    case: CaseFacts, reasons: Mapping[str, str], *, opinion: str | None = None, actor: Actor
) -> Transition:
    """容缺材料不符: what came is not what was promised, by code and reason, so the promise is open again.

    Its day stays the same, and where that is over the result is withdrawn with the next sweep.

    Raises:
        IllegalTransition: The result has no condition, or none any more.
        InvalidInput: A code is unknown, was not promised or is not there; or a reason is empty.
    """
    _require_conditional(case)
    assert case.tolerance is not None  # a condition is a promise
    after = materials.reject_promised(case.materials, reasons, promised=case.tolerance.missing)
    lines = [f"{each.name}:{each.reason}" for each in after if each.code in reasons]
    return moved(
        replace(case, materials=after, tolerance=replace(case.tolerance, fulfilled_at=None)),
        EventKind.PROMISED_REJECTED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=";".join([*lines, *filter(None, [free_words(opinion, fields=("input.opinion",))])]),
        audit=Audit(
            action=Permission.CASE_PRE_CHECK, details={"condition": "open", "rejected": sorted(reasons)}
        ),
        announce=Announcement.PROMISED_REJECTED,
    )


def withdraw_result(case: CaseFacts, *, actor: Actor, occasion: Occasion) -> Transition:
    """撤销附条件结果: the promised day is over and the materials are not there, so there is no result any more.

    Raises:
        IllegalTransition: The result has no condition, or none any more.
        PromiseNotBroken: The materials are there, or the day is not over.
    """
    _require_conditional(case)
    promise = case.tolerance
    if promise is None or not is_broken(promise, today=occasion.today):
        raise PromiseNotBroken
    names = "、".join(each.name for each in case.materials if each.state is MaterialState.TOLERATED)
    return moved(
        replace(case, result_standing=ResultStanding.WITHDRAWN, ended_at=occasion.at),
        EventKind.RESULT_WITHDRAWN,
        actor=actor,
        was=case.state,
        to=CaseState.TERMINATED,
        note=f"容缺承诺 {promise.promised_by} 到期未补齐:{names},附条件作出的办理结果撤销",
        audit=Audit(
            action=Permission.CASE_TERMINATE,
            details={"promise_broken": True, "promisedBy": promise.promised_by.isoformat()},
        ),
        announce=Announcement.RESULT_WITHDRAWN,
    )


def _require_conditional(case: CaseFacts) -> None:
    if case.state is not CaseState.COMPLETED or not case.conditional:
        raise IllegalTransition(case.state)
