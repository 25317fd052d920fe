"""One request's session and DataLoaders, as Strawberry's guide teaches them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.peers.strawberry_orm import models
from benchmarks.peers.tokens import Caller
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from strawberry.dataloader import DataLoader


class Unit:
    """One transaction in the caller's district, opened when it is first needed.

    A session serves one statement at a time, so loaders that fire together queue for it. Sessions of their own
    would each need a transaction and a role of their own, which costs more.
    """

    def __init__(self, engine: AsyncEngine, caller: Caller) -> None:
        self._engine, self.caller = engine, caller
        self._lock = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._session: AsyncSession | None = None
        self.areas = DataLoader(load_fn=self._by_id(models.Area))
        self.services = DataLoader(load_fn=self._by_id(models.ServiceItem))
        self.staff = DataLoader(load_fn=self._by_id(models.Staff))
        material, event = models.CaseMaterial, models.CaseEvent
        self.materials = DataLoader(
            load_fn=self._by_case(select(material).order_by(material.position, material.code))
        )
        self.events = DataLoader(load_fn=self._by_case(select(event).order_by(event.id)))
        self.ratings = DataLoader(load_fn=self._ratings)

    async def _open(self) -> AsyncSession:
        if self._session is None:
            connection = await self._engine.connect()
            self._connection = connection
            connection = await connection.execution_options(
                schema_translate_map={"tenant": self.caller.schema}
            )
            await connection.execute(text(f'SET LOCAL ROLE "{self.caller.role}"'))
            self._session = AsyncSession(bind=connection, expire_on_commit=False)
        return self._session

    async def scalars(self, statement: Select[Any]) -> Sequence[Any]:
        """Rows of an entity."""
        async with self._lock:
            return (await (await self._open()).scalars(statement)).all()

    async def scalar(self, statement: Select[Any]) -> Any:
        """One value."""
        async with self._lock:
            return await (await self._open()).scalar(statement)

    async def close(self) -> None:
        """Commit, and give the connection back."""
        if self._session is not None:
            await self._session.close()
        if self._connection is not None:
            await self._connection.commit()
            await self._connection.close()

    def _by_id(self, entity: Any) -> Any:
        async def load(keys: list[Any]) -> list[Any]:
            rows = await self.scalars(select(entity).where(entity.id.in_(keys)))
            found = {row.id: row for row in rows}
            return [found.get(key) for key in keys]

        return load

    def _by_case(self, statement: Select[Any]) -> Any:
        entity = statement.column_descriptions[0]["entity"]

        async def load(keys: list[Any]) -> list[list[Any]]:
            found: dict[Any, list[Any]] = defaultdict(list)
            for row in await self.scalars(statement.where(entity.case_id.in_(keys))):
                found[row.case_id].append(row)
            return [found[key] for key in keys]

        return load

    async def _ratings(self, keys: list[Any]) -> list[Any]:
        rows = await self.scalars(select(models.Rating).where(models.Rating.case_id.in_(keys)))
        found = {row.case_id: row for row in rows}
        return [found.get(key) for key in keys]
