"""Rows of orders 帮办单, and of what helpers have learnt."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Double,
    ForeignKey,
    Identity,
    Index,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.cases.values import Grade
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY, PERSONAL, sealed
from bangban.kernel.database.types import EnumText, one_of

ADDRESS_CONTEXT: Final = "order.address"
SIGNATURE_CONTEXT: Final = "order.signature"
_SIGNED = "signed_at IS NOT NULL OR num_nonnulls(signed_by_sealed, signed_by_masked, signature_file_id) = 0"

# As of a case's number, and never the same as one: the stem ends in a letter.
_NUMBER = "stem || lpad(serial::text, greatest(6, length(serial::text)), '0')"


class OrderRow(TenantBase):
    """Something that is offered to helpers of an area, taken by exactly one, done or given up.

    ``area_id`` is where it is to be done, ``offered_to_area_id`` that area or one above it: as far as the offer has
    come. ``due_at`` is until when it should be taken, null once somebody has it or nobody is left to ask.
    """

    __tablename__ = "orders"
    __table_args__ = (
        one_of("kind", OrderKind),
        one_of("state", OrderState),
        one_of("grade", Grade),
        CheckConstraint("(state IN ('CLAIMED', 'DOING', 'FAILED')) <= (holder_id IS NOT NULL)", name="held"),
        CheckConstraint("state <> 'OPEN' OR holder_id IS NULL", name="open"),
        CheckConstraint("(window_from IS NULL) = (window_until IS NULL)", name="window"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="location"),
        CheckConstraint(_SIGNED, name="signed"),
        Index("orders_placed_idx", "placed_at", "id"),
        Index("orders_area_idx", "area_id", "placed_at", "id"),
        Index("orders_open_idx", "offered_to_area_id", postgresql_where="state = 'OPEN'"),
        Index("orders_holder_idx", "holder_id", "state"),
        Index("orders_resident_idx", "resident_id", "placed_at", "id"),
        Index("orders_case_idx", "case_id", postgresql_where="case_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), init=False)
    stem: Mapped[str]
    number: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(_NUMBER, persisted=True), unique=True, init=False
    )
    kind: Mapped[OrderKind] = mapped_column(EnumText(OrderKind))
    state: Mapped[OrderState] = mapped_column(EnumText(OrderState))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    offered_to_area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.resident.id"), default=None)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"), default=None)
    service_code: Mapped[str | None] = mapped_column(default=None)
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    # Where somebody lives or waits, and what they wrote: emptied once the retention period is over.
    note: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    address_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed(ADDRESS_CONTEXT))
    address_masked: Mapped[str | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(Double(), default=None, info=PERSONAL)
    latitude: Mapped[float | None] = mapped_column(Double(), default=None, info=PERSONAL)
    window_from: Mapped[datetime | None] = mapped_column(default=None)
    window_until: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)  # how often somebody set out
    placed_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    grade: Mapped[Grade | None] = mapped_column(EnumText(Grade), default=None)
    comment: Mapped[str | None] = mapped_column(default=None, info=PERSONAL)
    rated_at: Mapped[datetime | None] = mapped_column(default=None)
    # Who signed at the door (DOMAIN C10), and a picture of the signature; emptied like the address.
    signed_by_sealed: Mapped[bytes | None] = mapped_column(default=None, info=sealed(SIGNATURE_CONTEXT))
    signed_by_masked: Mapped[str | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    signature_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.upload.id"), default=None)


class OrderEventRow(TenantBase):
    """What happened to an order, in order; never changed. ``area_id`` and ``staff_id`` say to whom it went.

    Where it went to nobody, ``staff_id`` is who of the staff did it.
    """

    __tablename__ = "order_event"
    __table_args__ = (
        one_of("kind", OrderEventKind),
        one_of("from_state", OrderState),
        one_of("to_state", OrderState),
        Index("order_event_order_idx", "order_id", "id"),
        APPEND_ONLY,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.orders.id"))
    at: Mapped[datetime]
    kind: Mapped[OrderEventKind] = mapped_column(EnumText(OrderEventKind))
    from_state: Mapped[OrderState | None] = mapped_column(EnumText(OrderState), default=None)
    to_state: Mapped[OrderState] = mapped_column(EnumText(OrderState))
    actor: Mapped[str | None] = mapped_column(default=None)  # staff by name; the resident by the word alone
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    note: Mapped[str | None] = mapped_column(default=None)  # the staff's reason, never the resident's words


class HelperSkillRow(TenantBase):
    """What a helper can help with 全科技能 (DOMAIN C11, K02); of a volunteer also who let them in (C17)."""

    __tablename__ = "helper_skill"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.staff.id"), primary_key=True)
    all_round: Mapped[bool]
    themes: Mapped[list[str]]
    services: Mapped[list[str]]
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.staff.id"), default=None)
    changed_at: Mapped[datetime]
