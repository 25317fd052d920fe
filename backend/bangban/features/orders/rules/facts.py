"""What the rules of orders look at: one order, one helper, where an offer can go, who acts and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bangban.features.cases.values import Grade
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel

RESIDENT_WORD: Final = "群众"  # a timeline names staff, never the resident
SYSTEM_WORD: Final = "系统"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a member of staff, a resident, or nobody but the clock."""

    id: UUID | None
    staff_name: str | None = None

    @property
    def is_staff(self) -> bool:
        return self.staff_name is not None

    @property
    def shown(self) -> str:
        """The actor as a timeline names it."""
        if self.id is None:
            return SYSTEM_WORD
        return RESIDENT_WORD if self.staff_name is None else self.staff_name


THE_CLOCK: Final = Actor(id=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """An agreed time at the door 约定时段."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed at the door 签收 (DOMAIN C10): the name, sealed and masked, and a picture of the signature if any."""

    sealed: bytes | None = field(repr=False)
    masked: str | None
    at: datetime
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area that an offer can come to: the order's own, or one above it."""

    id: UUID
    path: str
    level: AreaLevel


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """One order as the rules see it. ``place`` is where it is to be done, ``asked`` how far the offer has come.

    ``raised_to`` is the path of where a problem of a community went when it was given back; None otherwise.
    """

    kind: OrderKind
    state: OrderState
    place: Place
    asked: Place
    raised_to: str | None = None
    resident_id: UUID | None = None
    placed_by_id: UUID | None = None  # of the staff, as its first event says
    holder_id: UUID | None = None
    service_code: str | None = None
    theme: str | None = None
    department: str | None = None  # which owns the item
    window: Window | None = None
    tries: int = 0
    due_at: datetime | None = None
    claimed_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    grade: Grade | None = None
    comment: str | None = None
    rated_at: datetime | None = None
    signature: Signature | None = None


@dataclass(frozen=True, kw_only=True)
class Helper:
    """Somebody who may be asked, at one of their posts, and what matters for this very order.

    ``load`` is how many orders they have in hand; ``trained`` whether they attended a training on the order's item,
    ``trained_at_all`` on anything.
    """

    id: UUID
    name: str
    role: Role
    post: Place
    all_round: bool = False
    themes: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    approved: bool = False
    trained: bool = False
    trained_at_all: bool = False
    load: int = 0

    @property
    def is_volunteer(self) -> bool:
        return self.role is Role.VOLUNTEER


class Announcement(StrEnum):
    """What the outbox is told. UNCLAIMED and WINDOW_OVER are timers."""

    CHANGED = "order.changed"
    OFFERED = "order.offered"
    UNCLAIMED = "order.unclaimed"
    FELL_THROUGH = "order.fell-through"
    LEFT_OVER = "order.left-over"
    UNTAKEN = "order.untaken"
    TAKEN = "order.taken"
    ASSIGNED = "order.assigned"
    GIVEN_BACK = "order.given-back"
    DONE = "order.done"
    FAILED = "order.failed"
    CANCELLED = "order.cancelled"
    WINDOW_OVER = "order.window-over"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of an order's history."""

    kind: OrderEventKind
    from_state: OrderState | None
    to_state: OrderState
    actor: str
    area_id: UUID | None = None
    staff_id: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One entry of the trail. ``details`` hold no personal data, so no free text."""

    action: Permission | str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """All that one act changes: written together in one transaction, or not at all.

    ``timer`` is until when somebody is to have taken it, ``agreed`` the window that was agreed with it.
    """

    order: OrderFacts
    event: Event
    audit: Audit
    announce: tuple[Announcement, ...]
    timer: datetime | None = None
    agreed: Window | None = None


def in_minutes(at: datetime, minutes: int) -> datetime:
    """The moment so many minutes later."""
    return at + timedelta(minutes=minutes)
