"""What is booked of a point that will be closed is cancelled, and whoever booked is told (DOMAIN C19)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.api.casework import PERMIT, Desk, fresh, mutation_of
from tests.api.clients import refusal
from tests.api.meanwhile import waiting_in_turn
from tests.api.parts.bookings import BOOK, booked, moment
from tests.api.parts.places import CARD, fresh_point
from tests.api.test_booking_timers import state_of

from bangban.features.calendar.local_days import set_local_day
from bangban.features.places.drafts import AgreementDraft
from bangban.features.places.service import put_agreements
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PartnerKind
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

CLOSE, RESET = mutation_of("closeDay", "applied"), mutation_of("resetDay", "applied")
SET = mutation_of("setServicePoint", "id")
AGREE = mutation_of("setPartnerAgreement", "id")
SETTLE = mutation_of("settleBooking", "state")
WEEK = "Mo-Su 09:00-12:00"


def told(desk: Desk, n: int) -> list[str]:
    """What the n-th sample person was told of bookings that are called off, once they were told anything."""
    letters: list[str] = []

    async def wait() -> None:
        async with asyncio.timeout(60):
            while not letters:
                letters.extend(desk.messages(sample_phone(n), Template.BOOKING_CALLED_OFF))
                await asyncio.sleep(0.01)

    desk.run(wait())
    return letters


def workday(desk: Desk) -> tuple[int, date]:
    """The next day of work from tomorrow on: in how many days, and which."""

    async def find(work: Work) -> tuple[int, date]:
        day = work.calendar.add_working_days(work.today, 1)
        return (day - work.today).days, day

    return desk.inside(find)


def test_a_closed_day_calls_off_what_is_booked_on_it_and_nothing_else(desk: Desk) -> None:
    always, shut = (
        desk.staff("admin")(SET, input=fresh_point(desk, kind="LOUNGE", openingHours=hours)).data[
            "setServicePoint"
        ]["id"]
        for hours in ("24/7", WEEK)
    )
    days, day = workday(desk)
    n, left, elsewhere = fresh(), fresh(), fresh()
    mine = booked(desk, n, shut, days=days)
    settled, other = booked(desk, left, shut, days=days), booked(desk, elsewhere, always, days=days)
    desk.resident(left)(SETTLE, input={"id": settled, "outcome": "CANCELLED"})
    assert desk.staff("admin")(CLOSE, input={"day": day.isoformat(), "reason": "停电"}).data
    try:
        (text,) = told(desk, n)
        assert moment(desk, days=days)[5:16].replace("T", " ") in text
        assert [state_of(desk, each) for each in (mine, other)] == ["CANCELLED", "BOOKED"]
        actor, action = desk.trail(f"booking:{mine}")[-1]
        assert (actor.partition(":")[0], action) == ("operator", "booking:settle"), (
            "nobody of the staff did it"
        )
        assert desk.messages(sample_phone(left), Template.BOOKING_CALLED_OFF) == [], (
            "they cancelled it themselves"
        )
    finally:
        desk.staff("admin")(RESET, input={"day": day.isoformat()})


def test_hours_and_a_last_day_of_a_point_call_off_what_lies_outside(desk: Desk) -> None:
    point = fresh_point(desk, kind="LOUNGE", openingHours="24/7")
    at = desk.staff("admin")(SET, input=point).data["setServicePoint"]["id"]
    early, late, last = fresh(), fresh(), fresh()
    first, second = booked(desk, early, at, hour=9), booked(desk, late, at, hour=11)
    third = booked(desk, last, at, days=3)
    desk.staff("admin")(SET, input={**point, "openingHours": "Mo-Su 09:00-11:00; PH 09:00-11:00"})
    assert len(told(desk, late)) == 1
    assert [state_of(desk, each) for each in (first, second, third)] == ["BOOKED", "CANCELLED", "BOOKED"]
    until = moment(desk, days=2)[:10]
    desk.staff("admin")(SET, input={**point, "openingHours": "24/7", "until": until})
    assert len(told(desk, last)) == 1
    assert [state_of(desk, each) for each in (first, third)] == ["BOOKED", "CANCELLED"]


def bank_of(desk: Desk) -> tuple[str, dict[str, Any]]:
    """A partner's point that is always open, and the agreement by which it serves."""
    point = desk.staff("admin")(SET, input=fresh_point(desk, kind="BANK", openingHours="24/7", windows=None))
    return point.data["setServicePoint"]["id"], {
        "kind": "BANK",
        "partner": "示例银行",
        "since": "2026-01-01",
        "until": "2036-12-31",
    }


def agree(
    desk: Desk, point: str, terms: dict[str, Any], *codes: str, points: bool = True, by: str = "agreed"
) -> None:
    key = desk.place.anonymous("query($p: ID!) { servicePoint(id: $p) { key } }", p=point)
    named = key.data["servicePoint"]["key"]
    given = {
        **terms,
        "key": f"{by}-{named}",
        "points": [named] if points else [],
        "serviceCodes": list(codes),
    }
    assert desk.staff("admin")(AGREE, input=given).data


def test_what_lies_outside_a_partners_agreement_is_called_off_and_refused(desk: Desk) -> None:
    point, terms = bank_of(desk)
    assert refusal(desk.resident(fresh())(BOOK, input={"pointId": point, "beginsAt": moment(desk)})) == (
        "INVALID_INPUT",
        ["input.beginsAt"],
    ), "without an agreement it serves nobody"
    agree(desk, point, terms, PERMIT, CARD)
    n, late, other = fresh(), fresh(), fresh()
    kept, over = booked(desk, n, point), booked(desk, late, point, days=3)
    given = {"pointId": point, "beginsAt": moment(desk, hour=11), "serviceCode": CARD}
    item = desk.resident(other)(BOOK, input=given).data["bookPoint"]["id"]
    last = moment(desk, days=2)[:10]
    agree(desk, point, {**terms, "until": last}, PERMIT)
    assert len(told(desk, late)) == len(told(desk, other)) == 1
    assert [state_of(desk, each) for each in (kept, over, item)] == ["BOOKED", "CANCELLED", "CANCELLED"]
    after = {"pointId": point, "beginsAt": moment(desk, days=3)}
    assert refusal(desk.resident(fresh())(BOOK, input=after)) == ("INVALID_INPUT", ["input.beginsAt"])
    agree(desk, point, {**terms, "until": last}, PERMIT, points=False)
    assert len(told(desk, n)) == 1
    assert state_of(desk, kept) == "CANCELLED"


def test_a_point_that_goes_over_to_another_agreement_serves_by_that_one(desk: Desk) -> None:
    point, terms = bank_of(desk)
    agree(desk, point, terms, PERMIT, CARD)
    n, late, other = fresh(), fresh(), fresh()
    kept, over = booked(desk, n, point), booked(desk, late, point, days=3)
    given = {"pointId": point, "beginsAt": moment(desk, hour=11), "serviceCode": CARD}
    item = desk.resident(other)(BOOK, input=given).data["bookPoint"]["id"]
    agree(desk, point, {**terms, "until": moment(desk, days=2)[:10]}, PERMIT, by="other")
    assert len(told(desk, late)) == len(told(desk, other)) == 1
    assert [state_of(desk, each) for each in (kept, over, item)] == ["BOOKED", "CANCELLED", "CANCELLED"]


def test_a_point_that_becomes_a_partners_serves_nobody_until_that_is_agreed(desk: Desk) -> None:
    lounge, n = fresh_point(desk, kind="LOUNGE", openingHours="24/7", windows=None), fresh()
    point = desk.staff("admin")(SET, input=lounge).data["setServicePoint"]["id"]
    mine = booked(desk, n, point)
    desk.staff("admin")(SET, input={**lounge, "kind": "BANK"})
    assert len(told(desk, n)) == 1
    assert state_of(desk, mine) == "CANCELLED"


def test_a_partners_point_stays_of_its_kind_while_it_is_agreed_on(desk: Desk) -> None:
    given = fresh_point(desk, kind="BANK", openingHours="24/7", windows=None)
    point = desk.staff("admin")(SET, input=given).data["setServicePoint"]["id"]
    _, terms = bank_of(desk)
    agree(desk, point, terms, CARD)
    for kind in ("LOUNGE", "SHOP"):
        reply = desk.staff("admin")(SET, input={**given, "kind": kind})
        assert refusal(reply) == ("INVALID_INPUT", ["input.kind"]), kind
    agree(desk, point, terms, CARD, points=False)
    assert desk.staff("admin")(SET, input={**given, "kind": "LOUNGE"}).data


def test_nobody_books_a_partners_point_while_its_agreement_changes(
    desk: Desk, installation: Installation
) -> None:
    point, terms = bank_of(desk)
    agree(desk, point, terms, CARD)
    asking = desk.resident(fresh()).send(
        BOOK, input={"pointId": point, "beginsAt": moment(desk, days=3), "serviceCode": CARD}
    )

    async def end(work: Work) -> None:
        row = await work.db.get(ServicePointRow, UUID(point))
        assert row is not None
        draft = AgreementDraft(
            key=f"agreed-{row.key}",
            partner_kind=PartnerKind.BANK,
            partner="示例银行",
            service_codes=(CARD,),
            points=(row.key,),
            since=work.today - timedelta(days=30),
            until=work.today + timedelta(days=1),
        )
        await put_agreements(work, [draft])

    (reply,) = desk.run(waiting_in_turn(desk, installation, end, asking))
    assert refusal(reply) == ("INVALID_INPUT", ["input.beginsAt"])


def test_nobody_books_a_day_while_it_is_being_closed(desk: Desk, installation: Installation) -> None:
    point = desk.staff("admin")(SET, input=fresh_point(desk, kind="LOUNGE", openingHours=WEEK)).data[
        "setServicePoint"
    ]["id"]
    days, day = workday(desk)
    asking = desk.resident(fresh()).send(BOOK, input={"pointId": point, "beginsAt": moment(desk, days=days)})

    async def close(work: Work) -> None:
        await set_local_day(work, desk.services.tenancy, day=day, working=False, reason="停电")

    try:
        (reply,) = desk.run(waiting_in_turn(desk, installation, close, asking))
        assert refusal(reply) == ("INVALID_INPUT", ["input.beginsAt"])
    finally:
        desk.staff("admin")(RESET, input={"day": day.isoformat()})
