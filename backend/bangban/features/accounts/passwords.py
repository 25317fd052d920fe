"""Passwords: argon2id, off the event loop, with the same work for a login that does not exist."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bangban.features.accounts.problems import PasswordIsLogin, PasswordLengthWrong
from bangban.kernel.problems import Unavailable

T = TypeVar("T")

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 128


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


def check_password(password: str, *, login: str) -> None:
    """Refuse a password that may not be set.

    Raises:
        PasswordLengthWrong: Fewer than 10 or more than 128 characters.
        PasswordIsLogin: It is the login or contains it, in whatever case.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise PasswordLengthWrong(least=LEAST_CHARACTERS, most=MOST_CHARACTERS)
    if login and login.casefold() in password.casefold():
        raise PasswordIsLogin


def _bytes(password: str) -> bytes:
    # One form whatever the keyboard composed (RFC 8265); JSON can carry lone surrogates, which are wrong
    # passwords and not errors.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
