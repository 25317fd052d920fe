"""Relay connections over an ORM statement."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import strawberry
from benchmarks.peers.strawberry_orm.loaders import Unit
from sqlalchemy import Select, func

T = TypeVar("T")
Info = strawberry.Info[Any, Any]


def unit(info: Info) -> Unit:
    """The request's session and loaders."""
    found: Unit = info.context["unit"]
    return found


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    node: T


@strawberry.type
class Connection(Generic[T]):
    """Its rows are read once, and only where somebody asks for them."""

    statement: strawberry.Private[Select[Any]]
    first: strawberry.Private[int]
    row_type: strawberry.Private[Any]
    rows: strawberry.Private[asyncio.Future[Sequence[Any]] | None] = None

    async def read(self, info: Info) -> Sequence[Any]:
        """The rows of the page, and one more."""
        if self.rows is None:
            asked = unit(info).scalars(self.statement.limit(self.first + 1))
            self.rows = asyncio.ensure_future(asked)
        return await self.rows

    @strawberry.field
    async def edges(self, info: Info) -> list[Edge[T]]:
        return [Edge(node=self.row_type.of(row)) for row in (await self.read(info))[: self.first]]

    @strawberry.field
    async def page_info(self, info: Info) -> PageInfo:
        rows = await self.read(info)
        shown = rows[: self.first]
        cursor = base64.b64encode(str(shown[-1].id).encode()).decode() if shown else None
        return PageInfo(has_next_page=len(rows) > self.first, end_cursor=cursor)

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        counted = self.statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
        return int(await unit(info).scalar(counted))
