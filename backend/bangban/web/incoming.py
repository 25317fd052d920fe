"""What comes in over HTTP: headers in one pass, the body, and the request in either."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.types import Receive

from bangban.web.negotiation import JSON, is_acceptable, language_of, media_of, takes_gzip
from bangban.web.replies import BodyTooLarge, NotJsonMedia
from bangban.web.requests import NotARequest, NotJson, Request, request_of

Headers = dict[bytes, bytes]

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_POOL: Final = 256  # ids made at a time: asking the system for each costs more than the rest of it
_DIGITS: Final = 32
_MOST_PARAMETERS: Final = 20


class Gone(Exception):  # noqa: N818 - nobody is there to be told of an error
    """The client went away before its request was whole."""


def headers_of(raw: Sequence[tuple[bytes, bytes]]) -> Headers:
    """The headers by their names in lower case, as the server gives them.

    One that was sent twice is joined by a comma, which is what it means for lists; for all others it makes a
    value that is refused, so that nobody can have two districts or tokens of which different parts of the
    way see different ones.
    """
    found = dict(raw)
    if len(found) != len(raw):
        found = {}
        for name, value in raw:
            found[name] = found[name] + b", " + value if name in found else value
    return found


def text_of(value: bytes | None) -> str | None:
    """A header's value as text."""
    return None if value is None else value.decode("latin-1")


def fresh_ids() -> Iterator[bytes]:
    """Ids of requests without end: 32 random hexadecimal digits each."""
    while True:
        pool = os.urandom(_POOL * _DIGITS // 2).hex().encode()
        for start in range(0, len(pool), _DIGITS):
            yield pool[start : start + _DIGITS]


def is_id(given: bytes) -> bool:
    """Whether what a client calls its request may be written into logs and headers."""
    return _REQUEST_ID.fullmatch(given) is not None


# Few clients are ever so different; a header's length is bounded by the server.


@lru_cache(maxsize=512)
def language(header: bytes | None) -> str:
    """The language of refusals, from Accept-Language."""
    return language_of(text_of(header))


@lru_cache(maxsize=512)
def media(header: bytes | None) -> tuple[str, bool]:
    """The media type of the answer, from Accept, and whether the client takes it at all."""
    text = text_of(header)
    return media_of(text), is_acceptable(text)


@lru_cache(maxsize=512)
def gzip(header: bytes | None) -> bool:
    """Whether the answer may be compressed, from Accept-Encoding."""
    return takes_gzip(text_of(header))


@lru_cache(maxsize=512)
def is_json(header: bytes | None) -> bool:
    """Whether Content-Type says JSON in UTF-8; other encodings are not read."""
    kind, *parameters = (each.strip().lower() for each in (text_of(header) or "").split(";"))
    named = (each.partition("=") for each in parameters)
    charsets = {value.strip(' "') for name, _, value in named if name.strip() == "charset"}
    return kind == JSON and charsets <= {"utf-8", "utf8"}


async def posted(
    headers: Headers, receive: Receive, *, most: int, more: Callable[[], Awaitable[int]] | None = None
) -> Request:
    """The request in a body.

    ``more`` is asked once, when a body is longer than ``most`` bytes, whether this client's may be. Raises
    NotJsonMedia, BodyTooLarge as soon as it is longer than that, NotJson, NotARequest, Gone, or what ``more`` does.
    """
    if not is_json(headers.get(b"content-type")):
        raise NotJsonMedia(fields=("Content-Type",))
    body = await _body(headers, receive, most=most, more=more)
    try:
        raw = json.loads(body.decode())
    except (ValueError, RecursionError) as malformed:
        raise NotJson from malformed
    if not isinstance(raw, dict):
        raise NotARequest
    return request_of(raw)


async def _body(
    headers: Headers, receive: Receive, *, most: int, more: Callable[[], Awaitable[int]] | None
) -> bytes:
    length = headers.get(b"content-length", b"")
    stated = int(length[:18]) if length.isdigit() else 0
    if stated > most and more is not None:
        most, more = await more(), None
    if stated > most:
        raise BodyTooLarge(most)
    body = b""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body = message.get("body", b"")
        size += len(body)
        if size > most and more is not None:
            most, more = await more(), None
        if size > most:
            raise BodyTooLarge(most)
        if not message.get("more_body", False):
            break
        chunks.append(body)
    return b"".join([*chunks, body]) if chunks else body


def parameters_of(query: bytes) -> dict[str, str]:
    """The parameters of an address; of one that is given twice the last counts."""
    try:
        return dict(
            parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        )
    except ValueError as malformed:
        raise NotARequest from malformed


def asked_for(parameters: dict[str, str]) -> Request:
    """The request in an address's parameters. One that is empty counts as not given; raises NotARequest."""
    raw: dict[str, Any] = {name: value for name, value in parameters.items() if value}
    for name in ("variables", "extensions"):
        if name in raw:
            try:
                raw[name] = json.loads(raw[name])
            except (ValueError, RecursionError) as malformed:
                raise NotARequest(fields=(name,)) from malformed
    return request_of(raw)
