"""Whoever gets a statement of their own past everything above is still refused by PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table
from tests.integration.kernel.tenancy.conftest import (
    DONE,
    READ_ONLY,
    REFUSED,
    Sides,
    entered,
    outcome,
    outcomes,
)

from bangban.kernel.database.base import PlatformBase, TenantBase
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.names import Wall

Run = Callable[[Any], Any]
everyone = pytest.mark.parametrize("wall", list(Wall))


def touching(table: Table, schema: str) -> list[str]:
    """One statement of each kind."""
    # Not an identity column: those are refused for their own sake.
    name, column = f'{schema}."{table.name}"', next(each.name for each in table.columns if not each.identity)
    return [
        f"SELECT count(*) FROM {name}",
        f'SELECT "{column}" FROM {name} LIMIT 0',
        f"INSERT INTO {name} DEFAULT VALUES",
        f'UPDATE {name} SET "{column}" = "{column}"',
        f"DELETE FROM {name}",
        f"TRUNCATE {name}",
        f"LOCK TABLE {name} IN ACCESS SHARE MODE",
        f'SELECT "{column}" FROM {name} FOR UPDATE',
        f"ALTER TABLE {name} ADD COLUMN planted text",
        f"DROP TABLE {name}",
    ]


@everyone
def test_every_statement_on_another_districts_tables_is_refused(
    way: Endpoint, sides: Sides, wall: Wall, run: Run
) -> None:
    statements = [
        sql for table in TenantBase.metadata.sorted_tables for sql in touching(table, sides.far.schema)
    ]
    found = run(outcomes(way, sides.role(wall), statements))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}
    assert len(found) > 250


@everyone
def test_the_platforms_tables_are_out_of_reach(way: Endpoint, sides: Sides, wall: Wall, run: Run) -> None:
    statements = [sql for table in PlatformBase.metadata.sorted_tables for sql in touching(table, "platform")]
    statements.append("SELECT * FROM platform.schema_revision")
    found = run(outcomes(way, sides.role(wall), statements))
    # Members of districts may put rows into the outbox (see test_outbox_rights), though none without a kind.
    tried = found.pop('INSERT INTO platform."outbox" DEFAULT VALUES')
    assert tried == ("23502" if wall is Wall.WRITE else REFUSED)
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


@everyone
def test_the_same_statements_are_sound_where_they_are_allowed(
    way: Endpoint, sides: Sides, wall: Wall, run: Run
) -> None:
    """So that a refusal above means the wall and not a slip in the statement."""
    area = TenantBase.metadata.tables["tenant.area"]
    found = run(outcomes(way, sides.role(wall), touching(area, sides.near.schema)))
    allowed = {sql.split()[0] for sql, state in found.items() if state == DONE}
    assert allowed == (
        {"SELECT", "UPDATE", "LOCK"} if wall is Wall.WRITE else {"SELECT"} | ({"LOCK"} & allowed)
    )
    # Every table wants values, so an INSERT that may be tried fails for want of them.
    assert found[f'INSERT INTO {sides.near.schema}."area" DEFAULT VALUES'] == (
        "23502" if wall is Wall.WRITE else REFUSED
    )


@everyone
def test_roundabout_ways_into_another_district_are_refused(
    way: Endpoint, sides: Sides, wall: Wall, run: Run
) -> None:
    far, near = sides.far.schema, sides.near.schema
    statements = [
        # functions that run or read on behalf of the caller
        f"SELECT query_to_xml('SELECT * FROM {far}.cases', true, true, '')",
        f"SELECT table_to_xml('{far}.cases', true, true, '')",
        f"SELECT nextval('{far}.audit_entry_seq_seq')",
        f"SELECT has_table_privilege('{far}.cases', 'SELECT')",
        f"GRANT SELECT ON {far}.area TO PUBLIC",
        f"GRANT USAGE ON SCHEMA {far} TO PUBLIC",
        # a district's own statement with another's table somewhere inside
        f"SELECT count(*) FROM {near}.area a WHERE EXISTS (SELECT FROM {far}.area f WHERE f.id = a.id)",
        f"WITH f AS (SELECT * FROM {far}.area) SELECT count(*) FROM {near}.area",
        f"SELECT (SELECT max(name) FROM {far}.area)",
        f"EXPLAIN SELECT * FROM {far}.area",
        f"PREPARE hidden AS SELECT * FROM {far}.area",
        f"DECLARE hidden CURSOR FOR SELECT * FROM {far}.area",
        # rights that nobody gave
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/hostname')",
        f"COPY {far}.area TO PROGRAM 'cat'",
        f"COPY {near}.area TO PROGRAM 'cat'",
        "SELECT pg_reload_conf()",
        "SELECT count(*) FROM pg_authid",
        "SELECT count(*) FROM pg_statistic",
        f'SET SESSION AUTHORIZATION "{sides.names.platform_role(Wall.WRITE)}"',
        f'GRANT "{sides.names.role(sides.far.slug, Wall.READ)}" TO "{sides.role(wall)}"',
        f'ALTER ROLE "{sides.role(wall)}" SUPERUSER',
        f'DROP ROLE "{sides.names.role(sides.far.slug, Wall.READ)}"',
        "CREATE ROLE planted",
    ]
    found = run(outcomes(way, sides.role(wall), statements))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


@everyone
def test_nothing_can_be_created_anywhere(way: Endpoint, sides: Sides, wall: Wall, run: Run) -> None:
    schemas = (sides.near.schema, sides.far.schema, "platform", "ext", "public")
    area = f"{sides.near.schema}.area"
    suppress = "pg_catalog.suppress_redundant_updates_trigger"
    statements = [f"CREATE TABLE {schema}.planted (id int)" for schema in schemas]
    statements += [
        f"CREATE FUNCTION {schema}.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'" for schema in schemas
    ]
    statements += [
        "CREATE TEMPORARY TABLE planted (id int)",
        "CREATE SCHEMA planted",
        f"CREATE VIEW {sides.near.schema}.planted AS SELECT 1",
        f"CREATE INDEX planted ON {area} (id)",
        f"CREATE TRIGGER planted BEFORE UPDATE ON {area} FOR EACH ROW EXECUTE FUNCTION {suppress}()",
        "CREATE EXTENSION btree_gin",
    ]
    found = run(outcomes(way, sides.role(wall), statements))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


@everyone
def test_other_districts_leave_no_trace_in_the_servers_views(
    way: Endpoint, sides: Sides, wall: Wall, run: Run
) -> None:
    async def look() -> tuple[Any, ...]:
        async with entered(way, sides.role(wall)) as connection:
            statistics = await connection.fetch("SELECT DISTINCT schemaname FROM pg_stats")
            queries = await connection.fetch(
                "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = session_user"
            )
            other = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = session_user LIMIT 1"
            )
            stopped = await outcome(connection, "SELECT pg_terminate_backend($1)", other)
            return {row[0] for row in statistics}, {row[0] for row in queries}, other, stopped

    async def go() -> tuple[Any, ...]:
        async with entered(way):  # somebody else's statement is there to be seen
            return await look()

    schemas, queries, other, stopped = run(go())
    assert not {each for each in schemas if each.startswith("d_")} - {sides.near.schema}
    assert queries == {"<insufficient privilege>"}
    assert other is not None
    assert stopped == REFUSED


def test_an_auditors_write_is_refused_in_a_transaction_that_may_write(
    way: Endpoint, sides: Sides, run: Run
) -> None:
    statements = [
        sql
        for table in TenantBase.metadata.sorted_tables
        for sql in touching(table, sides.near.schema)
        if sql.split()[0] not in ("SELECT", "LOCK")
    ]
    found = run(outcomes(way, sides.role(Wall.AUDIT), statements))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


@pytest.mark.parametrize(
    "table", [each for each in TenantBase.metadata.sorted_tables if each.info.get("append_only")]
)
def test_what_is_append_only_can_be_neither_changed_nor_taken_back(
    way: Endpoint, sides: Sides, table: Table, run: Run
) -> None:
    found = run(outcomes(way, sides.role(Wall.WRITE), touching(table, sides.near.schema)))
    verbs = {sql.split()[0]: state for sql, state in found.items() if sql.split()[0] != "SELECT"}
    assert {verb for verb in ("UPDATE", "DELETE", "TRUNCATE") if verbs[verb] != REFUSED} == set()


def test_what_may_not_be_deleted_is_not(way: Endpoint, sides: Sides, run: Run) -> None:
    tables = TenantBase.metadata.sorted_tables
    statements = {f'DELETE FROM {sides.near.schema}."{each.name}" WHERE false': each for each in tables}
    found = run(outcomes(way, sides.role(Wall.WRITE), list(statements)))
    assert {statements[sql].name for sql, state in found.items() if state == DONE} == {
        each.name for each in tables if each.info.get("delete")
    }


def test_the_application_by_itself_may_do_nothing(way: Endpoint, sides: Sides, run: Run) -> None:
    tenant = TenantBase.metadata.sorted_tables
    statements = [sql for table in tenant[:3] for sql in touching(table, sides.near.schema)]
    statements += [
        sql for table in PlatformBase.metadata.sorted_tables for sql in touching(table, "platform")
    ]
    statements += [
        "INSERT INTO platform.outbox (kind, reference) VALUES ('planted', '')",
        "CREATE TABLE public.planted (id int)",
        "CREATE TEMPORARY TABLE planted (id int)",
        "CREATE SCHEMA planted",
        f'ALTER ROLE "{sides.names.application}" SUPERUSER',
        "CREATE ROLE planted",
        f'GRANT "{sides.role(Wall.READ)}" TO "{sides.role(Wall.AUDIT)}"',
    ]
    found = run(outcomes(way, None, statements))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


def test_a_read_only_transaction_refuses_writes_whatever_the_role_may(
    way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> list[str]:
        async with entered(way, sides.role(Wall.WRITE), readonly=True) as connection:
            return [
                await outcome(connection, f"DELETE FROM {sides.near.schema}.closure"),
                await outcome(connection, "INSERT INTO platform.outbox (kind, reference) VALUES ('x', '')"),
                await outcome(connection, "SET TRANSACTION READ WRITE"),
            ]

    assert run(go()) == [READ_ONLY, READ_ONLY, "25001"]
