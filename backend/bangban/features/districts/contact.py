"""Who applied: name, phone and e-mail, sealed under a key of the installation's own (DESIGN 7)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final
from uuid import UUID

from bangban.kernel.identifiers.masks import mask_name, mask_phone
from bangban.kernel.vault import DistrictVault, KeyRing, SealBroken

_PURPOSE = "platform-vault"
_CONTEXT = "onboarding.contact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Whom to ask about an application. The phone is normalised."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)


NOBODY: Final = Contact(name="", phone="", email="")
"""The contact of an onboarding that nobody applied for, or whose applicant is forgotten."""


def seal_contact(ring: KeyRing, contact: Contact) -> bytes:
    """The contact under the current master key."""
    return _vaults(ring)[0].seal(json.dumps(asdict(contact), ensure_ascii=False), context=_CONTEXT)


def open_contact(ring: KeyRing, sealed: bytes) -> Contact:
    """The contact; previous master keys still open. Raises ``SealBroken``."""
    for vault in _vaults(ring):
        try:
            return Contact(**json.loads(vault.open(sealed, context=_CONTEXT)))
        except SealBroken:
            continue
    raise SealBroken("No key of this ring sealed the contact.")


def mask_contact(contact: Contact) -> str:
    """What operators see of it: ``张* 138****5678``."""
    return f"{mask_name(contact.name)} {mask_phone(contact.phone)}".strip()


def address_subject(ring: KeyRing, address: str) -> bytes:
    """What applications of one client address are counted under: a keyed hash."""
    return _vaults(ring)[0].lookup_hash(address, purpose="onboarding.address")


def code_hash(ring: KeyRing, onboarding_id: UUID, code: str) -> bytes:
    """What is kept of an application's code: a keyed hash, since six digits are soon guessed back."""
    return _vaults(ring)[0].lookup_hash(f"{onboarding_id} {code}", purpose="onboarding.code")


def phone_subject(ring: KeyRing, phone: str) -> bytes:
    """What tries of one phone are counted under: a keyed hash."""
    return _vaults(ring)[0].lookup_hash(phone, purpose="onboarding.phone")


def _vaults(ring: KeyRing) -> list[DistrictVault]:
    return [DistrictVault(key.derive(_PURPOSE)) for key in ring.keys]
