"""Who asks, remembered for as long as nothing has changed: most requests come from somebody who asked before.

What is remembered is what ``authenticate`` found for the very same headers. It is not used once the token is
over, its session was revoked, a district changed, any account changed, or the account was read too long ago.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple
from uuid import UUID

from bangban.features.accounts.principals import Principals
from bangban.features.accounts.revocations import Revocations
from bangban.features.districts.writing import ticket_hash_of
from bangban.kernel.planner.recent import Recent
from bangban.kernel.tenancy.registry import Registry
from bangban.web.auth import Caller, Services, authenticate, bearer_token
from bangban.web.incoming import Headers

_MOST: Final = 10_000
_LONGEST_KEY: Final = 2048  # bytes; longer headers are not worth remembering
_FOREVER: Final = float("inf")

Key = tuple[bytes | None, bytes | None, bytes | None]
"""The headers that decide: Authorization, X-District, Host."""


def key_of(headers: Headers) -> Key:
    """Those of a request."""
    return headers.get(b"authorization"), headers.get(b"x-district"), headers.get(b"host")


class Known(NamedTuple):
    """A caller. ``ticket`` is the hash of an onboarding ticket that stood in the place of a token."""

    caller: Caller
    ticket: bytes | None
    session_id: UUID | None
    until: float
    registry: object
    forgotten: int


class Callers:
    """The callers of one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._registry: Registry = services.registry
        self._principals: Principals = services.principals
        self._revocations: Revocations = services.verifier.revocations
        self._known: Recent[Key, Known] = Recent(_MOST)

    def find(self, key: Key) -> Known | None:
        """Who sends these headers, if that is known and still so."""
        known = self._known.find(key)
        if (
            known is None
            or known.registry is not self._registry.stamp
            or known.forgotten != self._principals.forgotten
            or known.until <= time.time()
            or (known.session_id is not None and known.session_id in self._revocations)
        ):
            return None
        return known

    async def identify(self, key: Key, *, without_token: bool = False, early: bool = False) -> Known:
        """Who sends these headers; with ``without_token`` as if they carried none. Raises as ``authenticate``.

        What holds for ``early`` requests alone is not remembered.
        """
        authorization, district, host = (None if each is None else each.decode("latin-1") for each in key)
        if without_token:
            authorization = None
        # What is told while the caller is read must not be overlooked: the marks are those of before.
        stamp, forgotten = self._registry.stamp, self._principals.forgotten
        ticket = ticket_hash_of(bearer_token(authorization) or "")
        caller = await authenticate(
            self._services,
            authorization=None if ticket else authorization,
            district_header=district,
            host=host,
            early=early,
        )
        claims = caller.claims
        until = _FOREVER
        if claims is not None:
            until = min(claims.expires_at, self._principals.known_until(claims)).timestamp()
        known = Known(caller, ticket, claims.session_id if claims else None, until, stamp, forgotten)
        if not (without_token or early) and sum(map(len, filter(None, key))) <= _LONGEST_KEY:
            self._known.keep(key, known)
        return known
