"""GraphQL over HTTP: POST with JSON, GET for queries, one operation a request.

Status codes: 400, 405, 413 and 415 for what is no GraphQL request; 429, 500 and 503 so that proxies and
monitors see them. Every other answer is 200 as ``application/json``; as ``application/graphql-response+json``
a request that was refused before anything ran has the status of its refusal. A refusal of one field, beside
data or in its place, is always 200; when to try again stands in Retry-After there too.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any, Final
from uuid import uuid4

import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response

from bangban.features.districts.writing import ticket_hash_of
from bangban.kernel.access.grants import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.problems import ErrorCode, NotAuthenticated, Problem, SessionEnded
from bangban.web import graphiql
from bangban.web.auth import Caller, authenticate, bearer_token
from bangban.web.cors import check_origin, headers_for
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.limits import TooLarge
from bangban.web.negotiation import GRAPHQL_JSON, JSON, language_of, media_of
from bangban.web.operations import Operations
from bangban.web.requests import Answer, NotJson, OnlyQueriesByGet, Request, request_of
from bangban.web.services import AppServices

log = structlog.get_logger()

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STATUS: Final = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.SESSION_ENDED: 401,
    ErrorCode.FORBIDDEN: 403,
}
_ALWAYS: Final = {
    ErrorCode.BAD_REQUEST: 400,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.UNAVAILABLE: 503,
}


class NotJsonMedia(NotJson):
    """The body says that it is something else. A form could be posted across origins without a preflight."""

    zh = "请以 application/json 发送请求。"
    en = "Send the request as application/json."


class BodyTooLarge(TooLarge):
    """The body is longer than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__("body bytes", most)


async def body_of(request: HTTPRequest, *, most: int) -> bytes:
    """The whole body; raises BodyTooLarge as soon as it is longer than ``most`` bytes."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise BodyTooLarge(most)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise BodyTooLarge(most)
        chunks.append(chunk)
    return b"".join(chunks)


def _json(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as malformed:
        raise NotJson from malformed


class Endpoint:
    """``/graphql`` over HTTP."""

    def __init__(self, services: AppServices, operations: Operations) -> None:
        self._services = services
        self._operations = operations

    async def __call__(self, request: HTTPRequest) -> Response:
        started = time.perf_counter()
        language = language_of(request.headers.get("accept-language"))
        given = request.headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        if request.method == "GET" and "query" not in request.query_params and _wants_page(request):
            return graphiql.page()
        try:
            response = await self._respond(request, language, request_id)
        except ClientDisconnect:
            return Response(status_code=499)
        response.headers["X-Request-Id"] = request_id
        log.info(
            "request",
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
            request=request_id,
        )
        return response

    async def _respond(self, request: HTTPRequest, language: str, request_id: str) -> Response:
        caller: Caller | None = None
        try:
            asked = await self._asked(request)
            caller, ticket = await self._caller(request, asked)
            check_origin(request, self._services.registry, caller.district)
            context = self._context(request, caller, language, request_id, ticket)
            answer = await self._operations.answer(asked, context, only_queries=request.method != "POST")
        except Problem as problem:
            answer = Answer({"errors": [problem_entry(problem, language)]}, ran=False, refusal=problem)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the edge
            answer = Answer({"errors": [internal_entry(error, language, request_id)]}, ran=False)
        response = _response(request, answer)
        district = caller.district if caller else None
        # A page may read why it was refused, so that it can ask its user to sign in again.
        response.headers.update(headers_for(request, self._services.registry, district))
        return response

    async def _asked(self, request: HTTPRequest) -> Request:
        if request.method in ("GET", "HEAD"):
            raw: dict[str, Any] = dict(request.query_params)
            if "variables" in raw:
                raw["variables"] = _json(raw["variables"])
            return request_of(raw)
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != JSON:
            raise NotJsonMedia(fields=("Content-Type",))
        raw = _json(await body_of(request, most=self._services.settings.max_body_bytes))
        if not isinstance(raw, dict):
            raise NotJson
        return request_of(raw)

    async def _caller(self, request: HTTPRequest, asked: Request) -> tuple[Caller, bytes | None]:
        """Who asks. A stale token does not stop its owner from signing in or refreshing."""
        headers = request.headers
        authorization = headers.get("authorization")
        ticket = ticket_hash_of(bearer_token(authorization) or "")
        try:
            caller = await authenticate(
                self._services,
                authorization=None if ticket else authorization,
                district_header=headers.get("x-district"),
                host=headers.get("host"),
            )
        except (SessionEnded, NotAuthenticated):
            if not self._operations.preparing.needs_no_token(asked):
                raise
            caller = await authenticate(
                self._services,
                authorization=None,
                district_header=headers.get("x-district"),
                host=headers.get("host"),
            )
        return caller, ticket

    def _context(
        self, request: HTTPRequest, caller: Caller, language: str, request_id: str, ticket: bytes | None
    ) -> Context:
        principal: Principal = caller.principal
        return Context(
            services=self._services,
            principal=principal,
            district=caller.district,
            request_id=request_id,
            language=language,
            idempotency_key=request.headers.get("idempotency-key"),
            ticket=ticket,
            expires_at=caller.claims.expires_at if caller.claims else None,
        )


def _wants_page(request: HTTPRequest) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _response(request: HTTPRequest, answer: Answer) -> Response:
    media = media_of(request.headers.get("accept"))
    status, headers = 200, {"Cache-Control": "no-store", "Vary": "Authorization, X-District, Accept-Language"}
    errors = answer.body.get("errors", [])
    if errors and not answer.ran:
        status = _status(ErrorCode(errors[0]["extensions"]["code"]), answer.refusal, media)
    if status == 405:
        headers["Allow"] = "POST"
    waits = [each["extensions"]["retryAfter"] for each in errors if "retryAfter" in each["extensions"]]
    if waits:
        headers["Retry-After"] = str(max(waits))
    return Response(
        answer.raw or json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode(),
        status_code=status,
        media_type=media,
        headers=headers,
    )


def _status(code: ErrorCode, refusal: BaseException | None, media: str) -> int:
    """The status of a request that was refused before anything ran."""
    for kind, status in ((BodyTooLarge, 413), (NotJsonMedia, 415), (OnlyQueriesByGet, 405)):
        if isinstance(refusal, kind):
            return status
    if code in _ALWAYS:
        return _ALWAYS[code]
    return _STATUS.get(code, 400) if media == GRAPHQL_JSON else 200
