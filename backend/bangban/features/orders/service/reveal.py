"""查看上门信息: where to go and whom to call, for who has the order; who signed, for who may reveal it (C10, C17)."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Uuid, select

from bangban.features.accounts.residents import PHONE_CONTEXT
from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases.service.reveal import count_reveal, reason_to_reveal
from bangban.features.orders.problems import NotYourOrder, OrderDataErased, VolunteerNotApproved
from bangban.features.orders.rules.facts import Helper
from bangban.features.orders.service.loading import Loaded, load_order
from bangban.features.orders.tables import ADDRESS_CONTEXT, SIGNATURE_CONTEXT
from bangban.features.orders.values import HELD
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

REVEALED: Final = "order:reveal"
_PHONE: Final = Written(
    select(ResidentRow.phone_sealed).where(ResidentRow.id == Given("resident_id", Uuid()))
)


class Contact(NamedTuple):
    """Where to go and whom to call, or who signed at the door, in the clear."""

    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    phone: str | None = None
    signed_by: str | None = None


async def reveal_order(work: Work, *, number: str, reason: str | None = None) -> Contact:
    """Address, place on the map and phone of an order that the caller has in hand; a volunteer is given no phone.

    Who may reveal applicants there is told, for a ``reason``, who signed at the door, and nothing else. Each look is on
    record, and limited as those at applicants are.

    Raises:
        VolunteerNotApproved: Of a volunteer who is let in no more.
        NotFound, Forbidden, NotYourOrder: The order is nobody's or somebody else's, or over.
        InvalidInput: No reason for what is asked without having the order, or one that says nothing.
        OrderDataErased: There is nothing to reveal.
        RateLimited.
    """
    loaded = await load_order(work, number=number, one_of=(Permission.ORDER_DO, Permission.CASE_REVEAL))
    if loaded.facts.holder_id == loaded.actor.id and loaded.facts.state in HELD:
        loaded.authorise(Permission.ORDER_DO)
        helper = await loaded.claimant()
        if helper.is_volunteer and not helper.approved:  # who may not set out need not know where to
            raise VolunteerNotApproved
        return await _record(loaded, await _way_there(loaded, helper), reason)
    if not work.grants.scope(Permission.CASE_REVEAL).covers(loaded.facts.place.path):
        raise NotYourOrder
    signer = loaded.row.signed_by_sealed
    signed_by = None if signer is None else work.vault.open(signer, context=SIGNATURE_CONTEXT)
    return await _record(loaded, Contact(signed_by=signed_by), reason or "", shown="signature")


async def _way_there(loaded: Loaded, helper: Helper) -> Contact:
    work, address, phone = loaded.work, loaded.row.address_sealed, None
    if loaded.row.resident_id is not None and not helper.is_volunteer:
        (found,) = await work.run(_PHONE, resident_id=loaded.row.resident_id)
        phone = found.phone_sealed
    return Contact(
        address=None if address is None else work.vault.open(address, context=ADDRESS_CONTEXT),
        longitude=loaded.row.longitude,
        latitude=loaded.row.latitude,
        phone=None if phone is None else work.vault.open(phone, context=PHONE_CONTEXT),
    )


async def _record(loaded: Loaded, found: Contact, reason: str | None, **details: str) -> Contact:
    if reason is not None:
        details["reason"] = reason_to_reveal(reason)
    if all(each is None for each in found):
        raise OrderDataErased
    work = loaded.work
    await count_reveal(work)
    work.record(
        action=REVEALED, object=f"order:{loaded.row.number}", area_id=loaded.row.area_id, details=details
    )
    return found
