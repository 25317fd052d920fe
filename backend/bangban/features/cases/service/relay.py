"""交接: handing a case over, taking it, giving it back, one function a mutation (DOMAIN C04)."""

from __future__ import annotations

from uuid import UUID

from bangban.features.cases import rules
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.staffing import get_receiver
from bangban.kernel.access.vocabulary import Permission, Role
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

DISPATCHING = frozenset({Role.DISPATCHER, Role.SUPERVISOR})  # who may move a case that somebody else holds


async def hand_over_case(work: Work, *, number: str, to_staff_id: UUID, reason: str) -> CaseId:
    """Offer a case to somebody who may take it. The sender answers for it until it is taken.

    By its holder; or by a dispatcher or supervisor of the area, which the timeline then tells. Raises as
    ``rules.hand_over``, and ``ReceiverUnfit``.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_HAND_OVER,))
    allowing = loaded.authorise(Permission.CASE_HAND_OVER)
    receiver = await get_receiver(work, staff_id=to_staff_id, area_path=loaded.area_path)
    transition = rules.hand_over(
        loaded.facts,
        to_id=to_staff_id,
        to_name=receiver,
        reason=reason,
        may_dispatch=any(each.role in DISPATCHING and each.covers(loaded.area_path) for each in allowing),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    return save(loaded, transition)


async def take_over_case(work: Work, *, number: str) -> CaseId:
    """Take what was offered to the caller. Raises as ``rules.take_over``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_TAKE_OVER,))
    loaded.authorise(Permission.CASE_TAKE_OVER)
    return save(loaded, rules.take_over(loaded.facts, actor=loaded.actor, occasion=loaded.occasion))


async def return_case(work: Work, *, number: str, reason: str) -> CaseId:
    """Give back what was offered to the caller; the sender holds on. Raises as ``rules.give_back``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_RETURN,))
    loaded.authorise(Permission.CASE_RETURN)
    transition = rules.give_back(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion)
    return save(loaded, transition)
