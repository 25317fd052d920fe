"""Access tokens, genuine and forged, and who looks at them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt

from bangban.features.accounts.revocations import Revocations
from bangban.features.accounts.tokens import TokenIssuer, TokenVerifier
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.ids import new_id
from bangban.kernel.vault.keyring import KeyRing, MasterKey

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
SECONDS = 600
RING = KeyRing(MasterKey.fresh())
CLERK = Principal(
    kind=PrincipalKind.STAFF, id=new_id(), district="zouping", session_id=new_id(), name="林晓梅"
)
OPERATOR = Principal(kind=PrincipalKind.OPERATOR, id=new_id(), session_id=new_id(), name="周平")


def issuer(ring: KeyRing = RING, *, tag: str = "ione") -> TokenIssuer:
    return TokenIssuer(ring.signing_key(), issuer=f"bangban:{tag}", seconds=SECONDS)


def verifier(
    ring: KeyRing = RING,
    *,
    tag: str = "ione",
    seconds: int = SECONDS,
    revocations: Revocations | None = None,
    size: int = 100,
) -> TokenVerifier:
    return TokenVerifier(
        ring.verifying_keys(),
        issuer=f"bangban:{tag}",
        seconds=seconds,
        revocations=revocations or Revocations(seconds=SECONDS),
        size=size,
    )


def token(principal: Principal = CLERK, *, now: datetime = NOW) -> str:
    return issuer().issue(principal, now=now, not_after=LATER).text


def forged(*, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> str:
    """A token with some claims changed (None leaves one out), signed like a genuine one."""
    signing = RING.signing_key()
    claims: dict[str, Any] = {
        "iss": "bangban:ione",
        "sub": str(CLERK.id),
        "kind": "STAFF",
        "dst": "zouping",
        "sid": str(CLERK.session_id),
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + SECONDS,
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "ES256", "typ": "at+jwt", "kid": signing.kid} | (header or {})
    return jwt.encode(head, claims, key or signing, algorithms=[str(head["alg"])])


def parts_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in text.split(".")[:2]]


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
