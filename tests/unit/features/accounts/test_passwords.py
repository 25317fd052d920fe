"""Passwords: right and wrong, outdated hashes, and callers who must not wait for ever."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.accounts.passwords import Cost, Passwords, check_password
from bangban.features.accounts.problems import PasswordIsLogin, PasswordLengthWrong
from bangban.kernel.problems import Unavailable

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords(cost=CHEAP)
    yield made
    made.close()


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_same_password_is_right(passwords: Passwords, first: str, second: str) -> None:
    async def tried() -> tuple[bool, bool]:
        stored = await passwords.hash(first)
        return (await passwords.verify(stored, first)).right, (await passwords.verify(stored, second)).right

    same, other = asyncio.run(tried())
    assert same
    assert other is (passwords_equal(first, second))


def passwords_equal(first: str, second: str) -> bool:
    return unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second)


def test_one_password_however_the_keyboard_composed_it(passwords: Passwords) -> None:
    async def tried() -> bool:
        stored = await passwords.hash("caf\u00e9 au village")
        return (await passwords.verify(stored, "cafe\u0301 au village")).right

    assert asyncio.run(tried())


@pytest.mark.parametrize("password", ["", "x" * 5000, "\ud800\udfff", "\0"])
def test_an_unknown_login_is_never_right_whatever_is_typed(passwords: Passwords, password: str) -> None:
    assert not asyncio.run(passwords.verify(None, password)).right


def test_an_unknown_login_costs_a_verification_too(
    monkeypatch: pytest.MonkeyPatch, passwords: Passwords
) -> None:
    seen: list[str] = []
    genuine = type(passwords._hasher).verify

    def watched(self: object, stored: str, password: bytes) -> bool:
        seen.append(stored)
        return genuine(self, stored, password)  # type: ignore[arg-type]  # the unbound method of argon2

    monkeypatch.setattr(type(passwords._hasher), "verify", watched)
    asyncio.run(passwords.verify(None, "whatever it is"))
    assert len(seen) == 1
    assert seen[0].startswith("$argon2id$")


def test_a_damaged_hash_is_a_wrong_password(passwords: Passwords) -> None:
    assert not asyncio.run(passwords.verify("no hash at all", "whatever it is")).right


def test_a_hash_of_former_parameters_is_made_anew_when_the_password_is_right(passwords: Passwords) -> None:
    async def tried() -> None:
        dearer = Passwords(cost=Cost(passes=2, memory_kib=16, lanes=1))
        old = await passwords.hash("right password")
        verdict = await dearer.verify(old, "right password")
        assert verdict.right
        assert verdict.rehashed is not None
        assert await dearer.verify(verdict.rehashed, "right password") == (True, None)
        assert await dearer.verify(old, "wrong password") == (False, None)
        dearer.close()

    asyncio.run(tried())


def test_hashes_differ_and_name_their_parameters() -> None:
    async def tried() -> tuple[str, str]:
        standard = Passwords()
        hashes = await standard.hash("right password"), await standard.hash("right password")
        standard.close()
        return hashes

    first, second = asyncio.run(tried())
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_past_the_queue_callers_are_refused_at_once() -> None:
    gate = threading.Event()

    async def tried() -> None:
        narrow = Passwords(cost=CHEAP, threads=1, queue=1)
        waiting = [asyncio.ensure_future(narrow._run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await narrow.verify(None, "one too many")
        gate.set()
        await asyncio.gather(*waiting)
        assert not (await narrow.verify(None, "room again")).right
        narrow.close()

    asyncio.run(tried())


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("九个字符的密码不够", PasswordLengthWrong),
        ("x" * 129, PasswordLengthWrong),
        ("Zouping-Clerk", PasswordIsLogin),
        ("2026zouping-clerk!", PasswordIsLogin),
    ],
)
def test_what_may_not_be_a_password(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_password(password, login="zouping-clerk")


def test_ten_characters_will_do() -> None:
    check_password("十个字符的密码刚好够", login="zouping-clerk")
