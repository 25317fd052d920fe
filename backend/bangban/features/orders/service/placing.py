"""下单: a new order, resolved to the area where it is to be done (DOMAIN C05, C07, C08, C10)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.catalog.service import current_item
from bangban.features.orders.placing_problems import (
    FreeOfCharge,
    TooManyOpen,
)
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
from bangban.features.orders.service.wanted import CaseWanted, Wanted, case_wanted, visit_wanted
from bangban.features.orders.tables import ADDRESS_CONTEXT
from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import bounded, mask_address, normalise_phone, refuse_unfit
from bangban.kernel.problems import InvalidInput, refused_at
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

LONGEST_NOTE: Final = 500
LONGEST_ADDRESS: Final = 200


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
    visit = None if wanted.visit_id is None else await visit_wanted(work, wanted.visit_id, wanted.kind)
    with refused_at({"input.number": "input.caseNumber"}):
        case = await case_wanted(work, wanted)
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


def _text(text: str | None, most: int, name: str) -> str | None:
    return bounded(text, fields=(name,), longest=most)


async def _place(work: Work, wanted: Wanted, case: CaseWanted | None, reach_km: int) -> Place:
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


async def _resident(work: Work, wanted: Wanted, case: CaseWanted | None) -> UUID | None:
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
