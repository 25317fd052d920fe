"""One GraphQL operation, from text to answer, over HTTP and WebSocket alike.

Queries are planned: one statement for each side of the wall. Its bytes pass through as they are; what asks for
the schema itself is walked by graphql-core over the same JSON, and so is anything with ``walked`` set, by which
tests hold the two against each other. Mutations and subscriptions run in Strawberry. Whatever is refused is
refused before anything runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType, execute, execute_sync, subscribe

from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.finished import FinishingExecutor, as_bytes, as_objects
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.graphql.sharing import SharingExecutor
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.selection import Selected, touches_personal
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.names import Wall
from bangban.web.documents import ValidationFailed
from bangban.web.errors import execution_entry, internal_entry, invalid_entry, problem_entry
from bangban.web.preparing import Prepared, Preparing, on_platform
from bangban.web.requests import Answer, Request, SubscribeByWebSocket
from bangban.web.schema import core_schema
from bangban.web.through import Through
from bangban.web.trusted import require_trusted


class Operations:
    """Runs operations against the one schema of the process."""

    def __init__(self, *, introspection_for_anonymous: bool) -> None:
        self._schema = core_schema()
        self.preparing = Preparing(self._schema, introspection_for_anonymous=introspection_for_anonymous)
        self._through = Through(self.preparing)

    # ------------------------------------------------------------------ answering

    async def answer(self, request: Request, context: Context, *, only_queries: bool = False) -> Answer:
        """The answer to a query or a mutation. Never raises but for cancellation."""
        try:
            passed = None if request.walked else await self._through.answer(request, context)
            if passed is not None:
                return passed
            prepared = await self.preparing.prepare(request, context, only_queries=only_queries)
            result = await self._result(prepared, request, context)
        except Exception as error:  # noqa: BLE001 - the edge: whatever is no refusal becomes INTERNAL
            return self._refused(error, context)
        return self._answer(result, context, cost=prepared.cost)

    async def _result(self, prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
        if prepared.known.kind is OperationType.QUERY:
            return await self._query(prepared, request, context)
        if prepared.known.kind is OperationType.MUTATION:
            return await self._mutation(prepared, request, context)
        raise SubscribeByWebSocket(fields=("query",))

    async def stream(self, request: Request, context: Context) -> AsyncGenerator[Answer, None]:
        """The answers of a subscription, or the one of anything else. Ends with the first refusal."""
        try:
            await context.renew()  # a connection may outlive its token
            await require_trusted(request, context)
            passed = await self._through.answer(request, context)
            if passed is not None:
                yield passed
                return
            prepared = await self.preparing.prepare(request, context)
            if prepared.known.kind is not OperationType.SUBSCRIPTION:
                yield self._answer(await self._result(prepared, request, context), context)
                return
            source = await self._subscription(prepared, request, context)
            if isinstance(source, ExecutionResult):
                yield Answer(self._formatted(source, context), ran=False)
                return
            async with aclosing(source):
                async for result in source:
                    yield Answer(self._formatted(result, context))
        except Exception as error:  # noqa: BLE001 - the edge: whatever is no refusal becomes INTERNAL
            yield self._refused(error, context)

    def _answer(self, result: ExecutionResult, context: Context, *, cost: int | None = None) -> Answer:
        if result.data and not result.errors:
            raw = as_bytes(result.data)
            if raw is not None:
                return Answer({}, raw=raw, cost=cost)
        return Answer(self._formatted(result, context), cost=cost)

    def _formatted(self, result: ExecutionResult, context: Context) -> dict[str, Any]:
        body: dict[str, Any] = {"data": as_objects(result.data)}
        if result.errors:
            body["errors"] = [
                execution_entry(error, context.language, context.request_id) for error in result.errors
            ]
        return body

    def _refused(self, error: Exception, context: Context) -> Answer:
        if isinstance(error, Problem):
            entries = [problem_entry(error, context.language)]
        elif isinstance(error, ValidationFailed):
            entries = [invalid_entry(each, context.language) for each in error.errors]
        elif isinstance(error, GraphQLError):
            entries = [execution_entry(error, context.language, context.request_id)]
        else:
            entries = [internal_entry(error, context.language, context.request_id)]
        return Answer({"errors": entries}, ran=False, refusal=error)

    # ------------------------------------------------------------------ queries

    async def _query(self, prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
        data = await self._data(prepared, context)
        return execute_sync(
            self._schema,
            prepared.known.document.node,
            root_value=data,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )

    async def _data(self, prepared: Prepared, context: Context) -> dict[str, Any]:
        """The JSON of all planned root fields: one statement for each side of the wall that is asked."""
        planned = tuple(each for each in prepared.tree if each.declared is not None)
        if not planned:
            return {}
        facts = await context.facts()
        platform = tuple(each for each in planned if on_platform(each, context))
        district = tuple(each for each in planned if not on_platform(each, context))
        if context.auditing and touches_personal(planned):
            await record_reading(context, [each.name for each in planned])
        parts = await asyncio.gather(
            self._platform_part(platform, facts, context), self._district_part(district, facts, context)
        )
        return {**parts[0], **parts[1]}

    async def _platform_part(
        self, tree: tuple[Selected, ...], facts: Facts, context: Context
    ) -> dict[str, Any]:
        if not tree:
            return {}
        services = context.services
        ready = services.planner.operation(tree, facts, platform=True)
        found = await context.reader.platform(ready.statement.sql, ready.arguments)
        return dict(json.loads(ready.statement.passed(found)))

    async def _district_part(
        self, tree: tuple[Selected, ...], facts: Facts, context: Context
    ) -> dict[str, Any]:
        if not tree:
            return {}
        district, services = context.get_district(), context.services
        ready = services.planner.operation(tree, facts, audit=context.auditing)
        wall = Wall.AUDIT if context.auditing else Wall.READ
        found = await context.reader.district(
            district.slug, wall, ready.sql(district.schema), ready.arguments
        )
        return dict(json.loads(ready.statement.passed(found)))

    # ------------------------------------------------------------------ mutations and subscriptions

    async def _mutation(self, prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
        if context.idempotency_key is not None:
            context.body_hash = request.digest
        context.selected = prepared.tree
        result = execute(
            self._schema,
            prepared.known.document.node,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
            executor_class=FinishingExecutor,
        )
        return result if isinstance(result, ExecutionResult) else await result

    async def _subscription(
        self, prepared: Prepared, request: Request, context: Context
    ) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
        source: Any = subscribe(
            self._schema,
            prepared.known.document.node,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
            executor_class=SharingExecutor,
        )
        ready: AsyncGenerator[ExecutionResult, None] | ExecutionResult = (
            await source if hasattr(source, "__await__") else source
        )
        return ready
