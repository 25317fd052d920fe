"""GraphQL over WebSocket, the graphql-transport-ws protocol. Strawberry speaks it; the edge decides.

Browsers cannot set headers on a WebSocket, so ``connection_init`` carries ``authorization`` and ``district``.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from graphql import GraphQLError
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from bangban.features.districts.writing import ticket_hash_of
from bangban.kernel.access.grants import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.sharing import SharedData
from bangban.kernel.problems import NotAuthenticated, Problem
from bangban.web.admission import TooManyConnections
from bangban.web.auth import Caller, authenticate, bearer_token
from bangban.web.budgets import Purse, client_of
from bangban.web.cors import may_call
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.limits import TooLarge
from bangban.web.negotiation import language_of
from bangban.web.operations import Operations
from bangban.web.requests import Answer, request_of
from bangban.web.services import AppServices
from bangban.web.texts import is_storable

_MOST_SUBSCRIPTIONS: Final = 50
_INIT_SECONDS: Final = 10
_LONGEST_ID: Final = 100


class _Formatted(GraphQLError):  # noqa: N818 - an error that was already put into words
    """An error that is already as the client shall see it."""

    def __init__(self, entry: dict[str, Any]) -> None:
        super().__init__(entry["message"])
        self.entry = entry

    @property
    def formatted(self) -> Any:
        return self.entry


@dataclass(frozen=True, slots=True)
class _Finished:
    """An answer that is JSON text already; it stands where the handler wants its data."""

    text: str


@dataclass
class _Connection:
    """What one WebSocket carries from ``connection_init`` on."""

    websocket: WebSocket
    language: str
    connection_params: Mapping[str, Any]
    caller: Caller | None = None
    ticket: bytes | None = None
    authorization: str | None = None
    leave: Callable[[], None] = lambda: None  # through the door it came in by


def _is_message(message: dict[str, Any]) -> bool:
    known, payload = message.get("id", ""), message.get("payload")
    operation = message.get("type") == "subscribe"
    return (
        isinstance(known, str)
        and is_storable(known)
        and len(known) <= _LONGEST_ID
        and isinstance(payload, dict if operation else dict | None)
    )


class _Edge:
    """What the protocol's handler asks of Strawberry's view: who may connect, and how JSON is read and written."""

    def __init__(self, services: AppServices) -> None:
        self._services = services

    def decode_json(self, data: str) -> object:
        """A message, from the wire. Raises JSONDecodeError, which closes with 4400, for anything else."""
        try:
            message = json.loads(data)
        except RecursionError as deep:
            raise json.JSONDecodeError("nested too deeply", "", 0) from deep
        # The handler looks into messages without asking what they are.
        if not isinstance(message, dict) or not _is_message(message):
            raise json.JSONDecodeError("not a message", "", 0)
        return message

    def encode_json(self, data: object) -> str:
        """A message, for the wire."""
        if isinstance(data, dict) and data.get("type") == "next":
            answer = data["payload"]["data"]
            if isinstance(answer, _Finished):
                return f'{{"id":{json.dumps(data["id"])},"type":"next","payload":{answer.text}}}'
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    async def on_ws_connect(self, context: _Connection) -> Any:
        """Decide who connects; raises ConnectionRejectionError, which closes with 4403."""
        params = context.connection_params
        authorization, district = params.get("authorization"), params.get("district")
        if not all(each is None or isinstance(each, str) for each in (authorization, district)):
            raise ConnectionRejectionError
        headers = context.websocket.headers
        try:
            context.ticket = ticket_hash_of(bearer_token(authorization) or "")
            context.authorization = None if context.ticket else authorization
            async with self._services.fanout.arriving:
                context.caller = await authenticate(
                    self._services,
                    authorization=context.authorization,
                    district_header=district,
                    host=headers.get("host"),
                )
        except Problem as problem:
            raise ConnectionRejectionError(problem_entry(problem, context.language)) from problem
        except Exception as error:
            entry = internal_entry(error, context.language, uuid4().hex)
            raise ConnectionRejectionError(entry) from error
        if not may_call(
            context.websocket, self._services.registry, context.caller.district, context.caller.principal
        ):
            raise ConnectionRejectionError
        self._count(context, context.caller)
        return {}

    def _count(self, context: _Connection, caller: Caller) -> None:
        """From here on the connection is its caller's; raises ConnectionRejectionError where that is one too many."""
        district = caller.district.slug if caller.district else ""
        whose = caller.principal.id or client_of(context.websocket.scope)
        context.leave()
        try:
            out = self._services.doors.enter(district, (district, whose))
        except Problem as problem:
            raise ConnectionRejectionError(problem_entry(problem, context.language)) from problem
        forget = self._services.sockets.enter(context.websocket, caller)

        def leave() -> None:
            forget()
            out()

        context.leave = leave


class _Runner:
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

    def _context(self, connection: _Connection) -> Context:
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
        return _Finished(answer.raw.decode())
    data = answer.body.get("data")
    return _Finished(data.raw) if isinstance(data, SharedData) and "errors" not in answer.body else None


class _Handler(BaseGraphQLTransportWSHandler[Any, Any]):
    """Strawberry's handler, with a refusal of ours where a connection asks for too much at once."""

    async def handle_subscribe(self, message: Any) -> None:
        if not self.connection_acknowledged or len(self.operations) < _MOST_SUBSCRIPTIONS:
            await super().handle_subscribe(message)
            return
        problem = TooLarge("operations at once", _MOST_SUBSCRIPTIONS)
        entry: Any = problem_entry(problem, self.context.language)
        await self.send_message({"id": message["id"], "type": "error", "payload": [entry]})


class SocketEndpoint:
    """``/graphql`` over WebSocket."""

    def __init__(self, services: AppServices, operations: Operations) -> None:
        self._services = services
        self._operations = operations

    async def __call__(self, websocket: WebSocket) -> None:
        if GRAPHQL_TRANSPORT_WS_PROTOCOL not in websocket.scope.get("subprotocols", []):
            await websocket.close(code=4406)
            return
        if not may_call(websocket, self._services.registry, None):
            await websocket.close(code=1008)
            return
        connection = _Connection(websocket, language_of(websocket.headers.get("accept-language")), {})
        try:
            # Until it says whose it is, it is its address's. It has ten seconds for that.
            connection.leave = self._services.doors.enter("", ("", client_of(websocket.scope)))
        except TooManyConnections:
            await websocket.close(code=1013)
            return
        try:
            await self._serve(websocket, connection)
        finally:
            connection.leave()

    async def _serve(self, websocket: WebSocket, connection: _Connection) -> None:
        await websocket.accept(subprotocol=GRAPHQL_TRANSPORT_WS_PROTOCOL)
        view: Any = _Edge(self._services)
        runner: Any = _Runner(self._services, self._operations)
        handler = _Handler(
            view=view,
            websocket=ASGIWebSocketAdapter(view, websocket, websocket),
            context=connection,
            root_value=None,
            schema=runner,
            connection_init_wait_timeout=timedelta(seconds=_INIT_SECONDS),
        )
        await handler.handle()
