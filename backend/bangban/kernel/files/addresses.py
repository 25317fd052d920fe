"""Short-lived addresses: whoever has one may send or fetch one thing, and nobody can make one up.

An address names its district, what it is for and until when; a keyed hash proves that this installation gave it
out. That it is used once only is the row's business which it names.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from bangban.kernel.problems import ErrorCode, Problem

_MAC_BYTES: Final = 16
_LONGEST: Final = 200  # characters of a token


class AddressUnknown(Problem):
    """Forged, over, used up, or somebody else's: whoever has it is not told which."""

    code = ErrorCode.NOT_FOUND
    zh = "该地址无效、已使用或已过期,请重新获取。"
    en = "This address is not valid, was used, or is over; please ask for another one."


@dataclass(frozen=True, slots=True)
class Address:
    """What an address stands for: something ``use`` can be made of, in a district, until a moment."""

    use: str
    slug: str
    id: UUID
    until: datetime


class Addresses:
    """Signs addresses and recognises its own. ``keys`` gives the current key first, then those of before."""

    def __init__(self, keys: Callable[[], tuple[bytes, ...]]) -> None:
        self._keys = keys

    def token(self, address: Address) -> str:
        """The address as a part of a path: letters, digits, hyphen, underscore, full stop."""
        told = f"{address.use} {address.slug} {address.id.hex} {int(address.until.timestamp())}".encode()
        return f"{_text(told)}.{_text(_mac(self._keys()[0], told))}"

    def read(self, token: str, *, use: str, now: datetime) -> Address:
        """The address behind a token, if it is for this use and not over. Raises AddressUnknown."""
        told, _, mac = token.partition(".")
        if len(token) > _LONGEST:
            raise AddressUnknown
        try:
            raw, given = _bytes(told), _bytes(mac)
        except (binascii.Error, ValueError):
            raise AddressUnknown from None
        if not any(hmac.compare_digest(_mac(key, raw), given) for key in self._keys()):
            raise AddressUnknown
        named, slug, id_, until = raw.decode().split(" ")
        found = Address(named, slug, UUID(hex=id_), datetime.fromtimestamp(int(until), UTC))
        if named != use or found.until <= now:
            raise AddressUnknown
        return found


def _mac(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, told, "sha256")[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _text(raw) != text:  # one token has one spelling
        raise ValueError("not canonical")
    return raw
