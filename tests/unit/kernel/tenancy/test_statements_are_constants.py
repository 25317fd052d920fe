"""No data gets into a statement's text: what is put together is listed here, each with the reason why it is safe.

Whoever can run several statements of their own on a connection can leave the wall (``RESET ROLE``), so nothing
that a person sent may become part of a text. New entries want the same reasons: identifiers made by
``kernel/tenancy/names.py``, numbers formatted with ``:d``, or constants.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kernel.tenancy.statements import Splice, splices_in, splices_of

import bangban

PACKAGE = Path(bangban.__file__).parent

PLAN = "a plan of the planner's: constants and quoted() schema; every value is a bind parameter"
OWN = "the module's own constant text around the quoted() schema; values are bind parameters"
HANDED_ON = "hands on what its callers wrote; they are listed themselves"
NAMES = "constants and identifiers that names.quoted() let pass"
NO_SQL = "no statement"
CHECKED = "identifiers that quoted() let pass, those of a manifest too; values are bind parameters or COPY's"

BUILT = "a select put together by SQLAlchemy; people and days are bind parameters"

CREATE_DATABASE = (
    "f\"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'\""
)

ALLOWED = {
    ("features/cases/service/staffing.py", "found"): BUILT,
    ("features/staffing/leaving.py", "_in_hand(work, staff_ids, staying_on)"): BUILT,
    # several statements in one text, by the simple protocol
    ("kernel/database/engine.py", '";\\n".join(statements)'): HANDED_ON,
    (
        "kernel/tenancy/installation.py",
        '";\\n".join(create_statements(self.names, slug, login=self.citus))',
    ): NAMES,
    ("kernel/tenancy/installation.py", '";\\n".join(drop_statements(self.names, checked_slug(slug)))'): NAMES,
    (
        "kernel/tenancy/installation.py",
        "statements + (application_statements(names) if citus else [])",
    ): NAMES + "; numbers with :d",
    ("kernel/tenancy/migrations.py", '";\\n".join(mending_statements(names, slug, wrong))'): NAMES,
    ("kernel/tenancy/fleet/drift.py", '";\\n".join(statements)'): NAMES,
    ("kernel/tenancy/fleet/drift.py", '";\\n".join(bare)'): NAMES,
    (
        "kernel/tenancy/fleet/structure.py",
        "_FINGERPRINTS",
    ): "two constants of the module, one after the other",
    ("kernel/tenancy/fleet/structure.py", "_FACTS"): "two constants of the module, one after the other",
    (
        "kernel/tenancy/installation.py",
        "statement",
    ): "quoted by PostgreSQL's own format(%I, %L) from bind parameters",
    (
        "kernel/tenancy/installation.py",
        "_CHINESE_WORKS",
    ): "the extension schema's constant name is all that is in it",
    ("kernel/tenancy/installation.py", "SEQUENTIAL"): "a constant of another module",
    ("kernel/tenancy/standby.py", "sql"): HANDED_ON,
    ("kernel/tenancy/lane.py", "entrance.stand"): NAMES + "; a number with :d",
    ("kernel/tenancy/reading.py", "entrance.visit"): NAMES + "; a number with :d",
    (
        "cli/opening.py",
        "f\"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'\"",
    ): ("the name is a constant of the module"),
    # one statement each, by the extended protocol
    ("kernel/tenancy/transactions.py", "begin"): NAMES + "; a number with :d",
    (
        "kernel/tenancy/work.py",
        "statement.text(self.district.schema)",
    ): "SQLAlchemy's own text and the district's checked schema; every value is a bind parameter",
    ("kernel/audit/sealing.py", "sql"): HANDED_ON,
    ("kernel/audit/trails.py", "sql"): HANDED_ON,
    ("features/statistics/counting.py", "_statement(district.slug)"): OWN,
    ("features/statistics/service.py", "statement"): "built by SQLAlchemy a few lines above",
    ("kernel/tenancy/reading.py", "sql"): HANDED_ON,
    ("kernel/tenancy/registry.py", "sql"): HANDED_ON,
    ("kernel/tenancy/rules.py", "sql"): OWN,
    ("kernel/graphql/writing.py", "ready.sql(work.district.schema)"): PLAN,
    ("kernel/graphql/writing.py", "ready.statement.sql"): PLAN,
    ("kernel/graphql/platform_writing.py", "ready.statement.sql"): PLAN,
    ("features/archives/writing.py", "ready.statement.sql"): PLAN,
    ("web/operations.py", "ready.sql(district.schema)"): PLAN,
    ("web/operations.py", "ready.statement.sql"): PLAN,
    ("web/through.py", "statement.sql"): PLAN,
    ("features/configuring/mirroring.py", "sql"): PLAN,
    (
        "features/configuring/readiness.py",
        "_STATEMENT",
    ): "built by SQLAlchemy; every value is a bind parameter",
    ("features/cases/glass.py", "one.sql(district.schema)"): PLAN,
    ("features/hall/watching.py", "ready.sql(district.schema)"): PLAN,
    ("features/orders/watching.py", "ready.sql(district.schema)"): PLAN,
    ("features/orders/watching.py", "text"): OWN,
    (
        "features/receipts/service/cases.py",
        "_case(case_id)",
    ): "a statement of SQLAlchemy's; the id is a bind parameter",
    (
        "features/printed_guides/reading.py",
        "text",
    ): "SQLAlchemy's own text and the district's checked schema; every value is a bind parameter",
    ("features/accounts/graphql.py", "sql"): PLAN,
    ("features/accounts/graphql.py", "ready.statement.sql"): PLAN,
    ("features/accounts/principals.py", "sql"): OWN,
    ("features/accounts/sweeping.py", "_SESSIONS"): "SQLAlchemy's own; a bind parameter is all that comes in",
    ("features/accounts/sweeping.py", "_OPERATOR_SESSIONS"): "the same of the platform's tables",
    ("features/accounts/portal_origins.py", "_origins_statement(slug)"): OWN,
    ("cli/principals.py", "sql"): OWN,
    ("web/health.py", "_SQL"): "the extension schema's constant name is all that is in it",
    # archives: names from the database's catalog or a manifest
    ("features/archives/service/snapshot.py", "STEADY"): "a constant of another module",
    ("features/archives/service/snapshot.py", 'f"LOCK TABLE {names} IN ACCESS SHARE MODE"'): CHECKED,
    (
        "features/archives/service/snapshot.py",
        'f"SET LOCAL ROLE {role}; SET LOCAL lock_timeout = 10000"',
    ): NAMES,
    ("features/archives/service/dumping.py", "count"): CHECKED,
    ("features/archives/service/dumping.py", "rows_of(schema, table)"): CHECKED,
    (
        "features/archives/service/importing.py",
        '";\\n".join(role_statements(installation.names, manifest.slug, login=installation.citus))',
    ): NAMES,
    ("features/archives/service/loading.py", "STEADY"): "a constant of another module",
    ("features/archives/service/loading.py", 'f"SELECT slug FROM {profile}"'): CHECKED,
    ("features/archives/service/loading.py", "highest"): CHECKED,
    ("features/archives/service/loading.py", "sql"): HANDED_ON,
    (
        "features/archives/service/placing.py",
        '";\\n".join(schema_statements(installation.names, manifest.slug))',
    ): NAMES,
    ("features/archives/service/packing.py", "kept_files(schema)"): CHECKED,
    ("features/archives/service/placing.py", "SEQUENTIAL"): "a constant of another module",
    ("features/archives/service/placing.py", "statement"): CHECKED,
    ("features/archives/service/placing.py", "text(SEQUENTIAL)"): "a constant of another module",
    ("features/archives/service/restoring.py", '";\\n".join(regrant_statements(names, slug))'): NAMES,
    (
        "features/archives/service/restoring.py",
        '";\\n".join(role_statements(names, slug, login=installation.citus))',
    ): NAMES,
    (
        "features/archives/service/restoring.py",
        'f"ALTER TABLE {target(former, name)} SET SCHEMA {quoted(schema)}"',
    ): CHECKED,
    ("features/archives/service/restoring.py", 'f"DROP TABLE {target(schema, name)}"'): CHECKED,
    (
        "features/archives/service/restoring.py",
        "f\"UPDATE {target(schema, 'session')} SET ended_at = $1, ended_why = $2 WHERE ended_at IS NULL\"",
    ): CHECKED,
    ("features/archives/service/restoring.py", "same"): CHECKED,
    ("features/archives/service/unpacking.py", "kept"): CHECKED,
    ("features/archives/service/unpacking.py", "kept_files(self.schema)"): CHECKED,
    # built by SQLAlchemy where the search does not follow, and methods of the same name
    ("kernel/jobs/outbox.py", "statement"): "one of the module's text() constants",
    ("kernel/database/embedded_start.py", "install"): NO_SQL,
}


def test_every_text_that_is_put_together_is_listed_with_its_reason() -> None:
    found = {(each.file, each.source) for each in splices_in(PACKAGE)}
    assert found - ALLOWED.keys() == set(), (
        "put data into bind parameters; or say here why no data is in the text"
    )
    assert ALLOWED.keys() - found == set(), "these are gone: strike them off the list"


@pytest.mark.parametrize(
    "code",
    [
        "async def f(c, n): await c.execute(f'SELECT {n}')",
        "async def f(c, n): await c.execute(f'SET LOCAL ROLE {quoted(n)} {n}')",
        "async def f(c, n): await c.execute(f'SELECT {n:>10}')",
        "async def f(c, n): await c.execute(f'SELECT {n!r}')",
        "async def f(c, n): await c.execute('SELECT ' + n)",
        "async def f(c, n): await c.execute('SELECT %s' % n)",
        "async def f(c, n): await c.fetch('SELECT {}'.format(n))",
        "async def f(c, n): await c.fetchval(n)",
        "async def f(c, n):\n    sql = 'SELECT '\n    sql += n\n    await c.execute(sql)",
        "async def f(c, n):\n    sql = 'SELECT 1' if n else f'SELECT {n}'\n    await c.execute(sql)",
        "SQL = f'SELECT {1}'\nasync def f(c): await c.exec_driver_sql(SQL)",
        "async def f(db, n): await db.execute(text(f'SELECT {n}'))",
        "async def f(db, n): await db.execute(text('SELECT {}'.format(n)))",
        "async def f(c, n): await run_script(c, [f'DROP ROLE {n}'])",
        "async def f(self, n): await self.tenancy.reader.district('zouping', WALL, f'SELECT {n}', ())",
        "async def f(c, n):\n    async def g(): await c.execute(f'SELECT {n}')",
    ],
)
def test_the_search_finds_what_is_put_together(code: str) -> None:
    assert len(splices_of(code)) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "async def f(c, n): await c.execute('SELECT $1', n)",
        "SQL = 'SELECT $1'\nasync def f(c, n): await c.fetchval(SQL, n)",
        "SQL = text('SELECT :n')\nasync def f(db, n): await db.execute(SQL, {'n': n})",
        "async def f(db, n): await db.execute(select(T).where(T.n == n))",
        "async def f(c, n): await c.execute(f'SET LOCAL ROLE {quoted(n)}; SET LOCAL lock_timeout = {n:d}')",
        "async def f(db, n):\n    query = select(T)\n    query = query.where(T.n == n)\n    await db.scalar(query)",
    ],
)
def test_what_is_written_out_passes(code: str) -> None:
    assert splices_of(code) == set()


def test_a_splice_says_where_it_is() -> None:
    assert splices_of("async def f(c, n): await c.execute(f'SELECT {n}')") == {
        Splice("-", "execute", "f'SELECT {n}'")
    }


def test_no_district_sql_reads_or_sets_configuration() -> None:
    """Beyond one machine, settings do not travel with a statement; and set_config('role', …) leaves the wall."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("set_config(", "current_setting("))
    }
    assert found == set()
