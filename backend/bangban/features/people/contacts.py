"""How to reach a member of staff: sealed under the district's key, shown masked (DESIGN 7, DOMAIN 3.15).

Nobody is looked up by phone or address, so there is no look-up hash of either.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.people.problems import EmailWrong
from bangban.features.people.tables import EMAIL_CONTEXT, PHONE_CONTEXT, StaffRow
from bangban.kernel.identifiers.masks import mask_email, mask_phone
from bangban.kernel.identifiers.phone import normalise_phone
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.district import DistrictVault

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST_EMAIL: Final = 254


def check_email(text: str, *, field: str = "input.email") -> str:
    """The address without blanks around it. Raises ``EmailWrong``."""
    address = text.strip()
    if len(address) > _LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise EmailWrong(fields=(field,))
    return address


def check_phone(text: str, *, field: str = "input.phone") -> str:
    """The phone in the one way it is written. Raises ``InvalidPhone``."""
    return normalise_phone(text, fields=(field,))


def phone_of(vault: DistrictVault, staff: StaffRow) -> str | None:
    """The phone in the clear, or None."""
    return None if staff.phone_sealed is None else vault.open(staff.phone_sealed, context=PHONE_CONTEXT)


def email_of(vault: DistrictVault, staff: StaffRow) -> str | None:
    """The address in the clear, or None."""
    return None if staff.email_sealed is None else vault.open(staff.email_sealed, context=EMAIL_CONTEXT)


def set_phone(vault: DistrictVault, staff: StaffRow, phone: str | None) -> bool:
    """Keep a normalised phone, or none; whether that is a change."""
    if phone == phone_of(vault, staff):
        return False
    staff.phone_sealed = None if phone is None else vault.seal(phone, context=PHONE_CONTEXT)
    staff.phone_masked = None if phone is None else mask_phone(phone)
    return True


def set_email(vault: DistrictVault, staff: StaffRow, email: str | None) -> bool:
    """Keep a checked address, or none; whether that is a change."""
    if email == email_of(vault, staff):
        return False
    staff.email_sealed = None if email is None else vault.seal(email, context=EMAIL_CONTEXT)
    staff.email_masked = None if email is None else mask_email(email)
    return True


def ways_to(vault: DistrictVault, staff: StaffRow) -> tuple[str, ...]:
    """Where messages go, in the order in which to try: phone, address, else the account by name. May be empty.

    ``staff:LOGIN`` reaches nobody by itself: whoever reads the folder of messages knows whom it is for.
    """
    return _contacts(vault, staff) or ((f"staff:{staff.login}",) if staff.login else ())


async def ways_to_each(work: Work, staff_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The same for several people; those who cannot be reached are not in it."""
    rows = await work.db.scalars(select(StaffRow).where(StaffRow.id.in_(staff_ids)))
    found = ((row.id, ways_to(work.vault, row)) for row in rows)
    return {staff_id: ways for staff_id, ways in found if ways}


def open_contacts(work: Work, staff: StaffRow) -> tuple[str, ...]:
    """The phone and the address, those that there are. Raises LookupError where there is neither."""
    found = _contacts(work.vault, staff)
    if not found:
        raise LookupError(f"staff {staff.id} has no contact")
    return found


def _contacts(vault: DistrictVault, staff: StaffRow) -> tuple[str, ...]:
    return tuple(each for each in (phone_of(vault, staff), email_of(vault, staff)) if each)
