"""For the Python peers: who asks and in which district, from the same token as everywhere. Verified once, then kept."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey

_MOST: Final = 10_000


@dataclass(frozen=True)
class Caller:
    """Where a request reads, and as which role."""

    schema: str
    role: str
    today: str
    ends: float


class Callers:
    """Verifies tokens; what is known of the districts comes from the harness."""

    def __init__(self) -> None:
        peer: dict[str, Any] = json.loads(os.environ["BENCH_PEER"])
        self._keys = {each["kid"]: ECKey.import_key(each) for each in peer["keys"]}
        self._districts: dict[str, dict[str, str]] = peer["districts"]
        self._known: dict[str, Caller] = {}
        self.url: str = peer["url"]
        self.connections: int = peer["connections"]

    def caller(self, authorization: str) -> Caller:
        """Raises joserfc's errors for a token that does not count, PermissionError for one that is over."""
        token = authorization.removeprefix("Bearer ")
        found = self._known.get(token)
        if found is None:
            found = self._verified(token)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[token] = found
        if found.ends < time.time():
            raise PermissionError("the token is over")
        return found

    def _verified(self, token: str) -> Caller:
        claims = jwt.decode(
            token, lambda each: self._keys[each.headers()["kid"]], algorithms=["ES256"]
        ).claims
        district = self._districts[claims["dst"]]
        role = district["audit_role" if claims["kind"] == "AUDITOR" else "read_role"]
        return Caller(
            schema=district["schema"], role=role, today=district["today"], ends=float(claims["exp"])
        )
