"""One structural change at a time in a district: what must not interleave takes the same latch first."""

from __future__ import annotations

import zlib

from sqlalchemy import BigInteger, func, literal, select

from bangban.kernel.tenancy.work import Work


async def take_latch(work: Work, what: str) -> None:
    """Wait until no other transaction of this district holds the latch ``what``; held until this one ends.

    An advisory lock rather than the root's row: an empty tree has none, and casework refers to that row.
    """
    key = (zlib.crc32(what.encode()) << 31) | (zlib.crc32(work.district.schema.encode()) >> 1)
    await work.db.execute(select(func.pg_advisory_xact_lock(literal(key, BigInteger))))
