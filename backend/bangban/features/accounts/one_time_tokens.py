"""One-time tokens: ``<district>.xxxxx-xxxxx-xxxxx-xxxxx-xxxxx``, by which a password is set.

The token travels in a message and may be typed from a phone's screen, so it has no letters that are read for
one another, and case and blanks do not matter. Its 25 letters carry 123 random bits: it cannot be guessed, and
its keyed hash, which is all that is stored, cannot be guessed back.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from bangban.features.accounts.problems import TokenRefused
from bangban.kernel.tenancy.names import SLUG_PATTERN
from bangban.kernel.vault.district import DistrictVault

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 5
_LENGTH: Final = 5
_LONGEST: Final = 100
_SECRET: Final = re.compile(rf"[{_LETTERS}]{{{_GROUPS * _LENGTH}}}")


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """A token in the clear: sent once, never stored."""

    district: str
    secret: str = field(repr=False)

    @classmethod
    def fresh(cls, district: str) -> OneTimeToken:
        """A new random one."""
        return cls(district, "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS * _LENGTH)))

    @classmethod
    def parse(cls, text: str) -> OneTimeToken:
        """Read what somebody typed or pasted. Raises TokenRefused where it has not even the form of one."""
        typed = "".join(text[:_LONGEST].lower().split())
        slug, _, grouped = typed.rpartition(".")
        secret = grouped.replace("-", "")
        if not SLUG_PATTERN.fullmatch(slug) or not _SECRET.fullmatch(secret):
            raise TokenRefused
        return cls(slug, secret)

    @property
    def text(self) -> str:
        """As it is sent."""
        groups = [self.secret[at : at + _LENGTH] for at in range(0, len(self.secret), _LENGTH)]
        return f"{self.district}.{'-'.join(groups)}"

    def hash(self, vault: DistrictVault) -> bytes:
        """What is stored in its place."""
        return vault.lookup_hash(self.secret, purpose="account-token")
