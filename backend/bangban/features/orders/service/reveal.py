"""查看上门地址: where to go and whom to call, for whoever has the order (DESIGN 7, DOMAIN C10, C17)."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Uuid, select

from bangban.features.accounts.residents import PHONE_CONTEXT
from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases.service.reveal import count_reveal
from bangban.features.orders.problems import NotYourOrder, OrderDataErased
from bangban.features.orders.service.loading import load_order
from bangban.features.orders.tables import ADDRESS_CONTEXT
from bangban.features.orders.values import HELD
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

REVEALED: Final = "order:reveal"
_PHONE: Final = Written(
    select(ResidentRow.phone_sealed).where(ResidentRow.id == Given("resident_id", Uuid()))
)


class Contact(NamedTuple):
    """Where to go and whom to call, in the clear."""

    address: str | None
    phone: str | None


async def reveal_order(work: Work, *, number: str) -> Contact:
    """The address and the phone of an order that the caller has in hand; a volunteer is given no phone.

    Each look is on record, and limited as those at applicants are.

    Raises:
        NotFound, Forbidden, NotYourOrder: The order is nobody's or somebody else's, or over.
        OrderDataErased: There is neither.
        RateLimited.
    """
    loaded = await load_order(work, number=number, one_of=(Permission.ORDER_DO,))
    if loaded.facts.holder_id != loaded.actor.id or loaded.facts.state not in HELD:
        raise NotYourOrder
    address = loaded.row.address_sealed
    phone = None
    if loaded.row.resident_id is not None and not (await loaded.claimant()).is_volunteer:
        (found,) = await work.run(_PHONE, resident_id=loaded.row.resident_id)
        phone = found.phone_sealed
    if address is None and phone is None:
        raise OrderDataErased
    await count_reveal(work)
    work.record(action=REVEALED, object=f"order:{loaded.row.number}", area_id=loaded.row.area_id)
    return Contact(
        address=None if address is None else work.vault.open(address, context=ADDRESS_CONTEXT),
        phone=None if phone is None else work.vault.open(phone, context=PHONE_CONTEXT),
    )
