"""Callers are remembered, and what ends or changes them counts at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bangban.features.accounts.revocations import Revocations
from bangban.features.accounts.tokens import Claims
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.ids import new_id
from bangban.kernel.problems import SessionEnded
from bangban.web import callers
from bangban.web.callers import Callers, Known

KEY = (b"Bearer one", None, b"api.test")


@dataclass
class Sources:
    """All that a caller is found from, as far as it may change."""

    revocations: Revocations = field(default_factory=lambda: Revocations(seconds=600))
    stamp: object = field(default_factory=object)
    forgotten: int = 0
    until: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=1))
    claims: Claims = field(
        default_factory=lambda: Claims(
            subject=new_id(),
            kind=PrincipalKind.STAFF,
            district="zouping",
            session_id=new_id(),
            issued_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(minutes=9),
        )
    )
    asked: int = 0

    @property
    def registry(self) -> Any:
        return self

    principals = verifier = registry

    def known_until(self, _: Claims) -> datetime:
        return self.until


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    made = Sources()

    async def authenticate(services: Sources, *, authorization: str | None, **_: Any) -> callers.Caller:
        services.asked += 1
        if authorization == "Bearer over":
            raise SessionEnded
        kind = PrincipalKind.ANONYMOUS if authorization is None else PrincipalKind.STAFF
        claims = None if authorization is None else services.claims
        return callers.Caller(principal=Principal(kind=kind), district=None, claims=claims)

    monkeypatch.setattr(callers, "authenticate", authenticate)
    return made


def known(kept: Callers, key: callers.Key = KEY) -> Known:
    return kept.find(key) or asyncio.run(kept.identify(key))


def test_who_asked_before_is_known_by_the_same_headers(sources: Sources) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    first = known(kept)
    assert known(kept) is first
    assert sources.asked == 1
    for other in ((b"Bearer two", None, b"api.test"), (KEY[0], b"rushan", KEY[2]), (KEY[0], None, b"other")):
        assert known(kept, other) is not first
    assert sources.asked == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda sources: sources.revocations.revoke(sources.claims.session_id),
        lambda sources: setattr(sources, "stamp", object()),
        lambda sources: setattr(sources, "forgotten", 1),
    ],
)
def test_whatever_changes_counts_at_once(sources: Sources, change: Callable[[Sources], None]) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    known(kept)
    change(sources)
    assert kept.find(KEY) is None


@pytest.mark.parametrize("which", ["token", "account"])
def test_nobody_is_known_beyond_their_time(
    sources: Sources, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    end = sources.until = datetime.now(UTC) + timedelta(seconds=60 if which == "account" else 6000)
    if which == "token":
        end = sources.claims.expires_at
    known(kept)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: end.timestamp() - 0.001)
    assert kept.find(KEY) is not None
    monkeypatch.setattr(time, "time", end.timestamp)
    assert kept.find(KEY) is None
    monkeypatch.setattr(time, "time", now)


def test_a_change_that_is_told_while_somebody_is_read_is_not_overlooked(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    before = callers.authenticate

    async def interrupted(*args: Any, **named: Any) -> Any:
        found = await before(*args, **named)
        sources.forgotten += 1
        return found

    monkeypatch.setattr(callers, "authenticate", interrupted)
    asyncio.run(kept.identify(KEY))
    assert kept.find(KEY) is None


def test_refusals_and_passes_are_not_remembered(sources: Sources) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    over = (b"Bearer over", None, b"api.test")
    with pytest.raises(SessionEnded):
        asyncio.run(kept.identify(over))
    passed = asyncio.run(kept.identify(over, without_token=True))
    assert passed.caller.principal.kind is PrincipalKind.ANONYMOUS
    assert kept.find(over) is None
    long = (b"Bearer " + b"x" * 4000, None, b"api.test")
    asyncio.run(kept.identify(long))
    assert kept.find(long) is None, "such headers are not worth the room"


def test_strangers_have_no_session_to_end(sources: Sources) -> None:
    kept: Any = Callers(sources)  # type: ignore[arg-type]  # what it asks for
    stranger = (None, b"zouping", b"api.test")
    found = known(kept, stranger)
    assert found.session_id is None
    sources.revocations.revoke(UUID(int=0))
    assert kept.find(stranger) is found
