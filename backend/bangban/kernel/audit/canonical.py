"""The bytes that an audit entry is hashed as, and the digest of a seal. ``docs/audit.md`` defines both.

Every field is a netstring (length, colon, bytes, comma) and an absent one is a single ``-``, so no text can
be moved across a field's boundary without changing the bytes. Nothing here depends on the database's own
representation: a second implementation needs SHA-256 and this page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ENTRY: Final = "bangban-audit-entry/1"
_SEAL: Final = "bangban-audit-seal/1"
_GENESIS: Final = "bangban-audit-genesis/1"


class Entry(NamedTuple):
    """One row of the trail as read: ``at`` in microseconds since 1970 UTC, ``details`` as JSON text."""

    seq: int
    id: str
    at: int
    actor: str
    action: str
    object: str
    area_id: str | None
    request_id: str | None
    details: str | None


class SealHead(NamedTuple):
    """What a seal says of itself; ``at`` in microseconds since 1970 UTC."""

    number: int
    first_seq: int
    last_seq: int
    entries: int
    at: int


class _Number:
    """A JSON number, kept as it was written: 1, 1.0 and 1.00 are three different details."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def microseconds(at: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware time, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(at: int) -> datetime:
    """The time, in UTC, that ``microseconds`` made a number of."""
    return _EPOCH + at * _MICROSECOND


def canonical_json(text: str) -> str:
    """JSON text with keys sorted by code point, no blanks, nothing escaped that need not be.

    Numbers stay as they were written. Raises ValueError where ``text`` is not JSON.
    """
    if text == "{}":
        return text
    return _written(json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number))


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_written(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return value.text if isinstance(value, _Number) else _text(value)


def _text(value: str | bool | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _netstring(text: str | None) -> bytes:
    if text is None:
        return b"-"
    raw = text.encode()
    return b"%d:%b," % (len(raw), raw)


def canonical(entry: Entry) -> bytes:
    """The entry's bytes: every column, in the order of ``Entry``. Equal only for equal entries."""
    fields = (
        _ENTRY,
        str(entry.seq),
        entry.id,
        str(entry.at),
        entry.actor,
        entry.action,
        entry.object,
        entry.area_id,
        entry.request_id,
        None if entry.details is None else canonical_json(entry.details),
    )
    return b"".join(map(_netstring, fields))


def genesis(slug: str) -> bytes:
    """What the first seal of a district is chained to: one district's chain never fits another's."""
    return hashlib.sha256(_netstring(_GENESIS) + _netstring(slug)).digest()


class SealDigest:
    """The digest of one seal, fed with its entries in the order of their numbers; holds none of them."""

    __slots__ = ("_hash",)

    def __init__(self, previous: bytes, head: SealHead) -> None:
        self._hash = hashlib.sha256(_netstring(_SEAL) + _netstring(previous.hex()))
        for number in head:
            self._hash.update(_netstring(str(number)))

    def feed(self, entries: Iterable[bytes]) -> None:
        """Take the canonical bytes of the next entries."""
        for raw in entries:
            self._hash.update(b"%d:" % len(raw))
            self._hash.update(raw)
            self._hash.update(b",")

    def digest(self) -> bytes:
        """32 bytes."""
        return self._hash.digest()
