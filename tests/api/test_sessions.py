"""Signing in, carrying on and out over the API."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update
from tests.api.casework import Desk, fresh
from tests.api.clients import PASSWORD, Client, Place
from tests.api.signing_in import ASK, ME, REFRESH, SIGN_IN, SIGN_OUT, WITH_CODE, bearer, signed_in, text

from bangban.features.accounts.tables import AttemptRow, SignInCodeRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work


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


def test_a_refresh_token_counts_once_and_its_reuse_ends_the_session(desk: Desk) -> None:
    first = signed_in(desk)
    second = desk.place.api(REFRESH, t=first["refreshToken"]).data["refreshSession"]
    assert bearer(desk, second)(ME).data["viewer"]["kind"] == "STAFF"
    assert desk.place.api(REFRESH, t=first["refreshToken"]).code == "SESSION_ENDED"
    assert bearer(desk, second)(ME).code == "SESSION_ENDED"
    assert desk.place.api(REFRESH, t=second["refreshToken"]).code == "SESSION_ENDED"


def test_a_stale_token_does_not_stop_its_owner_from_refreshing(desk: Desk) -> None:
    session = signed_in(desk)
    stale = desk.place.api.as_(Authorization="Bearer not.a.token", X_District="zouping")
    assert stale(REFRESH, t=session["refreshToken"]).data["refreshSession"]["viewer"]["kind"] == "STAFF"
    assert stale(ME).code == "UNAUTHENTICATED"


def test_sign_out_works_at_once_and_only_for_this_session(desk: Desk) -> None:
    here, there = signed_in(desk), signed_in(desk)
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


def test_sign_in_of_one_district_is_none_of_anothers(api: Client, zouping: Place, rushan: Place) -> None:
    given = {"login": "clerk-town", "password": PASSWORD}  # of Zouping; Rushan has staff at the county only
    assert rushan.anonymous(SIGN_IN, i=given).code == "UNAUTHENTICATED"
    assert api(SIGN_IN, i=given).code == "UNAUTHENTICATED"  # without a district only operators sign in
    assert zouping.anonymous(SIGN_IN, i=given).data["signIn"]["accessToken"]
