"""Rows of onboarding 入驻."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase
from bangban.kernel.database.types import EnumText, EnumTextArray, one_of
from bangban.kernel.levels import AreaLevel


class OnboardingState(StrEnum):
    """State of an application to join 入驻状态."""

    APPLIED = "APPLIED"
    VERIFIED = "VERIFIED"
    PROVISIONING = "PROVISIONING"
    CONFIGURING = "CONFIGURING"
    READY = "READY"
    LIVE = "LIVE"
    REJECTED = "REJECTED"
    FAILED = "FAILED"


class StepState(StrEnum):
    """State of one step of an onboarding 步骤状态."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


class OnboardingRow(PlatformBase):
    """A district's application to join. Contact details are sealed under the installation's own key.

    Until its contact is verified it holds its slug no longer than to ``held_until``. ``digest`` is of what the steps
    that are done were done from, while they are under way; other steps would have to begin anew.

    ``readiness`` is what the last run of the checks found, for the ticket's holder, who has no account in the
    district: a list as ``ReadinessCheck`` shows it, without personal data; None before the first run.
    """

    __tablename__ = "onboarding"
    __table_args__ = (
        one_of("state", OnboardingState),
        # A slug is asked for once at a time: whoever comes second is told so.
        Index(
            "onboarding_slug_key",
            "slug",
            unique=True,
            postgresql_where="state NOT IN ('REJECTED', 'FAILED')",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    division_code: Mapped[str | None] = mapped_column(default=None)
    brand: Mapped[str]
    template: Mapped[str]
    levels: Mapped[list[AreaLevel]] = mapped_column(EnumTextArray(AreaLevel))
    admin_login: Mapped[str]
    contact_sealed: Mapped[bytes]
    ticket_hash: Mapped[bytes]
    state: Mapped[OnboardingState] = mapped_column(EnumText(OnboardingState))
    applied_at: Mapped[datetime]
    contact_masked: Mapped[str] = mapped_column(server_default="", default="")
    language: Mapped[str] = mapped_column(
        server_default="zh-CN", default="zh-CN"
    )  # of messages to the contact
    held_until: Mapped[datetime | None] = mapped_column(default=None)
    code_hash: Mapped[bytes | None] = mapped_column(default=None)  # keyed; none once the contact is verified
    code_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    code_tries: Mapped[int] = mapped_column(server_default="0", default=0)  # wrong ones, of this code
    reason: Mapped[str | None] = mapped_column(default=None)  # why it was rejected
    digest: Mapped[str | None] = mapped_column(default=None)
    readiness: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True), default=None)


class OnboardingStepRow(PlatformBase):
    """Progress of one step, counted in the step's own units (areas, items, people)."""

    __tablename__ = "onboarding_step"
    __table_args__ = (
        UniqueConstraint("onboarding_id", "position", name="onboarding_step_position_key"),
        one_of("state", StepState),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    onboarding_id: Mapped[UUID] = mapped_column(ForeignKey("platform.onboarding.id"))
    position: Mapped[int]
    name: Mapped[str]
    state: Mapped[StepState] = mapped_column(EnumText(StepState))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    problem: Mapped[str | None] = mapped_column(default=None)
