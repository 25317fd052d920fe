"""What a client sends and what goes back, whichever way it travels; and what is refused of it as such."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bangban.kernel.problems import ErrorCode, Problem


class NotJson(Problem):
    """The body is not a GraphQL request in JSON."""

    code = ErrorCode.BAD_REQUEST
    zh = "请求应为 JSON 对象,含 query(或 documentId)、variables、operationName、extensions。"
    en = "A request is a JSON object with query (or documentId), variables, operationName and extensions."


class NotARequest(NotJson):
    """It is JSON, but a member is missing or not what it should be."""


class OnlyQueriesByGet(Problem):
    """Only queries may come by GET."""

    code = ErrorCode.BAD_REQUEST
    zh = "GET 请求只能用于查询。"
    en = "Only queries may be sent by GET."


class SubscribeByWebSocket(Problem):
    """Subscriptions need a connection that stays open."""

    code = ErrorCode.BAD_REQUEST
    zh = "订阅请使用 WebSocket(graphql-transport-ws)。"
    en = "Subscriptions go over WebSocket (graphql-transport-ws)."


class IntrospectionRefused(Problem):
    """Anonymous callers read the schema as a file."""

    code = ErrorCode.FORBIDDEN
    zh = "未登录者不能内省;完整的接口定义见 /schema.graphql。"
    en = "Anonymous callers may not introspect; the whole schema is at /schema.graphql."


# One of each for every request, so they are not frozen: setting a frozen one's fields costs five times as much.


@dataclass(slots=True)
class Request:
    """What a client sends. ``query`` is empty where it names a document that is still to be looked up."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    walked: bool = False  # by graphql-core in any case; nothing that a client sends sets it
    document: str | None = None  # the SHA-256 that the client names its document by, in hexadecimal
    trusted: bool = False  # the document is one of the trusted ones; looking it up sets this

    @property
    def digest(self) -> bytes:
        """Tells one request from another, for retries; how its document was sent makes no difference."""
        body = json.dumps([self.query, self.variables, self.operation_name], sort_keys=True, default=str)
        return hashlib.sha256(body.encode()).digest()

    def with_text(self, text: str, *, trusted: bool) -> Request:
        """The same request with the text of its document."""
        return Request(text, self.variables, self.operation_name, self.walked, self.document, trusted)


def request_of(raw: Mapping[str, Any]) -> Request:
    """The request in a JSON object; raises NotARequest naming the member that is not as it should be."""
    query, variables, name = raw.get("query"), raw.get("variables"), raw.get("operationName")
    document = _document_of(raw)
    if document is not None and query in (None, ""):
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise NotARequest(fields=("query",))
    if variables is not None and not isinstance(variables, dict):
        raise NotARequest(fields=("variables",))
    if name is not None and not isinstance(name, str):
        raise NotARequest(fields=("operationName",))
    return Request(query, variables or {}, name or None, False, document)


def _document_of(raw: Mapping[str, Any]) -> str | None:
    """The hash that names a document, however the client says it: 64 hexadecimal digits, ``sha256:`` before or not.

    Apollo's ``extensions.persistedQuery.sha256Hash``, or ``documentId`` of the appendix on persisted documents
    to GraphQL over HTTP.
    """
    extensions = raw.get("extensions")
    if extensions is not None:
        if not isinstance(extensions, dict):
            raise NotARequest(fields=("extensions",))
        persisted = extensions.get("persistedQuery")
        if isinstance(persisted, dict):
            found = persisted.get("sha256Hash")
            if not isinstance(found, str) or persisted.get("version", 1) != 1:
                raise NotARequest(fields=("extensions.persistedQuery",))
            return found.lower().removeprefix("sha256:")
    document = raw.get("documentId")
    if document is None or document == "":
        return None
    if not isinstance(document, str):
        raise NotARequest(fields=("documentId",))
    return document.lower().removeprefix("sha256:")


@dataclass(slots=True)
class Answer:
    """What goes back. ``ran`` is False where the request was refused before anything ran; ``refusal`` says why.

    With ``raw`` set the answer is those bytes as they are, the finished ``{"data": …}`` without errors, and
    ``body`` is empty. ``cost`` is what the operation was estimated to cost, where somebody worked it out.
    ``public`` says that the answer depends on nothing of who asks: whoever asks in this district and language
    gets the same.
    """

    body: dict[str, Any]
    ran: bool = True
    refusal: BaseException | None = None
    raw: bytes | None = None
    cost: int | None = None
    public: bool = False
