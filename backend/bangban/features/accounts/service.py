"""Signing in and out: what the API calls. With a district it is a district's session, without an operator's.

Each function opens its own transactions, because what it counts must stay counted when it refuses.
"""

from __future__ import annotations

from datetime import datetime

from bangban.features.accounts import operators, sessions
from bangban.features.accounts.codes import request_sign_in_code, sign_in_with_code
from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.refresh_tokens import RefreshToken
from bangban.features.accounts.staff_sign_in import sign_in_staff
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import DistrictRequired, SessionEnded
from bangban.kernel.tenancy.registry import District

__all__ = ["refresh_session", "request_sign_in_code", "sign_in", "sign_in_with_code", "sign_out"]


async def sign_in(
    desk: Desk,
    *,
    district: District | None,
    login: str,
    password: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> SignedIn:
    """Sign in with login and password: staff and auditors of the district, or operators without one.

    Raises:
        WrongCredentials: Always the same, whatever is wrong.
        RateLimited: Ten failures with this login within 15 minutes.
        Unavailable: Too many passwords are being verified.
    """
    if district is None:
        return await operators.sign_in_operator(
            desk, login=login, password=password, request_id=request_id, now=now, also=also
        )
    return await sign_in_staff(
        desk, district=district, login=login, password=password, request_id=request_id, now=now, also=also
    )


async def refresh_session(
    desk: Desk,
    *,
    refresh_token: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> SignedIn:
    """Exchange a refresh token, once, for new tokens. The token names its district itself.

    Raises:
        SessionEnded: Unknown, expired or ended; or used before, which ends its session for good.
        DistrictSuspended: The district is closed to everybody but its auditors.
    """
    token = RefreshToken.parse(refresh_token)
    if token.district is None:
        return await operators.refresh_operator_session(desk, token, now=now, also=also, recall=recall)
    district = desk.tenancy.registry.find(token.district)
    if district is None:
        raise SessionEnded
    return await sessions.refresh_session(
        desk, token, district=district, request_id=request_id, now=now, also=also, recall=recall
    )


async def sign_out(
    desk: Desk,
    principal: Principal,
    *,
    district: District | None,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
) -> bool:
    """End the caller's session: its tokens count nowhere from here on. True.

    Raises NotAuthenticated for a caller without a session.
    """
    if principal.kind is PrincipalKind.OPERATOR:
        return await operators.sign_out_operator(desk, principal, request_id=request_id, now=now, also=also)
    if district is None:
        raise DistrictRequired
    return await sessions.sign_out(
        desk, principal, district=district, request_id=request_id, now=now, also=also
    )
