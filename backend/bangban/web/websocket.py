"""GraphQL over WebSocket, the graphql-transport-ws protocol. Strawberry speaks it; the edge decides.

Browsers cannot set headers on a WebSocket, so ``connection_init`` carries ``authorization``, ``district`` and
``acceptLanguage``.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from bangban.features.districts.writing import ticket_hash_of
from bangban.kernel.problems import Problem
from bangban.web.admission import TooManyConnections
from bangban.web.auth import Caller, authenticate, bearer_token
from bangban.web.budgets import client_of
from bangban.web.cors import may_call
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.limits import TooLarge
from bangban.web.negotiation import language_of
from bangban.web.operations import Operations
from bangban.web.services import AppServices
from bangban.web.texts import is_storable
from bangban.web.websocket_runner import Connection, Finished, Runner

_MOST_SUBSCRIPTIONS: Final = 50
_INIT_SECONDS: Final = 10
_LONGEST_ID: Final = 100


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
            if isinstance(answer, Finished):
                return f'{{"id":{json.dumps(data["id"])},"type":"next","payload":{answer.text}}}'
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    async def on_ws_connect(self, context: Connection) -> Any:
        """Decide who connects; raises ConnectionRejectionError, which closes with 4403."""
        params = context.connection_params
        authorization, district = params.get("authorization"), params.get("district")
        accept_language = params.get("acceptLanguage")
        if not all(
            each is None or isinstance(each, str) for each in (authorization, district, accept_language)
        ):
            raise ConnectionRejectionError
        if accept_language is not None:  # chosen on the page; the header is the browser's own
            context.language = language_of(accept_language)
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

    def _count(self, context: Connection, caller: Caller) -> None:
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
        connection = Connection(websocket, language_of(websocket.headers.get("accept-language")), {})
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

    async def _serve(self, websocket: WebSocket, connection: Connection) -> None:
        await websocket.accept(subprotocol=GRAPHQL_TRANSPORT_WS_PROTOCOL)
        view: Any = _Edge(self._services)
        runner: Any = Runner(self._services, self._operations)
        handler = _Handler(
            view=view,
            websocket=ASGIWebSocketAdapter(view, websocket, websocket),
            context=connection,
            root_value=None,
            schema=runner,
            connection_init_wait_timeout=timedelta(seconds=_INIT_SECONDS),
        )
        await handler.handle()
