"""What sending and fetching files have in common: the place inside, the reply, pages of other origins."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from bangban.kernel.problems import ErrorCode, Problem
from bangban.web import cors, incoming
from bangban.web.admission import Visit
from bangban.web.counting import counted_as
from bangban.web.errors import internal_entry, problem_entry
from bangban.web.incoming import Gone, Headers, text_of
from bangban.web.measuring import note
from bangban.web.negotiation import GRAPHQL_JSON, JSON
from bangban.web.replies import CONTENT_LANGUAGE, CONTENT_TYPE, NO_STORE, Header, Reply, status_of
from bangban.web.requests import Answer
from bangban.web.services import AppServices

_STATUS: Final = {ErrorCode.NOT_FOUND: 404, ErrorCode.CONFLICT: 409, ErrorCode.DISTRICT_UNKNOWN: 404}
_CLOSE: Final = (b"connection", b"close")  # the rest of a body may still come


class MethodNotHere(Problem):
    """The address takes another method."""

    code = ErrorCode.BAD_REQUEST
    zh = "该地址只接受 {method} 请求。"
    en = "This address takes {method} requests only."


class Transfer:
    """One request that carries a file, from its headers to the last byte of its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, visit: Visit, request_id: str) -> None:
        self.receive = receive
        self.send = send
        self.visit = visit
        self.request_id = request_id
        self.method: str = scope["method"]
        self.headers: Headers = incoming.headers_of(scope["headers"])
        self.scope = scope
        self.path: dict[str, str] = scope["path_params"]
        self.language = incoming.language(self.headers.get(b"accept-language"))
        self.status = 0  # of the answer, once it began

    @property
    def token(self) -> str:
        """The last part of an address that is good for one use."""
        return self.path["token"]

    async def answer(self, status: int, headers: list[Header], body: bytes) -> None:
        """A whole answer at once."""
        await self.begin(status, [*headers, (b"content-length", b"%d" % len(body))])
        await self.send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: list[Header]) -> None:
        """The first part of an answer."""
        self.status = status
        given = [*headers, (b"x-request-id", self.request_id.encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": given})


class TransferEndpoint:
    """An ASGI application for one method of addresses; ``carry`` does what it is for, and answers."""

    method: str

    def __init__(self, services: AppServices) -> None:
        self.services = services
        self._ids = incoming.fresh_ids()

    async def carry(self, transfer: Transfer) -> None:
        """Do it and answer; a Problem that is raised before the answer began becomes the answer."""
        raise NotImplementedError  # abstract: each method of addresses has its own

    def named_district(self, path: Mapping[str, str], headers: Headers) -> bytes | None:  # noqa: ARG002 - others look there
        """The slug by which a request is counted, from its headers or the parts of its address."""
        return headers.get(b"x-district")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        headers = incoming.headers_of(scope["headers"])
        origin, host = text_of(headers.get(b"origin")), text_of(headers.get(b"host"))
        registry = self.services.registry
        if scope["method"] == "OPTIONS":
            await cors.preflight(origin, host, registry, methods=f"{self.method}, OPTIONS")(
                scope, receive, send
            )
            return
        slug = counted_as(
            registry,
            headers.get(b"authorization"),
            self.named_district(scope["path_params"], headers),
            headers.get(b"host"),
        )
        visit = self.services.admission.enter(slug)
        if visit is None:
            await _full(self.services, headers, send)
            return
        transfer = Transfer(scope, receive, send, visit=visit, request_id=next(self._ids).decode())
        try:
            await self._kept(transfer)
        except Gone:
            return
        finally:
            visit.leave()
        slow = self.services.settings.slow_seconds + self.services.files.terms.transfer.total_seconds()
        note(self.method, transfer.status, time.perf_counter() - begun, transfer.request_id, slow=slow)

    async def _kept(self, transfer: Transfer) -> None:
        """Carry it, and answer with the refusal where there is one."""
        try:
            await self._carried(transfer)
        except Problem as problem:
            entry, refusal = problem_entry(problem, transfer.language), problem
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - the edge
            entry = internal_entry(error, transfer.language, transfer.request_id)
            refusal = None
        else:
            return
        if transfer.status:
            return  # an answer that breaks off is seen to be broken: its length was told
        reply = _refused(entry, refusal, transfer.language)
        await transfer.answer(reply.status, reply.headers + self.for_origin(transfer), reply.body)

    async def _carried(self, transfer: Transfer) -> None:
        if transfer.method != self.method:
            raise MethodNotHere(method=self.method)
        transfer.visit.carry_file()
        await self.carry(transfer)

    def for_origin(self, transfer: Transfer) -> list[Header]:
        """The headers that let a page of an origin which may call read the answer."""
        origin, host = text_of(transfer.headers.get(b"origin")), text_of(transfer.headers.get(b"host"))
        if origin is None or cors.same_origin(origin, host):
            return []
        allowed = cors.origin_may_call(origin, host, self.services.registry, None)
        return list(cors.headers_for(origin)) if allowed else []


def _refused(entry: dict[str, Any], refusal: Problem | None, language: str) -> Reply:
    code = ErrorCode(entry["extensions"]["code"])
    answer = Answer({"errors": [entry]}, ran=False, refusal=refusal)
    status = (
        405 if isinstance(refusal, MethodNotHere) else _STATUS.get(code) or status_of(answer, GRAPHQL_JSON)
    )
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, [CONTENT_TYPE[JSON], CONTENT_LANGUAGE[language], NO_STORE, _CLOSE], body)


async def _full(services: AppServices, headers: Headers, send: Send) -> None:
    language = incoming.language(headers.get(b"accept-language"))
    refusal = services.admission.refusal(language)
    length = (b"content-length", b"%d" % len(refusal.body))
    told = [CONTENT_TYPE[JSON], CONTENT_LANGUAGE[language], *refusal.headers, length]
    await send({"type": "http.response.start", "status": refusal.status, "headers": told})
    await send({"type": "http.response.body", "body": refusal.body})
