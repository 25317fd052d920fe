"""GraphQL over HTTP: POST with JSON, GET for queries, one operation a request. Status codes: see ``replies``.

This is on the way of every request and adds only microseconds to what the database takes, so it is written
against ASGI itself: headers are read once, whoever asked before is known by the very same headers, and the bytes
of an answer go out as they are.

Cross-site requests: nothing here rests on what a browser adds by itself. There are no cookies and no HTTP
authentication of the browser's own; a token is sent by the page's script, which needs the district's permission
(CORS) to send it at all. What changes anything takes POST with ``application/json``, which no form can send and
no script of another origin without asking first. GET runs queries only, so there is nothing that a forged one
could do; what it reads without a token is public, and a page of an origin that is not allowed is refused by its
``Origin``. So GET asks for no header that would force a preflight and keep shared caches and plain links out;
the headers that Apollo's clients send for servers that do ask are allowed and passed over.
"""

from __future__ import annotations

import time
from typing import Final

from graphql import OperationType
from starlette.types import Receive, Scope, Send

from bangban.kernel.graphql.context import Context
from bangban.kernel.problems import Problem
from bangban.web import cors, graphiql, incoming
from bangban.web.admission import Visit
from bangban.web.asking import READING, Asking
from bangban.web.budgets import Purse, client_of, with_cost
from bangban.web.callers import Known, key_of
from bangban.web.cors import origin_may_call, require_origin
from bangban.web.counting import counted_as, looks_like_writing
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.incoming import Gone, Headers, text_of
from bangban.web.measuring import note
from bangban.web.operations import Operations
from bangban.web.replies import (
    CONTENT_LANGUAGE,
    CONTENT_TYPE,
    NO_STORE,
    VARY,
    Bounds,
    Header,
    Reply,
    Wanted,
    reply_of,
)
from bangban.web.requests import Answer, Request
from bangban.web.services import AppServices
from bangban.web.trusted import is_bound

_ASKED: Final = ("query", "documentId", "extensions")


class Endpoint:
    """``/graphql`` over HTTP, as an ASGI application."""

    def __init__(self, services: AppServices, operations: Operations) -> None:
        settings = services.settings
        self._services = services
        self._operations = operations
        self._asking = Asking(services, operations)
        self._ids = incoming.fresh_ids()
        self._admission = services.admission
        self._slow = settings.slow_seconds
        self._bounds = Bounds.of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        method = scope["method"]
        headers = incoming.headers_of(scope["headers"])
        if method != "POST" and await self._beside(scope, receive, send, headers):
            return
        given = headers.get(b"x-request-id")
        request_id = given if given is not None and incoming.is_id(given) else next(self._ids)
        visit = self._admission.enter(counted_as(self._services.registry, *key_of(headers)))
        try:
            if visit is None:
                reply = self._full(headers)
            else:
                reply = await self._reply(scope, receive, headers, request_id.decode(), visit)
                visit.rest()
            if reply.status != 304:  # whose length would be that of the body it does not have
                reply.headers.append((b"content-length", b"%d" % len(reply.body)))
            reply.headers.append((b"x-request-id", request_id))
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})
        except Gone:
            return
        finally:
            if visit is not None:
                visit.leave()
        note(method, reply.status, time.perf_counter() - begun, request_id.decode(), slow=self._slow)

    async def _beside(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> bool:
        """What is no GraphQL request: a browser's question whether it may ask, or a person who wants the page."""
        if scope["method"] == "OPTIONS":
            origin, host = text_of(headers.get(b"origin")), text_of(headers.get(b"host"))
            await cors.preflight(origin, host, self._services.registry)(scope, receive, send)
            return True
        if scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
            return False
        query = scope["query_string"]
        if query and any(name.encode() in query for name in _ASKED):
            return False
        await graphiql.page()(scope, receive, send)
        return True

    # ------------------------------------------------------------------ from request to reply

    def _full(self, headers: Headers) -> Reply:
        """What is said to a request for which there is no place, whatever it asks."""
        language = incoming.language(headers.get(b"accept-language"))
        refusal = self._admission.refusal(language)
        media, _ = incoming.media(headers.get(b"accept"))
        described = [CONTENT_TYPE[media], CONTENT_LANGUAGE[language]]
        return Reply(refusal.status, [*described, *refusal.headers], refusal.body)

    async def _reply(
        self, scope: Scope, receive: Receive, headers: Headers, request_id: str, visit: Visit
    ) -> Reply:
        method = scope["method"]
        language = incoming.language(headers.get(b"accept-language"))
        media, acceptable = incoming.media(headers.get(b"accept"))
        known: Known | None = None
        asked: Request | None = None
        try:
            asked = await self._asking.read(scope, receive, headers, visit, acceptable=acceptable)
            await visit.turn(writing=looks_like_writing(self._asking.text_of(asked)))
            known = await self._asking.caller(headers, asked)
            caller = known.caller
            district = caller.district
            if b"origin" in headers:
                self._check_origin(headers, known)
            purse = Purse(
                self._services.budgets,
                district.slug if district else None,
                caller.principal,
                client_of(scope),
            )
            context = self._context(headers, known, language, request_id, purse)
            sent = asked
            if asked.document is not None or is_bound(caller.principal, district):
                asked = await self._asking.trusted(asked, context)
            answer = await self._operations.answer(asked, context, only_queries=method != "POST")
            answer = with_cost(answer, purse.standing) if b"graphql-cost" in headers else answer
            if sent.document is not None and sent.query and answer.ran:
                self._asking.keep(asked, district.slug if district else None)
        except Problem as problem:
            answer = Answer({"errors": [problem_entry(problem, language)]}, ran=False, refusal=problem)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - the edge
            answer = Answer({"errors": [internal_entry(error, language, request_id)]}, ran=False)
        body = answer.raw
        if body is not None and method == "POST" and not self._might_pack(body, headers):
            described = [CONTENT_TYPE[media], CONTENT_LANGUAGE[language]]
            reply = Reply(200, [*described, NO_STORE, VARY], body)  # by far the most of them
        else:
            wanted = self._wanted(method, headers, media, language, answer=answer, asked=asked)
            reply = await reply_of(answer, wanted, self._bounds)
        if b"origin" in headers:
            reply.headers.extend(self._for_origin(headers, known))
        return reply

    def _context(
        self, headers: Headers, known: Known, language: str, request_id: str, purse: Purse
    ) -> Context:
        caller, key_given = known.caller, headers.get(b"idempotency-key")
        return Context(
            services=self._services,
            principal=caller.principal,
            district=caller.district,
            request_id=request_id,
            language=language,
            idempotency_key=None if key_given is None else key_given.decode("latin-1"),
            ticket=known.ticket,
            relaxed=headers.get(b"x-read-from") == b"standby",
            address=purse.address,
            paying=purse.pay,
            expires_at=caller.claims.expires_at if caller.claims else None,
        )

    # ------------------------------------------------------------------ what else decides the reply

    def _wanted(
        self,
        method: str,
        headers: Headers,
        media: str,
        language: str,
        *,
        answer: Answer,
        asked: Request | None,
    ) -> Wanted:
        gzip = incoming.gzip(headers.get(b"accept-encoding"))
        return Wanted(
            media=media,
            language=language,
            gzip=gzip and self._may_be_compressed(answer, asked),
            reading=method in READING,
            if_none_match=text_of(headers.get(b"if-none-match")),
            anonymous=b"authorization" not in headers,
        )

    def _might_pack(self, body: bytes, headers: Headers) -> bool:
        """Whether a body is worth looking at once more, for a client that takes it compressed."""
        return 0 < self._bounds.compress_from <= len(body) and b"accept-encoding" in headers

    def _may_be_compressed(self, answer: Answer, asked: Request | None) -> bool:
        """Whether the answer is one of reading. What mutations answer may hold a token, whose letters the length
        of compressed bytes would give away one by one to whoever makes its owner's browser repeat the request.

        That takes rights which a browser adds by itself, and there are none; leaving mutations out costs nothing
        and rests on no such reasoning.
        """
        if not answer.ran or asked is None:
            return False
        return self._operations.preparing.known(asked).kind is OperationType.QUERY

    def _check_origin(self, headers: Headers, known: Known) -> None:
        origin, host, caller = text_of(headers[b"origin"]), text_of(headers.get(b"host")), known.caller
        require_origin(origin, host, self._services.registry, caller.district, caller.principal)

    def _for_origin(self, headers: Headers, known: Known | None) -> tuple[Header, ...]:
        # A page may read why it was refused, so that it can ask its user to sign in again.
        origin, host = headers[b"origin"].decode("latin-1"), text_of(headers.get(b"host"))
        district = known.caller.district if known else None
        if cors.same_origin(origin, host) or not origin_may_call(
            origin, host, self._services.registry, district
        ):
            return ()
        return cors.headers_for(origin)
