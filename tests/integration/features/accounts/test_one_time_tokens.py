"""Invitations and resets: one use, one account, one district, an end; and nothing of them in the clear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.integration.features.accounts.tokens import enter, token_for

from bangban.features.accounts.desk import SignedIn
from bangban.features.accounts.invitations import (
    INVITATION_LIFETIME,
    RESET_LIFETIME,
    invite_staff,
    remind_staff,
)
from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.problems import (
    AccountNotInForce,
    ContactMissing,
    LoginMissing,
    PasswordExpired,
    PasswordGuessable,
    TokenRefused,
    WrongCredentials,
)
from bangban.features.accounts.setting_passwords import set_password_by_token
from bangban.features.accounts.tables import CredentialRow, SessionRow
from bangban.features.accounts.values import TokenKind
from bangban.features.people.problems import StaffInactive
from bangban.kernel.problems import RateLimited, SessionEnded
from bangban.kernel.tenancy.registry import District

FRESH = "tea-lemon-and-the-42-rivers"


def using(
    town: Any,
    token: str,
    *,
    now: datetime,
    kind: TokenKind = TokenKind.INVITATION,
    password: str = FRESH,
    district: District | None = None,
) -> Any:
    return set_password_by_token(
        town.desk, kind=kind, token=token, password=password, district=district, now=now
    )


def use(town: Any, token: str, **given: Any) -> SignedIn:
    signed: SignedIn = town.run(using(town, token, **given))
    return signed


def test_an_invitation_sets_the_first_password_and_is_used_up(town: Any, now: datetime) -> None:
    staff_id = enter(town, "helper")
    with pytest.raises(WrongCredentials):
        town.sign_in("helper", FRESH, now=now)
    token = token_for(town, staff_id, now=now)
    assert use(town, token, now=now).principal.id == staff_id
    assert town.sign_in("helper", FRESH, now=now).principal.id == staff_id
    for again in (token, token.upper(), f" {token} "):
        with pytest.raises(TokenRefused):
            use(town, again, now=now, password=FRESH[::-1])


def test_of_many_who_use_one_token_at_once_one_wins(
    town: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_id = enter(town, "helper")
    token = token_for(town, staff_id, now=now)
    hashing = town.desk.passwords.hash

    async def race() -> list[Any]:
        all_hashed = asyncio.Barrier(6)

        async def hash_and_wait(password: str) -> str:
            hashed: str = await hashing(password)
            await all_hashed.wait()  # so that all of them are about to take the token
            return hashed

        monkeypatch.setattr(town.desk.passwords, "hash", hash_and_wait)
        tries = (using(town, token, now=now, password=f"{FRESH}-{each}") for each in range(6))
        return await asyncio.gather(*tries, return_exceptions=True)

    outcomes = town.run(race())
    assert sum(isinstance(each, SignedIn) for each in outcomes) == 1
    assert sum(isinstance(each, TokenRefused) for each in outcomes) == 5
    assert len(town.rows(select(SessionRow.id))) == 1
    winner = next(number for number, each in enumerate(outcomes) if isinstance(each, SignedIn))
    town.sign_in("helper", f"{FRESH}-{winner}", now=now)


@pytest.mark.parametrize(
    ("give", "kind", "lifetime"),
    [
        (invite_staff, TokenKind.INVITATION, INVITATION_LIFETIME),
        (remind_staff, TokenKind.RESET, RESET_LIFETIME),
    ],
)
def test_a_token_ends(town: Any, now: datetime, give: Any, kind: TokenKind, lifetime: timedelta) -> None:
    staff_id = enter(town, "helper", joined_at=now)
    for late, good in ((timedelta(seconds=1), True), (timedelta(), False)):
        token = token_for(town, staff_id, now=now, give=give)
        at = now + lifetime - late
        if good:
            assert use(town, token, now=at, kind=kind).principal.id == staff_id
        else:
            with pytest.raises(TokenRefused):
                use(town, token, now=at, kind=kind)


def test_a_newer_token_replaces_the_older_and_each_is_good_for_its_own_act(town: Any, now: datetime) -> None:
    staff_id = enter(town, "helper", joined_at=now)
    first, second = (token_for(town, staff_id, now=now) for _ in range(2))
    with pytest.raises(TokenRefused):
        use(town, first, now=now)
    with pytest.raises(TokenRefused):
        use(town, second, now=now, kind=TokenKind.RESET)
    use(town, second, now=now)


def test_a_token_is_worth_nothing_in_another_district(
    town: Any, now: datetime, new_district: Callable[..., District]
) -> None:
    other = new_district()
    token = token_for(town, enter(town, "helper"), now=now)
    with pytest.raises(TokenRefused):
        use(town, token, now=now, district=other)
    with pytest.raises(TokenRefused):
        use(town, f"{other.slug}.{token.rpartition('.')[2]}", now=now)
    use(town, token, now=now, district=town.district)


@pytest.mark.parametrize(
    "text_", ["", ".", "x", "a.b", "\0", "\ud800", "x" * 10_000, "no-such.aaaaa-bbbbb-ccccc-ddddd-eeeee"]
)
def test_what_is_no_token_is_refused_like_a_used_one(town: Any, now: datetime, text_: str) -> None:
    with pytest.raises(TokenRefused):
        use(town, text_, now=now)


def test_a_weak_password_and_an_account_between_posts_leave_the_token_good(town: Any, now: datetime) -> None:
    staff_id = enter(town, "helper")
    token = token_for(town, staff_id, now=now)
    with pytest.raises(PasswordGuessable):
        use(town, token, now=now, password="Password2026!")
    town.change_staff(staff_id, active=False)
    with pytest.raises(AccountNotInForce):
        use(town, token, now=now)
    town.change_staff(staff_id, active=True)
    use(town, token, now=now)


def test_tries_with_one_token_are_counted(town: Any, now: datetime) -> None:
    token = token_for(town, enter(town, "helper"), now=now)
    for _ in range(10):
        with pytest.raises(TokenRefused):
            use(town, token, now=now, kind=TokenKind.RESET)
    with pytest.raises(RateLimited):
        use(town, token, now=now)


def test_a_reset_ends_every_session(town: Any, now: datetime) -> None:
    staff_id = enter(town, "helper")
    use(town, token_for(town, staff_id, now=now), now=now)
    open_one = town.sign_in("helper", FRESH, now=now)
    token = token_for(town, staff_id, now=now, give=remind_staff)
    use(town, token, now=now, kind=TokenKind.RESET, password=FRESH[::-1])
    with pytest.raises(SessionEnded):
        town.refresh(open_one.refresh_token, now=now)
    with pytest.raises(WrongCredentials):
        town.sign_in("helper", FRESH, now=now)


def test_only_who_can_be_reached_and_has_an_account_is_invited(town: Any, now: datetime) -> None:
    for refused, facts in (
        (ContactMissing, {"phone": None}),
        (LoginMissing, {"login": None}),
        (StaffInactive, {"active": False}),
        (LoginMissing, {"portal_origins": ["https://portal.test"]}),
    ):
        staff_id = enter(town, f"who-{next(iter(facts))}", **facts)
        with pytest.raises(refused):
            token_for(town, staff_id, now=now)


def test_a_former_secret_and_its_sessions_end_when_it_was_said(town: Any, now: datetime) -> None:
    portal = town.hire("portal", "portal")
    until = now + timedelta(minutes=30)

    async def rotated() -> None:
        async with town.write(now) as work:
            row = await work.db.get_one(CredentialRow, portal)
            row.former_hash, row.former_until = row.password_hash, until
            row.password_hash = await town.desk.passwords.hash(FRESH)

    town.run(rotated())
    signed = town.sign_in("portal", now=now)
    assert town.rows(select(SessionRow.expires_at)) == [(until,)]
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=until)
    with pytest.raises(WrongCredentials):
        town.sign_in("portal", now=until)
    town.sign_in("portal", FRESH, now=until)


def test_an_old_password_must_be_changed_and_says_so_to_its_owner_alone(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")
    town.desk = replace(town.desk, password_days=90)
    later = now + timedelta(days=91)
    town.sign_in("clerk", now=now + timedelta(days=89))
    with pytest.raises(PasswordExpired):
        town.sign_in("clerk", now=later)
    with pytest.raises(WrongCredentials):
        town.sign_in("clerk", "wrong password", now=later)


@given(st.text(max_size=120))
def test_reading_a_token_never_fails_otherwise(typed: str) -> None:
    try:
        token = OneTimeToken.parse(typed)
    except TokenRefused:
        return
    assert OneTimeToken.parse(token.text) == token
