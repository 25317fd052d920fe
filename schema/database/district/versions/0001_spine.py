"""A district's tables: areas, people, accounts, catalog, cases, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from bangban.kernel.database.base import LTree

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

phase = "expand"
release = "0.1.0"
serves_without = False


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", LTree(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(parent_id IS NULL) = (level = 'COUNTY')", name=op.f("area_root_check")),
        sa.CheckConstraint(
            "kind IN ('COUNTY', 'ZONE', 'STREET', 'TOWN', 'TOWNSHIP', 'PARK', 'MANAGEMENT_CENTRE', 'VILLAGE', 'COMMUNITY', 'GRID', 'MICRO_GRID')",
            name=op.f("area_kind_check"),
        ),
        sa.CheckConstraint(
            "level IN ('COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID')", name=op.f("area_level_check")
        ),
        sa.ForeignKeyConstraint(["parent_id"], [f"{schema}.area.id"], name=op.f("area_parent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("area_pkey")),
        sa.UniqueConstraint("code", name=op.f("area_code_key")),
        sa.UniqueConstraint("key", name=op.f("area_key_key")),
        schema=schema,
    )
    op.create_index(
        "area_name_idx",
        "area",
        ["name"],
        unique=False,
        schema=schema,
        postgresql_using="gin",
        postgresql_ops={"name": "ext.gin_trgm_ops"},
    )
    op.create_index("area_parent_idx", "area", ["parent_id", "position", "id"], unique=False, schema=schema)
    op.create_index("area_path_idx", "area", ["path"], unique=False, schema=schema, postgresql_using="gist")
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("attempt_pkey")),
        schema=schema,
    )
    op.create_index("attempt_subject_idx", "attempt", ["kind", "subject", "at"], unique=False, schema=schema)
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("audit_entry_pkey")),
        sa.UniqueConstraint("id", name=op.f("audit_entry_id_key")),
        schema=schema,
    )
    op.create_index("audit_entry_actor_idx", "audit_entry", ["actor", "seq"], unique=False, schema=schema)
    op.create_index("audit_entry_at_idx", "audit_entry", ["at"], unique=False, schema=schema)
    op.create_index("audit_entry_object_idx", "audit_entry", ["object", "seq"], unique=False, schema=schema)
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("audit_seal_pkey")),
        schema=schema,
    )
    op.create_table(
        "closure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("closure_pkey")),
        schema=schema,
    )
    op.create_table(
        "policy_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.CheckConstraint("effect IN ('allow', 'deny')", name=op.f("policy_line_effect_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("policy_line_pkey")),
        sa.UniqueConstraint("role", "level", "object", "action", "effect", name="policy_line_once_key"),
        schema=schema,
    )
    op.create_table(
        "profile",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("division_code", sa.Text(), nullable=True),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("circle_minutes", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("number_prefix", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "levels <@ ARRAY['COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID']::text[]",
            name=op.f("profile_levels_check"),
        ),
        sa.CheckConstraint("one = 1", name=op.f("profile_one_check")),
        sa.PrimaryKeyConstraint("one", name=op.f("profile_pkey")),
        schema=schema,
    )
    op.create_table(
        "resident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("resident_pkey")),
        sa.UniqueConstraint("phone_hash", name=op.f("resident_phone_hash_key")),
        schema=schema,
    )
    op.create_table(
        "service_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("case_type", sa.Text(), nullable=False),
        sa.Column("promised_working_days", sa.BigInteger(), nullable=False),
        sa.Column("legal_working_days", sa.BigInteger(), nullable=False),
        sa.Column("max_trips", sa.BigInteger(), nullable=False),
        sa.Column("fee_amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("fee_basis", sa.Text(), nullable=True),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("handled_at", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("pre_checked_at", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("legal_basis", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("result_name", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "audience <@ ARRAY['PERSON', 'LEGAL_ENTITY']::text[]", name=op.f("service_item_audience_check")
        ),
        sa.CheckConstraint(
            "case_type IN ('IMMEDIATE', 'PROMISED', 'OTHER')", name=op.f("service_item_case_type_check")
        ),
        sa.CheckConstraint(
            "channels <@ ARRAY['HALL', 'STATION', 'BANK', 'TERMINAL', 'MOBILE', 'WEB', 'PHONE', 'PROXY', 'DOOR']::text[]",
            name=op.f("service_item_channels_check"),
        ),
        sa.CheckConstraint(
            "handled_at <@ ARRAY['COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID']::text[]",
            name=op.f("service_item_handled_at_check"),
        ),
        sa.CheckConstraint(
            "kind IN ('LICENCE', 'PAYMENT', 'CONFIRMATION', 'REWARD', 'RULING', 'OTHER_POWER', 'PUBLIC_SERVICE')",
            name=op.f("service_item_kind_check"),
        ),
        sa.CheckConstraint(
            "level IN ('COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID')",
            name=op.f("service_item_level_check"),
        ),
        sa.CheckConstraint(
            "pre_checked_at <@ ARRAY['COUNTY', 'TOWN', 'VILLAGE', 'GRID', 'MICRO_GRID']::text[]",
            name=op.f("service_item_pre_checked_at_check"),
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to > effective_from", name=op.f("service_item_effective_check")
        ),
        sa.CheckConstraint(
            "promised_working_days <= legal_working_days", name=op.f("service_item_promise_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("service_item_pkey")),
        sa.UniqueConstraint("code", "version", name="service_item_version_key"),
        schema=schema,
    )
    op.create_index(
        "service_item_name_idx",
        "service_item",
        ["name"],
        unique=False,
        schema=schema,
        postgresql_using="gin",
        postgresql_ops={"name": "ext.gin_trgm_ops"},
    )
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_code_pkey")),
        schema=schema,
    )
    op.create_index(
        "sign_in_code_phone_idx", "sign_in_code", ["phone_hash", "expires_at"], unique=False, schema=schema
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(collation="C"), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_pkey")),
        sa.UniqueConstraint("key", name=op.f("staff_key_key")),
        sa.UniqueConstraint("login", name=op.f("staff_login_key")),
        schema=schema,
    )
    op.create_index(
        "staff_name_idx",
        "staff",
        ["name"],
        unique=False,
        schema=schema,
        postgresql_using="gin",
        postgresql_ops={"name": "ext.gin_trgm_ops"},
    )
    op.create_table(
        "stored_answer",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("stored_answer_pkey")),
        schema=schema,
    )
    op.create_index("stored_answer_at_idx", "stored_answer", ["at"], unique=False, schema=schema)
    op.create_table(
        "area_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("area_change_area_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("area_change_pkey")),
        schema=schema,
    )
    op.create_index("area_change_area_idx", "area_change", ["area_id", "at"], unique=False, schema=schema)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("assignment_dates_check")),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("assignment_area_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], [f"{schema}.staff.id"], name=op.f("assignment_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("assignment_pkey")),
        sa.UniqueConstraint("staff_id", "role", "area_id", "since", name="assignment_once_key"),
        schema=schema,
    )
    op.create_index("assignment_area_idx", "assignment", ["area_id", "role"], unique=False, schema=schema)
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed("stem || '-' || lpad(serial::text, 6, '0')", persisted=True),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("service_item_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_kind", sa.Text(), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("applicant_name_masked", sa.Text(), nullable=False),
        sa.Column("identity_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.Column("identity_masked", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("modes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("first_asked_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("promised_days", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_ordinal", sa.BigInteger(), nullable=True),
        sa.Column("due_ordinal", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("paused_days", sa.BigInteger(), nullable=False),
        sa.Column("suspended_ordinal", sa.BigInteger(), nullable=True),
        sa.Column("stopped_used", sa.BigInteger(), nullable=True),
        sa.Column("suspended_from", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_ordinal", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("result_number", sa.Text(), nullable=True),
        sa.Column("decision_basis", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'SUSPENDED') = (suspended_ordinal IS NOT NULL)",
            name=op.f("cases_suspended_clock_check"),
        ),
        sa.CheckConstraint(
            "applicant_kind IN ('PERSON', 'LEGAL_ENTITY')", name=op.f("cases_applicant_kind_check")
        ),
        sa.CheckConstraint(
            "channel IN ('HALL', 'STATION', 'BANK', 'TERMINAL', 'MOBILE', 'WEB', 'PHONE', 'PROXY', 'DOOR')",
            name=op.f("cases_channel_check"),
        ),
        sa.CheckConstraint("help IN ('HELP', 'AGENCY')", name=op.f("cases_help_check")),
        sa.CheckConstraint(
            "modes <@ ARRAY['ONLINE', 'MOBILE', 'RELAY', 'CUSTOM', 'TRACKING', 'CARING']::text[]",
            name=op.f("cases_modes_check"),
        ),
        sa.CheckConstraint("outcome IN ('GRANTED', 'REFUSED', 'DONE')", name=op.f("cases_outcome_check")),
        sa.CheckConstraint(
            "state IN ('SUBMITTED', 'PRE_CHECKING', 'AWAITING_MATERIALS', 'ACCEPTED', 'IN_PROGRESS', 'SUSPENDED', 'COMPLETED', 'CLOSED', 'DECLINED', 'WITHDRAWN', 'TERMINATED')",
            name=op.f("cases_state_check"),
        ),
        sa.CheckConstraint(
            "suspended_from IN ('SUBMITTED', 'PRE_CHECKING', 'AWAITING_MATERIALS', 'ACCEPTED', 'IN_PROGRESS', 'SUSPENDED', 'COMPLETED', 'CLOSED', 'DECLINED', 'WITHDRAWN', 'TERMINATED')",
            name=op.f("cases_suspended_from_check"),
        ),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("cases_area_id_fkey")),
        sa.ForeignKeyConstraint(
            ["first_asked_id"], [f"{schema}.staff.id"], name=op.f("cases_first_asked_id_fkey")
        ),
        sa.ForeignKeyConstraint(["holder_id"], [f"{schema}.staff.id"], name=op.f("cases_holder_id_fkey")),
        sa.ForeignKeyConstraint(
            ["resident_id"], [f"{schema}.resident.id"], name=op.f("cases_resident_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["service_item_id"], [f"{schema}.service_item.id"], name=op.f("cases_service_item_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("cases_pkey")),
        sa.UniqueConstraint("number", name=op.f("cases_number_key")),
        schema=schema,
    )
    op.create_index(
        "cases_applicant_idx",
        "cases",
        ["applicant_name"],
        unique=False,
        schema=schema,
        postgresql_using="gin",
        postgresql_ops={"applicant_name": "ext.gin_trgm_ops"},
    )
    op.create_index("cases_area_idx", "cases", ["area_id", "submitted_at", "id"], unique=False, schema=schema)
    op.create_index("cases_due_idx", "cases", ["due_ordinal", "id"], unique=False, schema=schema)
    op.create_index(
        "cases_holder_idx", "cases", ["holder_id", "submitted_at", "id"], unique=False, schema=schema
    )
    op.create_index("cases_identity_idx", "cases", ["identity_hash"], unique=False, schema=schema)
    op.create_index("cases_phone_idx", "cases", ["phone_hash"], unique=False, schema=schema)
    op.create_index(
        "cases_resident_idx", "cases", ["resident_id", "submitted_at", "id"], unique=False, schema=schema
    )
    op.create_index("cases_state_idx", "cases", ["state", "submitted_at", "id"], unique=False, schema=schema)
    op.create_index("cases_submitted_idx", "cases", ["submitted_at", "id"], unique=False, schema=schema)
    op.create_table(
        "credential",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], [f"{schema}.staff.id"], name=op.f("credential_staff_id_fkey")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("credential_pkey")),
        schema=schema,
    )
    op.create_table(
        "service_material",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("tolerable", sa.Boolean(), nullable=False),
        sa.Column("core", sa.Boolean(), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=True),
        sa.CheckConstraint("NOT (core AND tolerable)", name=op.f("service_material_core_check")),
        sa.CheckConstraint("originals >= 0 AND copies >= 0", name=op.f("service_material_counts_check")),
        sa.ForeignKeyConstraint(
            ["item_id"], [f"{schema}.service_item.id"], name=op.f("service_material_item_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("service_material_pkey")),
        sa.UniqueConstraint("item_id", "code", name="service_material_code_key"),
        schema=schema,
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], [f"{schema}.resident.id"], name=op.f("session_resident_id_fkey")
        ),
        sa.ForeignKeyConstraint(["staff_id"], [f"{schema}.staff.id"], name=op.f("session_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("session_pkey")),
        schema=schema,
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('TOWN', 'DEPARTMENT', 'CENTRE', 'PARK')", name=op.f("team_kind_check")),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("team_area_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("team_pkey")),
        sa.UniqueConstraint("key", name=op.f("team_key_key")),
        schema=schema,
    )
    op.create_table(
        "case_authorisation",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("scope", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "scope <@ ARRAY['APPLY', 'SUPPLY_MATERIALS', 'RECEIVE_RESULT']::text[]",
            name=op.f("case_authorisation_scope_check"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], [f"{schema}.cases.id"], name=op.f("case_authorisation_case_id_fkey")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("case_authorisation_pkey")),
        schema=schema,
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "from_state IN ('SUBMITTED', 'PRE_CHECKING', 'AWAITING_MATERIALS', 'ACCEPTED', 'IN_PROGRESS', 'SUSPENDED', 'COMPLETED', 'CLOSED', 'DECLINED', 'WITHDRAWN', 'TERMINATED')",
            name=op.f("case_event_from_state_check"),
        ),
        sa.CheckConstraint(
            "to_state IN ('SUBMITTED', 'PRE_CHECKING', 'AWAITING_MATERIALS', 'ACCEPTED', 'IN_PROGRESS', 'SUSPENDED', 'COMPLETED', 'CLOSED', 'DECLINED', 'WITHDRAWN', 'TERMINATED')",
            name=op.f("case_event_to_state_check"),
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("case_event_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_event_pkey")),
        schema=schema,
    )
    op.create_index("case_event_case_idx", "case_event", ["case_id", "id"], unique=False, schema=schema)
    op.create_table(
        "case_material",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("tolerable", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('MISSING', 'SUPPLIED', 'REJECTED', 'TOLERATED', 'EXEMPT')",
            name=op.f("case_material_state_check"),
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("case_material_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_material_pkey")),
        sa.UniqueConstraint("case_id", "code", name="case_material_code_key"),
        schema=schema,
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("taken_at IS NULL OR returned_at IS NULL", name=op.f("handover_ended_once_check")),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("handover_case_id_fkey")),
        sa.ForeignKeyConstraint(["from_id"], [f"{schema}.staff.id"], name=op.f("handover_from_id_fkey")),
        sa.ForeignKeyConstraint(["to_id"], [f"{schema}.staff.id"], name=op.f("handover_to_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("handover_pkey")),
        schema=schema,
    )
    op.create_index("handover_case_idx", "handover", ["case_id", "offered_at"], unique=False, schema=schema)
    op.create_index(
        "handover_open_key",
        "handover",
        ["case_id"],
        unique=True,
        schema=schema,
        postgresql_where="taken_at IS NULL AND returned_at IS NULL",
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("notice_case_id_fkey")),
        sa.ForeignKeyConstraint(["issued_by"], [f"{schema}.staff.id"], name=op.f("notice_issued_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notice_pkey")),
        sa.UniqueConstraint("case_id", "ordinal", name="notice_ordinal_key"),
        schema=schema,
    )
    op.create_table(
        "rating",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "grade IN ('VERY_SATISFIED', 'SATISFIED', 'FAIRLY_SATISFIED', 'DISSATISFIED', 'VERY_DISSATISFIED')",
            name=op.f("rating_grade_check"),
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("rating_case_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("rating_pkey")),
        schema=schema,
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], [f"{schema}.session.id"], name=op.f("refresh_token_session_id_fkey")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("refresh_token_pkey")),
        schema=schema,
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("team_member_dates_check")),
        sa.ForeignKeyConstraint(["staff_id"], [f"{schema}.staff.id"], name=op.f("team_member_staff_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], [f"{schema}.team.id"], name=op.f("team_member_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("team_member_pkey")),
        sa.UniqueConstraint("team_id", "staff_id", "since", name="team_member_once_key"),
        schema=schema,
    )
    op.create_index("team_member_staff_idx", "team_member", ["staff_id"], unique=False, schema=schema)
    op.create_table(
        "tolerance",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("promised_by", sa.Date(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("tolerance_case_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("tolerance_pkey")),
        schema=schema,
    )
    op.create_table(
        "violation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], [f"{schema}.staff.id"], name=op.f("violation_by_id_fkey")),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("violation_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("violation_pkey")),
        schema=schema,
    )
    op.create_index("violation_case_idx", "violation", ["case_id"], unique=False, schema=schema)
