"""Sealing bytes: one version byte that names the algorithm, then what that algorithm wrote.

A later algorithm (SM4-GCM, say: GB/T 39786, DOMAIN 3.17) is one more entry; what was sealed before stays
readable, and is sealed anew whenever it is next written.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bangban.kernel.vault.problems import SealBroken

_NONCE_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Suite:
    """One algorithm: ``seal(key, plain, bound)``, ``open(key, sealed, bound)``; no version byte."""

    seal: Callable[[bytes, bytes, bytes], bytes]
    open: Callable[[bytes, bytes, bytes], bytes]


def _seal_aes_gcm(key: bytes, plain: bytes, bound: bytes) -> bytes:
    # A random 96-bit nonce is safe for 2^32 messages under one key; a district writes far fewer.
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open_aes_gcm(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken("The sealed bytes are too short.")
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except InvalidTag:
        raise SealBroken("The sealed bytes do not open with this key in this place.") from None


AES_256_GCM = 1
CURRENT_VERSION = AES_256_GCM
SUITES = {AES_256_GCM: Suite(seal=_seal_aes_gcm, open=_open_aes_gcm)}


def seal_bytes(key: bytes, plain: bytes, *, bound: bytes, version: int = CURRENT_VERSION) -> bytes:
    """``plain`` sealed under the 32-byte ``key``; it opens only where the same ``bound`` is given again."""
    header = bytes([version])
    return header + SUITES[version].seal(key, plain, header + bound)


def open_bytes(key: bytes, sealed: bytes, *, bound: bytes) -> bytes:
    """What ``seal_bytes`` sealed.

    Raises:
        SealBroken: Wrong key, wrong place, altered bytes, or an algorithm that is not known here.
    """
    suite = SUITES.get(sealed[0]) if sealed else None
    if suite is None:
        raise SealBroken("The sealed bytes name no known algorithm.")
    return suite.open(key, sealed[1:], sealed[:1] + bound)


class RepeatableSeal:
    """Seals the same bytes for the same place alike, so that what is sealed can be compared by its digest.

    The nonce is a keyed hash of place and bytes (after RFC 5297's synthetic IV): two messages share one only where
    they are the same message. For places that are unique, such as one column of one row, nothing is given away.
    """

    __slots__ = ("_key", "_nonce_key")

    def __init__(self, secret: bytes) -> None:
        self._key = derive_key(secret, purpose="repeatable-seal")
        self._nonce_key = derive_key(secret, purpose="repeatable-nonce")

    def seal(self, plain: bytes, *, bound: bytes) -> bytes:
        """``plain`` sealed for the place ``bound``, in the form of ``seal_bytes``."""
        header = bytes([AES_256_GCM])
        told = len(bound).to_bytes(8, "big") + bound + plain
        nonce = hmac.digest(self._nonce_key, told, "sha256")[:_NONCE_BYTES]
        return header + nonce + AESGCM(self._key).encrypt(nonce, plain, header + bound)

    def open(self, sealed: bytes, *, bound: bytes) -> bytes:
        """What was sealed for the place. Raises SealBroken."""
        return open_bytes(self._key, sealed, bound=bound)

    def __repr__(self) -> str:
        return "RepeatableSeal()"


def derive_key(secret: bytes, *, purpose: str, length: int = 32) -> bytes:
    """A key of ``length`` bytes for one purpose (HKDF-SHA256, RFC 5869); others tell nothing of it."""
    info = f"bangban/v1/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)
