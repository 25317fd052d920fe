"""Alembic environment of the platform's history. The connection is handed in; nothing is configured here."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="schema_revision",
    version_table_schema="platform",
)
with context.begin_transaction():
    context.run_migrations()
