"""The platform's tables: registry, operators, onboarding, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("attempt_pkey")),
        schema="platform",
    )
    op.create_index(
        "attempt_subject_idx", "attempt", ["kind", "subject", "at"], unique=False, schema="platform"
    )
    op.create_table(
        "district",
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=True),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("circle_minutes", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("allowed_origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hosts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "levels <@ ARRAY['COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID']::text[]",
            name=op.f("district_levels_check"),
        ),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,29}$'", name=op.f("district_slug_check")),
        sa.CheckConstraint(
            "status IN ('PROVISIONING', 'LIVE', 'SUSPENDED', 'LEAVING')", name=op.f("district_status_check")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("district_pkey")),
        schema="platform",
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("holiday_pkey")),
        schema="platform",
    )
    op.create_table(
        "installation",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("key_check", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("installation_one_check")),
        sa.PrimaryKeyConstraint("one", name=op.f("installation_pkey")),
        schema="platform",
    )
    op.create_table(
        "onboarding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("admin_login", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('APPLIED', 'VERIFIED', 'PROVISIONING', 'CONFIGURING', 'READY', 'LIVE', 'REJECTED', 'FAILED')",
            name=op.f("onboarding_state_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("onboarding_pkey")),
        schema="platform",
    )
    op.create_index(
        "onboarding_slug_key",
        "onboarding",
        ["slug"],
        unique=True,
        schema="platform",
        postgresql_where="state NOT IN ('REJECTED', 'FAILED')",
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("operator_pkey")),
        sa.UniqueConstraint("login", name=op.f("operator_login_key")),
        schema="platform",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default=sa.text("CURRENT_USER"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
        schema="platform",
    )
    op.create_index(
        "outbox_open_idx",
        "outbox",
        ["id"],
        unique=False,
        schema="platform",
        postgresql_where="done_at IS NULL",
    )
    op.create_table(
        "stored_answer",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("stored_answer_pkey")),
        schema="platform",
    )
    op.create_index("stored_answer_at_idx", "stored_answer", ["at"], unique=False, schema="platform")
    op.create_table(
        "onboarding_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("onboarding_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'SKIPPED')",
            name=op.f("onboarding_step_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["onboarding_id"], ["platform.onboarding.id"], name=op.f("onboarding_step_onboarding_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("onboarding_step_pkey")),
        sa.UniqueConstraint("onboarding_id", "position", name="onboarding_step_position_key"),
        schema="platform",
    )
    op.create_table(
        "operator_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["platform.operator.id"], name=op.f("operator_session_operator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("operator_session_pkey")),
        schema="platform",
    )
    op.create_table(
        "operator_refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["platform.operator_session.id"],
            name=op.f("operator_refresh_token_session_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("operator_refresh_token_pkey")),
        schema="platform",
    )


def downgrade() -> None:
    """Going back would lose every district; restore a backup instead."""
    message = "the first revision has nothing before it"
    raise RuntimeError(message)
