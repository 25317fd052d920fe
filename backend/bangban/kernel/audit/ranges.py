"""Reading the trail by ranges. Each statement gives JSON text, the same to who seals and to who verifies.

Placeholders are PostgreSQL's own, so the reader's pool and a write session run the very same text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, NamedTuple

from bangban.kernel.audit.canonical import Entry, SealHead
from bangban.kernel.database.base import PLATFORM_SCHEMA
from bangban.kernel.tenancy.names import quoted

# Below every number that an entry can have: one put in before the first is read as well.
BEFORE_ALL: Final = -(2**63)

# An infinite time has no number of microseconds; whatever it was before, 0 is something else.
_MICROSECONDS = "CASE WHEN isfinite({0}) THEN (extract(epoch FROM {0}) * 1000000)::bigint ELSE 0 END"


class Seal(NamedTuple):
    """A seal as stored."""

    head: SealHead
    digest: bytes


@dataclass(frozen=True)
class Tail:
    """What no seal covers yet. ``oldest`` in microseconds since 1970 UTC."""

    entries: int
    first_seq: int | None
    last_seq: int | None
    oldest: int | None


@dataclass(frozen=True)
class Ranges:
    """The statements over the trail of one district or of the platform. ``schema`` is an identifier of ours."""

    schema: str

    @property
    def _entry(self) -> str:
        return f"{quoted(self.schema)}.audit_entry"

    @property
    def _seal(self) -> str:
        return f"{quoted(self.schema)}.audit_seal"

    @property
    def _area(self) -> str:
        return "NULL" if self.schema == PLATFORM_SCHEMA else "area_id"  # the platform has no areas

    @property
    def entries(self) -> str:
        """$1 < seq ≤ $2, about $3 of them: ties are kept, should somebody have removed the primary key."""
        at = _MICROSECONDS.format("at")
        return f"""
            SELECT coalesce(json_agg(json_build_array(seq, id, {at}, actor, action, object, area_id,
                                                      request_id, details::text) ORDER BY seq), '[]')::text
            FROM (SELECT seq, id, at, actor, action, object, {self._area} AS area_id, request_id, details
                  FROM {self._entry} WHERE seq > $1 AND seq <= $2
                  ORDER BY seq FETCH FIRST $3 ROWS WITH TIES) AS page
        """  # noqa: S608 - identifiers of ours, data is bound

    @property
    def seals(self) -> str:
        """Seals with a number above $1, about $2 of them."""
        at = _MICROSECONDS.format("sealed_at")
        return f"""
            SELECT coalesce(json_agg(json_build_array(number, first_seq, last_seq, entries, {at},
                                                      encode(digest, 'hex')) ORDER BY number), '[]')::text
            FROM (SELECT number, first_seq, last_seq, entries, sealed_at, digest
                  FROM {self._seal} WHERE number > $1
                  ORDER BY number FETCH FIRST $2 ROWS WITH TIES) AS page
        """  # noqa: S608 - identifiers of ours, data is bound

    @property
    def last_seal(self) -> str:
        """The seal with the highest number, as a list of one or none."""
        at = _MICROSECONDS.format("sealed_at")
        return f"""
            SELECT coalesce(json_agg(json_build_array(number, first_seq, last_seq, entries, {at},
                                                      encode(digest, 'hex'))), '[]')::text
            FROM (SELECT number, first_seq, last_seq, entries, sealed_at, digest
                  FROM {self._seal} ORDER BY number DESC LIMIT 1) AS page
        """  # noqa: S608 - identifiers of ours

    @property
    def span(self) -> str:
        """How many of at most $3 entries with $1 < seq ≤ $2 there are, and the last one's number."""
        return f"""
            SELECT json_build_array(count(*), max(seq))::text
            FROM (SELECT seq FROM {self._entry} WHERE seq > $1 AND seq <= $2
                  ORDER BY seq LIMIT $3) AS page
        """  # noqa: S608 - identifiers of ours, data is bound

    @property
    def horizon(self) -> str:
        """The highest number that can be seen."""
        return f"SELECT coalesce(max(seq), 0) FROM {self._entry}"  # noqa: S608 - identifiers of ours

    @property
    def tail(self) -> str:
        """What lies beyond the number $1: a bound value, which the planner sees and takes the index for."""
        oldest = _MICROSECONDS.format("min(at)")
        return f"""
            SELECT json_build_array(count(*), min(seq), max(seq), {oldest})::text
            FROM {self._entry} WHERE seq > $1
        """  # noqa: S608 - identifiers of ours, data is bound

    @property
    def unsealed(self) -> str:
        """Whether there is anything to seal: two ends of two indexes, however long the trail."""
        return f"""
            SELECT to_json(coalesce((SELECT max(seq) FROM {self._entry}), 0)
                > coalesce((SELECT last_seq FROM {self._seal} ORDER BY number DESC LIMIT 1), 0))::text
        """  # noqa: S608 - identifiers of ours


def entries_in(page: str | bytes) -> list[Entry]:
    """The entries of a page that ``Ranges.entries`` made."""
    return [Entry(*fields) for fields in json.loads(page)]


def seals_in(page: str | bytes) -> list[Seal]:
    """The seals of a page that ``Ranges.seals`` or ``Ranges.last_seal`` made."""
    return [Seal(SealHead(*fields[:5]), bytes.fromhex(fields[5] or "")) for fields in json.loads(page)]


def tail_in(page: str | bytes) -> Tail:
    """What ``Ranges.tail`` made."""
    entries, first, last, oldest = json.loads(page)
    return Tail(entries=entries, first_seq=first, last_seq=last, oldest=oldest if entries else None)
