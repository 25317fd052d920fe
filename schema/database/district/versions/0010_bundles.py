"""One matter of many, and the questions that lead to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "bundle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("lead_department", sa.Text(), nullable=False),
        sa.Column("items", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("optional", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("materials", JSONB(), nullable=False),
        sa.Column("answer_working_days", sa.BigInteger(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('MATTERS', 'CONFIRMATIONS')", name="bundle_kind_check"),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to > effective_from", name="bundle_effective_check"
        ),
        sa.CheckConstraint(
            "(kind = 'CONFIRMATIONS') = (answer_working_days IS NOT NULL)", name="bundle_answers_check"
        ),
        sa.PrimaryKeyConstraint("id", name="bundle_pkey"),
        sa.UniqueConstraint("code", "version", name="bundle_version_key"),
        schema=schema,
    )
    op.create_table(
        "guidance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("nodes", JSONB(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to > effective_from", name="guidance_effective_check"
        ),
        sa.PrimaryKeyConstraint("id", name="guidance_pkey"),
        sa.UniqueConstraint("code", "version", name="guidance_version_key"),
        schema=schema,
    )
    op.create_table(
        "bundle_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed(
                "stem || '-B' || lpad(serial::text, greatest(5, length(serial::text)), '0')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("bundle_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=True),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("form", JSONB(none_as_null=True), nullable=True),
        sa.Column("answers_due_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("release IN ('TOGETHER', 'IN_PARTS')", name="bundle_application_release_check"),
        sa.ForeignKeyConstraint(
            ["bundle_id"], [f"{schema}.bundle.id"], name="bundle_application_bundle_id_fkey"
        ),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name="bundle_application_area_id_fkey"),
        sa.ForeignKeyConstraint(
            ["resident_id"], [f"{schema}.resident.id"], name="bundle_application_resident_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["filed_by"], [f"{schema}.staff.id"], name="bundle_application_filed_by_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="bundle_application_pkey"),
        sa.UniqueConstraint("number", name="bundle_application_number_key"),
        schema=schema,
    )
    for name, columns in (
        ("submitted", ["submitted_at", "id"]),
        ("area", ["area_id", "submitted_at", "id"]),
        ("resident", ["resident_id", "submitted_at", "id"]),
        ("bundle", ["bundle_id"]),
    ):
        op.create_index(f"bundle_application_{name}_idx", "bundle_application", columns, schema=schema)
    op.create_table(
        "bundle_member",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="bundle_member_case_id_fkey"),
        sa.ForeignKeyConstraint(
            ["application_id"], [f"{schema}.bundle_application.id"], name="bundle_member_application_id_fkey"
        ),
        sa.PrimaryKeyConstraint("case_id", name="bundle_member_pkey"),
        schema=schema,
    )
    op.create_index(
        "bundle_member_application_idx", "bundle_member", ["application_id", "position"], schema=schema
    )
    op.add_column("cases", sa.Column("result_held", sa.Boolean(), nullable=True), schema=schema)
