"""Operators sign in outside every district, under the same rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from tests.passwords import set_operator_password

from bangban.features.accounts import service
from bangban.features.accounts.desk import Desk, SignedIn
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.problems import PasswordLengthWrong, WrongCredentials
from bangban.features.accounts.tables import OperatorRow, OperatorSessionRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import RateLimited, SessionEnded

PASSWORD = "平台的夜班很安静2026"
Run = Callable[[Any], Any]


@pytest.fixture
def login(run: Run, desk: Desk) -> str:
    """An operator of this test's own."""
    chosen = f"operator-{uuid4().hex[:8]}"
    hire(run, desk, chosen)
    return chosen


def hire(run: Run, desk: Desk, login: str, password: str = PASSWORD) -> UUID:
    async def hired() -> UUID:
        async with desk.tenancy.platform() as db:
            return await set_operator_password(
                db, passwords=desk.passwords, login=login, name="周平", password=password
            )

    made: UUID = run(hired())
    return made


def sign_in(run: Run, desk: Desk, login: str, password: str = PASSWORD, *, now: datetime) -> SignedIn:
    signed: SignedIn = run(service.sign_in(desk, district=None, login=login, password=password, now=now))
    return signed


def bearer(run: Run, desk: Desk, signed: SignedIn, *, now: datetime) -> Principal:
    claims = desk.verifier.verify(signed.access_token, now=now)
    found: Principal = run(desk.principals.load(None, claims, now=now))
    return found


def change(run: Run, desk: Desk, login: str, **values: Any) -> None:
    async def changed() -> None:
        async with desk.tenancy.platform() as db:
            await db.execute(update(OperatorRow).where(OperatorRow.login == login).values(**values))

    run(changed())


def test_an_operator_signs_in_goes_on_and_out(run: Run, desk: Desk, login: str, now: datetime) -> None:
    signed = sign_in(run, desk, login, now=now)
    assert signed.principal.kind is PrincipalKind.OPERATOR
    assert signed.principal.district is None
    assert bearer(run, desk, signed, now=now) == signed.principal
    later = run(service.refresh_session(desk, refresh_token=signed.refresh_token, now=now))
    assert later.principal == signed.principal
    assert run(service.sign_out(desk, later.principal, district=None, now=now)) is True
    with pytest.raises(SessionEnded):
        bearer(run, desk, later, now=now)
    with pytest.raises(SessionEnded):
        run(service.refresh_session(desk, refresh_token=later.refresh_token, now=now))


def test_whatever_is_wrong_the_answer_is_the_same(run: Run, desk: Desk, login: str, now: datetime) -> None:
    inactive = f"{login}-inactive"
    hire(run, desk, inactive)
    change(run, desk, inactive, active=False)
    for name, password in ((login, "wrong password"), ("nobody", PASSWORD), (inactive, PASSWORD), ("\0", "")):
        with pytest.raises(WrongCredentials):
            sign_in(run, desk, name, password, now=now)


def test_ten_failures_end_the_guessing(run: Run, desk: Desk, login: str, now: datetime) -> None:
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            sign_in(run, desk, login, "wrong password", now=now)
    with pytest.raises(RateLimited) as refused:
        sign_in(run, desk, login, now=now + timedelta(minutes=14))
    assert refused.value.seconds == 60
    assert sign_in(run, desk, login, now=now + timedelta(minutes=15))


def test_a_second_use_of_a_refresh_token_ends_the_session(
    run: Run, desk: Desk, login: str, now: datetime
) -> None:
    signed = sign_in(run, desk, login, now=now)
    run(service.refresh_session(desk, refresh_token=signed.refresh_token, now=now))
    with pytest.raises(SessionEnded):
        run(service.refresh_session(desk, refresh_token=signed.refresh_token, now=now))
    with pytest.raises(SessionEnded):
        bearer(run, desk, signed, now=now)

    async def reasons() -> list[str | None]:
        async with desk.tenancy.platform() as db:
            of_session = OperatorSessionRow.id == signed.principal.session_id
            return list(await db.scalars(select(OperatorSessionRow.ended_why).where(of_session)))

    assert run(reasons()) == ["refresh-token-reused"]


def test_a_process_that_starts_later_knows_which_operator_signed_out(
    run: Run, desk: Desk, new_desk: Any, login: str, now: datetime
) -> None:
    signed = sign_in(run, desk, login, now=now)
    run(service.sign_out(desk, signed.principal, district=None, now=now))
    other = new_desk()
    run(other.revocations.load(desk.tenancy))
    assert signed.principal.session_id in other.revocations


def test_a_closed_account_ends(run: Run, desk: Desk, new_desk: Any, login: str, now: datetime) -> None:
    signed = sign_in(run, desk, login, now=now)
    change(run, desk, login, active=False)
    with pytest.raises(SessionEnded):
        bearer(run, desk, signed, now=now)
    with pytest.raises(SessionEnded):
        run(service.refresh_session(desk, refresh_token=signed.refresh_token, now=now))


def test_an_operators_password_can_be_changed_and_has_the_same_rules(
    run: Run, desk: Desk, login: str, now: datetime
) -> None:
    first = sign_in(run, desk, login, now=now).principal.id
    assert hire(run, desk, login, "另一个足够长的密码2026") == first
    with pytest.raises(WrongCredentials):
        sign_in(run, desk, login, now=now)
    assert sign_in(run, desk, login, "另一个足够长的密码2026", now=now)
    with pytest.raises(PasswordLengthWrong):
        hire(run, desk, login, "太短")


def test_an_operators_hash_of_former_parameters_is_replaced(
    run: Run, desk: Desk, new_desk: Any, login: str, now: datetime
) -> None:
    dearer = new_desk()
    object.__setattr__(dearer, "passwords", Passwords(cost=Cost(passes=2, memory_kib=16, lanes=1)))
    sign_in(run, dearer, login, now=now)
    dearer.passwords.close()

    async def stored() -> str | None:
        async with desk.tenancy.platform() as db:
            return await db.scalar(select(OperatorRow.password_hash).where(OperatorRow.login == login))

    assert "m=16,t=2" in run(stored())
    assert sign_in(run, desk, login, now=now)
