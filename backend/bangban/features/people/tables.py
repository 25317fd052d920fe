"""Rows of staff, their assignments and teams."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.people.training import TrainingKind
from bangban.features.people.values import ContactReminder
from bangban.kernel.database.base import EXTENSION_SCHEMA, TenantBase
from bangban.kernel.database.privacy import sealed
from bangban.kernel.database.types import EnumText, one_of

PHONE_CONTEXT: Final = "staff.phone"
EMAIL_CONTEXT: Final = "staff.email"
WECOM_CONTEXT: Final = "staff.wecom"


class StaffRow(TenantBase):
    """A person who works for the district. ``login`` is empty for people who have no account.

    Portals 门户账号 are accounts of the same kind, with the origins of their pages: they sign in, have sessions
    and hold a role as people do. ``portal_origins`` is null for people.

    Contacts are sealed and masked, and not hashed: nobody is looked up by them.
    """

    __tablename__ = "staff"
    __table_args__ = (
        Index(
            "staff_name_idx",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": f"{EXTENSION_SCHEMA}.gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)  # stable across re-imports
    name: Mapped[str]
    login: Mapped[str | None] = mapped_column(Text(collation="C"), unique=True, default=None)
    source: Mapped[str | None] = mapped_column(default=None)  # GRID_WORKER, VOLUNTEER, … (DOMAIN G04)
    full_time: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="zh-CN")
    active: Mapped[bool] = mapped_column(default=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed(PHONE_CONTEXT))
    phone_masked: Mapped[str | None] = mapped_column(default=None)
    email_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed(EMAIL_CONTEXT))
    email_masked: Mapped[str | None] = mapped_column(default=None)
    # The way of an account, for lists that may not read credentials: invited, then with a password of its own.
    invited_at: Mapped[datetime | None] = mapped_column(default=None)
    joined_at: Mapped[datetime | None] = mapped_column(default=None)
    portal_origins: Mapped[list[str] | None] = mapped_column(default=None)
    # The portal is answered registered documents only, whatever the district asks of others.
    portal_documents_only: Mapped[bool | None] = mapped_column(default=None)
    wecom_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed(WECOM_CONTEXT))
    wecom_masked: Mapped[str | None] = mapped_column(default=None)


class AssignmentRow(TenantBase):
    """A role held at an area between two dates, both inclusive; it covers the area's subtree.

    ``point_id`` posts the person at a service point of that area: what was delegated to the point, they may do.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        UniqueConstraint("staff_id", "role", "area_id", "since", name="assignment_once_key"),
        Index("assignment_area_idx", "area_id", "role"),
        Index("assignment_point_idx", "point_id", postgresql_where="point_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    role: Mapped[str]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)
    point_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_point.id"), default=None)


class TeamRow(TenantBase):
    """A team 帮办队伍 with its brand name, of an area or of a department (DOMAIN C06).

    With ``contact_checked_on`` it stands in the contact book 通讯录 (C12): the role that answers there, its office's
    phone, what its WeChat code holds, the last day of all that, when its lead last saw that it is true, and what the
    lead was told since.

    ``until`` is its own last day: it stays on record after that, nobody's membership and no entry outlasts it.
    """

    __tablename__ = "team"
    __table_args__ = (
        CheckConstraint("kind IN ('TOWN', 'DEPARTMENT', 'CENTRE', 'PARK', 'PROJECT')", name="kind"),
        one_of("contact_reminded", ContactReminder),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    name: Mapped[str]
    brand: Mapped[str | None] = mapped_column(default=None)
    kind: Mapped[str]
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    department: Mapped[str | None] = mapped_column(default=None)
    contact_role: Mapped[str | None] = mapped_column(default=None)
    office_line: Mapped[str | None] = mapped_column(default=None)
    wechat: Mapped[str | None] = mapped_column(default=None)
    contact_until: Mapped[date | None] = mapped_column(default=None)
    contact_checked_on: Mapped[date | None] = mapped_column(default=None)
    contact_reminded: Mapped[ContactReminder | None] = mapped_column(EnumText(ContactReminder), default=None)
    name_en: Mapped[str | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)


class TeamMemberRow(TenantBase):
    """Membership between two dates, both inclusive: headcount on a date counts the rows valid that day."""

    __tablename__ = "team_member"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        UniqueConstraint("team_id", "staff_id", "since", name="team_member_once_key"),
        Index("team_member_staff_idx", "staff_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.team.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(default=None)
    lead: Mapped[bool] = mapped_column(default=False)
    full_time: Mapped[bool] = mapped_column(default=True)


class TrainingRow(TenantBase):
    """A training 培训 that was held (DOMAIN K01): on what, by whom, and who attended, by their ids.

    Or a coaching 辅导 (F01): ``attendees`` are those who coached, ``served`` is how many people they coached, of whom
    nothing else is kept. No kind is a training.
    """

    __tablename__ = "training"
    __table_args__ = (
        one_of("kind", TrainingKind),
        CheckConstraint(
            "(kind IS NOT DISTINCT FROM 'COACHING') = (served IS NOT NULL) AND coalesce(served > 0, true)",
            name="served",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    held_on: Mapped[date]
    trainer: Mapped[str]
    services: Mapped[list[str]]
    attendees: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    recorded_at: Mapped[datetime]
    kind: Mapped[TrainingKind | None] = mapped_column(EnumText(TrainingKind), default=None)
    served: Mapped[int | None] = mapped_column(default=None)
    # Those of the attendees who passed its test; empty where there was none, and then all count as trained.
    passed: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()), default=None)
