"""So many tries in so much time. Counted in the database, so that all processes count together.

A try is written down before anybody knows how it ends. Guesses made at the same moment therefore cannot
slip past the count, and a crash counts as a try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, NamedTuple, TypeAlias

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.tables import AttemptRow, PlatformAttemptRow

AttemptTable: TypeAlias = type[AttemptRow] | type[PlatformAttemptRow]


class Window(NamedTuple):
    """At most ``most`` tries in any ``seconds``."""

    most: int
    seconds: int

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is limited, and how. All windows count."""

    kind: str
    windows: tuple[Window, ...]

    @property
    def memory(self) -> timedelta:
        """How long a try matters."""
        return max(window.length for window in self.windows)


SIGN_IN: Final = Limit("sign-in", (Window(most=10, seconds=900),))
SIGN_IN_CODE: Final = Limit("sign-in-code", (Window(most=1, seconds=60), Window(most=5, seconds=3600)))


PASSWORD_RESET: Final = Limit("password-reset", (Window(most=1, seconds=60), Window(most=5, seconds=3600)))
TOKEN: Final = Limit("account-token", (Window(most=10, seconds=900),))


class Turn(NamedTuple):
    """A try that was taken (``attempt`` is its row's id), or the ``seconds`` to wait for one."""

    attempt: int | None
    seconds: int = 0


def seconds_to_wait(times: Sequence[datetime], windows: Sequence[Window], *, now: datetime) -> int:
    """Seconds until one more try fits into every window; 0 if it does now."""
    newest_first = sorted(times, reverse=True)
    wait = timedelta()
    for most, seconds in windows:
        if len(newest_first) >= most:
            # A place is free once the most-th newest try is as old as the window is long.
            wait = max(wait, newest_first[most - 1] + timedelta(seconds=seconds) - now)
    return ceil(wait.total_seconds())


async def take_turn(
    db: AsyncSession, attempts: AttemptTable, limit: Limit, *, subject: bytes, now: datetime
) -> Turn:
    """Count a try of ``subject`` (a keyed hash), unless it must wait. Tries that must wait do not count."""
    # One after another for each subject, or simultaneous tries would all see the same count.
    key = int.from_bytes(subject[:8], signed=True)
    await db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    of_subject = (attempts.kind == limit.kind, attempts.subject == subject)
    await db.execute(delete(attempts).where(*of_subject, attempts.at <= now - limit.memory))
    enough = max(window.most for window in limit.windows)
    times = await db.scalars(
        select(attempts.at).where(*of_subject).order_by(attempts.at.desc(), attempts.id.desc()).limit(enough)
    )
    seconds = seconds_to_wait(times.all(), limit.windows, now=now)
    if seconds > 0:
        return Turn(None, seconds)
    row = attempts(kind=limit.kind, subject=subject, at=now)
    db.add(row)
    await db.flush()
    return Turn(row.id)


async def give_back(db: AsyncSession, attempts: AttemptTable, turn: Turn) -> None:
    """Take a try out of the count again: it went well."""
    await db.execute(delete(attempts).where(attempts.id == turn.attempt))
