"""Operations over a WebSocket: run through the same edge as over HTTP, for the caller whom it was opened for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from graphql import GraphQLError
from starlette.websockets import WebSocket
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from bangban.kernel.access.principals import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.sharing import SharedData
from bangban.kernel.problems import NotAuthenticated, Problem
from bangban.web.auth import Caller, authenticate
from bangban.web.budgets import Purse, client_of
from bangban.web.errors import problem_entry
from bangban.web.operations import Operations
from bangban.web.requests import Answer, request_of
from bangban.web.services import AppServices


class _Formatted(GraphQLError):  # noqa: N818 - an error that was already put into words
    """An error that is already as the client shall see it."""

    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__(entry["message"])
        self.entry = entry

    @property
    def formatted(self) -> Any:
        return self.entry


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer that is JSON text already; it stands where the handler wants its data."""

    text: str


@dataclass
class Connection:
    """What one WebSocket carries from ``connection_init`` on."""

    websocket: WebSocket
    language: str
    connection_params: Mapping[str, Any]
    caller: Caller | None = None
    ticket: bytes | None = None
    authorization: str | None = None
    leave: Callable[[], None] = lambda: None  # through the door it came in by


class Runner:
    """What the handler takes for the schema: runs operations through the same edge as HTTP."""

    def __init__(self, services: AppServices, operations: Operations) -> None:
        self._services = services
        self._operations = operations

    async def stream(
        self,
        query: str | None,
        *,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,  # noqa: ARG002 - the handler's signature
        operation_name: str | None = None,
    ) -> AsyncGenerator[ExecutionResult | PreExecutionError, None]:
        """The results of one operation, as the handler wants them."""
        raw = {"query": query, "variables": variable_values, "operationName": operation_name}
        return self._results(raw, self._context(context_value))

    async def _answers(self, raw: dict[str, Any], context: Context) -> AsyncIterator[Answer]:
        try:
            request = request_of(raw)
        except Problem as problem:
            yield Answer({"errors": [problem_entry(problem, context.language)]}, ran=False)
            return
        async with aclosing(self._operations.stream(request, context)) as answers:
            async for answer in answers:
                yield answer

    async def _results(
        self, raw: dict[str, Any], context: Context
    ) -> AsyncGenerator[ExecutionResult | PreExecutionError, None]:
        async for answer in self._answers(raw, context):
            errors: Any = [_Formatted(entry) for entry in answer.body.get("errors", [])]
            if not answer.ran:
                yield PreExecutionError(data=None, errors=errors)
                return
            finished = _finished(answer)
            yield ExecutionResult(data=finished or answer.body.get("data"), errors=errors or None)

    def _context(self, connection: Connection) -> Context:
        caller = connection.caller
        if caller is None:
            raise NotAuthenticated

        async def renew() -> Principal:
            again = await authenticate(
                self._services,
                authorization=connection.authorization,
                district_header=caller.district.slug if caller.district else None,
                host=None,
            )
            return again.principal

        purse = Purse(
            self._services.budgets,
            caller.district.slug if caller.district else None,
            caller.principal,
            client_of(connection.websocket.scope),
        )
        return Context(
            services=self._services,
            paying=purse.pay,
            principal=caller.principal,
            district=caller.district,
            request_id=uuid4().hex,
            language=connection.language,
            now=datetime.now(UTC),
            ticket=connection.ticket,
            address=purse.address,
            expires_at=caller.claims.expires_at if caller.claims else None,
            renewing=renew,
        )


def _finished(answer: Answer) -> Any:
    """The answer where it is text already: passed through, or made for many subscribers at once."""
    if answer.raw is not None:
        return Finished(answer.raw.decode())
    data = answer.body.get("data")
    return Finished(data.raw) if isinstance(data, SharedData) and "errors" not in answer.body else None
