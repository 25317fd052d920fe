"""Who asks, and in which district: decided from token, header and host name before anything else.

There is no default district, and no source outranks another: those that disagree are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bangban.features.accounts.principals import Principals
from bangban.features.accounts.tokens import Claims, TokenVerifier
from bangban.kernel.access.principals import Principal
from bangban.kernel.problems import DistrictMismatch, NotAuthenticated
from bangban.kernel.tenancy.registry import District, Registry
from bangban.kernel.tenancy.tables import DistrictStatus


class Services(Protocol):
    """What deciding needs. With ``base_domain`` set, ``<slug>.<base_domain>`` names a district."""

    @property
    def registry(self) -> Registry: ...

    @property
    def verifier(self) -> TokenVerifier: ...

    @property
    def principals(self) -> Principals: ...

    @property
    def base_domain(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Without a district only what belongs to the platform can be asked for."""

    principal: Principal
    district: District | None
    claims: Claims | None


async def authenticate(
    services: Services,
    *,
    authorization: str | None,
    district_header: str | None,
    host: str | None,
    now: datetime | None = None,
    early: bool = False,
) -> Caller:
    """The caller of a request, from its Authorization, X-District and Host headers.

    ``early`` says that the request does nothing but ask to be let in, which people of a district that is not open
    yet have to do as well.

    Raises:
        NotAuthenticated, SessionEnded: A token that does not count; it is never passed off as nobody's.
        DistrictMismatch: Token, header and host name do not name one district.
        DistrictUnknown: The district that they name is not there, or not open yet to this caller.
        DistrictSuspended: It is closed at present; its auditors may go on reading.
        DistrictNotUpgraded: Its schema is not one that this process works on.
    """
    at = now or datetime.now(UTC)
    token = bearer_token(authorization)
    claims = services.verifier.verify(token, now=at) if token is not None else None
    named = {
        slug
        for slug in (
            claims.district if claims else None,
            (district_header or "").strip() or None,
            _slug_of_host(services, host),
        )
        if slug is not None
    }
    if len(named) > 1:
        raise DistrictMismatch(fields=("X-District",))
    district = _open_district(services.registry, named.pop(), claims, early=early) if named else None
    if claims is None:
        principal = Principal.anonymous(district=district.slug if district else None)
    else:
        principal = await services.principals.load(district, claims, now=at)
    return Caller(principal=principal, district=district, claims=claims)


def bearer_token(authorization: str | None) -> str | None:
    """The token of an Authorization header; None where there is no header at all.

    Raises NotAuthenticated for another scheme or an empty token.
    """
    if authorization is None:
        return None
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token:
        raise NotAuthenticated
    return token


def host_name(host: str | None) -> str:
    """The name in a Host header, in lower case, without port and final dot."""
    name = "".join((host or "").lower().split()[:1])
    if not name.startswith("["):  # an IPv6 address keeps its colons; it names no district either way
        name = name.partition(":")[0]
    return name.rstrip(".")


def _slug_of_host(services: Services, host: str | None) -> str | None:
    name = host_name(host)
    known = services.registry.slug_of_host(name)
    if known is not None or not services.base_domain:
        return known
    # Whatever stands before the base domain is meant as a district: a wrong one is unknown, not nobody.
    slug = name.removesuffix(f".{services.base_domain.lower()}")
    return slug if slug != name and slug else None


def _open_district(registry: Registry, slug: str, claims: Claims | None, *, early: bool) -> District:
    district = registry.get(slug)
    if early and district.status in (DistrictStatus.PROVISIONING, DistrictStatus.LEAVING):
        return registry.get_readable(slug)
    if claims is not None and district.admits(claims.kind):
        return registry.get_readable(slug)
    return registry.get_live(slug)
