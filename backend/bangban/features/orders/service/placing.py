"""下单: a new order, resolved to the area where it is to be done (DOMAIN C05, C07, C08, C10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, literal_column, select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.facts import LIVE as LIVE_CASES
from bangban.features.cases.rules.facts import said
from bangban.features.cases.service.loading import load_case
from bangban.features.catalog.service import current_item
from bangban.features.orders.problems import CaseOffered, FreeOfCharge
from bangban.features.orders.rules import placing
from bangban.features.orders.rules.facts import OrderFacts, Place
from bangban.features.orders.rules.offering import places_to_ask
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.service.loading import actor_of
from bangban.features.orders.service.locating import (
    location_of,
    nearest_place,
    only_place_below,
    place_of_area,
)
from bangban.features.orders.service.reading import read_chain, read_helpers
from bangban.features.orders.service.saving import file_order
from bangban.features.orders.tables import ADDRESS_CONTEXT, OrderRow
from bangban.features.orders.values import LIVE, OrderKind, OrderState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.identifiers import mask_address, normalise_phone, refuse_numbers
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

LONGEST_NOTE: Final = 500
LONGEST_ADDRESS: Final = 200
_OFFERING: Final = Written(
    select(OrderRow.number)
    .where(
        OrderRow.case_id == Given("case_id", Uuid()),
        OrderRow.kind == OrderKind.CASE,
        OrderRow.state.in_(sorted(LIVE)),
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
        InvalidInput: No place; a text that is too long; CASE without a case; and as ``placing.place_order``.
        CaseOffered, IllegalTransition: Another order offers the case, or it is over.
        KindNotOffered, NobodyToAsk, StorageFull, NumberInText.
    """
    work.grants.require(Permission.ORDER_PLACE)
    check_storage(work.district.quotas, work.district.storage_bytes)
    if wanted.fee:
        raise FreeOfCharge
    actor, settings = actor_of(work), order_settings(work.settings)
    placing.offered(wanted.kind, settings)
    note = _text(wanted.note, LONGEST_NOTE, "input.note")
    refuse_numbers(note, fields=("input.note",))  # helpers to whom it is offered, and volunteers, read it
    address = _text(wanted.address, LONGEST_ADDRESS, "input.address")
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
        actor=actor,
        at=work.now,
    )
    return await file_order(
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


def _text(text: str | None, most: int, name: str) -> str | None:
    found = said(text)
    if found is not None and len(found) > most:
        raise InvalidInput(
            f"This text may have {most} characters at most.", f"此项不得超过 {most} 个字。", fields=(name,)
        )
    return found


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
        # The case is locked, so of two who offer it at once the second one sees the first one's order.
        offering = await work.run(_OFFERING, case_id=loaded.row.id)
        if offering:
            raise CaseOffered(offering[0].number)
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
        return actor.id
    if wanted.phone is not None:
        phone = normalise_phone(wanted.phone, fields=("input.phone",))
        return (await resident_of_phone(work, phone)).id
    return None if case is None else case.resident_id
