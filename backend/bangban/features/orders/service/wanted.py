"""What somebody asks for, and the case or the visit that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, and_, literal_column, or_, select

from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.facts import LIVE as LIVE_CASES
from bangban.features.cases.rules.results import require_given_out
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.values import CaseState
from bangban.features.custody.ledger import holders_of
from bangban.features.hall.problems import VisitNotOpen
from bangban.features.hall.service.loading import lock_visit
from bangban.features.hall.tables import VisitRow
from bangban.features.orders.placing_problems import CaseOffered, DoorOrdered, NothingToDeliver, VisitOrdered
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import AT_THE_DOOR, LIVE, OrderKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

_ONE_OF_A_CASE: Final = AT_THE_DOOR | {OrderKind.CASE}
_WITH_RESULT: Final = frozenset({CaseState.COMPLETED, CaseState.CLOSED})
_OPEN_OF_CASE: Final = Written(
    select(OrderRow.number)
    .where(
        OrderRow.case_id == Given("case_id", Uuid()),
        OrderRow.kind == Given("kind", Text()),
        OrderRow.state.in_(sorted(LIVE)),
        or_(
            OrderRow.kind == OrderKind.CASE,
            and_(
                OrderRow.window_from < Given("until", DateTime(timezone=True)),
                OrderRow.window_until > Given("since", DateTime(timezone=True)),
            ),
        ),
    )
    .limit(literal_column("1"))
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for, as it came in. Address, phone, note and location are personal data."""

    kind: OrderKind
    area_id: UUID | None = None
    note: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    longitude: float | None = field(default=None, repr=False)
    latitude: float | None = field(default=None, repr=False)
    window_from: datetime | None = None
    window_until: datetime | None = None
    service_code: str | None = None
    case_number: str | None = None
    fee: Decimal | None = None
    visit_id: UUID | None = None  # somebody to whom it was proposed in a hall


@dataclass(frozen=True, kw_only=True)
class CaseWanted:
    """The case that an order is about."""

    id: UUID
    area_id: UUID
    resident_id: UUID


async def visit_wanted(work: Work, visit_id: UUID, kind: OrderKind) -> VisitRow:
    """The visit of which this order comes, locked: so of two who place one at once one does.

    Raises InvalidInput, NotFound, ``VisitNotOpen``, ``VisitOrdered``.
    """
    if kind not in AT_THE_DOOR:
        raise InvalidInput(
            "Only service at the door is ordered for a visit.",
            "到访只能关联上门取件或上门送达。",
            fields=("input.visitId",),
        )
    visit, _ = await lock_visit(work, visit_id, Permission.HALL_GREET)
    if visit.day != work.today:
        raise VisitNotOpen(visit.state)
    if visit.order_id is not None:
        raise VisitOrdered(fields=("input.visitId",))
    return visit


async def case_wanted(work: Work, wanted: Wanted) -> CaseWanted | None:
    """The case of which this order is, locked; None where it is of none.

    Raises InvalidInput, NotFound, Forbidden, ``IllegalTransition``, ``CaseOffered``, ``DoorOrdered``, and as
    ``_require_deliverable``.
    """
    if wanted.case_number is None:
        if wanted.kind is OrderKind.CASE:
            raise InvalidInput(
                "Name the case that is dispatched.", "请填写要派单的办件编号。", fields=("input.caseNumber",)
            )
        return None
    loaded = await load_case(work, number=wanted.case_number, one_of=(Permission.CASE_READ,))
    over = loaded.facts.state not in LIVE_CASES
    if wanted.kind is OrderKind.CASE:  # whoever offers it to others moves it
        loaded.authorise(Permission.CASE_HAND_OVER)
        if over:
            raise IllegalTransition(loaded.facts.state)
    # Nothing is taken for a case that is over, but what a condition waits for; a delivery brings back.
    if wanted.kind is OrderKind.PICKUP and over and not loaded.facts.conditional:
        raise IllegalTransition(loaded.facts.state)
    if wanted.kind is OrderKind.DELIVERY:
        await _require_deliverable(loaded)
    if wanted.kind in _ONE_OF_A_CASE:
        # The case is locked, so of two who place one at once the second one sees the first one's order.
        known = await work.run(
            _OPEN_OF_CASE,
            case_id=loaded.row.id,
            kind=wanted.kind.value,
            since=wanted.window_from,
            until=wanted.window_until,
        )
        if known:
            raise (CaseOffered if wanted.kind is OrderKind.CASE else DoorOrdered)(known[0].number)
    row = loaded.row
    return CaseWanted(id=row.id, area_id=row.area_id, resident_id=row.resident_id)


async def _require_deliverable(loaded: Loaded) -> None:
    """Refuse a delivery of what nobody has, or may have yet. Raises ``ResultHeld``, ``NothingToDeliver``."""
    if loaded.facts.state in _WITH_RESULT:
        require_given_out(loaded.facts)
    elif loaded.facts.state not in LIVE_CASES and not await holders_of(loaded.work, loaded.row.id):
        raise NothingToDeliver
