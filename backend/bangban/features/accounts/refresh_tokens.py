"""Refresh tokens: ``r1.<district>.<secret>``, kept only as a hash.

The token names its district, so refreshing needs no header; ``-`` stands for the platform, since no slug
begins with it. The secret is 256 random bits, for which a plain SHA-256 is hash enough.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from bangban.kernel.problems import SessionEnded

_PLATFORM: Final = "-"
_PATTERN: Final = re.compile(r"r1\.(?P<slug>-|[a-z][a-z0-9-]{1,29})\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token in clear: sent once, never stored. ``district`` is None for operators."""

    text: str = field(repr=False)
    district: str | None

    @classmethod
    def fresh(cls, district: str | None) -> RefreshToken:
        """A new random one."""
        return cls(f"r1.{district or _PLATFORM}.{secrets.token_urlsafe(32)}", district)

    @classmethod
    def parse(cls, text: str) -> RefreshToken:
        """Read what a client sent. Raises SessionEnded where it has not even the form of one."""
        found = _PATTERN.fullmatch(text)
        if found is None:
            raise SessionEnded
        slug = found["slug"]
        return cls(text, None if slug == _PLATFORM else slug)

    @property
    def hash(self) -> bytes:
        """What is stored in the token's place."""
        return hashlib.sha256(self.text.encode()).digest()
