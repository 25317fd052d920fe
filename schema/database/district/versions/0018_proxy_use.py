"""The contact book of teams, online steps done for residents, and recognitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_STEPS = "'APPLY', 'SUPPLY', 'LOOK_UP'"


def upgrade(op: Operations, *, schema: str) -> None:
    for name in ("contact_role", "office_line", "wechat"):
        op.add_column("team", sa.Column(name, sa.Text(), nullable=True), schema=schema)
    for name in ("contact_until", "contact_checked_on"):
        op.add_column("team", sa.Column(name, sa.Date(), nullable=True), schema=schema)
    op.create_table(
        "proxy_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service_code", sa.Text(collation="C"), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("entered", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("shown", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("elderly", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"step IN ({_STEPS})", name="proxy_use_step_check"),
        sa.CheckConstraint("consent IN ('SPOKEN', 'SIGNED')", name="proxy_use_consent_check"),
        *(
            sa.ForeignKeyConstraint([column], [f"{schema}.{table}.id"], name=f"proxy_use_{column}_fkey")
            for column, table in (("case_id", "cases"), ("area_id", "area"), ("staff_id", "staff"))
        ),
        sa.PrimaryKeyConstraint("id", name="proxy_use_pkey"),
        schema=schema,
    )
    op.create_index("proxy_use_at_idx", "proxy_use", ["at", "id"], schema=schema)
    op.create_table(
        "recognition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("giver_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("giver_masked", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('BANNER', 'LETTER', 'PRAISE')", name="recognition_kind_check"),
        sa.CheckConstraint("(staff_id IS NULL) <> (team_id IS NULL)", name="recognition_receiver_check"),
        *(
            sa.ForeignKeyConstraint([column], [f"{schema}.{table}.id"], name=f"recognition_{column}_fkey")
            for column, table in (
                ("area_id", "area"),
                ("staff_id", "staff"),
                ("team_id", "team"),
                ("recorded_by", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="recognition_pkey"),
        schema=schema,
    )
    op.create_index("recognition_on_idx", "recognition", ["on_date", "id"], schema=schema)
