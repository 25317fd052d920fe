"""GraphQL over HTTP: POST with JSON, GET for queries, one operation a request."""

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
from bangban.kernel.problems import (
    ErrorCode,
    InvalidInput,
    LimitExceeded,
    NotAuthenticated,
    Problem,
    SessionEnded,
)
from bangban.web import graphiql
from bangban.web.auth import Caller, authenticate, bearer_token
from bangban.web.cors import allow
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.operations import Operations
from bangban.web.requests import Answer, Request
from bangban.web.services import AppServices

log = structlog.get_logger()

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STATUS: Final = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.SESSION_ENDED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.INTERNAL: 500,
}


class NotJson(Problem):
    """The body is not a GraphQL request in JSON."""

    code = ErrorCode.BAD_REQUEST
    zh = "请求体应为 JSON 对象:{{query, variables, operationName}}。"
    en = "The body is a JSON object with query, variables and operationName."


def language_of(header: str | None) -> str:
    """``zh-CN`` or ``en``, whichever the Accept-Language header puts first; Chinese without one."""
    best, found = -1.0, "zh-CN"
    for part in (header or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        name = tag.strip().lower()
        if weight > best and (name.startswith(("zh", "en"))):
            best, found = weight, "zh-CN" if name.startswith("zh") else "en"
    return found


async def body_of(request: HTTPRequest, *, most: int) -> bytes:
    """The whole body; raises LimitExceeded as soon as it is longer than ``most`` bytes."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise LimitExceeded(limit="body bytes", most=most)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise LimitExceeded(limit="body bytes", most=most)
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(raw: dict[str, Any]) -> Request:
    query, variables, name = raw.get("query"), raw.get("variables"), raw.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise NotJson(fields=("query",))
    if variables is not None and not isinstance(variables, dict):
        raise NotJson(fields=("variables",))
    if name is not None and not isinstance(name, str):
        raise NotJson(fields=("operationName",))
    return Request(query, variables or {}, name or None)


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
            context = self._context(request, caller, language, request_id, ticket)
            cross = allow(request, self._services.registry, caller.district)
            answer = await self._operations.answer(asked, context, only_queries=request.method == "GET")
        except Problem as problem:
            answer, cross = Answer({"errors": [problem_entry(problem, language)]}, ran=False), {}
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the edge
            answer, cross = Answer({"errors": [internal_entry(error, language, request_id)]}, ran=False), {}
        response = _response(request, answer)
        response.headers.update(cross)
        return response

    async def _asked(self, request: HTTPRequest) -> Request:
        if request.method == "GET":
            raw: dict[str, Any] = dict(request.query_params)
            if "variables" in raw:
                raw["variables"] = _json(raw["variables"])
            return _parsed(raw)
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != JSON:
            # A form could be posted across origins without a preflight; JSON cannot.
            raise InvalidInput(
                "Send the request as application/json.",
                "请以 application/json 发送请求。",
                fields=("Content-Type",),
            )
        raw = _json(await body_of(request, most=self._services.settings.max_body_bytes))
        if not isinstance(raw, dict):
            raise NotJson
        return _parsed(raw)

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
    media = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else JSON
    status, headers = 200, {"Cache-Control": "no-store", "Vary": "Authorization, X-District, Accept-Language"}
    errors = answer.body.get("errors")
    if errors and not answer.ran:
        extensions = errors[0]["extensions"]
        code = ErrorCode(extensions["code"])
        # As application/json, an answer to a well-formed request is always 200; see the README.
        if media == GRAPHQL_JSON or code in (ErrorCode.RATE_LIMITED, ErrorCode.UNAVAILABLE):
            status = _STATUS.get(code, 400)
        if code is ErrorCode.LIMIT_EXCEEDED and "body bytes" in extensions["message"]:
            status = 413
        if code is ErrorCode.BAD_REQUEST:
            status = 400
    if errors and (seconds := errors[0]["extensions"].get("retryAfter")) is not None:
        headers["Retry-After"] = str(seconds)
    return Response(
        json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode(),
        status_code=status,
        media_type=media,
        headers=headers,
    )
