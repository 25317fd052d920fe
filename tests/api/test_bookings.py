"""Places at lounges are booked within the hours, never by more people than there is room for, and kept or missed."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.api.booking_steps import SETTLE, begun
from tests.api.casework import Desk, fresh
from tests.api.clients import Client, refusal
from tests.api.parts.bookings import BOOK, NOTHING, booked, lounge, moment

from bangban.features.accounts.tables import ResidentRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import LIVE
from bangban.features.personal_data.retention import ERASED, erase_due
from bangban.features.places.tables import PartnerAgreementRow
from bangban.features.places.values import PartnerKind, PointKind
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Conflict
from bangban.kernel.tenancy.work import Work

LIST = """query($f: BookingFilter) { bookings(first: 50, filter: $f) { totalCount edges { node {
    id state phone placeNo point { id } } } } }"""
CARD = "TPL-SOCIAL-SECURITY-CARD"


def listed(client: Client, **filters: Any) -> list[dict[str, Any]]:
    edges = client(LIST, f=filters or None).data["bookings"]["edges"]
    return [edge["node"] for edge in edges]


def test_of_eight_who_want_two_places_two_get_one_and_six_hear_what_is_free(desk: Desk) -> None:
    point, begins = lounge(desk), moment(desk)
    residents = [desk.resident(fresh()) for _ in range(8)]

    async def race() -> list[Any]:
        given = {"pointId": point, "beginsAt": begins}
        return await asyncio.gather(*(each.send(BOOK, input=given) for each in residents))

    replies = desk.run(race())
    won = [reply.data["bookPoint"]["placeNo"] for reply in replies if "errors" not in reply.body]
    assert sorted(won) == [1, 2]
    lost = [reply for reply in replies if "errors" in reply.body]
    assert [refusal(reply) for reply in lost] == [("FULLY_BOOKED", ["input.beginsAt"])] * 6
    wished = datetime.fromisoformat(begins)
    named = "、".join(f"{wished + timedelta(minutes=30 * later):%m-%d %H:%M}" for later in (1, 2, 3))
    assert all(named in reply.body["errors"][0]["message"] for reply in lost)
    live = select(func.count()).where(BookingRow.point_id == point, BookingRow.state.in_(LIVE))
    assert desk.scalar(live) == 2


def test_a_resident_has_one_live_booking_at_a_point_and_day_however_they_race(desk: Desk) -> None:
    point, resident = lounge(desk), desk.resident(fresh())
    times = [moment(desk, hour=hour) for hour in (9, 10, 11)]

    async def race() -> list[Any]:
        given = [{"pointId": point, "beginsAt": each} for each in times]
        return await asyncio.gather(*(resident.send(BOOK, input=each) for each in given))

    replies = desk.run(race())
    (won,) = [reply for reply in replies if "errors" not in reply.body]
    assert [reply.code for reply in replies if reply is not won] == ["CONFLICT", "CONFLICT"]
    mine = won.data["bookPoint"]["id"]
    assert resident(SETTLE, input={"id": mine, "outcome": "CANCELLED"}).data["settleBooking"]["settledAt"]
    again = resident(BOOK, input={"pointId": point, "beginsAt": times[0]})
    assert again.data["bookPoint"]["placeNo"] == 1
    assert {each["state"] for each in listed(resident)} == {"CANCELLED", "BOOKED"}
    tomorrow = resident(BOOK, input={"pointId": point, "beginsAt": moment(desk, days=2)})
    assert tomorrow.data["bookPoint"]["state"] == "BOOKED", "another day"


def test_postgresql_keeps_places_and_days_apart_whatever_wrote_them(desk: Desk) -> None:
    n, point = fresh(), lounge(desk)
    mine = booked(desk, n, point)
    booked(desk, fresh(), point)

    async def again(work: Work, **changes: Any) -> None:
        row = await work.db.get_one(BookingRow, mine)
        known = {each.name: getattr(row, each.name) for each in BookingRow.__table__.columns}
        work.db.add(BookingRow(**{**known, "id": new_id(), **changes}))
        await work.db.flush()

    with pytest.raises(Conflict) as twice:
        desk.inside(lambda work: again(work, place_no=3))
    assert "booking_once_key" in str(twice.value.__cause__)
    other = desk.scalar(
        select(BookingRow.resident_id).where(BookingRow.point_id == point, BookingRow.place_no == 2)
    )
    with pytest.raises(Conflict) as taken:
        desk.inside(lambda work: again(work, resident_id=other, day=date(2026, 1, 1)))
    assert "booking_place_key" in str(taken.value.__cause__)


def test_what_cannot_be_booked_is_refused(desk: Desk) -> None:
    point, resident = lounge(desk), desk.resident(fresh())
    closed = lounge(desk, hours="Mo-Su off")
    hall = lounge(desk, kind=PointKind.HALL)
    gone = lounge(desk, until=date(2020, 1, 1))
    begins = moment(desk)
    at, where = ("INVALID_INPUT", ["input.beginsAt"]), ["input.pointId"]
    for given, told in (
        ({"beginsAt": moment(desk, days=-1)}, at),
        ({"beginsAt": moment(desk, minute=10)}, at),
        ({"beginsAt": moment(desk, hour=12)}, at),
        ({"beginsAt": moment(desk, days=15)}, at),
        ({"beginsAt": "2099-12-31T23:59:59Z"}, at),
        ({"beginsAt": "2000-01-01T00:00:00Z"}, at),
        ({"pointId": closed}, at),
        ({"pointId": hall}, ("INVALID_INPUT", where)),
        ({"pointId": gone}, ("NOT_FOUND", where)),
        ({"pointId": NOTHING}, ("NOT_FOUND", where)),
        ({"serviceCode": "NO-SUCH"}, ("INVALID_INPUT", ["input.serviceCode"])),
    ):
        reply = resident(BOOK, input={"pointId": point, "beginsAt": begins, **given})
        assert refusal(reply) == told, given
    for login in ("guide", "admin", "auditor"):
        assert desk.staff(login)(BOOK, input={"pointId": point, "beginsAt": begins}).code == "FORBIDDEN"
    assert desk.place.anonymous(BOOK, input={"pointId": point, "beginsAt": begins}).code == "UNAUTHENTICATED"
    assert not listed(desk.staff("guide"), pointId=point)


def test_at_a_bank_only_what_its_agreement_names_is_booked(desk: Desk) -> None:
    agreement = new_id()

    async def agree(work: Work) -> None:
        work.db.add(
            PartnerAgreementRow(
                id=agreement,
                key=f"bank-{fresh()}",
                partner_kind=PartnerKind.BANK,
                partner="样本银行",
                service_codes=[CARD],
                since=date(2026, 1, 1),
                until=date(2099, 12, 31),
            )
        )

    desk.inside(agree)
    bank, resident = lounge(desk, kind=PointKind.BANK, agreement_id=agreement), desk.resident(fresh())
    given = {"pointId": bank, "beginsAt": moment(desk)}
    other = resident(BOOK, input={**given, "serviceCode": "TPL-RESIDENCE-PERMIT"})
    assert refusal(other) == ("INVALID_INPUT", ["input.serviceCode"])
    assert resident(BOOK, input={**given, "serviceCode": CARD}).data["bookPoint"]["state"] == "BOOKED"


def test_the_resident_cancels_and_the_staff_of_the_point_say_who_came(desk: Desk) -> None:
    n, point = fresh(), lounge(desk)
    resident, guide = desk.resident(n), desk.staff("guide")
    mine = booked(desk, n, point)

    def told(client: Client, booking: str, outcome: str) -> str:
        reply = client(SETTLE, input={"id": booking, "outcome": outcome})
        return str(reply.code if "errors" in reply.body else reply.data["settleBooking"]["state"])

    stranger = desk.resident(fresh())
    assert told(stranger, mine, "CANCELLED") == "NOT_FOUND"
    assert told(desk.staff("clerk-town"), mine, "ARRIVED") == "NOT_FOUND", "the county's point is not theirs"
    assert told(desk.staff("auditor"), mine, "ARRIVED") == "FORBIDDEN"
    assert told(guide, mine, "CANCELLED") == told(resident, mine, "ARRIVED") == "FORBIDDEN"
    assert told(guide, mine, "ARRIVED") == told(guide, mine, "MISSED") == "CONFLICT", "tomorrow"
    begun(desk, mine, minutes=5)
    assert told(resident, mine, "CANCELLED") == "CONFLICT", "it has begun"
    assert told(desk.staff("clerk-county"), mine, "ARRIVED") == "ARRIVED"
    assert told(guide, mine, "MISSED") == "ILLEGAL_TRANSITION"
    trail = desk.trail(f"booking:{mine}")
    assert [action for _, action in trail] == ["booking:make", "booking:settle"]


def test_residents_see_their_own_staff_those_of_their_area_and_nobody_a_phone(desk: Desk) -> None:
    point, one, two = lounge(desk), fresh(), fresh()
    mine, theirs = booked(desk, one, point), booked(desk, two, point, hour=10)
    assert [each["id"] for each in listed(desk.resident(one))] == [mine]
    for login in ("guide", "clerk-county", "dispatcher", "auditor"):
        found = listed(desk.staff(login), pointId=point)
        assert [each["id"] for each in found] == [theirs, mine]
        phone = sample_phone(one)
        assert found[1]["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert listed(desk.staff("clerk-town"), pointId=point) == []
    assert desk.staff("admin")(LIST).code == "FORBIDDEN"
    tomorrow = moment(desk)[:10]
    day = {"pointId": point, "day": tomorrow}
    assert len(listed(desk.staff("guide"), **day, states=["BOOKED", "ARRIVED"])) == 2
    assert listed(desk.staff("guide"), **day, states=["MISSED"]) == []
    assert listed(desk.staff("guide"), pointId=point, day="2020-01-01") == []


def test_erasing_an_account_waits_for_its_bookings_and_deletes_them(desk: Desk) -> None:
    n = fresh()
    mine = booked(desk, n, lounge(desk))

    async def aged(work: Work, days: int) -> tuple[str, int]:
        resident = select(BookingRow.resident_id).where(BookingRow.id == mine).scalar_subquery()
        hashed = work.vault.lookup_hash(sample_phone(n), purpose="phone")
        found = await work.db.scalar(select(ResidentRow.id).where(ResidentRow.phone_hash == hashed))
        ago = work.now - timedelta(days=days)
        await work.db.execute(
            update(BookingRow)
            .where(BookingRow.id == mine)
            .values(begins_at=ago - timedelta(hours=1), ends_at=ago)
        )
        await work.db.execute(
            update(ResidentRow)
            .where(ResidentRow.id == resident)
            .values(created_at=work.now - timedelta(days=9_999))
        )
        await erase_due(work)
        phone = await work.db.scalar(select(ResidentRow.phone_masked).where(ResidentRow.id == found))
        kept = select(func.count()).where(BookingRow.resident_id == found)
        return str(phone), int(await work.db.scalar(kept) or 0)

    phone, kept = desk.inside(lambda work: aged(work, 1))
    assert (phone != ERASED, kept) == (True, 1)
    assert desk.inside(lambda work: aged(work, 9_000)) == (ERASED, 0)
