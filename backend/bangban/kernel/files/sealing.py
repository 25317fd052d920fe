"""Files sealed in chunks, so that neither sealing nor opening one ever holds it whole.

The chunks of one file follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015): each is
sealed under the file's own key with its place and whether it is the last one, so none can be altered, left out,
moved, or taken over from another file. A chunk opens by itself, so any part of a file can be read.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bangban.kernel.vault.problems import SealBroken

CHUNK: Final = 64 * 1024
"""Bytes of a file in each sealed chunk but the last."""

_MARK: Final = b"BBF1"  # the form of the file; another algorithm is another mark
_SALT_BYTES: Final = 16
HEADER_BYTES: Final = len(_MARK) + _SALT_BYTES
_TAG_BYTES: Final = 16
_SEALED_CHUNK: Final = CHUNK + _TAG_BYTES

KeyOf = Callable[[bytes], bytes]
"""The key of the file with this salt, of 32 bytes. The salt is random, so no two files have one key."""


def sealed_size(size: int) -> int:
    """How many bytes a file of ``size`` bytes takes once it is sealed."""
    return HEADER_BYTES + size + chunks_of(size) * _TAG_BYTES


def chunks_of(size: int) -> int:
    """How many chunks a file has; an empty one has one."""
    return max(1, -(-size // CHUNK))


def place_of(chunk: int, size: int) -> tuple[int, int]:
    """From which byte of the sealed file to which the chunk stands, in a file of ``size`` bytes."""
    start = HEADER_BYTES + chunk * _SEALED_CHUNK
    return start, min(start + _SEALED_CHUNK, sealed_size(size))


async def sealed(parts: AsyncIterable[bytes], *, key_of: KeyOf, name: str) -> AsyncIterator[bytes]:
    """``parts`` sealed for the object called ``name``: the header, then chunk after chunk."""
    header = _MARK + secrets.token_bytes(_SALT_BYTES)
    opener = Opener(header, key_of=key_of, name=name)
    yield header
    waiting = bytearray()
    chunk = 0
    async for part in parts:
        waiting += part
        while len(waiting) > CHUNK:  # what may be the last one waits
            yield opener.seal(chunk, bytes(waiting[:CHUNK]), last=False)
            del waiting[:CHUNK]
            chunk += 1
    yield opener.seal(chunk, bytes(waiting), last=True)


async def opened(
    take: Callable[[int], Awaitable[bytes]], *, size: int, key_of: KeyOf, name: str
) -> AsyncIterator[bytes]:
    """What ``sealed`` gave, in the clear again. ``take`` gives its next so many bytes; ``size`` is in the clear.

    Raises SealBroken before it gives anything of a chunk that was altered, moved or taken from elsewhere.
    """
    opener = Opener(await take(HEADER_BYTES), key_of=key_of, name=name)
    last = chunks_of(size) - 1
    for chunk in range(last + 1):
        start, end = place_of(chunk, size)
        yield opener.open(chunk, await take(end - start), last=chunk == last)


class Opener:
    """Seals and opens the chunks of one file. Raises SealBroken for a header that is none."""

    __slots__ = ("_bound", "_cipher")

    def __init__(self, header: bytes, *, key_of: KeyOf, name: str) -> None:
        if len(header) != HEADER_BYTES or not header.startswith(_MARK):
            raise SealBroken("The file does not begin as a sealed one does.")
        self._cipher = AESGCM(key_of(header[len(_MARK) :]))
        self._bound = header + name.encode()

    def seal(self, chunk: int, plain: bytes, *, last: bool) -> bytes:
        """One chunk sealed for its place."""
        return self._cipher.encrypt(_nonce(chunk, last=last), plain, self._bound)

    def open(self, chunk: int, raw: bytes, *, last: bool) -> bytes:
        """One chunk in the clear. Raises SealBroken."""
        try:
            return self._cipher.decrypt(_nonce(chunk, last=last), raw, self._bound)
        except InvalidTag:
            raise SealBroken("A chunk of the file does not open in its place.") from None


def _nonce(chunk: int, *, last: bool) -> bytes:
    return chunk.to_bytes(11, "big") + bytes([last])
