"""Rows that every district needs to be one: its profile, its stored answers; and the platform's registry."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, UniqueConstraint, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase, TenantBase
from bangban.kernel.database.privacy import DELETABLE, SECRET_DELETABLE
from bangban.kernel.database.types import EnumText, EnumTextArray, all_of, one_of
from bangban.kernel.levels import AreaLevel


class DistrictStatus(StrEnum):
    """Life of a district 地区状态."""

    PROVISIONING = "PROVISIONING"
    LIVE = "LIVE"
    SUSPENDED = "SUSPENDED"
    LEAVING = "LEAVING"


class DistrictRow(PlatformBase):
    """The registry's entry of a district. ``revision`` is where its schema stands in the district history.

    ``code_from`` is the oldest revision whose release still works on it: a process that does not know it serves
    other districts.
    """

    __tablename__ = "district"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,29}$'", name="slug"),
        one_of("status", DistrictStatus),
        all_of("levels", AreaLevel),
    )

    slug: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str]
    brand: Mapped[str]
    division_code: Mapped[str | None] = mapped_column(default=None)
    levels: Mapped[list[AreaLevel]] = mapped_column(EnumTextArray(AreaLevel))
    status: Mapped[DistrictStatus] = mapped_column(EnumText(DistrictStatus))
    circle_minutes: Mapped[int]
    timezone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    allowed_origins: Mapped[list[str]] = mapped_column(default_factory=list)
    hosts: Mapped[list[str]] = mapped_column(default_factory=list)
    data_key: Mapped[bytes]  # wrapped by the master key
    revision: Mapped[str]
    created_at: Mapped[datetime]
    # Anonymous callers and portals may send trusted documents only.
    trusted_documents_only: Mapped[bool] = mapped_column(server_default=false(), default=False)
    code_from: Mapped[str] = mapped_column(server_default="0001", default="0001")
    # What it may use at most (``quotas.py``); what is left out follows the process's settings.
    quotas: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default_factory=dict)
    suspended_why: Mapped[str | None] = mapped_column(default=None)  # told to whoever comes meanwhile
    live_since: Mapped[datetime | None] = mapped_column(default=None)
    # Its size when it was last measured, in bytes and in accounts that may sign in.
    storage_bytes: Mapped[int | None] = mapped_column(default=None)
    staff_accounts: Mapped[int | None] = mapped_column(default=None)
    measured_at: Mapped[datetime | None] = mapped_column(default=None)
    # When it asked to leave, and what its last verified archive is: file, digest, size, rows, when (features/archives).
    leaving_since: Mapped[datetime | None] = mapped_column(default=None)
    archive: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    # What the district's portals add to ``allowed_origins``: a copy, carried over after each of their changes.
    portal_origins: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default_factory=list)
    # When its duties are to be looked for next (features/supervision); empty: now.
    duties_due_at: Mapped[datetime | None] = mapped_column(default=None)


class ProfileRow(TenantBase):
    """The district's own copy of its public facts and settings: one row, so that the schema stands alone."""

    __tablename__ = "profile"
    __table_args__ = (
        CheckConstraint("one = 1", name="one"),
        all_of("levels", AreaLevel),
    )

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    slug: Mapped[str]
    name: Mapped[str]
    brand: Mapped[str]
    division_code: Mapped[str | None] = mapped_column(default=None)
    levels: Mapped[list[AreaLevel]] = mapped_column(EnumTextArray(AreaLevel))
    circle_minutes: Mapped[int]
    timezone: Mapped[str]
    number_prefix: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


class ClosureRow(TenantBase):
    """A local exception to the published calendar 地方放假或加班: a day closed, or worked."""

    __tablename__ = "closure"
    __table_args__ = (DELETABLE,)

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    reason: Mapped[str]


class PolicyLineRow(TenantBase):
    """A policy line of the district's own, beside the shipped ones. Deny wins."""

    __tablename__ = "policy_line"
    __table_args__ = (
        UniqueConstraint("role", "level", "object", "action", "effect", name="policy_line_once_key"),
        CheckConstraint("effect IN ('allow', 'deny')", name="effect"),
        DELETABLE,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    level: Mapped[str]
    object: Mapped[str]
    action: Mapped[str]
    effect: Mapped[str]


class StoredAnswerRow(TenantBase):
    """The first answer to a request with an Idempotency-Key, sealed; written in its own transaction."""

    __tablename__ = "stored_answer"
    __table_args__ = (Index("stored_answer_at_idx", "at"), SECRET_DELETABLE)

    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    answer: Mapped[bytes | None] = mapped_column(default=None)
    at: Mapped[datetime]


class PlatformStoredAnswerRow(PlatformBase):
    """The same for requests that belong to no district."""

    __tablename__ = "stored_answer"
    __table_args__ = (Index("stored_answer_at_idx", "at"),)

    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    answer: Mapped[bytes | None] = mapped_column(default=None)
    at: Mapped[datetime]


OUTBOX_DUE: Final = text("coalesce(not_before, due_at, '-infinity'::timestamp with time zone)")


class OutboxRow(PlatformBase):
    """Work to be done after a commit. The one table that district roles may insert into.

    ``author`` is the database's own word for who wrote the row: a district cannot write in another's name.
    A row with a ``due_at`` is a timer: it is not touched before then, and the transaction that set it need not
    be alive. A row that is being worked on, or that failed, is left alone until ``not_before``; ``problem``
    names the kind of the last failure, never its words, which might tell of a person.
    """

    __tablename__ = "outbox"
    # In the order in which they become due, so that timers far away cost the next look nothing.
    __table_args__ = (Index("outbox_open_idx", OUTBOX_DUE, "id", postgresql_where="done_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    kind: Mapped[str]
    reference: Mapped[str]
    author: Mapped[str] = mapped_column(server_default=func.current_user(), init=False)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    tries: Mapped[int] = mapped_column(server_default="0", init=False)
    not_before: Mapped[datetime | None] = mapped_column(default=None, init=False)
    problem: Mapped[str | None] = mapped_column(default=None, init=False)
    done_at: Mapped[datetime | None] = mapped_column(default=None, init=False)
    due_at: Mapped[datetime | None] = mapped_column(default=None, kw_only=True)


class HolidayRow(PlatformBase):
    """A day of a yearly holiday notice that an operator imported 节假日安排."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]


class InstallationRow(PlatformBase):
    """The one row that names this installation; the tag is part of every role's name on the server."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("one = 1", name="one"),)

    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    tag: Mapped[str]
    key_check: Mapped[bytes]  # proves at start that the master key is the right one
    created_at: Mapped[datetime]
