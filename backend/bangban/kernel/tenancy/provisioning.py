"""From nothing to a district: one generated script with schema, tables, roles and privileges.

A new district does not replay the migration history; ``tests/integration/kernel/tenancy`` proves that
both ways give the same schema. The script holds identifiers only, each made by ``names``; no data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bangban.kernel.database.base import EXTENSION_SCHEMA, PLATFORM_SCHEMA, TENANT_SCHEMA, TenantBase
from bangban.kernel.database.privacy import hidden_from_auditors, hidden_from_readers
from bangban.kernel.tenancy.names import Names, Wall, quoted

# What SQLAlchemy writes for a schema that is still to be translated. It is no identifier, so replacing it
# can never hit anything else, and a text in which it was forgotten is no SQL.
SCHEMA_MARK: Final = f"__[SCHEMA_{TENANT_SCHEMA}]"


@lru_cache(maxsize=1)
def table_statements() -> tuple[str, ...]:
    """CREATE TABLE and CREATE INDEX for every district table, with the mark in the schema's place."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
    translate = {TENANT_SCHEMA: None}
    statements = []
    for table in TenantBase.metadata.sorted_tables:
        compiled = CreateTable(table).compile(dialect=dialect, schema_translate_map=translate)
        statements.append(str(compiled))
        statements += [
            str(CreateIndex(index).compile(dialect=dialect, schema_translate_map=translate))
            for index in sorted(table.indexes, key=lambda each: str(each.name))
        ]
    return tuple(statements)


def _column_list(columns: list[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


def writer_rights(table: Table) -> tuple[str, ...]:
    """What the writing role may do with a table as a whole; the other two have columns only."""
    rights = ["SELECT", "INSERT"]
    if not table.info.get("append_only"):
        rights.append("UPDATE")
    if table.info.get("delete"):
        rights.append("DELETE")
    return tuple(rights)


def table_grants(table: Table, names: Names, slug: str) -> list[str]:
    """The privileges of a district's three roles on one table."""
    rw, ro, audit = (quoted(names.role(slug, wall)) for wall in (Wall.WRITE, Wall.READ, Wall.AUDIT))
    target = f'{quoted(names.schema(slug))}."{table.name}"'
    grants = [f"GRANT {', '.join(writer_rights(table))} ON {target} TO {rw}"]
    # By columns, never by table: a later REVOKE of a column does not take a table grant back.
    readable = [column for column in table.columns if not hidden_from_readers(column)]
    if readable:
        grants.append(f"GRANT SELECT ({_column_list(readable)}) ON {target} TO {ro}")
    auditable = [column for column in table.columns if not hidden_from_auditors(column)]
    if auditable:
        grants.append(f"GRANT SELECT ({_column_list(auditable)}) ON {target} TO {audit}")
    return grants


def schema_grant(names: Names, slug: str) -> str:
    """The way into a district's schema, for its three roles."""
    roles = ", ".join(quoted(names.role(slug, wall)) for wall in (Wall.WRITE, Wall.READ, Wall.AUDIT))
    return f"GRANT USAGE ON SCHEMA {quoted(names.schema(slug))} TO {roles}"


def grant_statements(names: Names, slug: str) -> list[str]:
    """The privileges of a district's three roles on its tables."""
    grants = [schema_grant(names, slug)]
    for table in TenantBase.metadata.sorted_tables:
        grants += table_grants(table, names, slug)
    return grants


def regrant_statements(names: Names, slug: str) -> list[str]:
    """The privileges again, from nothing: what an older schema granted is gone, what it lacked is there."""
    schema = quoted(names.schema(slug))
    roles = ", ".join(quoted(names.role(slug, wall)) for wall in Wall)
    # With a table's privileges, REVOKE takes those of its columns back as well.
    return [f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {roles}", *grant_statements(names, slug)]


def role_statements(names: Names, slug: str, *, login: bool = False) -> list[str]:
    """A district's three roles.

    ``login``: they may log in, without a password, as they must between the nodes of Citus.
    """
    may = "LOGIN" if login else "NOLOGIN"
    application = quoted(names.application)
    statements = []
    for wall in Wall:
        role = quoted(names.role(slug, wall))
        statements.append(f"CREATE ROLE {role} {may} NOINHERIT")
        # The application may become the role, but has none of its rights until it does.
        statements.append(f"GRANT {role} TO {application} WITH INHERIT FALSE, SET TRUE")
    writer = quoted(names.role(slug, Wall.WRITE))
    statements.append(f"GRANT {quoted(names.members)} TO {writer} WITH INHERIT TRUE, SET FALSE")
    return statements


def schema_statements(names: Names, slug: str) -> list[str]:
    """A district's schema with empty tables; its roles are there already."""
    schema = quoted(names.schema(slug))
    statements = [f"CREATE SCHEMA {schema}"]
    statements += [text.replace(SCHEMA_MARK, schema) for text in table_statements()]
    return statements + grant_statements(names, slug)


def create_statements(names: Names, slug: str, *, login: bool = False) -> list[str]:
    """Everything that makes an empty district; ``login`` as for ``role_statements``."""
    return role_statements(names, slug, login=login) + schema_statements(names, slug)


def drop_statements(names: Names, slug: str) -> list[str]:
    """Everything that removes a district. The roles own nothing, so dropping the schema frees them."""
    statements = [f"DROP SCHEMA IF EXISTS {quoted(names.schema(slug))} CASCADE"]
    statements += [f"DROP ROLE IF EXISTS {quoted(names.role(slug, wall))}" for wall in Wall]
    return statements


def platform_statements(names: Names, *, application_exists: bool) -> list[str]:
    """Roles and privileges of the installation itself; the platform's tables come from its migrations."""
    application, members = quoted(names.application), quoted(names.members)
    rw, ro = quoted(names.platform_role(Wall.WRITE)), quoted(names.platform_role(Wall.READ))
    statements = []
    if not application_exists:
        statements += [
            f"CREATE ROLE {application} NOINHERIT",
            f"CREATE ROLE {members} NOLOGIN NOINHERIT",
            f"CREATE ROLE {rw} NOLOGIN NOINHERIT",
            f"CREATE ROLE {ro} NOLOGIN NOINHERIT",
            f"GRANT {rw} TO {application} WITH INHERIT FALSE, SET TRUE",
            f"GRANT {ro} TO {application} WITH INHERIT FALSE, SET TRUE",
        ]
    schema, outbox = quoted(PLATFORM_SCHEMA), f'{quoted(PLATFORM_SCHEMA)}."outbox"'
    statements += [
        # Startup parameters do not pass a pooler.
        f"ALTER ROLE {application} SET jit = off",
        f"GRANT USAGE ON SCHEMA {quoted(EXTENSION_SCHEMA)} TO PUBLIC",
        f"GRANT USAGE ON SCHEMA {schema} TO {members}, {rw}, {ro}",
        f"GRANT INSERT (kind, reference, due_at) ON {outbox} TO {members}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {rw}",
        # Which installation this is, and how far its schema has come, is for its administrator to say.
        f'REVOKE ALL ON {schema}."installation", {schema}."schema_revision" FROM {rw}',
        # The trail of the platform's own side is append-only, as a district's is.
        f'REVOKE UPDATE, DELETE, TRUNCATE ON {schema}."audit_entry", {schema}."audit_seal" FROM {rw}',
    ]
    return statements + _public_grants(ro)


_DIRECTORY: Final = "slug, name, brand, division_code, levels, status, circle_minutes, timezone"
_KEPT: Final = (
    "revision, created_at, live_since, suspended_why, quotas, storage_bytes, staff_accounts, measured_at,"
    " leaving_since, archive"
)
# Neither what a task was given nor what it gave: those are for whoever works on it.
_TASK: Final = (
    "id, kind, district, asked_by, asked_at, state, step, done, total, tries, not_before, started_at, finished_at,"
    " halt, problem_zh, problem_en"
)
_PROGRESS: Final = (
    "id, slug, name, division_code, brand, template, levels, state, applied_at, ticket_hash, contact_masked, "
    "held_until, reason, readiness"
)


def _public_grants(ro: str) -> list[str]:
    """What the platform's reading role sees: the directory, progress, operators' reports; no secrets."""
    return [
        f"GRANT SELECT ({_DIRECTORY}, {_KEPT}) ON {quoted(PLATFORM_SCHEMA)}.district TO {ro}",
        f"GRANT SELECT ({_PROGRESS}) ON {quoted(PLATFORM_SCHEMA)}.onboarding TO {ro}",
        f"GRANT SELECT ON {quoted(PLATFORM_SCHEMA)}.onboarding_step TO {ro}",
        f"GRANT SELECT (id, login, name, duty, active, token_expires_at) ON {quoted(PLATFORM_SCHEMA)}.operator TO {ro}",
        f"GRANT SELECT ON {quoted(PLATFORM_SCHEMA)}.audit_entry TO {ro}",
        f"GRANT SELECT ON {quoted(PLATFORM_SCHEMA)}.audit_seal TO {ro}",
        f"GRANT SELECT ON {quoted(PLATFORM_SCHEMA)}.statistic TO {ro}",
        f"GRANT SELECT ON {quoted(PLATFORM_SCHEMA)}.fleet_finding TO {ro}",
        f"GRANT SELECT ({_TASK}) ON {quoted(PLATFORM_SCHEMA)}.task TO {ro}",
    ]
