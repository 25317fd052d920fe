"""Passwords: argon2id, off the event loop, with the same work for a login that does not exist.

What may be one is judged by length and by how many guesses it would stand (NIST SP 800-63B: no rules about
kinds of characters, which make people write ``Admin@123456``). The complexity that MLPS asks for (DOMAIN 3.16,
GB/T 22239) is met by that measure; docs/people.md says so to whoever assesses it.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from bangban.features.accounts.problems import PasswordGuessable, PasswordIsLogin, PasswordLengthWrong
from bangban.kernel.problems import Unavailable

T = TypeVar("T")

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128
LEAST_GUESSES = 10**9
"""Ten tries in a quarter of an hour are let through; this many would take a thousand years and more."""

_ESTIMATED = 72  # characters: beyond them the estimate costs more than it tells
_TELLING = 2  # characters; a login or name of one letter is in every other password
_OURS = ("bangban", "帮办", "daiban", "zhengwu", "fuwu", "guanli", "administrator")


class Cost(NamedTuple):
    """What one hash costs. The default is OWASP's second recommendation for argon2id: 19 MiB, two passes."""

    passes: int = 2
    memory_kib: int = 19 * 1024
    lanes: int = 1


class Verdict(NamedTuple):
    """Whether a password is right, and its new hash where the stored one was made with other parameters."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and verifies, at most ``threads`` at once; past ``queue`` waiting callers it refuses."""

    def __init__(self, *, cost: Cost | None = None, threads: int = 2, queue: int = 64) -> None:
        passes, memory_kib, lanes = cost or Cost()
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        # A thread pool and not a semaphore: it belongs to no event loop, and argon2 lets go of the GIL.
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="password")
        self._most_waiting = threads + queue
        self._waiting = 0
        self._nobodys = self._hasher.hash(secrets.token_bytes(16))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The argon2id hash, with its salt and parameters in it. Raises Unavailable when too many wait."""
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def check(self, password: str, *, login: str, name: str = "", words: Sequence[str] = ()) -> None:
        """As ``check_password``, off the event loop. Raises Unavailable too, when too many wait."""
        await self._run(lambda: check_password(password, login=login, name=name, words=words))

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Whether ``password`` made ``stored``; without one the same work is done, and the answer is no.

        Raises Unavailable when too many wait.
        """
        return await self._run(lambda: self._verify(stored, password))

    def _verify(self, stored: str | None, password: str) -> Verdict:
        # No policy ever let in a longer one, and hashing time must not be the caller's to choose.
        overlong = len(password) > MOST_CHARACTERS
        candidate = b"" if overlong else _bytes(password)
        try:
            self._hasher.verify(stored or self._nobodys, candidate)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        if stored is None or overlong:
            return Verdict(right=False)
        outdated = self._hasher.check_needs_rehash(stored)
        return Verdict(right=True, rehashed=self._hasher.hash(candidate) if outdated else None)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most_waiting:
            raise Unavailable
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def check_password(password: str, *, login: str, name: str = "", words: Sequence[str] = ()) -> None:
    """Refuse a password that may not be set. ``name`` is its owner's; ``words`` are what anybody would try first.

    Raises:
        PasswordLengthWrong: Fewer than 10 or more than 128 characters.
        PasswordIsLogin: It contains the login or the owner's name, in whatever case.
        PasswordGuessable: Common passwords, words, dates, keyboard walks and the like make up most of it.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise PasswordLengthWrong(least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
    known = [each.strip() for each in (login, name) if len(each.strip()) >= _TELLING]
    if any(each.casefold() in password.casefold() for each in known):
        raise PasswordIsLogin
    estimate = zxcvbn(password[:_ESTIMATED], user_inputs=[*known, *words, *_OURS])
    if estimate["guesses"] < LEAST_GUESSES:
        raise PasswordGuessable


def _bytes(password: str) -> bytes:
    # One form whatever the keyboard composed (RFC 8265); JSON can carry lone surrogates, which are wrong
    # passwords and not errors.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
