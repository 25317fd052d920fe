"""Signing in, carrying on and out over the API; and the same requests sent again after a lost answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, update
from tests.api.casework import Desk, Run, fresh, together
from tests.api.conftest import PASSWORD, Client, Place, Reply

from bangban.features.accounts.credentials import set_operator_password
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import (
    AttemptRow,
    OperatorSessionRow,
    RefreshTokenRow,
    SessionRow,
    SignInCodeRow,
)
from bangban.features.people.tables import StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

SESSION = "accessToken refreshToken expiresAt viewer { kind name permissions }"
SIGN_IN = f"mutation($i: SignInInput!) {{ signIn(input: $i) {{ {SESSION} }} }}"
ASK = "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }"
WITH_CODE = f"mutation($i: SignInWithCodeInput!) {{ signInWithCode(input: $i) {{ {SESSION} }} }}"
REFRESH = f"mutation($t: String!) {{ refreshSession(refreshToken: $t) {{ {SESSION} }} }}"
SIGN_OUT = "mutation { signOut }"
ME = "{ viewer { kind name } }"


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(zouping, services, run, app_settings.outbox_folder)


@pytest.fixture(scope="module")
def sign_in(desk: Desk) -> Callable[..., dict[str, Any]]:
    """A fresh session of a member of staff."""

    def fresh_session(login: str = "helper-county") -> dict[str, Any]:
        reply = desk.place.anonymous(SIGN_IN, i={"login": login, "password": PASSWORD})
        session: dict[str, Any] = reply.data["signIn"]
        return session

    return fresh_session


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


# ---------------------------------------------------------------------- in, on, out


def test_whatever_is_wrong_with_a_sign_in_it_is_answered_alike(desk: Desk) -> None:
    wrong = [
        {"login": "clerk-town", "password": "not the password"},
        {"login": "nobody-at-all", "password": PASSWORD},
        {"login": "a" * 100, "password": PASSWORD},
        {"login": "", "password": ""},
    ]
    answers = {text(desk.place.anonymous(SIGN_IN, i=given)) for given in wrong}
    assert len(answers) == 1
    (answer,) = answers
    assert "UNAUTHENTICATED" in answer


def test_a_refresh_token_counts_once_and_its_reuse_ends_the_session(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    first = sign_in()
    second = desk.place.api(REFRESH, t=first["refreshToken"]).data["refreshSession"]
    assert bearer(desk, second)(ME).data["viewer"]["kind"] == "STAFF"
    assert desk.place.api(REFRESH, t=first["refreshToken"]).code == "SESSION_ENDED"
    assert bearer(desk, second)(ME).code == "SESSION_ENDED"
    assert desk.place.api(REFRESH, t=second["refreshToken"]).code == "SESSION_ENDED"


def test_a_stale_token_does_not_stop_its_owner_from_refreshing(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    session = sign_in()
    stale = desk.place.api.as_(Authorization="Bearer not.a.token", X_District="zouping")
    assert stale(REFRESH, t=session["refreshToken"]).data["refreshSession"]["viewer"]["kind"] == "STAFF"
    assert stale(ME).code == "UNAUTHENTICATED"


def test_sign_out_works_at_once_and_only_for_this_session(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    here, there = sign_in(), sign_in()
    assert bearer(desk, here)(SIGN_OUT).data == {"signOut": True}
    assert bearer(desk, here)(ME).code == "SESSION_ENDED"
    assert desk.place.api(REFRESH, t=here["refreshToken"]).code == "SESSION_ENDED"
    assert bearer(desk, there)(ME).data["viewer"]["kind"] == "STAFF"
    assert bearer(desk, here)(SIGN_OUT).code == "SESSION_ENDED"
    assert desk.place.anonymous(SIGN_OUT).code == "UNAUTHENTICATED"


def test_known_and_unknown_phones_are_answered_alike(desk: Desk) -> None:
    known, unknown = fresh(), fresh()
    desk.resident(known)

    async def forget(work: Work) -> None:
        await work.db.execute(delete(AttemptRow).where(AttemptRow.kind == "sign-in-code"))

    desk.inside(forget)
    answers = {text(desk.place.anonymous(ASK, i={"phone": sample_phone(n)})) for n in (known, unknown)}
    assert len(answers) == 1
    refusals = {text(desk.place.anonymous(ASK, i={"phone": sample_phone(n)})) for n in (known, unknown)}
    assert all("RATE_LIMITED" in each for each in refusals)
    wrong = {
        text(desk.place.anonymous(WITH_CODE, i={"phone": sample_phone(n), "code": "abc"}))
        for n in (known, unknown)
    }
    assert len(wrong) == 1
    assert '"UNAUTHENTICATED"' in wrong.pop()


def test_a_code_is_good_once(desk: Desk) -> None:
    n = fresh()
    desk.signed_in(n)
    used = {"phone": sample_phone(n), "code": desk.code_of(sample_phone(n))}
    assert desk.place.anonymous(WITH_CODE, i=used).code == "UNAUTHENTICATED"


def test_a_code_ends_with_its_fifth_wrong_try(desk: Desk) -> None:
    n = fresh()
    desk.place.anonymous(ASK, i={"phone": sample_phone(n)})
    code = desk.code_of(sample_phone(n))
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert (
            desk.place.anonymous(WITH_CODE, i={"phone": sample_phone(n), "code": wrong}).code
            == "UNAUTHENTICATED"
        )
    assert (
        desk.place.anonymous(WITH_CODE, i={"phone": sample_phone(n), "code": code}).code == "UNAUTHENTICATED"
    )


def test_an_expired_code_is_none(desk: Desk) -> None:
    n = fresh()
    desk.place.anonymous(ASK, i={"phone": sample_phone(n)})

    async def age(work: Work) -> None:
        await work.db.execute(update(SignInCodeRow).values(expires_at=work.now - timedelta(seconds=1)))

    desk.inside(age)
    given = {"phone": sample_phone(n), "code": desk.code_of(sample_phone(n))}
    assert desk.place.anonymous(WITH_CODE, i=given).code == "UNAUTHENTICATED"


def test_a_phone_of_one_district_is_nobody_in_another(desk: Desk, rushan: Place) -> None:
    n = fresh()
    desk.place.anonymous(ASK, i={"phone": sample_phone(n)})
    given = {"phone": sample_phone(n), "code": desk.code_of(sample_phone(n))}
    assert rushan.anonymous(WITH_CODE, i=given).code == "UNAUTHENTICATED"
    assert desk.place.anonymous(WITH_CODE, i=given).data["signInWithCode"]["viewer"]["kind"] == "RESIDENT"


# ---------------------------------------------------------------------- again, with the key


def test_a_repeated_sign_in_gives_the_same_session(desk: Desk) -> None:
    given, key, before = {"login": "helper-county", "password": PASSWORD}, keyed(), sessions(desk)
    first = desk.place.anonymous(SIGN_IN, headers=key, i=given)
    assert first.data["signIn"]["viewer"]["kind"] == "STAFF"
    assert text(desk.place.anonymous(SIGN_IN, headers=key, i=given)) == text(first)
    assert sessions(desk) == before + 1
    wrong = desk.place.anonymous(SIGN_IN, headers=key, i={**given, "password": "another one"})
    assert wrong.code == "IDEMPOTENCY_CONFLICT"
    other = desk.place.anonymous(SIGN_IN, headers=key, i={**given, "login": "helper-town"})
    assert other.data["signIn"]["accessToken"] != first.data["signIn"]["accessToken"]  # somebody else's key


def test_a_failed_sign_in_is_not_kept(desk: Desk) -> None:
    key = keyed()
    for _ in range(2):
        reply = desk.place.anonymous(SIGN_IN, headers=key, i={"login": "helper-county", "password": "wrong"})
        assert reply.code == "UNAUTHENTICATED"
    right = {"login": "helper-county", "password": PASSWORD}
    assert desk.place.anonymous(SIGN_IN, headers=key, i=right).data["signIn"]["viewer"]["kind"] == "STAFF"


def test_a_repeated_code_request_sends_one_code(desk: Desk) -> None:
    n, key = fresh(), keyed()
    for _ in range(3):
        reply = desk.place.anonymous(ASK, headers=key, i={"phone": sample_phone(n)})
        assert reply.data == {"requestSignInCode": True}
    assert len(desk.messages(sample_phone(n), Template.SIGN_IN_CODE)) == 1
    assert desk.place.anonymous(ASK, headers=keyed(), i={"phone": sample_phone(n)}).code == "RATE_LIMITED"


def test_a_repeated_sign_in_by_code_gives_the_same_session(desk: Desk) -> None:
    n, key = fresh(), keyed()
    desk.place.anonymous(ASK, i={"phone": sample_phone(n)})
    given = {"phone": sample_phone(n), "code": desk.code_of(sample_phone(n))}
    first = desk.place.anonymous(WITH_CODE, headers=key, i=given)
    assert first.data["signInWithCode"]["viewer"]["kind"] == "RESIDENT"
    assert text(desk.place.anonymous(WITH_CODE, headers=key, i=given)) == text(first)
    assert desk.place.anonymous(WITH_CODE, headers=keyed(), i=given).code == "UNAUTHENTICATED"


def test_a_repeated_refresh_gives_the_same_tokens_and_ends_nothing(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    old, key = sign_in(), keyed()
    first = desk.place.api(REFRESH, headers=key, t=old["refreshToken"])
    assert text(desk.place.api(REFRESH, headers=key, t=old["refreshToken"])) == text(first)
    # also from under the token that has not ended yet, and from the district's own address
    assert text(bearer(desk, old)(REFRESH, headers=key, t=old["refreshToken"])) == text(first)
    new = first.data["refreshSession"]
    assert bearer(desk, new)(ME).data["viewer"]["kind"] == "STAFF"
    assert ended_why(desk, new) is None
    third = desk.place.api(REFRESH, t=new["refreshToken"]).data["refreshSession"]
    assert third["refreshToken"] not in (old["refreshToken"], new["refreshToken"])


def test_without_the_key_or_with_another_one_a_used_token_is_a_theft(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    for headers in ({}, keyed()):
        old = sign_in()
        new = desk.place.api(REFRESH, headers=keyed(), t=old["refreshToken"]).data["refreshSession"]
        assert desk.place.api(REFRESH, headers=headers, t=old["refreshToken"]).code == "SESSION_ENDED"
        assert bearer(desk, new)(ME).code == "SESSION_ENDED"


@pytest.mark.parametrize("times", [2, 5])
def test_one_refresh_sent_several_times_at_once_is_one_refresh(
    desk: Desk, sign_in: Callable[..., dict[str, Any]], times: int
) -> None:
    old, key = sign_in(), keyed()
    acts = [desk.place.api.send(REFRESH, headers=key, t=old["refreshToken"]) for _ in range(times)]
    replies = desk.run(together(*acts))
    assert len({text(reply) for reply in replies}) == 1
    new = replies[0].data["refreshSession"]
    assert ended_why(desk, new) is None
    claims = desk.services.verifier.verify(new["accessToken"], now=datetime.now(UTC))
    family = (
        select(func.count())
        .select_from(RefreshTokenRow)
        .where(RefreshTokenRow.session_id == claims.session_id)
    )
    assert desk.scalar(family) == 2


def test_one_sign_in_sent_several_times_at_once_is_one_session(desk: Desk) -> None:
    given, key, before = {"login": "helper-county", "password": PASSWORD}, keyed(), sessions(desk)
    acts = [desk.place.anonymous.send(SIGN_IN, headers=key, i=given) for _ in range(3)]
    assert len({text(reply) for reply in desk.run(together(*acts))}) == 1
    assert sessions(desk) == before + 1


def test_one_code_sent_several_times_at_once_opens_one_session(desk: Desk) -> None:
    n, key = fresh(), keyed()
    asks = [desk.place.anonymous.send(ASK, headers=key, i={"phone": sample_phone(n)}) for _ in range(3)]
    assert [reply.data for reply in desk.run(together(*asks))] == [{"requestSignInCode": True}] * 3
    given, key, before = (
        {"phone": sample_phone(n), "code": desk.code_of(sample_phone(n))},
        keyed(),
        sessions(desk),
    )
    acts = [desk.place.anonymous.send(WITH_CODE, headers=key, i=given) for _ in range(3)]
    assert len({text(reply) for reply in desk.run(together(*acts))}) == 1
    assert sessions(desk) == before + 1


def test_an_answer_whose_session_is_over_opens_nothing(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    given, key = {"login": "helper-county", "password": PASSWORD}, keyed()
    session = desk.place.anonymous(SIGN_IN, headers=key, i=given).data["signIn"]
    assert bearer(desk, session)(SIGN_OUT).data == {"signOut": True}
    assert desk.place.anonymous(SIGN_IN, headers=key, i=given).code == "SESSION_ENDED"


def test_an_answer_whose_owner_left_meanwhile_opens_nothing(desk: Desk) -> None:
    given, key = {"login": "clerk-town-2", "password": PASSWORD}, keyed()
    session = desk.place.anonymous(SIGN_IN, headers=key, i=given).data["signIn"]
    staff_id = UUID(desk.staff_id("clerk-town-2"))

    def set_active(active: bool) -> None:
        async def change(work: Work) -> None:
            await work.db.execute(update(StaffRow).where(StaffRow.id == staff_id).values(active=active))

        desk.inside(change)
        desk.services.principals.forget("zouping", staff_id)

    set_active(False)
    try:
        assert desk.place.anonymous(SIGN_IN, headers=key, i=given).code == "SESSION_ENDED"
        assert bearer(desk, session)(ME).code == "SESSION_ENDED"
    finally:
        set_active(True)


def test_stored_tokens_and_requests_cannot_be_read_out_of_the_database(
    desk: Desk, sign_in: Callable[..., dict[str, Any]]
) -> None:
    key = keyed()
    old = sign_in()
    new = desk.place.api(REFRESH, headers=key, t=old["refreshToken"]).data["refreshSession"]

    async def stored(work: Work) -> StoredAnswerRow:
        found = await work.db.scalars(
            select(StoredAnswerRow).where(StoredAnswerRow.key == key["Idempotency-Key"])
        )
        return found.one()

    row = desk.inside(stored)
    assert row.answer is not None
    assert new["refreshToken"].encode() not in row.answer
    assert new["accessToken"].encode() not in row.answer
    assert row.principal.startswith("session:")
    assert "helper" not in row.principal


def test_operators_repeat_their_requests_as_safely(desk: Desk, api: Client, services: AppServices) -> None:
    passwords = Passwords(cost=Cost(1, 8, 1))

    async def hire() -> None:
        async with services.tenancy.platform() as db:
            await set_operator_password(
                db, passwords=passwords, login="keeper", name="样本运营", password=PASSWORD
            )

    async def count() -> int:
        async with services.tenancy.platform() as db:
            return int(await db.scalar(select(func.count()).select_from(OperatorSessionRow)) or 0)

    desk.run(hire())
    before = desk.run(count())
    given, key = {"login": "keeper", "password": PASSWORD}, keyed()
    first = api(SIGN_IN, headers=key, i=given)
    assert first.data["signIn"]["viewer"]["kind"] == "OPERATOR"
    assert text(api(SIGN_IN, headers=key, i=given)) == text(first)
    assert desk.run(count()) == before + 1
    assert api(SIGN_IN, headers=key, i={**given, "password": "another one"}).code == "IDEMPOTENCY_CONFLICT"
    old, key = first.data["signIn"]["refreshToken"], keyed()
    replies = desk.run(together(*(api.send(REFRESH, headers=key, t=old) for _ in range(3))))
    assert len({text(reply) for reply in replies}) == 1
    new = replies[0].data["refreshSession"]
    operator = api.as_(Authorization=f"Bearer {new['accessToken']}")
    assert operator(ME).data["viewer"] == {"kind": "OPERATOR", "name": "样本运营"}
    assert api(REFRESH, t=old).code == "SESSION_ENDED"  # and without the key it is a theft
    assert operator(ME).code == "SESSION_ENDED"
