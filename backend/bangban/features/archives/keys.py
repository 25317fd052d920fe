"""Keys of archives: a random key for each, locked with a passphrase, or a district's own for its backups.

An archive leaves the installation, so nothing of the installation's keys is in it: personal values are sealed anew
under the archive's key, each for its own column and row, and the key itself is sealed under what scrypt makes of
the passphrase. The manifest carries a keyed hash, so whoever alters anything without the key is found out.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from bangban.features.archives.problems import ArchiveAltered, PassphraseWeak, PassphraseWrong
from bangban.kernel.vault.aead import RepeatableSeal, derive_key, open_bytes, seal_bytes
from bangban.kernel.vault.problems import SealBroken

KEY_BYTES: Final = 32
LEAST: Final = 12
"""Characters of a passphrase."""

_DIFFERENT: Final = 6
_BOUND: Final = b"bangban-archive-key/1"
# OWASP's parameters with 32 MiB: a guess costs some 0.2 s of one core.
_N, _R, _P = 2**15, 8, 3
_MOST_MEMORY: Final = 256 * 1024 * 1024


class Lock(BaseModel):
    """How an archive's key is kept in its manifest. Bytes are in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kdf: str = Field(pattern="^scrypt$")
    n: int = Field(ge=2, le=2**20)
    r: int = Field(ge=1, le=32)
    p: int = Field(ge=1, le=16)
    salt: str = Field(max_length=128)
    sealed: str = Field(max_length=256)


class ArchiveKey:
    """Seals an archive's personal values, its files and its manifest."""

    __slots__ = ("_file_secret", "_mac_key", "_seal", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._seal = RepeatableSeal(derive_key(secret, purpose="archive/values"))
        self._mac_key = derive_key(secret, purpose="archive/manifest")
        self._file_secret = derive_key(secret, purpose="archive/files")

    @classmethod
    def fresh(cls) -> ArchiveKey:
        """A new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def seal(self, text: str, *, place: str) -> str:
        """``text`` sealed for one column of one row, in base64; the same whenever it is sealed again."""
        return base64.b64encode(self._seal.seal(text.encode(), bound=place.encode())).decode()

    def open(self, sealed: str, *, place: str) -> str:
        """What was sealed. Raises ArchiveAltered."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._seal.open(raw, bound=place.encode()).decode()
        except (SealBroken, ValueError):
            raise ArchiveAltered(
                "a sealed value does not open in its place", "有加密值在其位置无法解开"
            ) from None

    def file_key(self, salt: bytes) -> bytes:
        """The key of the file that carries this salt."""
        return derive_key(self._file_secret, purpose=f"archive/file/{salt.hex()}")

    def mac(self, manifest: bytes) -> str:
        """The keyed hash of a manifest, in hexadecimal digits."""
        return hmac.digest(self._mac_key, manifest, "sha256").hex()

    def __repr__(self) -> str:
        return "ArchiveKey()"


def checked_passphrase(passphrase: str) -> str:
    """The passphrase; raises PassphraseWeak."""
    if len(passphrase) < LEAST or len(set(passphrase)) < _DIFFERENT:
        raise PassphraseWeak(LEAST)
    return passphrase


def lock(key: ArchiveKey, passphrase: str) -> Lock:
    """``key`` locked with a passphrase. Takes some 0.2 s. Raises PassphraseWeak."""
    salt = secrets.token_bytes(16)
    opener = _derive(checked_passphrase(passphrase), salt, _N, _R, _P)
    sealed = seal_bytes(opener, key.secret, bound=_BOUND)
    return Lock(kdf="scrypt", n=_N, r=_R, p=_P, salt=_text(salt), sealed=_text(sealed))


def unlock(locked: Lock, passphrase: str) -> ArchiveKey:
    """The key behind a lock. Raises PassphraseWrong, also where the lock asks for more than is bearable."""
    if 128 * locked.n * locked.r > _MOST_MEMORY:
        raise PassphraseWrong
    try:
        salt = base64.b64decode(locked.salt, validate=True)
        opener = _derive(passphrase, salt, locked.n, locked.r, locked.p)
        sealed = base64.b64decode(locked.sealed, validate=True)
        return ArchiveKey(open_bytes(opener, sealed, bound=_BOUND))
    except (SealBroken, ValueError):
        raise PassphraseWrong from None


def backup_key(data_key: bytes) -> ArchiveKey:
    """The key of a district's backups at home, which follows from its data key."""
    return ArchiveKey(derive_key(data_key, purpose="backup"))


def _derive(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.encode())


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
