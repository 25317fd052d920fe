"""One district's vault: personal data sealed for storage, hashed for look-up (DESIGN 7)."""

from __future__ import annotations

import hmac
from functools import lru_cache

from bangban.kernel.vault.aead import derive_key, open_bytes, seal_bytes
from bangban.kernel.vault.data_keys import DATA_KEY_BYTES
from bangban.kernel.vault.problems import SealBroken


class DistrictVault:
    """Seals and opens under one district's data key. Thread-safe; costs a few microseconds a value."""

    __slots__ = ("_file_secret", "_lookup_key", "_seal_key")

    def __init__(self, data_key: bytes) -> None:
        """Raises ``ValueError`` unless ``data_key`` has 32 bytes."""
        if len(data_key) != DATA_KEY_BYTES:
            raise ValueError(f"A data key has {DATA_KEY_BYTES} bytes.")
        self._seal_key = derive_key(data_key, purpose="seal")
        self._file_secret = derive_key(data_key, purpose="files")
        lookup_secret = derive_key(data_key, purpose="lookup")

        @lru_cache(maxsize=64)
        def lookup_key(purpose: str) -> bytes:
            return derive_key(lookup_secret, purpose=f"lookup/{purpose}")

        self._lookup_key = lookup_key

    def seal(self, text: str, *, context: str) -> bytes:
        """``text`` sealed for one place, such as ``case.applicant.phone``: version, nonce, ciphertext.

        Two seals of one text differ. Moved to another column or district, it does not open.
        """
        return seal_bytes(self._seal_key, text.encode(), bound=context.encode())

    def open(self, sealed: bytes, *, context: str) -> str:
        """The text that was sealed for ``context``.

        Raises:
            SealBroken: Another district's, another context's, or altered.
        """
        plain = open_bytes(self._seal_key, sealed, bound=context.encode())
        try:
            return plain.decode()
        except UnicodeDecodeError:
            raise SealBroken("The sealed bytes hold no text.") from None

    def lookup_hash(self, text: str, *, purpose: str) -> bytes:
        """A keyed hash of 32 bytes (HMAC-SHA256) to find equal texts by without storing them.

        Equal only for equal purposes within one district, so hashes cannot be matched across columns or
        districts. The caller normalises ``text`` first.
        """
        return hmac.digest(self._lookup_key(purpose), text.encode(), "sha256")

    def file_key(self, salt: bytes) -> bytes:
        """The key of 32 bytes of the file that carries this salt."""
        return derive_key(self._file_secret, purpose=f"file/{salt.hex()}")

    def __repr__(self) -> str:
        return "DistrictVault()"
