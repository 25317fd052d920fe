"""Staff sign in with login and password: one answer to everything wrong, and an end to guessing."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bangban.features.accounts import service
from bangban.features.accounts.desk import Desk
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.problems import AccountNotInForce, WrongCredentials
from bangban.features.accounts.tables import AttemptRow, CredentialRow, RefreshTokenRow, SessionRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.problems import RateLimited

MINUTE = timedelta(minutes=1)


def test_a_clerk_signs_in_and_is_who_the_tokens_say(town: Any, now: datetime) -> None:
    staff_id = town.hire("clerk", "window-clerk", "helper")
    signed = town.sign_in("clerk", now=now)
    assert signed.principal.kind is PrincipalKind.STAFF
    assert signed.principal.id == staff_id
    assert signed.expires_at == now + 10 * MINUTE
    assert town.bearer(signed, now=now) == signed.principal
    assert {each.role.value for each in signed.principal.assignments} == {"window-clerk", "helper"}
    assert all(each.area_path == town.root.hex for each in signed.principal.assignments)


def test_auditors_and_portals_are_told_apart(town: Any, now: datetime) -> None:
    town.hire("auditor", "auditor")
    town.hire("portal", "portal")
    assert town.sign_in("auditor", now=now).principal.kind is PrincipalKind.AUDITOR
    assert town.sign_in("portal", now=now).principal.kind is PrincipalKind.PORTAL


def test_whatever_is_wrong_the_answer_is_the_same(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")
    town.hire("inactive", "window-clerk", active=False)
    town.hire("unassigned")
    tried = [
        ("clerk", "wrong password"),
        ("clerk", ""),
        ("clerk", "x" * 100_000),
        ("nobody", town.password),
        ("no\0body", town.password),
        ("\ud800", "\ud800"),
        ("", ""),
        ("inactive", town.password),
        ("unassigned", "wrong password"),
    ]
    answers = set()
    for login, password in tried:
        with pytest.raises(WrongCredentials) as refused:
            town.sign_in(login, password, now=now)
        answers.add((refused.value.code, refused.value.fields, refused.value.message("zh")))
    assert len(answers) == 1
    assert town.rows(select(func.count()).select_from(SessionRow))[0][0] == 0


def test_whoever_has_no_post_today_is_told_so_once_their_password_was_right(town: Any, now: datetime) -> None:
    town.hire("unassigned")
    town.hire("formerly", "window-clerk", until=date(2026, 11, 22))
    town.hire("soon", "window-clerk", since=date(2026, 11, 24))
    town.hire("closed", "window-clerk", until=date(2026, 11, 22), active=False)
    for login in ("unassigned", "formerly", "soon"):
        for _ in range(11):  # no try at guessing is used up
            with pytest.raises(AccountNotInForce) as told:
                town.sign_in(login, now=now)
        assert told.value.fields == ("input.login",)
        with pytest.raises(WrongCredentials):
            town.sign_in(login, "wrong password", now=now)
    with pytest.raises(WrongCredentials):
        town.sign_in("closed", now=now)
    assert {why for *_, why in town.trail()} == {"no post", "credentials"}
    assert town.rows(select(func.count()).select_from(SessionRow))[0][0] == 0


def test_an_assignment_counts_on_its_first_and_last_day_in_the_districts_time(
    town: Any, now: datetime
) -> None:
    town.hire("today", "window-clerk", since=date(2026, 11, 23), until=date(2026, 11, 23))
    town.sign_in("today", now=datetime.fromisoformat("2026-11-23T00:00:00+08:00"))
    town.sign_in("today", now=datetime.fromisoformat("2026-11-23T23:59:59+08:00"))
    for moment in ("2026-11-22T23:59:59+08:00", "2026-11-24T00:00:00+08:00"):
        with pytest.raises(AccountNotInForce):
            town.sign_in("today", now=datetime.fromisoformat(moment))


@pytest.mark.parametrize("login", ["clerk", "nobody"])
def test_ten_failures_end_the_guessing_for_known_and_unknown_logins_alike(
    town: Any, login: str, now: datetime
) -> None:
    town.hire("clerk", "window-clerk")
    for each in range(10):
        with pytest.raises(WrongCredentials):
            town.sign_in(login, "wrong password", now=now + each * MINUTE)
    with pytest.raises(RateLimited) as refused:
        town.sign_in(login, town.password, now=now + 10 * MINUTE)
    assert refused.value.seconds == 5 * 60
    # Refused tries do not count, so the door opens when it was said to.
    after = now + 15 * MINUTE
    if login == "clerk":
        town.sign_in(login, now=after)
    else:
        with pytest.raises(WrongCredentials):
            town.sign_in(login, now=after)


def test_one_login_guessed_at_leaves_the_others_alone(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")
    town.hire("helper", "helper")
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            town.sign_in("clerk", "wrong password", now=now)
    assert town.sign_in("helper", now=now).principal.kind is PrincipalKind.STAFF


def test_signing_in_costs_no_try(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")
    for _ in range(12):
        town.sign_in("clerk", now=now)
    assert town.rows(select(func.count()).select_from(AttemptRow))[0][0] == 0


def test_guesses_made_at_the_same_moment_do_not_slip_past_the_count(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")

    async def storm() -> list[BaseException | Any]:
        return await asyncio.gather(
            *(
                service.sign_in(
                    town.desk, district=town.district, login="clerk", password=f"guess number {each}", now=now
                )
                for each in range(20)
            ),
            return_exceptions=True,
        )

    kinds = [type(each) for each in town.run(storm())]
    assert kinds.count(WrongCredentials) == 10
    assert kinds.count(RateLimited) == 10


def test_the_trail_names_the_account_and_never_what_was_typed(town: Any, now: datetime) -> None:
    staff_id = town.hire("clerk", "window-clerk")
    signed = town.sign_in("clerk", now=now)
    for login in ("clerk", "my-secret-password"):
        with pytest.raises(WrongCredentials):
            town.sign_in(login, "wrong password", now=now)
    entered, known, unknown = town.trail()
    session = f"session:{signed.principal.session_id}"
    assert entered == (f"staff:{staff_id}", "session:sign-in", session, None)
    assert known[1:] == ("session:sign-in", f"staff:{staff_id}", "credentials")
    assert unknown[1] == "session:sign-in"
    assert unknown[2].startswith("login:")
    assert "secret" not in repr(unknown)


def test_a_refusal_by_the_limit_is_in_the_trail(town: Any, now: datetime) -> None:
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            town.sign_in("nobody", "wrong password", now=now)
    with pytest.raises(RateLimited):
        town.sign_in("nobody", "wrong password", now=now)
    assert [why for *_, why in town.trail()] == ["credentials"] * 10 + ["limit"]


def test_what_must_be_saved_with_the_session_is_saved_with_it_or_neither(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")

    async def also(db: Any, result: Any) -> None:
        raise RuntimeError("the answer could not be stored")

    with pytest.raises(RuntimeError, match="stored"):
        town.run(
            service.sign_in(
                town.desk, district=town.district, login="clerk", password=town.password, now=now, also=also
            )
        )
    assert town.rows(select(SessionRow.id)) == []


def test_secrets_are_stored_as_hashes_only(town: Any, now: datetime) -> None:
    town.hire("clerk", "window-clerk")
    signed = town.sign_in("clerk", now=now)
    ((stored,),) = town.rows(select(CredentialRow.password_hash))
    ((token,),) = town.rows(select(RefreshTokenRow.token_hash))
    assert stored.startswith("$argon2id$")
    assert signed.refresh_token.encode() not in token
    assert len(token) == 32


def test_a_hash_of_former_parameters_is_replaced_at_the_next_sign_in(
    town: Any, new_desk: Any, now: datetime
) -> None:
    town.hire("clerk", "window-clerk")
    dearer = Passwords(cost=Cost(passes=2, memory_kib=16, lanes=1))
    desk: Desk = new_desk()
    object.__setattr__(desk, "passwords", dearer)
    sign_in = service.sign_in(desk, district=town.district, login="clerk", password=town.password, now=now)
    town.run(sign_in)
    dearer.close()
    ((stored,),) = town.rows(select(CredentialRow.password_hash))
    assert "m=16,t=2" in stored
    town.sign_in("clerk", now=now)
