"""交接: handing a case over, taking it, giving it back, one function a mutation (DOMAIN C04).

Whoever gets so far sees the case and may do this to cases in their hands. If this one is not in their hands,
that is what they are told, rather than that they lack a permission.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from uuid import UUID

from bangban.features.cases import rules
from bangban.features.cases.problems import NoHandover, NotTheHolder
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.facts import Handover
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.loading import Loaded, load_by_itself, load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.staffing import get_receiver
from bangban.features.cases.service.wording import check_wording
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

Look: TypeAlias = Callable[[Loaded], Awaitable[None]]
"""Looks whether the papers of a case are where they ought to be, and raises where they are not."""

Move: TypeAlias = Callable[[Loaded, Handover], Awaitable[None]]
"""Moves the papers of a hand-over from its sender to its receiver, or raises."""


async def _nothing_to_look_at(_: Loaded) -> None:
    """There are no papers."""


async def _nothing_to_move(_: Loaded, handover: Handover) -> None:
    if handover.papers:
        raise RuntimeError("Papers that go with a case are moved by custody.")


async def hand_over_case(
    work: Work,
    *,
    number: str,
    to_staff_id: UUID,
    reason: str,
    papers: Sequence[Papers] = (),
    look: Look = _nothing_to_look_at,
) -> CaseId:
    """Offer a case to somebody who may take it. The sender answers for it until it is taken.

    By its holder; or by whom the policy lets move every case of the area, dispatchers and supervisors as it
    is shipped, which the timeline then tells. Where papers go with it, ``custody.handing`` is who to ask. Raises as
    ``rules.hand_over`` and ``look``, and ``ReceiverUnfit``.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_HAND_OVER,))
    if not loaded.may(Permission.CASE_HAND_OVER):
        raise NotTheHolder
    check_wording(loaded, reason=reason)  # it stands in the timeline
    receiver = await get_receiver(work, staff_id=to_staff_id, area_path=loaded.area_path)
    transition = rules.hand_over(
        loaded.facts,
        to_id=to_staff_id,
        to_name=receiver,
        reason=reason,
        papers=papers,
        may_dispatch=work.grants.scope(Permission.CASE_HAND_OVER).covers(loaded.area_path),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    await look(loaded)
    case_id = await save(loaded, transition)
    wait = assistance_of(work.settings).handover_wait
    work.announce(Announcement.HANDOVER_DUE, str(case_id), due=work.now + wait)
    return case_id


async def expire_handover(work: Work, *, case_id: UUID) -> None:
    """交接超时: what nobody took in time goes back to the sender. Nothing where there is nothing to give back.

    Called by the timer of a hand-over; perhaps twice, or for one that has ended, or after the district has given
    people longer. Then another timer is set.
    """
    loaded = await load_by_itself(work, case_id=case_id)
    if loaded is None or not loaded.facts.handover_pending:
        return
    handover = loaded.facts.handover
    assert handover is not None  # pending
    due = handover.offered_at + assistance_of(work.settings).handover_wait
    if due > work.now:
        work.announce(Announcement.HANDOVER_DUE, str(case_id), due=due)
        return
    await save(loaded, rules.expire(loaded.facts, actor=loaded.actor, occasion=loaded.occasion))


async def take_over_case(
    work: Work, *, number: str, without_papers: bool = False, move: Move = _nothing_to_move
) -> CaseId:
    """Take what was offered to the caller, with its papers. Raises as ``rules.take_over`` and ``move``, and
    ``TrainingRequired``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_TAKE_OVER,))
    if not loaded.may(Permission.CASE_TAKE_OVER):
        raise NoHandover
    await loaded.require_trained()
    transition = rules.take_over(
        loaded.facts, without_papers=without_papers, actor=loaded.actor, occasion=loaded.occasion
    )
    handover = transition.case.handover
    if handover is not None and not without_papers:
        await move(loaded, handover)
    return await save(loaded, transition)


async def return_case(work: Work, *, number: str, reason: str) -> CaseId:
    """Give back what was offered to the caller; the sender holds on.

    What was offered to somebody else, who may be away or gone, is recalled by whom the policy lets move every case of
    the area, so that it can be offered to another. Raises as ``rules.give_back`` and ``rules.recall``.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_RETURN,))
    handover = loaded.facts.handover
    mine = handover is None or handover.to_id == loaded.actor.id
    if not mine and work.grants.scope(Permission.CASE_HAND_OVER).covers(loaded.area_path):
        undo = rules.recall
    elif loaded.may(Permission.CASE_RETURN):
        undo = rules.give_back
    else:
        raise NoHandover
    check_wording(loaded, reason=reason)
    return await save(loaded, undo(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion))
