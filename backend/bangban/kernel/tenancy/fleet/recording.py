"""What a migration would run, without a database: its operations written down as statements."""

from __future__ import annotations

from typing import Any, Final

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from bangban.kernel.tenancy.migrations import district_scripts

SCHEMA: Final = "d_some_district"
"""The schema that recorded statements name."""

_SERVER: Final = (18, 0)


class NotRecordable(Exception):  # noqa: N818 - a finding about a migration, not a failure of ours
    """The migration asks the database something on its way, so what it does depends on a district's data."""


class _Statements:
    """Takes down what Alembic writes out; each call is one statement, or empty."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def write(self, text: str) -> None:
        statement = text.strip().rstrip(";").strip()
        if statement:
            self.found.append(statement)

    def flush(self) -> None:
        """Nothing is held back."""


def recorded(revision: str) -> tuple[str, ...]:
    """The statements of one district migration, in order. Raises ``NotRecordable``, LookupError."""
    script = district_scripts().get_revision(revision)
    if script is None:
        raise LookupError(revision)
    return recorded_from(script.module)


def recorded_from(module: Any) -> tuple[str, ...]:
    """The same of a migration's module."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
    dialect.server_version_info = _SERVER
    statements = _Statements()
    context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True, "output_buffer": statements})
    try:
        module.upgrade(Operations(context), schema=SCHEMA)
    except (AttributeError, TypeError, NotImplementedError) as asked:
        # Without a database there is no result to go on with, and no method that would give one.
        raise NotRecordable(str(module.revision)) from asked
    return tuple(statements.found)
