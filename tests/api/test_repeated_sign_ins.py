"""The same requests for a session sent again after a lost answer: once is all that they count."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from tests.api.casework import Desk, fresh, together
from tests.api.clients import PASSWORD, Client
from tests.api.signing_in import (
    ASK,
    ME,
    REFRESH,
    SIGN_IN,
    SIGN_OUT,
    WITH_CODE,
    bearer,
    ended_why,
    keyed,
    sessions,
    signed_in,
    text,
)
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import OperatorSessionRow, RefreshTokenRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices


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


def test_a_repeated_refresh_gives_the_same_tokens_and_ends_nothing(desk: Desk) -> None:
    old, key = signed_in(desk), keyed()
    first = desk.place.api(REFRESH, headers=key, t=old["refreshToken"])
    assert text(desk.place.api(REFRESH, headers=key, t=old["refreshToken"])) == text(first)
    # also from under the token that has not ended yet, and from the district's own address
    assert text(bearer(desk, old)(REFRESH, headers=key, t=old["refreshToken"])) == text(first)
    new = first.data["refreshSession"]
    assert bearer(desk, new)(ME).data["viewer"]["kind"] == "STAFF"
    assert ended_why(desk, new) is None
    third = desk.place.api(REFRESH, t=new["refreshToken"]).data["refreshSession"]
    assert third["refreshToken"] not in (old["refreshToken"], new["refreshToken"])


def test_without_the_key_or_with_another_one_a_used_token_is_a_theft(desk: Desk) -> None:
    for headers in ({}, keyed()):
        old = signed_in(desk)
        new = desk.place.api(REFRESH, headers=keyed(), t=old["refreshToken"]).data["refreshSession"]
        assert desk.place.api(REFRESH, headers=headers, t=old["refreshToken"]).code == "SESSION_ENDED"
        assert bearer(desk, new)(ME).code == "SESSION_ENDED"


@pytest.mark.parametrize("times", [2, 5])
def test_one_refresh_sent_several_times_at_once_is_one_refresh(desk: Desk, times: int) -> None:
    old, key = signed_in(desk), keyed()
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


def test_an_answer_whose_session_is_over_opens_nothing(desk: Desk) -> None:
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


def test_stored_tokens_and_requests_cannot_be_read_out_of_the_database(desk: Desk) -> None:
    key = keyed()
    old = signed_in(desk)
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
