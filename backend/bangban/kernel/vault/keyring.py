"""The master keys of an installation: the current one, and former ones until everything is re-wrapped."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from bangban.kernel.vault.aead import derive_key, open_bytes, seal_bytes
from bangban.kernel.vault.problems import MasterKeyWrong, SealBroken

MASTER_KEY_BYTES = 32
_ID_BYTES = 6
# The order of the group of P-256 (FIPS 186-5, SP 800-186): private keys are 1 … n - 1.
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class MasterKey:
    """One master key of 32 random bytes. Its ``id`` is a fingerprint that may be shown and stored."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != MASTER_KEY_BYTES:
            raise ValueError(f"A master key has {MASTER_KEY_BYTES} bytes.")

    @classmethod
    def fresh(cls) -> MasterKey:
        """A new random key."""
        return cls(secrets.token_bytes(MASTER_KEY_BYTES))

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits, derived one way."""
        return self.derive("key-id", length=_ID_BYTES).hex()

    def derive(self, purpose: str, *, length: int = 32) -> bytes:
        """A key for one purpose; see ``aead.derive_key``."""
        return derive_key(self.secret, purpose=purpose, length=length)

    @cached_property
    def signing_key(self) -> ECKey:
        """The ES256 private key of this master key; ``kid`` is its RFC 7638 thumbprint."""
        # 16 bytes more than the order has keep the remainder's bias below 2^-128 (FIPS 186-5 A.2.1).
        scalar = int.from_bytes(self.derive("signing-key/es256", length=48)) % (_P256_ORDER - 1) + 1
        private = ec.derive_private_key(scalar, ec.SECP256R1())
        kid = ECKey(private, private).thumbprint()
        return ECKey(private, private, {"kid": kid, "alg": "ES256", "use": "sig"})


@dataclass(frozen=True)
class KeyRing:
    """The current master key, which seals, and the previous ones, which still open."""

    current: MasterKey
    previous: tuple[MasterKey, ...] = ()

    @property
    def key_id(self) -> str:
        """The id of the current key."""
        return self.current.id

    @property
    def keys(self) -> tuple[MasterKey, ...]:
        """Every key, the current one first."""
        return (self.current, *self.previous)

    def rotated(self) -> KeyRing:
        """A ring with a fresh current key, the former one listed as previous."""
        return KeyRing(MasterKey.fresh(), self.keys)

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """``length`` bytes for one purpose, from the current key; a rotation changes them."""
        return self.current.derive(purpose, length=length)

    def derive_all(self, purpose: str, length: int = 32) -> tuple[bytes, ...]:
        """The same from every key, the current first: to recognise what a former key derived."""
        return tuple(key.derive(purpose, length=length) for key in self.keys)

    def signing_key(self) -> ECKey:
        """The ES256 key that signs new tokens: the same in every process that has this ring."""
        return self.current.signing_key

    def verifying_keys(self) -> tuple[ECKey, ...]:
        """The keys whose tokens count, the current first: a rotation signs nobody out before its time."""
        return tuple(key.signing_key for key in self.keys)

    def app_password(self, tag: str) -> str:
        """The password of the application's database role in installation ``tag``: 43 URL-safe characters."""
        return self.app_passwords(tag)[0]

    def app_passwords(self, tag: str) -> tuple[str, ...]:
        """The same under each key, the current first; a former one lets a rotation log in once more."""
        return tuple(_url_safe(key.derive(f"app-password/{tag}")) for key in self.keys)

    def wrap_data_key(self, data_key: bytes, *, tag: str, slug: str) -> bytes:
        """A district's data key as the registry keeps it: key id, then the key sealed for this district.

        ``tag`` names the installation, so a wrapped key copied to another one does not open there.
        """
        header = bytes.fromhex(self.key_id)
        return header + seal_bytes(self.current.derive("wrap"), data_key, bound=header + _place(tag, slug))

    def unwrap_data_key(self, wrapped: bytes, *, tag: str, slug: str) -> bytes:
        """The data key inside.

        Raises:
            MasterKeyWrong: It was wrapped under a key that this ring does not hold.
            SealBroken: It was altered, or belongs to another district or installation.
        """
        header = wrapped[:_ID_BYTES]
        if len(header) < _ID_BYTES:
            raise SealBroken("The wrapped key is too short.")
        for key in self.keys:
            if key.id == header.hex():
                bound = header + _place(tag, slug)
                return open_bytes(key.derive("wrap"), wrapped[_ID_BYTES:], bound=bound)
        raise MasterKeyWrong(wanted=header.hex(), held=self._ids)

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a data key is wrapped under the current master key."""
        return wrapped[:_ID_BYTES].hex() == self.key_id

    def rewrap(self, wrapped: bytes, *, tag: str, slug: str) -> bytes:
        """The same data key under the current master key; what is current already comes back unchanged.

        Raises:
            MasterKeyWrong, SealBroken: As ``unwrap_data_key``.
        """
        data_key = self.unwrap_data_key(wrapped, tag=tag, slug=slug)
        if self.is_current(wrapped):
            return wrapped
        return self.wrap_data_key(data_key, tag=tag, slug=slug)

    @property
    def _ids(self) -> tuple[str, ...]:
        return tuple(key.id for key in self.keys)


def _place(tag: str, slug: str) -> bytes:
    # Slugs and tags hold no blank, so no two pairs give the same bytes.
    return f"data-key {tag} {slug}".encode()


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
