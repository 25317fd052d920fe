"""容缺失信 (DOMAIN D10, 3.9): who broke a promise makes no other until a supervisor says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bangban.features.cases.paper_problems import PromiseNotBroken
from bangban.features.cases.rules.facts import Actor, CaseFacts, Occasion, Tolerance
from bangban.features.cases.rules.transition import Audit, Transition, moved
from bangban.features.cases.values import EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import reason_of


def is_broken(promise: Tolerance | None, *, today: date, ended_on: date | None = None) -> bool:
    """Whether the promised day is over and the materials are not there. Late ones mend it.

    Of a case that ended without a result on that day or before, ``ended_on``, nothing was owed any more.
    """
    if promise is None or promise.fulfilled_at is not None or not promise.promised_by < today:
        return False
    return ended_on is None or promise.promised_by < ended_on


def clear_promise(
    case: CaseFacts, *, reason: str, ended_on: date | None, actor: Actor, occasion: Occasion
) -> Transition:
    """恢复容缺资格: the broken promise of this case, which ``ended_on`` that day, bars its applicant no longer.

    Raises:
        PromiseNotBroken: There is none, or it is cleared already.
        InvalidInput: No reason.
    """
    promise = case.tolerance
    broken = is_broken(promise, today=occasion.today, ended_on=ended_on)
    if promise is None or promise.cleared_at is not None or not broken:
        raise PromiseNotBroken
    why = reason_of(reason)
    return moved(
        replace(case, tolerance=replace(promise, cleared_at=occasion.at)),
        EventKind.PROMISE_CLEARED,
        actor=actor,
        was=case.state,
        to=case.state,
        note=why,
        audit=Audit(action=Permission.CASE_CLEAR_PROMISE),
    )
