"""What can go wrong while a district is migrated, told apart by what is to be done about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy.exc import DBAPIError


class Trouble(StrEnum):
    """Kind of a migration's failure 迁移失败类别. Never the database's words, which might hold a person's data."""

    LOCK_TIMEOUT = "LOCK_TIMEOUT"
    STATEMENT_TIMEOUT = "STATEMENT_TIMEOUT"
    LOST_RACE = "LOST_RACE"
    DATA = "DATA"
    REFUSED = "REFUSED"
    INTERNAL = "INTERNAL"

    @property
    def passing(self) -> bool:
        """Whether the same is worth another try at once."""
        return self in (Trouble.LOCK_TIMEOUT, Trouble.LOST_RACE)


_STATES: Final = {
    "55P03": Trouble.LOCK_TIMEOUT,
    "57014": Trouble.STATEMENT_TIMEOUT,
    "40001": Trouble.LOST_RACE,
    "40P01": Trouble.LOST_RACE,
}
_DATA: Final = ("22", "23")  # what the rows hold does not fit what the migration wants of them
_LOST: Final = ("08", "53", "57")  # the server is away, stopped, or full


def sqlstate_of(error: BaseException) -> str:
    """The SQLSTATE behind an error of the driver's or of SQLAlchemy's; empty where there is none."""
    cause = (error.orig or error) if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def trouble_of(error: BaseException) -> Trouble:
    """What kind of failure it is."""
    state = sqlstate_of(error)
    if state in _STATES:
        return _STATES[state]
    if state.startswith(_DATA):
        return Trouble.DATA
    return Trouble.REFUSED if state else Trouble.INTERNAL


def is_away(error: BaseException) -> bool:
    """Whether the database is not there, so that no district is at fault."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = (error.orig or error) if isinstance(error, DBAPIError) else error
    state = sqlstate_of(error)
    return (
        isinstance(cause, OSError)
        or isinstance(cause.__cause__, OSError)
        or (state.startswith(_LOST) and state not in _STATES)
    )
