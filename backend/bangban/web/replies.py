"""From an answer to what goes over the wire: status, headers and bytes.

Status codes follow GraphQL over HTTP (working draft of August 2026) for clients that name
``application/graphql-response+json``: 294 for data beside errors, 400 for what is no JSON or no GraphQL, 422 for
what does not fit, 401 and 403 for what is not permitted, 404 for a hash that nobody knows. For clients of
``application/json`` alone a request that GraphQL itself refused is 200, as earlier editions had it: many of
them take any other status for a broken network, and its user would not see why. 405, 406, 413, 415 and 429,
400 for what is no request, and 5xx are for both, so that proxies and monitors see them.

What may be cached: answers to GET that depend on nothing of who asks, see ``caching``. Nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Final

from bangban.kernel.problems import ErrorCode, Problem
from bangban.settings import Settings
from bangban.web.deadlines import BodyTooSlow
from bangban.web.limits import TooLarge
from bangban.web.negotiation import GRAPHQL_JSON, JSON, LANGUAGES
from bangban.web.requests import Answer, NotARequest, NotJson, OnlyQueriesByGet

Header = tuple[bytes, bytes]

NO_STORE: Final = (b"cache-control", b"no-store")
# All of them name all of it. Public answers too: what strangers were told must not be given to somebody who shows
# a token and would be told something else.
VARY: Final = (b"vary", b"Authorization, X-District, Accept-Language, Accept, Accept-Encoding, Origin")
CONTENT_TYPE: Final = {
    media: (b"content-type", f"{media}; charset=utf-8".encode()) for media in (JSON, GRAPHQL_JSON)
}
CONTENT_LANGUAGE: Final = {each: (b"content-language", each.encode()) for each in LANGUAGES}
_GZIP: Final = (b"content-encoding", b"gzip")
_LEVEL: Final = 1  # 10 kB of an inbox: 71 µs to 2,427 bytes; level 6 takes 95 µs to 2,187
_IN_A_THREAD: Final = 128 * 1024  # from this size on compressing would hold up everybody else

_PARTIAL: Final = 294
_ALWAYS: Final = {
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.UNAVAILABLE: 503,
}
_NEWER: Final = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.SESSION_ENDED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.TRUSTED_DOCUMENT_REQUIRED: 403,
    ErrorCode.PERSISTED_QUERY_NOT_FOUND: 404,
    ErrorCode.BAD_REQUEST: 422,
    ErrorCode.GRAPHQL_VALIDATION_FAILED: 422,
    ErrorCode.INVALID_INPUT: 422,
    ErrorCode.LIMIT_EXCEEDED: 422,
}


class NotJsonMedia(NotJson):
    """The body says that it is something else. A form could be posted across origins without a preflight."""

    zh = "请以 application/json(UTF-8 编码)发送请求。"
    en = "Send the request as application/json, in UTF-8."


class BodyTooLarge(TooLarge):
    """The body is longer than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__("body bytes", most)


class NotAcceptable(Problem):
    """The client takes none of the media types that there are."""

    code = ErrorCode.BAD_REQUEST
    zh = "只能以 application/json 或 application/graphql-response+json 回答。"
    en = "Answers come as application/json or as application/graphql-response+json."


class MethodUnknown(Problem):
    """GraphQL over HTTP knows GET and POST."""

    code = ErrorCode.BAD_REQUEST
    zh = "请以 POST 或 GET 发送请求。"
    en = "Send requests by POST or by GET."


_BY_KIND: Final[tuple[tuple[type[Problem], int], ...]] = (
    (BodyTooSlow, 408),
    (BodyTooLarge, 413),
    (NotJsonMedia, 415),
    (NotAcceptable, 406),
    (OnlyQueriesByGet, 405),
    (MethodUnknown, 405),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the request decides how its answer goes out."""

    media: str
    language: str
    gzip: bool
    reading: bool  # by GET or HEAD
    if_none_match: str | None
    anonymous: bool  # it carries no token


@dataclass(slots=True)
class Reply:
    """What goes out. Not frozen: there is one for every request, and headers are added to it."""

    status: int
    headers: list[Header]
    body: bytes


def status_of(answer: Answer, media: str) -> int:
    """The status of an answer, see above."""
    errors = answer.body.get("errors")
    if answer.raw is not None or not errors:
        return 200
    if answer.ran:
        return _PARTIAL if media == GRAPHQL_JSON else 200
    refusal = answer.refusal
    for kind, status in _BY_KIND:
        if isinstance(refusal, kind):
            return status
    code = ErrorCode(errors[0]["extensions"]["code"])
    if code in _ALWAYS:
        return _ALWAYS[code]
    if media == GRAPHQL_JSON:
        no_json = isinstance(refusal, NotJson) and not isinstance(refusal, NotARequest)
        return 400 if no_json else _NEWER.get(code, 400)
    return 400 if code is ErrorCode.BAD_REQUEST else 200


async def reply_of(answer: Answer, wanted: Wanted, settings: Bounds) -> Reply:
    """The answer as it goes out, but for what every reply carries."""
    status = status_of(answer, wanted.media)
    body = answer.raw
    if body is None:
        body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = [CONTENT_TYPE[wanted.media], CONTENT_LANGUAGE[wanted.language]]
    compressed = wanted.gzip and len(body) >= settings.compress_from > 0
    if wanted.reading and answer.public and "errors" not in answer.body and answer.ran:
        tag = _tag(body, weak=compressed)
        headers += caching(settings, tag, anonymous=wanted.anonymous)
        if wanted.if_none_match is not None and matches(wanted.if_none_match, tag):
            return Reply(304, headers[2:], b"")  # what describes a body goes with it
    else:
        headers += (NO_STORE, VARY, *_told(answer, status))
    if compressed:
        body = await _compressed(body)
        headers.append(_GZIP)
    return Reply(status, headers, body)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an installation chose. Bytes and seconds."""

    compress_from: int
    public_seconds: int
    public_stale_seconds: int

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        """As the environment has them."""
        return cls(
            compress_from=settings.compress_from_bytes,
            public_seconds=settings.public_seconds,
            public_stale_seconds=settings.public_stale_seconds,
        )


def _told(answer: Answer, status: int) -> list[Header]:
    """What a refusal says in headers beside the status."""
    headers: list[Header] = []
    if status == 405:
        only_post = isinstance(answer.refusal, OnlyQueriesByGet)
        headers.append((b"allow", b"POST" if only_post else b"GET, HEAD, POST, OPTIONS"))
    if status == 408:
        headers.append((b"connection", b"close"))  # the rest of the body may still come
    errors = answer.body.get("errors", ())
    waits = [each["extensions"]["retryAfter"] for each in errors if "retryAfter" in each["extensions"]]
    if waits:
        headers.append((b"retry-after", str(max(waits)).encode()))
    return headers


def caching(settings: Bounds, tag: str, *, anonymous: bool) -> tuple[Header, ...]:
    """How long, and by whom, a public answer may be kept.

    A shared cache tells requests apart by address (the host's name included) and by what ``Vary`` names. What
    somebody's token was sent for is for that somebody's own cache at most.
    """
    control = f"max-age={settings.public_seconds}"
    if anonymous:
        control = f"public, {control}, stale-while-revalidate={settings.public_stale_seconds}"
    else:
        control = f"private, {control}"
    return ((b"cache-control", control.encode()), VARY, (b"etag", tag.encode()))


def _tag(body: bytes, *, weak: bool) -> str:
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return f'W/"{digest}"' if weak else f'"{digest}"'


def matches(header: str, tag: str) -> bool:
    """Whether If-None-Match names the tag. GET compares weakly (RFC 9110, 13.1.2)."""
    ours = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") in (ours, "*") for each in header.split(","))


async def _compressed(body: bytes) -> bytes:
    return await asyncio.to_thread(_gzip, body) if len(body) >= _IN_A_THREAD else _gzip(body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()
