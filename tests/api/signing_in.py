"""Signing in, carrying on and out over the API, as clients do it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from tests.api.casework import Desk
from tests.api.clients import PASSWORD, Client, Reply

from bangban.features.accounts.tables import SessionRow

SESSION = "accessToken refreshToken expiresAt viewer { kind name permissions }"
SIGN_IN = f"mutation($i: SignInInput!) {{ signIn(input: $i) {{ {SESSION} }} }}"
ASK = "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }"
WITH_CODE = f"mutation($i: SignInWithCodeInput!) {{ signInWithCode(input: $i) {{ {SESSION} }} }}"
REFRESH = f"mutation($t: String!) {{ refreshSession(refreshToken: $t) {{ {SESSION} }} }}"
SIGN_OUT = "mutation { signOut }"
ME = "{ viewer { kind name } }"


def signed_in(desk: Desk, login: str = "helper-county") -> dict[str, Any]:
    """A fresh session of a member of staff."""
    reply = desk.place.anonymous(SIGN_IN, i={"login": login, "password": PASSWORD})
    session: dict[str, Any] = reply.data["signIn"]
    return session


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def bearer(desk: Desk, session: dict[str, Any]) -> Client:
    return desk.place.api.as_(Authorization=f"Bearer {session['accessToken']}")


def text(reply: Reply) -> str:
    return json.dumps(reply.body, ensure_ascii=False)


def sessions(desk: Desk) -> int:
    return int(desk.scalar(select(func.count()).select_from(SessionRow)))


def ended_why(desk: Desk, session: dict[str, Any]) -> str | None:
    claims = desk.services.verifier.verify(session["accessToken"], now=datetime.now(UTC))
    return desk.scalar(select(SessionRow.ended_why).where(SessionRow.id == claims.session_id))  # type: ignore[no-any-return]  # a text column
