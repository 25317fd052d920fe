"""One request's transaction on asyncpg, and its DataLoaders over hand-written SQL."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from benchmarks.peers.tokens import Caller
from strawberry.dataloader import DataLoader

AREA = "SELECT id, code, name, full_name, level, kind, parent_id FROM {s}.area"
SERVICE = (
    "SELECT id, code, name, version, kind, audience, case_type, promised_working_days, legal_working_days,"
    " max_trips, fee_amount, fee_basis, channels, handled_at, department FROM {s}.service_item"
)
STAFF = "SELECT id, name FROM {s}.staff"
_MATERIALS = (
    "SELECT case_id, code, name, state, required, tolerable, reason FROM {s}.case_material"
    " WHERE case_id = ANY($1) ORDER BY position, code"
)
_EVENTS = (
    "SELECT case_id, at, kind, from_state, to_state, actor, note FROM {s}.case_event"
    " WHERE case_id = ANY($1) ORDER BY id"
)
_RATINGS = "SELECT case_id, grade, comment, rated_at FROM {s}.rating WHERE case_id = ANY($1)"


@lru_cache(maxsize=4096)
def _in(schema: str, sql: str) -> str:
    return sql.replace("{s}", f'"{schema}"')


class Unit:
    """A connection with the caller's role in one transaction, taken when it is first needed."""

    def __init__(self, pool: asyncpg.Pool, caller: Caller) -> None:
        self._pool, self.caller = pool, caller
        self._lock = asyncio.Lock()
        self._connection: Any = None
        self.areas = DataLoader(load_fn=self._by_id(AREA))
        self.services = DataLoader(load_fn=self._by_id(SERVICE))
        self.staff = DataLoader(load_fn=self._by_id(STAFF))
        self.materials = DataLoader(load_fn=self._by_case(_MATERIALS))
        self.events = DataLoader(load_fn=self._by_case(_EVENTS))
        self.ratings = DataLoader(load_fn=self._by_case(_RATINGS))

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[Any]:
        """Rows of a statement, with ``{s}`` for the district's schema."""
        async with self._lock:
            if self._connection is None:
                self._connection = await self._pool.acquire()
                await self._connection.execute(f'BEGIN READ ONLY; SET LOCAL ROLE "{self.caller.role}"')
            rows: Sequence[Any] = await self._connection.fetch(_in(self.caller.schema, sql), *arguments)
            return rows

    async def close(self, *, failed: bool) -> None:
        """End the transaction, and give the connection back."""
        if self._connection is not None:
            try:
                await self._connection.execute("ROLLBACK" if failed else "COMMIT")
            finally:
                await self._pool.release(self._connection)

    def _by_id(self, sql: str) -> Any:
        async def load(keys: list[Any]) -> list[Any]:
            found = {row["id"]: row for row in await self.fetch(f"{sql} WHERE id = ANY($1)", keys)}
            return [found.get(key) for key in keys]

        return load

    def _by_case(self, sql: str) -> Any:
        async def load(keys: list[Any]) -> list[list[Any]]:
            found: dict[Any, list[Any]] = defaultdict(list)
            for row in await self.fetch(sql, keys):
                found[row["case_id"]].append(row)
            return [found[key] for key in keys]

        return load
