"""How to reach a member of staff: sealed under the district's key, shown masked (DESIGN 7, DOMAIN 3.15).

Nobody is looked up by these, so there is no look-up hash of any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.people.problems import EmailWrong, WeComWrong
from bangban.features.people.tables import EMAIL_CONTEXT, PHONE_CONTEXT, WECOM_CONTEXT, StaffRow
from bangban.kernel.identifiers.masks import mask_email, mask_identity, mask_phone
from bangban.kernel.identifiers.phone import normalise_phone
from bangban.kernel.messenger.routing import Form
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.district import DistrictVault

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_LONGEST_EMAIL: Final = 254
_WECOM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")  # as the platform has them


def check_email(text: str, *, field: str = "input.email") -> str:
    """The address without blanks around it. Raises ``EmailWrong``."""
    address = text.strip()
    if len(address) > _LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise EmailWrong(fields=(field,))
    return address


def check_phone(text: str, *, field: str = "input.phone") -> str:
    """The phone in the one way it is written. Raises ``InvalidPhone``."""
    return normalise_phone(text, fields=(field,))


def check_wecom(text: str, *, field: str = "input.wecom") -> str:
    """The userid without blanks around it. Raises ``WeComWrong``."""
    userid = text.strip()
    if not _WECOM.fullmatch(userid):
        raise WeComWrong(fields=(field,))
    return userid


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to reach people: what its seals are bound to, how it is checked, and how it is shown."""

    context: str
    check: Callable[[str], str]
    mask: Callable[[str], str]


KINDS: Final[Mapping[str, Kind]] = {
    "phone": Kind(PHONE_CONTEXT, check_phone, mask_phone),
    "email": Kind(EMAIL_CONTEXT, check_email, mask_email),
    "wecom": Kind(WECOM_CONTEXT, check_wecom, mask_identity),
}
"""By the first part of their columns' names: ``phone_sealed``, ``phone_masked``."""


def contact_of(vault: DistrictVault, staff: StaffRow, kind: str) -> str | None:
    """A contact in the clear, or None."""
    raw: bytes | None = getattr(staff, f"{kind}_sealed")
    return None if raw is None else vault.open(raw, context=KINDS[kind].context)


def set_contact(vault: DistrictVault, staff: StaffRow, kind: str, value: str | None) -> bool:
    """Keep a checked contact, or none; whether that is a change."""
    if value == contact_of(vault, staff, kind):
        return False
    told = KINDS[kind]
    setattr(staff, f"{kind}_sealed", None if value is None else vault.seal(value, context=told.context))
    setattr(staff, f"{kind}_masked", None if value is None else told.mask(value))
    return True


def ways_to(vault: DistrictVault, staff: StaffRow) -> tuple[str, ...]:
    """Where messages go, in the order in which to try: enterprise WeChat, phone, address, else the account by name.

    May be empty.
    ``staff:LOGIN`` reaches nobody by itself: whoever reads the folder of messages knows whom it is for.
    """
    userid = contact_of(vault, staff, "wecom")
    app = () if userid is None else (f"{Form.WECOM}:{userid}",)
    return (*app, *_contacts(vault, staff)) or ((f"staff:{staff.login}",) if staff.login else ())


async def ways_to_each(work: Work, staff_ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The same for several people; those who cannot be reached are not in it."""
    rows = await work.db.scalars(select(StaffRow).where(StaffRow.id.in_(staff_ids)))
    found = ((row.id, ways_to(work.vault, row)) for row in rows)
    return {staff_id: ways for staff_id, ways in found if ways}


def open_contacts(work: Work, staff: StaffRow) -> tuple[str, ...]:
    """The phone and the address, those that there are: where keys of accounts go. Raises LookupError without any."""
    found = _contacts(work.vault, staff)
    if not found:
        raise LookupError(f"staff {staff.id} has no contact")
    return found


def _contacts(vault: DistrictVault, staff: StaffRow) -> tuple[str, ...]:
    return tuple(each for kind in ("phone", "email") if (each := contact_of(vault, staff, kind)))
