"""Data keys of districts: making them, and wrapping a whole registry anew after a rotation."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from bangban.kernel.vault.keyring import KeyRing

DATA_KEY_BYTES = 32


def new_data_key() -> bytes:
    """A fresh data key of 32 random bytes."""
    return secrets.token_bytes(DATA_KEY_BYTES)


def rewrap_data_keys(
    ring: KeyRing, wrapped_keys: Iterable[tuple[str, bytes]], *, tag: str
) -> Iterator[tuple[str, bytes]]:
    """For each ``(slug, wrapped)`` not yet under the current master key, the slug and the new wrapping.

    Current ones are opened too, so that finishing without an error proves every district's key readable.

    Raises:
        MasterKeyWrong, SealBroken: A district's key does not open; those before it have been given out.
    """
    for slug, wrapped in wrapped_keys:
        rewrapped = ring.rewrap(wrapped, tag=tag, slug=slug)
        if rewrapped != wrapped:
            yield slug, rewrapped
