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
    zh = "请求体应为 JSON 对象,含 query、variables、operationName。"
    en = "The body is a JSON object with query, variables and operationName."


class OneRootField(Problem):
    """With an Idempotency-Key a mutation is one root field, so that it is one transaction."""

    code = ErrorCode.BAD_REQUEST
    zh = "使用 Idempotency-Key 时,每个请求只能有一个顶层字段。"
    en = "With an Idempotency-Key a request has exactly one root field."


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


@dataclass(frozen=True)
class Request:
    """What a client sends."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    walked: bool = False  # by graphql-core in any case; nothing that a client sends sets it

    @property
    def digest(self) -> bytes:
        """Tells one request from another, for retries."""
        body = json.dumps([self.query, self.variables, self.operation_name], sort_keys=True, default=str)
        return hashlib.sha256(body.encode()).digest()


def request_of(raw: Mapping[str, Any]) -> Request:
    """The request in a JSON object; raises NotJson naming the member that is not as it should be."""
    query, variables, name = raw.get("query"), raw.get("variables"), raw.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise NotJson(fields=("query",))
    if variables is not None and not isinstance(variables, dict):
        raise NotJson(fields=("variables",))
    if name is not None and not isinstance(name, str):
        raise NotJson(fields=("operationName",))
    return Request(query, variables or {}, name or None)


@dataclass(frozen=True)
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
