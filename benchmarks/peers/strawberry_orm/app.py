"""Strawberry with SQLAlchemy's async ORM and DataLoaders: the same fields over the same tables, behind the same wall.

As its documentation teaches, with the caches of parsed and validated documents that it ships switched on. Tokens
are verified once and kept; one transaction for each request carries the district's role.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import strawberry
from benchmarks.peers.strawberry_orm import models
from benchmarks.peers.strawberry_orm.cases import Case
from benchmarks.peers.strawberry_orm.loaders import Unit
from benchmarks.peers.strawberry_orm.pages import Connection, Info, unit
from benchmarks.peers.strawberry_orm.types import Area, AuditEntry, ServiceItem
from benchmarks.peers.tokens import Callers
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, SchemaExtension, ValidationCache

from bangban.features.cases.enums import CaseOrder, CaseState


@strawberry.input
class CaseFilter:
    states: list[CaseState] | None = None


@strawberry.input
class AuditFilter:
    actor: str | None = None


@strawberry.type
class Query:
    @strawberry.field
    def cases(
        self,
        filter: CaseFilter | None = None,  # noqa: A002 - the contract's name
        order_by: CaseOrder = CaseOrder.NEWEST,
        first: int = 20,
    ) -> Connection[Case]:
        row = models.Case
        newest = order_by is CaseOrder.NEWEST
        keys = (row.submitted_at.desc(), row.id.desc()) if newest else (row.submitted_at, row.id)
        statement = select(row).order_by(*keys)
        if filter is not None and filter.states is not None:
            statement = statement.where(row.state.in_([each.value for each in filter.states]))
        return Connection(statement=statement, first=first, row_type=Case)

    @strawberry.field
    async def case(self, info: Info, number: str) -> Case | None:
        rows = await unit(info).scalars(select(models.Case).where(models.Case.number == number))
        return Case.of(rows[0]) if rows else None

    @strawberry.field
    def services(self, info: Info, first: int = 20) -> Connection[ServiceItem]:
        row, today = models.ServiceItem, date.fromisoformat(unit(info).caller.today)
        in_force = select(row).where(
            row.effective_from <= today, or_(row.effective_to.is_(None), row.effective_to > today)
        )
        return Connection(statement=in_force.order_by(row.code, row.id), first=first, row_type=ServiceItem)

    @strawberry.field
    async def area(self, info: Info, id: strawberry.ID) -> Area | None:  # noqa: A002 - the contract's name
        row = await unit(info).areas.load(UUID(id))
        return row and Area.of(row)

    @strawberry.field
    def audit_trail(
        self,
        filter: AuditFilter | None = None,  # noqa: A002 - the contract's name
        first: int = 20,
    ) -> Connection[AuditEntry]:
        row = models.AuditEntry
        statement = select(row).order_by(row.seq.desc())
        if filter is not None and filter.actor is not None:
            statement = statement.where(row.actor == filter.actor)
        return Connection(statement=statement, first=first, row_type=AuditEntry)


class OneTransaction(SchemaExtension):
    """Ends the request's transaction when its operation is over."""

    async def on_operation(self) -> AsyncIterator[None]:  # type: ignore[override]  # sync or async, says its guide
        yield
        await self.execution_context.context["unit"].close()


class App(GraphQL[dict[str, Any], None]):
    """Strawberry's own ASGI view."""

    def __init__(self) -> None:
        self._callers = Callers()
        url = self._callers.url.replace("postgresql://", "postgresql+asyncpg://")
        self._engine = create_async_engine(url, pool_size=self._callers.connections, max_overflow=0)
        super().__init__(
            strawberry.Schema(Query, extensions=[ParserCache, ValidationCache, OneTransaction]),
            graphql_ide=None,
        )

    async def get_context(self, request: Request, response: Any) -> dict[str, Any]:  # type: ignore[override]  # as its guide does
        caller = self._callers.caller(request.headers["authorization"])
        return {"request": request, "response": response, "unit": Unit(self._engine, caller)}


def create() -> Starlette:
    """The application, for uvicorn."""
    return Starlette(routes=[Route("/graphql", App())])
