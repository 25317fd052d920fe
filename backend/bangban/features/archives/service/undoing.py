"""Files of imports that came to nothing: the database takes its rows back by itself, a store does not.

Whoever imports notes it in the store before the first file is put, and holds the district's lock until the commit.
So what was noted, is under way no more and gave no district is deleted: right after a failure, by the next import,
or by the next sweep of any process that may administer.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.files.store import FileStore
from bangban.kernel.problems import Unavailable

_IMPORTS: Final = 0x62616E67_00000000  # the space of keys of advisory locks


def _lock_of(slug: str) -> int:
    return _IMPORTS | zlib.crc32(slug.encode())


async def begin_files(driver: asyncpg.Connection, files: FileStore, slug: str) -> None:
    """Note that files come for a district which the caller's transaction makes, and hold its lock until the end."""
    await driver.execute("SELECT pg_advisory_xact_lock($1)", _lock_of(slug))
    await files.note_import(slug)


async def undo_imports(admin: Endpoint, files: FileStore) -> None:
    """Delete the files of every import that came to nothing. Raises Unavailable, OSError, asyncpg.PostgresError."""
    for slug in await files.noted_imports():
        connection = await admin.connect()
        try:
            async with connection.transaction():
                if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _lock_of(slug)):
                    continue  # under way
                if not await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM platform.district WHERE slug = $1)", slug
                ):
                    await files.delete_all(slug)
                await files.forget_import(slug)
        finally:
            await connection.close()


@asynccontextmanager
async def all_or_no_files(admin: Endpoint, files: FileStore) -> AsyncIterator[None]:
    """Whatever an import inside the block puts is there after a commit, and gone otherwise."""
    await undo_imports(admin, files)
    try:
        yield
    finally:
        with suppress(Unavailable, OSError, asyncpg.PostgresError):  # the next one tries again
            await undo_imports(admin, files)
