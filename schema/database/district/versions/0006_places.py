"""Service points, delegations and partner agreements; where people live and where they are posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
# All are of columns that are new, which older code leaves null.
narrows = "an area's location and population stand in new columns; null passes"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    for column in (
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("population", sa.BigInteger(), nullable=True),
    ):
        op.add_column("area", column, schema=schema)
    op.create_check_constraint(
        op.f("area_location_check"), "area", "(longitude IS NULL) = (latitude IS NULL)", schema=schema
    )
    op.create_check_constraint(op.f("area_population_check"), "area", "population >= 0", schema=schema)
    op.create_table(
        "partner_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("partner_kind", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("service_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "partner_kind IN ('BANK', 'SUPERMARKET', 'CONVENIENCE_STORE')",
            name=op.f("partner_agreement_partner_kind_check"),
        ),
        sa.CheckConstraint("until >= since", name=op.f("partner_agreement_dates_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("partner_agreement_pkey")),
        sa.UniqueConstraint("key", name=op.f("partner_agreement_key_key")),
        schema=schema,
    )
    op.create_table(
        "service_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("amenities", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("specialties", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "agreement_id IS NULL OR kind IN ('BANK', 'SHOP')", name=op.f("service_point_agreement_check")
        ),
        sa.CheckConstraint(
            "amenities <@ ARRAY['TEA', 'READING', 'RAMP', 'NURSING_ROOM', 'CHARGING', 'FIRST_AID', 'PRINTING', 'PARKING']::text[]",
            name=op.f("service_point_amenities_check"),
        ),
        sa.CheckConstraint(
            "kind <> 'FIELD' OR (since IS NOT NULL AND until IS NOT NULL)",
            name=op.f("service_point_field_check"),
        ),
        sa.CheckConstraint(
            "kind IN ('HALL', 'STATION', 'BANK', 'SHOP', 'STATION_24H', 'FIELD', 'LOUNGE')",
            name=op.f("service_point_kind_check"),
        ),
        sa.CheckConstraint(
            "specialties <@ ARRAY['MEDICAL_INSURANCE', 'HUMAN_RESOURCES', 'ENTERPRISE']::text[]",
            name=op.f("service_point_specialties_check"),
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180 AND latitude BETWEEN -90 AND 90",
            name=op.f("service_point_location_check"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("service_point_dates_check")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], [f"{schema}.partner_agreement.id"], name=op.f("service_point_agreement_id_fkey")
        ),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("service_point_area_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("service_point_pkey")),
        sa.UniqueConstraint("key", name=op.f("service_point_key_key")),
        schema=schema,
    )
    op.create_index("service_point_area_idx", "service_point", ["area_id", "id"], unique=False, schema=schema)
    op.create_index(
        "service_point_location_idx",
        "service_point",
        [sa.text("point(longitude, latitude)")],
        unique=False,
        schema=schema,
        postgresql_using="gist",
    )
    op.create_table(
        "service_window",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("themes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'COMPREHENSIVE') = (cardinality(service_codes) + cardinality(themes) = 0)",
            name=op.f("service_window_services_check"),
        ),
        sa.CheckConstraint("kind IN ('COMPREHENSIVE', 'SPECIAL')", name=op.f("service_window_kind_check")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("service_window_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("service_window_pkey")),
        sa.UniqueConstraint("point_id", "number", name="service_window_number_key"),
        schema=schema,
    )
    op.create_table(
        "terminal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("down_seconds >= 0", name=op.f("terminal_down_check")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("terminal_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("terminal_pkey")),
        sa.UniqueConstraint("key", name=op.f("terminal_key_key")),
        schema=schema,
    )
    op.create_index("terminal_point_idx", "terminal", ["point_id", "key"], unique=False, schema=schema)
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_code", sa.Text(collation="C"), nullable=False),
        sa.Column("from_area_id", sa.Uuid(), nullable=False),
        sa.Column("to_area_id", sa.Uuid(), nullable=True),
        sa.Column("to_point_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("running", sa.Text(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint("running IN ('KEEP', 'RETURN')", name=op.f("delegation_running_check")),
        sa.CheckConstraint("scope IN ('PRE_CHECK', 'ACCEPT', 'FULL')", name=op.f("delegation_scope_check")),
        sa.CheckConstraint(
            "(to_area_id IS NULL) <> (to_point_id IS NULL)", name=op.f("delegation_unit_check")
        ),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (running IS NULL)", name=op.f("delegation_withdrawn_check")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("delegation_dates_check")),
        sa.ForeignKeyConstraint(
            ["from_area_id"], [f"{schema}.area.id"], name=op.f("delegation_from_area_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["to_area_id"], [f"{schema}.area.id"], name=op.f("delegation_to_area_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["to_point_id"], [f"{schema}.service_point.id"], name=op.f("delegation_to_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("delegation_pkey")),
        schema=schema,
    )
    op.create_index(
        "delegation_area_idx",
        "delegation",
        ["to_area_id"],
        unique=False,
        schema=schema,
        postgresql_where="to_area_id IS NOT NULL",
    )
    op.create_index(
        "delegation_point_idx",
        "delegation",
        ["to_point_id"],
        unique=False,
        schema=schema,
        postgresql_where="to_point_id IS NOT NULL",
    )
    op.create_index(
        "delegation_service_idx", "delegation", ["service_code", "id"], unique=False, schema=schema
    )
    op.add_column("assignment", sa.Column("point_id", sa.Uuid(), nullable=True), schema=schema)
    op.create_foreign_key(
        op.f("assignment_point_id_fkey"),
        "assignment",
        "service_point",
        ["point_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
    op.create_index(
        "assignment_point_idx",
        "assignment",
        ["point_id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("point_id IS NOT NULL"),
    )
