"""下单: a new order, resolved to the area where it is to be done (DOMAIN C05, C07, C08, C10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, and_, literal_column, or_, select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.facts import LIVE as LIVE_CASES
from bangban.features.cases.rules.results import require_given_out
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.values import CaseState
from bangban.features.catalog.service import current_item
from bangban.features.hall.problems import VisitNotOpen
from bangban.features.hall.service.loading import lock_visit
from bangban.features.hall.tables import VisitRow
from bangban.features.orders.problems import CaseOffered, DoorOrdered, FreeOfCharge, TooManyOpen, VisitOrdered
from bangban.features.orders.rules import placing
from bangban.features.orders.rules.facts import OrderFacts, Place
from bangban.features.orders.rules.offering import places_to_ask
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.service.helpers import read_chain, read_helpers
from bangban.features.orders.service.loading import actor_of
from bangban.features.orders.service.locating import (
    location_of,
    nearest_place,
    only_place_below,
    place_of_area,
)
from bangban.features.orders.service.reading import count_open
from bangban.features.orders.service.saving import file_order
from bangban.features.orders.tables import ADDRESS_CONTEXT, OrderRow
from bangban.features.orders.values import AT_THE_DOOR, LIVE, OrderKind, OrderState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.identifiers import bounded, mask_address, normalise_phone, refuse_unfit
from bangban.kernel.problems import InvalidInput, refused_at
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

LONGEST_NOTE: Final = 500
LONGEST_ADDRESS: Final = 200
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
class _Case:
    id: UUID
    area_id: UUID
    resident_id: UUID


async def place_order(work: Work, wanted: Wanted) -> UUID:
    """Place an order; its id. It belongs to the resident who asks, to the one whose phone staff give, or to the
    applicant of the case that it is about.

    Raises:
        Forbidden: The caller may not place orders at this area; or not dispatch, for CASE.
        FreeOfCharge: A fee is named (invariant 18).
        NotFound: No such area, item or case, or the caller may not see the case.
        InvalidInput: No place; a text that is too long; CASE without a case; a phone that staff do not
            give; and as ``placing.place_order``.
        TooManyOpen: The resident who asks has too many open orders.
        CaseOffered, DoorOrdered: Another order offers the case, or is for its door at that time, and is open.
        IllegalTransition: The case is over (CASE, PICKUP).
        ResultHeld: The case's result waits for those of others, so that it is not delivered (DELIVERY).
        VisitOrdered, VisitNotOpen: The visit has an order, or is of another day.
        KindNotOffered, NobodyToAsk, StorageFull, NumberInText.
    """
    work.grants.require(Permission.ORDER_PLACE)
    check_storage(work.district.quotas, work.district.storage_bytes)
    if wanted.fee:
        raise FreeOfCharge
    actor, settings = actor_of(work), order_settings(work.settings)
    placing.offered(wanted.kind, settings)
    if actor.id and not actor.is_staff and await count_open(work, actor.id) >= settings.open_limit:
        raise TooManyOpen(settings.open_limit)
    note = _text(wanted.note, LONGEST_NOTE, "input.note")
    refuse_unfit(note, fields=("input.note",))  # helpers to whom it is offered, and volunteers, read it
    address = _text(wanted.address, LONGEST_ADDRESS, "input.address")
    visit = None if wanted.visit_id is None else await _visit(work, wanted.visit_id, wanted.kind)
    with refused_at({"input.number": "input.caseNumber"}):
        case = await _case(work, wanted)
    place = await _place(work, wanted, case, settings.reach_km)
    work.grants.require_at(Permission.ORDER_PLACE, place.path)
    if wanted.kind is OrderKind.CASE:
        work.grants.require_at(Permission.ORDER_DISPATCH, place.path)
    code = None if wanted.service_code is None else wanted.service_code.strip()
    item = None if code is None else await current_item(work.db, code, work.today)
    order = OrderFacts(
        kind=wanted.kind,
        state=OrderState.OPEN,
        place=place,
        asked=place,
        resident_id=await _resident(work, wanted, case),
        service_code=code,
        theme=None if item is None else item.details.get("theme"),
        department=None if item is None else item.department,
        window=placing.window_of(wanted.window_from, wanted.window_until),
    )
    helpers = await read_helpers(work, path=place.path, service_code=code)
    chain = await read_chain(work, place.path)
    transition = placing.place_order(
        order,
        places_to_ask(chain, helpers, order=order, settings=settings),
        settings=settings,
        has_address=address is not None,
        has_note=note is not None,
        has_case=case is not None,
        actor=actor,
        at=work.now,
    )
    order_id = await file_order(
        work,
        transition,
        area_id=place.id,
        columns={
            "case_id": None if case is None else case.id,
            "note": note,
            "address_sealed": None if address is None else work.vault.seal(address, context=ADDRESS_CONTEXT),
            "address_masked": None if address is None else mask_address(address),
            "longitude": wanted.longitude,
            "latitude": wanted.latitude,
        },
    )
    if visit is not None:
        visit.order_id = order_id
    return order_id


async def _visit(work: Work, visit_id: UUID, kind: OrderKind) -> VisitRow:
    """The visit of which this order comes, locked: so of two who place one at once one does."""
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


def _text(text: str | None, most: int, name: str) -> str | None:
    return bounded(text, fields=(name,), longest=most)


async def _case(work: Work, wanted: Wanted) -> _Case | None:
    if wanted.case_number is None:
        if wanted.kind is OrderKind.CASE:
            raise InvalidInput(
                "Name the case that is dispatched.", "请填写要派单的办件编号。", fields=("input.caseNumber",)
            )
        return None
    loaded = await load_case(work, number=wanted.case_number, one_of=(Permission.CASE_READ,))
    if wanted.kind is OrderKind.CASE:  # whoever offers it to others moves it
        loaded.authorise(Permission.CASE_HAND_OVER)
        if loaded.facts.state not in LIVE_CASES:
            raise IllegalTransition(loaded.facts.state)
    if (
        wanted.kind is OrderKind.PICKUP
        and loaded.facts.state not in LIVE_CASES
        and not loaded.facts.conditional
    ):
        raise IllegalTransition(
            loaded.facts.state
        )  # nothing is taken for it any more; a delivery brings back
    if wanted.kind is OrderKind.DELIVERY and loaded.facts.state in _WITH_RESULT:
        require_given_out(loaded.facts)
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
    return _Case(id=row.id, area_id=row.area_id, resident_id=row.resident_id)


async def _place(work: Work, wanted: Wanted, case: _Case | None, reach_km: int) -> Place:
    """Where it is to be done: the area named, the nearest to the location, or the case's.

    And down from there while there is one way: a resident who names a community with one grid is asked nothing more.
    """
    location = location_of(wanted.longitude, wanted.latitude)
    if wanted.area_id is None and location is not None:
        place = await nearest_place(work, *location, reach_km=reach_km)
    else:
        area_id = wanted.area_id if wanted.area_id is not None or case is None else case.area_id
        if area_id is None:
            raise InvalidInput(
                "Say where help is wanted.",
                "请选择需要帮办的区域,或提供位置。",
                fields=("input.areaId", "input.longitude"),
            )
        place = await place_of_area(work, area_id)
    return await only_place_below(work, place) if wanted.kind is OrderKind.NEED else place


async def _resident(work: Work, wanted: Wanted, case: _Case | None) -> UUID | None:
    """Whose order it is: the caller's own, the case's applicant's, or of the phone that staff were given."""
    actor = actor_of(work)
    if not actor.is_staff:
        if wanted.phone is not None:
            raise InvalidInput(
                "An order of your own is reached at your account's phone; only staff name another.",
                "本人下单以账号手机号联系,只有工作人员下单时可填写群众电话。",
                fields=("input.phone",),
            )
        return actor.id
    if wanted.phone is not None:
        phone = normalise_phone(wanted.phone, fields=("input.phone",))
        return (await resident_of_phone(work, phone)).id
    return None if case is None else case.resident_id
