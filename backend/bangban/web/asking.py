"""What a request asks for and who asks it: read, identified and looked up, before anything is run."""

from __future__ import annotations

from typing import Final

from starlette.types import Receive, Scope

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.graphql.context import Context
from bangban.kernel.problems import DistrictSuspended, DistrictUnknown, NotAuthenticated, SessionEnded
from bangban.web import incoming
from bangban.web.admission import Visit
from bangban.web.callers import Callers, Key, Known, key_of
from bangban.web.deadlines import Deadlines
from bangban.web.incoming import Headers
from bangban.web.operations import Operations
from bangban.web.persisted import Persisted
from bangban.web.replies import MethodUnknown, NotAcceptable
from bangban.web.requests import Request
from bangban.web.services import AppServices
from bangban.web.trusted import is_bound, require_trusted

READING: Final = ("GET", "HEAD")
_SEND_FILES: Final = frozenset({PrincipalKind.STAFF, PrincipalKind.AUDITOR, PrincipalKind.OPERATOR})


class Asking:
    """The asking of one process: its callers, and the documents that clients name by a hash."""

    def __init__(self, services: AppServices, operations: Operations) -> None:
        settings = services.settings
        self._operations = operations
        self._callers = Callers(services)
        self._persisted = Persisted(services.documents)
        self._shipped = services.documents.shipped
        self._most_bytes = settings.max_body_bytes
        self._most_with_file = settings.max_file_body_bytes
        self._bodies = Deadlines(settings.body_seconds)

    def text_of(self, asked: Request) -> str:
        """The document's text, empty where only a lookup will tell."""
        return asked.query or self._shipped.get(asked.document or "", "")

    async def caller(self, headers: Headers, asked: Request) -> Known:
        """Who asks, from memory where possible. Raises what keeps the caller from being known."""
        key = key_of(headers)
        return self._callers.find(key) or await self._identify(key, asked)

    def keep(self, asked: Request, district: str | None) -> None:
        """Keep a document that was sent with its hash, so that the hash alone will do."""
        self._persisted.keep(asked, district)

    async def read(
        self, scope: Scope, receive: Receive, headers: Headers, visit: Visit, *, acceptable: bool
    ) -> Request:
        """The request as it came. Raises NotAcceptable, MethodUnknown, Gone, and what ``incoming`` refuses."""
        method = scope["method"]
        if not acceptable:
            raise NotAcceptable(fields=("Accept",))
        if method == "POST":

            async def more() -> int:
                return await self._most_of(key_of(headers), visit)

            return await self._bodies.keep(
                incoming.posted(headers, receive, most=self._most_bytes, more=more)
            )
        if method not in READING:
            raise MethodUnknown
        return incoming.asked_for(incoming.parameters_of(scope["query_string"]))

    async def _most_of(self, key: Key, visit: Visit) -> int:
        """How long a body may be that is too long for strangers: for a file, of somebody who works here.

        Raises what keeps the caller from being known, so that a stale token is renewed rather than a file split.
        """
        known = self._callers.find(key) or await self._callers.identify(key)
        if known.caller.principal.kind not in _SEND_FILES:
            return self._most_bytes
        visit.carry_file()
        return max(self._most_bytes, self._most_with_file)

    async def _identify(self, key: Key, asked: Request) -> Known:
        """Who asks. A stale token does not stop its owner from signing in or refreshing.

        Nor does a district that is not open yet stop its own people from it.
        """
        try:
            return await self._callers.identify(key)
        except (SessionEnded, NotAuthenticated, DistrictUnknown, DistrictSuspended) as refused:
            text = self.text_of(asked)
            if not text:
                raise
            only, preparing = asked.with_text(text, trusted=False), self._operations.preparing
            closed = isinstance(refused, (DistrictUnknown, DistrictSuspended))
            stale, early = not closed, preparing.comes_early(only)
            if not (preparing.needs_no_token(only) if stale else early):
                raise
            return await self._callers.identify(key, without_token=stale, early=early)

    async def trusted(self, asked: Request, context: Context) -> Request:
        """The request with its document looked up; refused where the caller may not send it."""
        text = self._shipped.get(asked.document or "")
        if text is not None and not asked.query:
            return asked.with_text(text, trusted=True)
        district = context.district
        asked = await self._persisted.resolve(
            asked, district.slug if district else None, bound=is_bound(context.principal, district)
        )
        await require_trusted(asked, context)
        return asked
