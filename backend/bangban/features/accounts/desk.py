"""What signing in needs, gathered once when a process starts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.passwords import Passwords
from bangban.features.accounts.principals import Principals
from bangban.features.accounts.revocations import Revocations
from bangban.features.accounts.tokens import TokenIssuer, TokenVerifier, issuer_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened or carried on. ``expires_at`` is the access token's end."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    principal: Principal


Also: TypeAlias = Callable[[AsyncSession, SignedIn | bool], Awaitable[None]]
"""Saves something with the result, in the very transaction that brings it about, such as a stored answer."""

Recall: TypeAlias = Callable[[AsyncSession], Awaitable[None]]
"""Asked before a used token or code is held against the caller; raises where this very request used it."""


@dataclass(frozen=True)
class Desk:
    """The sign-in desk of one process."""

    tenancy: Tenancy
    passwords: Passwords
    messenger: Messenger
    issuer: TokenIssuer
    verifier: TokenVerifier
    revocations: Revocations
    principals: Principals
    session_lifetime: timedelta
    code_lifetime: timedelta
    password_days: int = 0  # 0: a password is good until there is a reason to change it

    @classmethod
    def of(
        cls,
        tenancy: Tenancy,
        *,
        settings: Settings,
        messenger: Messenger,
        passwords: Passwords | None = None,
    ) -> Desk:
        """The desk of an installation. The caller loads ``revocations`` once it listens."""
        issuer, seconds = issuer_of(tenancy.names.tag), settings.access_token_seconds
        revocations = Revocations(seconds=seconds)
        return cls(
            tenancy=tenancy,
            passwords=passwords or Passwords(),
            messenger=messenger,
            issuer=TokenIssuer(tenancy.ring.signing_key(), issuer=issuer, seconds=seconds),
            verifier=TokenVerifier(
                tenancy.ring.verifying_keys(), issuer=issuer, seconds=seconds, revocations=revocations
            ),
            revocations=revocations,
            principals=Principals(tenancy),
            session_lifetime=timedelta(days=settings.refresh_token_days),
            code_lifetime=timedelta(seconds=settings.sign_in_code_seconds),
            password_days=settings.password_days,
        )
