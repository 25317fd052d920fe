"""Access tokens: what counts, what does not, and what stops counting."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey
from tests.unit.features.accounts.made_tokens import (
    CLERK,
    LATER,
    NOW,
    OPERATOR,
    RING,
    SECONDS,
    encoded,
    forged,
    issuer,
    parts_of,
    token,
    verifier,
)

from bangban.features.accounts.revocations import Revocations
from bangban.features.accounts.tokens import TokenVerifier
from bangban.kernel.access.principals import Principal
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotAuthenticated, SessionEnded
from bangban.kernel.vault.keyring import KeyRing


@pytest.mark.parametrize("principal", [CLERK, OPERATOR])
def test_a_token_says_who_bears_it_and_nothing_personal(principal: Principal) -> None:
    text = token(principal)
    claims = verifier().verify(text, now=NOW)
    assert claims.subject == principal.id
    assert claims.kind is principal.kind
    assert claims.district == principal.district
    assert claims.session_id == principal.session_id
    assert claims.expires_at == NOW + timedelta(seconds=SECONDS)
    header, payload = parts_of(text)
    assert header["alg"] == "ES256"
    assert set(payload) <= {"iss", "sub", "kind", "dst", "sid", "iat", "exp"}
    assert ("dst" in payload) is (principal.district is not None)


def test_a_token_never_outlives_its_session() -> None:
    access = issuer().issue(CLERK, now=NOW, not_after=NOW + timedelta(seconds=30))
    assert access.expires_at == NOW + timedelta(seconds=30)
    with pytest.raises(SessionEnded):
        verifier().verify(access.text, now=NOW + timedelta(seconds=30))


@given(st.integers(0, 3 * SECONDS))
def test_it_counts_up_to_its_end_and_not_after_whether_cached_or_not(seconds: int) -> None:
    text, moment = token(), NOW + timedelta(seconds=seconds)
    cached, fresh = verifier(), verifier()
    cached.verify(text, now=NOW)
    for each in (cached, fresh):
        if seconds < SECONDS:
            assert each.verify(text, now=moment).subject == CLERK.id
        else:
            with pytest.raises(SessionEnded):
                each.verify(text, now=moment)


@given(st.data())
def test_no_changed_character_is_let_through(data: st.DataObject) -> None:
    text = token()
    # The last character of a signature also carries bits that decode to nothing; those are left out.
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(
        st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.").filter(
            lambda one: one != text[at]
        )
    )
    with pytest.raises((NotAuthenticated, SessionEnded)):
        verifier().verify(text[:at] + other + text[at + 1 :], now=NOW)


@given(st.text(max_size=80))
def test_what_is_no_token_is_refused_and_never_a_bug(text: str) -> None:
    with pytest.raises(NotAuthenticated):
        verifier().verify(text, now=NOW)


@pytest.mark.parametrize(
    "text", ["a" * 1025, "e30.e30.", encoded({"alg": "ES256"}) + ".e30.e30", "\ud800", "é"]
)
def test_oddities_are_refused(text: str) -> None:
    with pytest.raises(NotAuthenticated):
        verifier().verify(text, now=NOW)


def test_a_token_without_signature_is_refused() -> None:
    header, payload = parts_of(token())
    for algorithm in ("none", "None", "NONE"):
        head = encoded(header | {"alg": algorithm})
        for signature in ("", token().split(".")[2]):
            with pytest.raises(NotAuthenticated):
                verifier().verify(f"{head}.{encoded(payload)}.{signature}", now=NOW)


def test_another_algorithm_is_refused_even_with_the_public_key_as_its_secret() -> None:
    public = RING.signing_key().as_bytes(encoding="PEM", private=False)
    secret = OctKey.import_key(base64.b64encode(public))
    with pytest.raises(NotAuthenticated):
        verifier().verify(forged(header={"alg": "HS256"}, key=secret), now=NOW)


def test_another_key_is_refused_under_the_right_name_and_under_none() -> None:
    stranger = ECKey.generate_key("P-256")
    for header in ({}, {"kid": "unknown"}):
        with pytest.raises(NotAuthenticated):
            verifier().verify(forged(header=header, key=stranger), now=NOW)


def test_a_token_of_another_installation_is_refused_though_the_key_is_the_same() -> None:
    with pytest.raises(NotAuthenticated):
        verifier(tag="itwo").verify(token(), now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": None},
        {"iss": "bangban:other"},
        {"sub": None},
        {"sub": "林晓梅"},
        {"sub": 7},
        {"sid": None},
        {"kind": None},
        {"kind": "ROOT"},
        {"kind": "ANONYMOUS"},
        {"kind": "OPERATOR"},  # with a district
        {"dst": None},  # staff without one
        {"dst": "d; DROP"},
        {"dst": 7},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 10**20},
        {"iat": None},
        {"iat": int(NOW.timestamp()) + 3600},
    ],
)
def test_claims_that_are_not_ours_are_refused_though_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated):
        verifier().verify(forged(**changes), now=NOW)


def test_only_the_type_of_access_tokens_counts() -> None:
    with pytest.raises(NotAuthenticated):
        verifier().verify(forged(header={"typ": "JWT"}), now=NOW)
    assert verifier().verify(forged(), now=NOW).subject == CLERK.id


def test_a_token_that_outlives_the_memory_of_revocations_is_refused() -> None:
    with pytest.raises(SessionEnded):
        verifier(seconds=60).verify(token(), now=NOW)


def test_after_a_key_rotation_old_tokens_count_until_the_old_key_is_retired() -> None:
    text, rotated = token(), RING.rotated()
    assert verifier(rotated).verify(text, now=NOW).subject == CLERK.id
    fresh = issuer(rotated).issue(CLERK, now=NOW, not_after=LATER).text
    assert verifier(rotated).verify(fresh, now=NOW).subject == CLERK.id
    with pytest.raises(NotAuthenticated):
        verifier(KeyRing(rotated.current)).verify(text, now=NOW)


def test_a_revoked_session_ends_at_once_though_its_token_is_cached() -> None:
    revocations = Revocations(seconds=SECONDS)
    guard = verifier(revocations=revocations)
    mine, others = token(), token(replace(CLERK, session_id=new_id()))
    guard.verify(mine, now=NOW)
    revocations.note(str(CLERK.session_id), now=NOW)
    with pytest.raises(SessionEnded):
        guard.verify(mine, now=NOW)
    assert guard.verify(others, now=NOW).subject == CLERK.id


def test_a_signature_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    guard, text, checks = verifier(), token(), []
    genuine = TokenVerifier._check

    def counted(self: TokenVerifier, token: str, *, now: datetime) -> Any:
        checks.append(token)
        return genuine(self, token, now=now)

    monkeypatch.setattr(TokenVerifier, "_check", counted)
    for _ in range(3):
        guard.verify(text, now=NOW)
    assert checks == [text]


def test_the_cache_is_bounded_and_what_fell_out_is_checked_again() -> None:
    guard = verifier(size=2)
    texts = [token(replace(CLERK, session_id=new_id())) for _ in range(4)]
    for _ in range(2):
        for text in texts:
            assert guard.verify(text, now=NOW).subject == CLERK.id
    assert len(guard._verified) == 2


def test_nobody_without_a_session_gets_a_token() -> None:
    with pytest.raises(ValueError, match="session"):
        issuer().issue(Principal.anonymous(district="zouping"), now=NOW, not_after=LATER)


def test_revocations_are_forgotten_once_no_token_can_need_them() -> None:
    revocations = Revocations(seconds=SECONDS)
    first, second = new_id(), new_id()
    revocations.revoke(first, now=NOW)
    revocations.revoke(second, now=NOW + timedelta(seconds=SECONDS + 61))
    assert first not in revocations
    assert second in revocations
    assert revocations.count == 1


@given(st.text(max_size=40))
def test_a_strange_notification_is_passed_over(reference: str) -> None:
    revocations = Revocations(seconds=SECONDS)
    revocations.note(reference, now=NOW)
    try:
        expected = UUID(reference) in revocations
    except ValueError:
        expected = revocations.count == 0
    assert expected
