"""Which failures of the database's are nobody's mistake: it is away, full, or took too long, or somebody was faster.

The request is not at fault: its caller is told to try again, or to read again first.
"""

from __future__ import annotations

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError

from bangban.kernel.problems import Conflict, Problem, Unavailable

# SQLSTATE classes: connection lost or refused (a pooler's refusals too), too few resources, and the server's
# intervention, which includes a statement that ran into its time limit.
_CLASSES: Final = ("08", "53", "57")


def is_momentary(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment."""
    if isinstance(error, OSError):
        return True
    return str(getattr(error, "sqlstate", None) or "").startswith(_CLASSES)


# Somebody else was faster, also at giving a name or number away, or two waited for each other: the caller reads
# again and decides anew. By SQLSTATE: on other nodes a constraint's name carries the number of a shard.
_LOST_RACES = frozenset({"23505", "40001", "40P01", "55P03"})


def as_problem(error: DBAPIError | asyncpg.PostgresError) -> Problem | None:
    """What the caller can do about a refusal of the database's, or None where it is a bug."""
    cause = (error.orig or error) if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlstate", None) in _LOST_RACES:
        return Conflict()
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return Unavailable() if lost or is_momentary(cause) else None
