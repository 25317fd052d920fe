"""内转: passing a matter on inside, to a colleague or to a whole team; taking it, and giving it back (DOMAIN B02)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.first_asks import rules
from bangban.features.first_asks.service.loading import (
    caller_of,
    load_ask,
    locked,
    manages,
    save,
    team_members,
    who_may_take,
)
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

TRANSFERRED: Final = "asking.transferred"
TRANSFER_DUE: Final = "asking.transfer-due"  # a timer
TRANSFER_EXPIRED: Final = "asking.transfer-expired"


async def transfer_first_ask(
    work: Work, *, number: str, reason: str, to_staff_id: UUID | None = None, to_team_id: UUID | None = None
) -> UUID:
    """内转: to a colleague of the district, or to a team: who takes it first of them has it.

    Raises as ``rules.transfer``, and InvalidInput (neither of the two, or both).
    """
    loaded = await load_ask(work, number, Permission.ASKING_TRANSFER)
    if (to_staff_id is None) == (to_team_id is None):
        raise InvalidInput(
            "Name either a colleague or a team.",
            "请选择一位同事或一支队伍。",
            fields=("input.toStaffId", "input.toTeamId"),
        )
    after = rules.transfer(
        loaded.ask,
        to=await who_may_take(
            work,
            [to_staff_id] if to_team_id is None else team_members(work, to_team_id),
            loaded.area_path,
            given=to_team_id is None,
        ),
        by=caller_of(work),
        may_manage=manages(work, loaded, Permission.ASKING_TRANSFER),
    )
    offer = FirstAskTransferRow(
        id=new_id(),
        first_ask_id=loaded.row.id,
        from_id=caller_of(work),
        to_id=to_staff_id,
        to_team_id=to_team_id,
        reason=rules.stated(reason, field="input.reason"),
        offered_at=work.now,
    )
    work.db.add(offer)
    await save(work, loaded, after, Permission.ASKING_TRANSFER, to=str(to_staff_id or to_team_id))
    work.announce(TRANSFERRED, str(offer.id))
    work.announce(TRANSFER_DUE, str(offer.id), due=work.now + assistance_of(work.settings).transfer_wait)
    return loaded.row.id


async def take_first_ask(work: Work, *, number: str, accept: bool, reason: str | None = None) -> UUID:
    """接收 or 退回: by whom it was offered to; of a team by whoever is first. Taken back 撤回 by whose matter it is.

    Raises ``NoTransfer``, InvalidInput (back without a reason).
    """
    loaded = await load_ask(work, number, Permission.ASKING_TRANSFER)
    me = caller_of(work)
    after = (
        rules.take(loaded.ask, by=me)
        if accept
        else rules.give_back(loaded.ask, by=me, may_manage=manages(work, loaded, Permission.ASKING_TRANSFER))
    )
    assert loaded.offer is not None  # the rule has seen to it
    if me in loaded.offered_to:
        loaded.offer.to_id = me
    if accept:
        loaded.offer.taken_at = work.now
    else:
        loaded.offer.return_reason = rules.stated(reason, field="input.reason")
        loaded.offer.returned_at = work.now
    return await save(work, loaded, after, Permission.ASKING_TRANSFER, accepted=accept)


async def expire_transfer(work: Work, *, transfer_id: UUID) -> None:
    """转办超时: what nobody accepted in time is where it was. Nothing where there is nothing to give back.

    Called by the timer of a transfer; perhaps twice, or for one that has ended, or after the district has given
    people longer. Then another timer is set.
    """
    of = select(FirstAskTransferRow.first_ask_id).where(FirstAskTransferRow.id == transfer_id)
    loaded = await locked(work, FirstAskRow.id == of.scalar_subquery())
    if loaded is None or loaded.offer is None or loaded.offer.id != transfer_id:
        return
    due = loaded.offer.offered_at + assistance_of(work.settings).transfer_wait
    if due > work.now:
        work.announce(TRANSFER_DUE, str(transfer_id), due=due)
        return
    after = rules.give_back(loaded.ask, by=None)
    loaded.offer.returned_at, loaded.offer.return_reason = work.now, "逾时未接收,自动退回"
    await save(work, loaded, after, Permission.ASKING_TRANSFER, expired=True)
    work.announce(TRANSFER_EXPIRED, str(transfer_id))
