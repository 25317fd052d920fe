"""A schema made at once and one that went through every migration are the same, to the last privilege."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.integration.kernel.tenancy.catalog import Description, describe, differences

from bangban.kernel.database.base import PlatformBase, TenantBase
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import pending, replay
from bangban.kernel.tenancy.provisioning import create_statements

Run = Callable[[Any], Any]


async def made_at_once(installation: Installation, slug: str) -> Description:
    """A district from the generated script, in a transaction that is rolled back."""
    async with installation.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(";\n".join(create_statements(installation.names, slug)))
        found = await describe(connection, installation.names.schema(slug))
        await transaction.rollback()
        return found


async def grown(installation: Installation, slug: str) -> Description:
    """The same district from an empty schema through all revisions."""
    bare = [
        each
        for each in create_statements(installation.names, slug)
        if each.startswith(("CREATE SCHEMA", "CREATE ROLE"))
    ]
    engine = installation.admin.engine(size=0)
    try:
        async with engine.connect() as connection:
            for statement in bare:
                await connection.exec_driver_sql(statement)
            await replay(connection, installation.names, slug, pending("base"))
            driver = (await connection.get_raw_connection()).driver_connection
            found = await describe(driver, installation.names.schema(slug))
            await connection.rollback()
            return found
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def both(installation: Installation, run: Run) -> tuple[Description, Description]:
    """A district made at once, and the same one grown."""
    slug = f"twice-{uuid4().hex[:6]}"
    return run(made_at_once(installation, slug)), run(grown(installation, slug))


def test_the_script_and_the_history_make_the_same_district(both: tuple[Description, Description]) -> None:
    once, grown = both
    assert differences(once, grown) == {}


def test_the_comparison_sees_what_it_should(both: tuple[Description, Description]) -> None:
    once, _ = both
    assert len(once["tables"]) > len(TenantBase.metadata.tables)  # sequences of identity columns too
    assert len(once["columns"]) == sum(len(table.columns) for table in TenantBase.metadata.sorted_tables)
    assert any("CREATE UNIQUE INDEX" in each for each in once["indexes"])
    assert any('pg_catalog."C"' in each for each in once["columns"])
    assert {each.split(" | ")[2].rpartition("_")[2] for each in once["privileges"]} == {"rw", "ro", "audit"}
    assert once["others"] == set()


def test_no_foreign_key_leaves_its_schema(installation: Installation, run: Run) -> None:
    async def go() -> list[Any]:
        async with installation.connection() as connection:
            return list(
                await connection.fetch(
                    "SELECT conname FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid"
                    " WHERE k.contype = 'f' AND f.relnamespace <> k.connamespace"
                )
            )

    assert run(go()) == []


def test_the_platforms_history_makes_what_its_models_say(installation: Installation, run: Run) -> None:
    """Beside the migrated schema, one straight from the models, under another name and rolled back."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
    other = "platform_of_models"
    translate = {"platform": other}

    async def go() -> tuple[Description, Description]:
        async with installation.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            migrated = await describe(connection, "platform")
            await connection.execute(f"CREATE SCHEMA {other}")
            for table in PlatformBase.metadata.sorted_tables:
                for ddl in (CreateTable(table), *map(CreateIndex, table.indexes)):
                    compiled = ddl.compile(
                        dialect=dialect, schema_translate_map=translate, render_schema_translate=True
                    )
                    await connection.execute(str(compiled))
            modelled = await describe(connection, other)
            await transaction.rollback()
            return migrated, modelled

    migrated, modelled = run(go())
    for part in (migrated, modelled):
        del part["privileges"]  # of roles that only the installation has
    for part in migrated.values():  # Alembic's own note of where the schema stands
        part -= {each for each in part if "schema_revision" in each}
    assert differences(migrated, modelled) == {}
    assert len(migrated["tables"]) > 10
