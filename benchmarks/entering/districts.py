"""A thousand small districts, and the statement that reads a case of one."""

from __future__ import annotations

from typing import Final

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.names import Names, Wall, quoted

NAMES: Final = Names("ibench00")
DISTRICTS: Final = (1, 50, 1000)
CASES: Final = 50
PASSWORD: Final = "benchmark"  # noqa: S105 - of a server that lives for three minutes
COLUMNS: Final = (
    "title", "state", "channel", "applicant_name", "phone_masked", "area_name", "item_name", "item_code",
    "holder_name", "accepted_on", "due_on", "light",
)  # fmt: skip


def slug(number: int) -> str:
    return f"bench-{number}"


def statement(name: str) -> str:
    parts = ", ".join(f"'{column}' VALUE c.{column}" for column in ("number", "district", *COLUMNS))
    # Identifiers of our own and constants.
    return f"SELECT JSON_OBJECT({parts} RETURNING json) FROM {quoted(Names.schema(name))}.cases c WHERE c.number = $1"  # noqa: S608 - as said


statements: Final = {slug(n): statement(slug(n)) for n in range(max(DISTRICTS))}


async def build(admin: Endpoint) -> Endpoint:
    """A thousand districts; gives the application's way in."""
    connection = await admin.connect()
    await connection.execute(f"CREATE ROLE {NAMES.application} LOGIN NOINHERIT PASSWORD '{PASSWORD}'")
    columns = ", ".join(f"{column} text DEFAULT '{column} 帮办 {column}'" for column in COLUMNS)
    for number in range(max(DISTRICTS)):
        schema, role = quoted(Names.schema(slug(number))), quoted(NAMES.role(slug(number), Wall.READ))
        await connection.execute(
            f"CREATE SCHEMA {schema};"  # noqa: S608 - names of our own
            f"CREATE TABLE {schema}.cases (number text PRIMARY KEY, district text, {columns});"
            f"INSERT INTO {schema}.cases (number, district)"
            f" SELECT n::text, '{slug(number)}' FROM generate_series(1, {CASES}) n;"
            f"CREATE ROLE {role} NOLOGIN NOINHERIT;"
            f"GRANT {role} TO {NAMES.application} WITH INHERIT FALSE, SET TRUE;"
            f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON {schema}.cases TO {role}"
        )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return admin.as_user(NAMES.application, PASSWORD)
