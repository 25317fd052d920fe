"""Access tokens: ES256, short-lived, nothing personal in them, cached once verified (DESIGN 2).

A token names ids, the kind of caller and the district. Name, roles and areas are looked up when it is used,
so that a change of duty counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, GuestProtocol

from bangban.features.accounts.bounded import BoundedCache
from bangban.features.accounts.revocations import Revocations
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import NotAuthenticated, SessionEnded
from bangban.kernel.tenancy.names import SLUG_PATTERN

_ALGORITHM: Final = "ES256"
_TYPE: Final = "at+jwt"  # RFC 9068: no other kind of token can be passed off as an access token
_LONGEST: Final = 1024  # characters; ours have about 500
_SKEW: Final = timedelta(seconds=60)  # between the clocks of two processes


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. ``district`` is None for operators and for nobody else."""

    subject: UUID
    kind: PrincipalKind
    district: str | None
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is sent, and when it ends."""

    text: str
    expires_at: datetime


def issuer_of(tag: str) -> str:
    """The ``iss`` of an installation: tokens of one are worth nothing in another."""
    return f"bangban:{tag}"


class TokenIssuer:
    """Signs access tokens that live ``seconds``."""

    def __init__(self, key: ECKey, *, issuer: str, seconds: int) -> None:
        self._key = key
        self._header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": key.kid}
        self._issuer = issuer
        self._lifetime = timedelta(seconds=seconds)

    def issue(self, principal: Principal, *, now: datetime, not_after: datetime) -> AccessToken:
        """A token for a signed-in principal, at most until ``not_after``, the end of its session."""
        if principal.id is None or principal.session_id is None:
            raise ValueError("only somebody with a session gets a token")
        expires_at = min(now + self._lifetime, not_after).replace(microsecond=0)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "sub": str(principal.id),
            "kind": principal.kind.value,
            "sid": str(principal.session_id),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        if principal.district is not None:
            claims["dst"] = principal.district
        text = jwt.encode(self._header, claims, self._key, algorithms=[_ALGORITHM])
        return AccessToken(text, expires_at)


class TokenVerifier:
    """Verifies access tokens. A signature is checked once; the end and the revocation every time."""

    def __init__(
        self,
        keys: Sequence[ECKey],
        *,
        issuer: str,
        seconds: int,
        revocations: Revocations,
        size: int = 10_000,
    ) -> None:
        self._keys = {key.kid: key for key in keys}
        self._issuer = issuer
        self._lifetime = timedelta(seconds=seconds)
        self.revocations = revocations
        self._verified: BoundedCache[str, Claims] = BoundedCache(size=size)

    def verify(self, token: str, *, now: datetime) -> Claims:
        """What the token says.

        Raises:
            NotAuthenticated: It is no token of this installation.
            SessionEnded: It was one, and is over: expired, or its session ended.
        """
        claims = self._verified.find(token, now=now)
        if claims is None:
            claims = self._check(token, now=now)
            self._verified.keep(token, claims, until=claims.expires_at)
        if claims.session_id in self.revocations:
            raise SessionEnded
        return claims

    def _check(self, token: str, *, now: datetime) -> Claims:
        if len(token) > _LONGEST:
            raise NotAuthenticated
        try:
            decoded = jwt.decode(token, self._key_of, algorithms=[_ALGORITHM])
            claims = _claims(decoded.claims)
            genuine = decoded.header.get("typ") == _TYPE and decoded.claims["iss"] == self._issuer
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as unreadable:
            raise NotAuthenticated from unreadable
        if not genuine or claims.issued_at > now + _SKEW:
            raise NotAuthenticated
        # Revocations are remembered for one lifetime: a token made under a longer one must not outlive them.
        if claims.expires_at <= now or claims.expires_at > now + self._lifetime + _SKEW:
            raise SessionEnded
        return claims

    def _key_of(self, token: GuestProtocol) -> ECKey:
        return self._keys[token.headers()["kid"]]


def _claims(raw: dict[str, Any]) -> Claims:
    """Raises KeyError, TypeError or ValueError for claims that are not ours."""
    kind, district = PrincipalKind(raw["kind"]), raw.get("dst")
    if kind is PrincipalKind.ANONYMOUS or (district is None) is not (kind is PrincipalKind.OPERATOR):
        raise ValueError("kind and district do not fit together")
    if district is not None and not SLUG_PATTERN.fullmatch(district):
        raise ValueError("not a district's slug")
    return Claims(
        subject=UUID(str(raw["sub"])),
        kind=kind,
        district=district,
        session_id=UUID(str(raw["sid"])),
        issued_at=datetime.fromtimestamp(raw["iat"], UTC),
        expires_at=datetime.fromtimestamp(raw["exp"], UTC),
    )
