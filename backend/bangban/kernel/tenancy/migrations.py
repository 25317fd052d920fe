"""Two histories: the platform's (plain Alembic) and the districts' (functions of operations and schema).

District revisions are ordered by Alembic's script directory, but each is called with the schema it
works on: Alembic's operations do not all obey a schema translation, so migrations name it themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.privileges import mending_statements, wrong_privileges

# backend/bangban/kernel/tenancy/migrations.py → the top of the house
SCHEMA_FOLDER = Path(__file__).resolve().parents[4] / "schema" / "database"


def _config(history: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCHEMA_FOLDER / history))
    config.set_main_option("path_separator", "os")
    return config


@lru_cache(maxsize=1)
def district_scripts() -> ScriptDirectory:
    """The district history."""
    return ScriptDirectory.from_config(_config("district"))


@lru_cache(maxsize=1)
def district_head() -> str:
    """The revision that the models describe."""
    head = district_scripts().get_current_head()
    if head is None:
        message = "the district history has no single head"
        raise RuntimeError(message)
    return head


async def upgrade_platform(admin: Endpoint) -> None:
    """Bring the platform schema to its head."""

    def run(connection: Connection) -> None:
        config = _config("platform")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = admin.engine(size=0)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def pending(revision: str) -> list[str]:
    """Revisions that a district at ``revision`` still lacks, oldest first."""
    scripts = district_scripts()
    found = [script.revision for script in scripts.iterate_revisions(district_head(), revision)]
    return found[::-1]


def code_from_of(revision: str) -> str:
    """The oldest revision whose release still works on a district that stands at ``revision``.

    A migration that takes something away names it as ``contracts``: the one whose release had stopped using that.
    """
    found = revision
    for script in district_scripts().iterate_revisions(revision, "base"):
        contracted: str | None = getattr(script.module, "contracts", None)
        if contracted is not None:
            return contracted
        found = script.revision
    return found


async def replay(connection: AsyncConnection, names: Names, slug: str, revisions: list[str]) -> None:
    """Run ``revisions``, which end at the head, on a district's schema, and note where it stands.

    In the caller's transaction. Where privileges are not what the models say they are granted anew, so that no
    migration can forget one or leave one behind.
    """

    await connection.run_sync(partial(_upgrade, revisions=revisions, schema=names.schema(slug)))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if wrong := await wrong_privileges(driver, names, slug):
        await driver.execute(";\n".join(mending_statements(names, slug, wrong)))
    await connection.execute(
        text("UPDATE platform.district SET revision = :revision, code_from = :code_from WHERE slug = :slug"),
        {"revision": revisions[-1], "code_from": code_from_of(revisions[-1]), "slug": slug},
    )


async def build_at(connection: AsyncConnection, schema: str, revision: str) -> None:
    """Give an empty ``schema`` the tables that a district had at ``revision``; no privileges."""
    scripts = district_scripts()
    found = [script.revision for script in scripts.iterate_revisions(revision, "base")]
    await connection.run_sync(partial(_upgrade, revisions=found[::-1], schema=schema))


def is_known(revision: str) -> bool:
    """Whether the district history has this revision: that of a newer release is not known here."""
    return any(script.revision == revision for script in district_scripts().walk_revisions())


def _upgrade(sync: Connection, *, revisions: Sequence[str], schema: str) -> None:
    operations = Operations(MigrationContext.configure(sync))
    for revision in revisions:
        script = district_scripts().get_revision(revision)
        if script is None:
            raise LookupError(revision)
        script.module.upgrade(operations, schema=schema)
