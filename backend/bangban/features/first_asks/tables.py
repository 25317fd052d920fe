"""Rows of first-asked records 首问负责."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.first_asks.values import AskChannel, AskState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY, PERSONAL, sealed
from bangban.kernel.database.types import EnumText, one_of

ASKER_CONTEXT: Final = "first_ask.asker"

# As of a case's number, and never the same as one: the stem ends in a letter.
_NUMBER = "stem || lpad(serial::text, greatest(6, length(serial::text)), '0')"


class FirstAskRow(TenantBase):
    """What somebody asked, and of whom (DOMAIN B01).

    The owner is who was asked, from the first moment to the last; the handler is who works on it, which a transfer
    changes. The number is what the asker was given, and stays.
    """

    __tablename__ = "first_ask"
    __table_args__ = (
        one_of("channel", AskChannel),
        one_of("state", AskState),
        CheckConstraint("(state = 'CLOSED') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("state <> 'CLOSED' OR outcome IS NOT NULL", name="outcome"),
        Index("first_ask_asked_idx", "asked_at", "id"),
        Index("first_ask_area_idx", "area_id", "asked_at", "id"),
        Index("first_ask_owner_idx", "owner_id", "asked_at", "id", postgresql_include=["state"]),
        Index("first_ask_handler_idx", "handler_id", "asked_at", "id"),
        Index("first_ask_resident_idx", "resident_id", "asked_at", "id"),
        Index("first_ask_case_idx", "case_id", postgresql_where="case_id IS NOT NULL"),
        Index(
            "first_ask_external_key",
            "team_id",
            "external_number",
            unique=True,
            postgresql_where="external_number IS NOT NULL",
        ),
        CheckConstraint(
            "num_nulls(team_id, external_number) = CASE channel WHEN 'GROUP' THEN 0 ELSE 2 END", name="group"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), init=False)
    stem: Mapped[str]
    number: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(_NUMBER, persisted=True), unique=True, init=False
    )
    channel: Mapped[AskChannel] = mapped_column(EnumText(AskChannel))
    state: Mapped[AskState] = mapped_column(EnumText(AskState))
    matter: Mapped[str] = mapped_column(info=PERSONAL)
    within_duty: Mapped[bool]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    handler_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    asked_at: Mapped[datetime]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"), default=None)
    # Name and phone, as far as they were given; empty once the retention period is over.
    asker_sealed: Mapped[bytes | None] = mapped_column(info=sealed(ASKER_CONTEXT), default=None)
    asker_masked: Mapped[str | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    # Of what was asked online: by whom, until the retention period is over, and until when an answer is promised.
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.resident.id"), default=None)
    reply_due_at: Mapped[datetime | None] = mapped_column(default=None)
    # Of what was asked in a work group: whose, and the question's number in its log.
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.team.id"), default=None)
    external_number: Mapped[str | None] = mapped_column(Text(collation="C"), default=None)
    # Of what was asked online: about which matter of the catalog, as it was then.
    service_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.service_item.id"), default=None)


class FirstAskTransferRow(TenantBase):
    """A transfer inside 内转; at most one is open for a record.

    To a person, or to a team: then ``to_id`` is whoever of it took the matter, or gave it back.
    """

    __tablename__ = "first_ask_transfer"
    __table_args__ = (
        CheckConstraint("taken_at IS NULL OR returned_at IS NULL", name="ended_once"),
        CheckConstraint("to_id IS NOT NULL OR to_team_id IS NOT NULL", name="somebody"),
        Index(
            "first_ask_transfer_open_key",
            "first_ask_id",
            unique=True,
            postgresql_where="taken_at IS NULL AND returned_at IS NULL",
        ),
        Index("first_ask_transfer_of_idx", "first_ask_id", "offered_at"),
        Index(
            "first_ask_transfer_to_idx", "to_id", postgresql_where="taken_at IS NULL AND returned_at IS NULL"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    first_ask_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.first_ask.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    to_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"))
    reason: Mapped[str]
    offered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    return_reason: Mapped[str | None] = mapped_column(default=None)
    to_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.team.id"), default=None)


class FirstAskAnswerRow(TenantBase):
    """What was answered, by whom; never changed, so that a dispute shows who said what (DOMAIN B06)."""

    __tablename__ = "first_ask_answer"
    __table_args__ = (Index("first_ask_answer_of_idx", "first_ask_id", "id"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    first_ask_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.first_ask.id"))
    at: Mapped[datetime]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"))
    text: Mapped[str]
    # Of what was said in a work group: who took it over from the log, and which banned phrases were in it.
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    banned_phrases: Mapped[list[str] | None] = mapped_column(default=None)
