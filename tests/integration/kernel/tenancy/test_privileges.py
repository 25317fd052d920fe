"""What PostgreSQL's catalog says of privileges is what the models' marks say, column by column and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.kernel.tenancy.conftest import Sides

from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import Privacy, hidden_from_auditors, hidden_from_readers, privacy_of
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall

Run = Callable[[Any], Any]
Pairs = set[tuple[str, str]]

TABLES = TenantBase.metadata.sorted_tables
COLUMNS = [column for table in TABLES for column in table.columns]
SELECTABLE: dict[Wall, Pairs] = {
    Wall.WRITE: {(each.table.name, each.name) for each in COLUMNS},
    Wall.READ: {(each.table.name, each.name) for each in COLUMNS if not hidden_from_readers(each)},
    Wall.AUDIT: {(each.table.name, each.name) for each in COLUMNS if not hidden_from_auditors(each)},
}


@pytest.fixture(scope="module")
def ask(installation: Installation, sides: Sides, run: Run) -> Callable[..., list[Any]]:
    """Asks the catalog as the administrator; ``{…}`` stands for the near schema."""

    def ask(sql: str, *arguments: Any) -> list[Any]:
        async def go() -> list[Any]:
            async with installation.connection() as connection:
                rows = await connection.fetch(sql.replace("{schema}", sides.near.schema), *arguments)
                return [tuple(row) if len(row) > 1 else row[0] for row in rows]

        return run(go())

    return ask


@pytest.mark.parametrize("wall", list(Wall))
def test_each_role_selects_exactly_the_columns_that_are_not_hidden_from_it(
    ask: Callable[..., list[Any]], sides: Sides, wall: Wall
) -> None:
    """By what PostgreSQL would decide, so whatever comes from groups, PUBLIC or table grants counts too."""
    found = ask(
        """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
          AND NOT a.attisdropped AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
        """,
        sides.role(wall),
    )
    assert set(found) == SELECTABLE[wall]


def test_no_auditor_sees_a_sealed_personal_or_secret_column_and_no_reader_a_sealed_or_secret_one() -> None:
    """The marks themselves, said once more in the words of the rule."""
    marked = {(each.table.name, each.name): privacy_of(each) for each in COLUMNS if privacy_of(each)}
    assert SELECTABLE[Wall.AUDIT] & marked.keys() == set()
    assert {marked[each] for each in SELECTABLE[Wall.READ] & marked.keys()} == {Privacy.PERSONAL}
    assert {
        ("cases", "identity_sealed"),
        ("cases", "applicant_name"),
        ("credential", "password_hash"),
    } <= marked.keys()


def test_table_privileges_are_the_writers_alone_and_as_marked(
    ask: Callable[..., list[Any]], sides: Sides
) -> None:
    found = ask(
        """
        SELECT c.relname, g.grantee::regrole::text, string_agg(g.privilege_type, ' ' ORDER BY g.privilege_type),
               bool_or(g.is_grantable)
        FROM pg_class c, aclexplode(c.relacl) g
        WHERE c.relnamespace = '{schema}'::regnamespace AND g.grantee <> c.relowner
        GROUP BY 1, 2
        """
    )
    expected = set()
    for table in TABLES:
        rights = {"INSERT", "SELECT"}
        rights |= set() if table.info.get("append_only") else {"UPDATE"}
        rights |= {"DELETE"} if table.info.get("delete") else set()
        expected.add((table.name, sides.role(Wall.WRITE), " ".join(sorted(rights)), False))
    assert set(found) == expected


def test_column_privileges_are_for_reading_only(ask: Callable[..., list[Any]], sides: Sides) -> None:
    found = ask(
        """
        SELECT DISTINCT g.grantee::regrole::text, g.privilege_type, g.is_grantable
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) g
        WHERE c.relnamespace = '{schema}'::regnamespace
        """
    )
    assert set(found) == {(sides.role(wall), "SELECT", False) for wall in (Wall.READ, Wall.AUDIT)}


@pytest.mark.parametrize("wall", list(Wall))
def test_whatever_changes_data_is_out_of_reach_as_marked(
    ask: Callable[..., list[Any]], sides: Sides, wall: Wall
) -> None:
    found = ask(
        """
        SELECT c.relname, p.right FROM pg_class c,
               unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p("right")
        WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind IN ('r', 'S') AND (
              has_table_privilege($1, c.oid, p.right)
              OR (p.right IN ('INSERT', 'UPDATE', 'REFERENCES') AND c.relkind = 'r'
                  AND has_any_column_privilege($1, c.oid, p.right)))
        """,
        sides.role(wall),
    )
    expected: Pairs = set()
    if wall is Wall.WRITE:
        expected |= {(table.name, "INSERT") for table in TABLES}
        expected |= {(table.name, "UPDATE") for table in TABLES if not table.info.get("append_only")}
        expected |= {(table.name, "DELETE") for table in TABLES if table.info.get("delete")}
    assert set(found) == expected


def test_nothing_is_granted_by_default_or_in_passing(ask: Callable[..., list[Any]], sides: Sides) -> None:
    assert ask("SELECT defaclrole::regrole::text FROM pg_default_acl") == []
    # the schema: to use, never to create in, and not for everybody
    assert set(
        ask(
            "SELECT g.grantee::regrole::text, g.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) g"
            " WHERE n.nspname = '{schema}' AND g.grantee <> n.nspowner"
        )
    ) == {(sides.role(wall), "USAGE") for wall in Wall}
    # nothing in it but tables, their indexes and identity sequences: no view, function or type to go through
    assert set(ask("SELECT relkind::text FROM pg_class WHERE relnamespace = '{schema}'::regnamespace")) == {
        "r",
        "i",
        "S",
    }
    assert ask("SELECT proname FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace") == []
    assert (
        ask(
            "SELECT typname FROM pg_type WHERE typnamespace = '{schema}'::regnamespace AND typtype IN ('e','d')"
        )
        == []
    )
    assert ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


def test_the_districts_roles_are_plain_and_own_nothing(ask: Callable[..., list[Any]], sides: Sides) -> None:
    names = sides.names
    ours = [sides.role(wall) for wall in Wall]
    platform = [names.platform_role(Wall.WRITE), names.platform_role(Wall.READ), names.members]
    flags = "rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
    assert set(ask(f"SELECT {flags} FROM pg_roles WHERE rolname = ANY($1)", [*ours, *platform])) == {
        (False,) * 7
    }
    assert ask(f"SELECT {flags} FROM pg_roles WHERE rolname = $1", names.application) == [
        (*[False] * 6, True)
    ]
    mine = ask("SELECT rolname FROM pg_roles WHERE rolname LIKE $1", f"bb\\_{names.tag}\\_%")
    assert (
        ask(
            "SELECT refobjid::regrole::text FROM pg_shdepend WHERE deptype = 'o' AND refobjid::regrole::text = ANY($1)",
            mine,
        )
        == []
    )


def test_memberships_only_let_the_application_become_a_role(
    ask: Callable[..., list[Any]], sides: Sides
) -> None:
    members = ask(
        """
        SELECT m.member::regrole::text, m.roleid::regrole::text, m.admin_option, m.inherit_option, m.set_option
        FROM pg_auth_members m WHERE m.roleid::regrole::text = ANY($1) OR m.member::regrole::text = ANY($1)
        """,
        [sides.role(wall) for wall in Wall],
    )
    application, writer = sides.names.application, sides.role(Wall.WRITE)
    assert set(members) == {(application, sides.role(wall), False, False, True) for wall in Wall} | {
        (writer, sides.names.members, False, True, False)
    }


def test_the_application_alone_reads_and_makes_nothing_anywhere(
    ask: Callable[..., list[Any]], sides: Sides
) -> None:
    application = sides.names.application
    assert (
        ask(
            """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%' AND (
            has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
            OR has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
        """,
            application,
        )
        == []
    )
    assert (
        ask("SELECT nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')", application)
        == []
    )
    assert set(
        ask(
            "SELECT nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'USAGE')"
            " AND nspname !~ '^pg_(toast|temp)'",
            application,
        )
    ) == {"ext", "public", "pg_catalog", "information_schema"}
    assert ask(
        "SELECT has_database_privilege($1, current_database(), p) FROM unnest(ARRAY['CONNECT', 'CREATE', 'TEMP']) p",
        application,
    ) == [True, False, False]
    assert (
        ask("SELECT rolname FROM pg_roles WHERE pg_has_role($1, oid, 'USAGE') AND rolname <> $1", application)
        == []
    )


def test_the_platforms_reading_role_sees_no_key_hash_or_sealed_contact(
    ask: Callable[..., list[Any]], sides: Sides
) -> None:
    found = ask(
        """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'platform'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
          AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
        """,
        sides.names.platform_role(Wall.READ),
    )
    assert {table for table, _ in found} == {
        "audit_entry",
        "audit_seal",
        "district",
        "fleet_finding",
        "onboarding",
        "onboarding_step",
        "operator",
        "statistic",
        "task",
    }
    hidden = {"data_key", "contact_sealed", "password_hash", "key_check", "allowed_origins", "hosts"}
    assert {column for _, column in found} & hidden == set()


def test_nobody_but_the_administrator_says_which_installation_this_is(
    ask: Callable[..., list[Any]], sides: Sides
) -> None:
    roles = [sides.names.platform_role(wall) for wall in (Wall.WRITE, Wall.READ)] + [sides.names.members]
    assert (
        ask(
            """
            SELECT r.rolname, t.name FROM pg_roles r,
                   unnest(ARRAY['platform.installation', 'platform.schema_revision']) AS t(name)
            WHERE r.rolname = ANY($1) AND (has_any_column_privilege(r.oid, t.name, 'SELECT, INSERT, UPDATE')
                                           OR has_table_privilege(r.oid, t.name, 'DELETE'))
            """,
            roles,
        )
        == []
    )
