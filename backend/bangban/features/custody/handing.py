"""交接随交材料 (DOMAIN C04, C09): papers go from hand to hand with their case, in the transaction that moves it.

Until a hand-over is taken they are in the sender's hands, as the case is; when it is returned or its time is over they
stay there. So the balance (invariant 7) holds whatever becomes of a hand-over.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bangban.features.cases.rules.facts import Handover
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service import relay
from bangban.features.cases.service.loading import Loaded
from bangban.features.custody import rules
from bangban.features.custody.ledger import ledger_of, save_movement
from bangban.features.custody.rules import Holder
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work


async def hand_over_case(
    work: Work, *, number: str, to_staff_id: UUID, reason: str, papers: Sequence[Papers] = ()
) -> CaseId:
    """Offer a case with these papers, which whoever holds the case has in hand.

    Raises as ``relay.hand_over_case``, ``PapersNotHeld``, and InvalidInput for papers named twice or not counted.
    """

    async def look(loaded: Loaded) -> None:
        rules.require_held(await ledger_of(loaded), papers, Holder(staff_id=loaded.facts.holder_id))

    if not papers:
        return await relay.hand_over_case(work, number=number, to_staff_id=to_staff_id, reason=reason)
    return await relay.hand_over_case(
        work, number=number, to_staff_id=to_staff_id, reason=reason, papers=papers, look=look
    )


async def take_over_case(work: Work, *, number: str, without_papers: bool = False) -> CaseId:
    """Take what was offered to the caller: the case, and the papers that were to come with it.

    Raises as ``relay.take_over_case``, and ``PapersNotHeld`` where the sender has them no longer; then the receiver
    takes the case ``without_papers``, on record, or gives it back.
    """
    return await relay.take_over_case(work, number=number, without_papers=without_papers, move=_move)


async def _move(loaded: Loaded, handover: Handover) -> None:
    if not handover.papers:
        return
    movement = rules.forward(
        await ledger_of(loaded),
        handover.papers,
        giver=Holder(staff_id=handover.from_id),
        receiver=Holder(staff_id=handover.to_id),
    )
    await save_movement(loaded, movement, note="随交接转交")
