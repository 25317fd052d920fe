"""A partner's clerk keeps today's bookings of their own point while the agreement runs, and sees nobody's number."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from tests.api.casework import Desk, Run, fresh, mutation_of, together
from tests.api.clients import Place

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.bookings.partners import kept_by_partner
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

SETTLE = mutation_of("settleBooking", "state")
LIST = (
    "query($f: BookingFilter) { bookings(first: 50, filter: $f) { totalCount edges { node { id phone } } } }"
)
CLERK, FORMER, OURS, OVER = "clerk-bank", "clerk-former-bank", "bank-1", "bank-7"


@pytest.fixture(scope="module")
def desk(zibo: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(zibo, services, run, app_settings.outbox_folder)


def booking(desk: Desk, point: str, n: int, *, days: int = 0) -> str:
    """A booking that began five minutes ago, on the district's day so many days from today: its id."""

    async def make(work: Work) -> UUID:
        begins = work.now + timedelta(days=days, minutes=-5)
        at = await work.db.scalar(select(ServicePointRow.id).where(ServicePointRow.key == point))
        row = BookingRow(
            id=new_id(),
            point_id=at,
            resident_id=(await resident_of_phone(work, sample_phone(n))).id,
            day=work.today + timedelta(days=days),
            begins_at=begins,
            ends_at=begins + timedelta(minutes=30),
            place_no=fresh(),
            state=BookingState.BOOKED,
            booked_at=work.now,
        )
        work.db.add(row)
        await work.db.flush()
        return row.id

    return str(desk.inside(make))


def seen(desk: Desk, login: str, **filters: Any) -> dict[str, str]:
    """Phones by bookings, as somebody sees them."""
    found = desk.staff(login)(LIST, f=filters or None).data["bookings"]
    assert found["totalCount"] == len(found["edges"])
    return {each["node"]["id"]: each["node"]["phone"] for each in found["edges"]}


def told(desk: Desk, login: str, of: str, outcome: str = "ARRIVED") -> str:
    reply = desk.staff(login)(SETTLE, input={"id": of, "outcome": outcome})
    return str(reply.code if "errors" in reply.body else reply.data["settleBooking"]["state"])


def test_they_see_todays_of_their_own_point_masked_and_nothing_else(desk: Desk) -> None:
    n = fresh()
    here, yesterday, tomorrow = (booking(desk, OURS, n, days=days) for days in (0, -1, 1))
    beside, over = booking(desk, "bank-2", n), booking(desk, OVER, n)
    phone = sample_phone(n)
    found = seen(desk, CLERK)
    assert found[here] == f"{phone[:3]}****{phone[-4:]}"
    assert not {yesterday, tomorrow, beside, over} & set(found)
    at = desk.scalar(select(ServicePointRow.id).where(ServicePointRow.key == "bank-2"))
    assert seen(desk, CLERK, pointId=str(at)) == {}, "a filter opens nothing"
    assert seen(desk, FORMER) == {}, "their agreement is over"
    assert (
        desk.staff(CLERK)('{ cases(filter: {search: "样本"}) { totalCount } }').data["cases"]["totalCount"]
        == 0
    )


def test_they_say_who_came_and_who_did_not_and_cancel_nothing(desk: Desk) -> None:
    came, stayed_away = booking(desk, OURS, fresh()), booking(desk, OURS, fresh())
    assert told(desk, CLERK, came, "CANCELLED") == "FORBIDDEN"
    assert told(desk, CLERK, came) == "ARRIVED"
    assert told(desk, CLERK, came, "MISSED") == "ILLEGAL_TRANSITION"
    assert told(desk, CLERK, stayed_away, "MISSED") == "MISSED"
    assert desk.trail(f"booking:{came}") == [(desk.actor(CLERK), "booking:settle")]
    by = desk.scalar(select(BookingRow.settled_by).where(BookingRow.id == came))
    assert str(by) == desk.staff_id(CLERK)


def test_another_point_another_day_and_another_district_are_not_theirs(desk: Desk, zouping: Place) -> None:
    for point, days in (("bank-2", 0), (OVER, 0), ("lounge", 0), (OURS, -1), (OURS, 1)):
        assert told(desk, CLERK, booking(desk, point, fresh(), days=days)) == "NOT_FOUND", (point, days)
    assert told(desk, FORMER, booking(desk, OVER, fresh())) == "NOT_FOUND", "their agreement is over"
    elsewhere = desk.staff(CLERK).as_(X_District=zouping.slug)
    reply = elsewhere(SETTLE, input={"id": booking(desk, OURS, fresh()), "outcome": "ARRIVED"})
    assert "errors" in reply.body


def test_of_two_at_once_one_settles_a_booking(desk: Desk) -> None:
    both = booking(desk, OURS, fresh())
    given = [{"id": both, "outcome": outcome} for outcome in ("ARRIVED", "MISSED")]
    clerk = desk.staff(CLERK)
    replies = desk.run(together(*(clerk.send(SETTLE, input=each) for each in given)))
    assert sorted("errors" in reply.body for reply in replies) == [False, True]
    kept = select(func.count()).where(BookingRow.id == both, BookingRow.settled_at.is_not(None))
    assert desk.scalar(kept) == 1


async def _today(work: Work) -> date:
    return work.today


def test_the_right_ends_with_the_agreement_and_with_the_post(desk: Desk) -> None:
    """Rolled back, since the bank is everybody's."""
    mine = booking(desk, OURS, fresh())
    today, day = desk.inside(_today), date(2026, 1, 2)
    staff = select(StaffRow.id).where(StaffRow.login == CLERK).scalar_subquery()
    agreed = update(PartnerAgreementRow).where(PartnerAgreementRow.key == OURS)
    posted = update(AssignmentRow).where(AssignmentRow.staff_id == staff)
    runs = (
        agreed.values(since=day, until=today),
        agreed.values(since=today),
        posted.values(since=today, until=today),
    )
    ended = (
        agreed.values(since=day, until=today - timedelta(days=1)),
        agreed.values(since=today + timedelta(days=1)),
        posted.values(since=day, until=today - timedelta(days=1)),
        agreed.values(until=day),
        agreed.values(since=date(2099, 1, 1), until=date(2099, 1, 2)),
        posted.values(since=day, until=day),
        posted.values(point_id=None),
        posted.values(role="guide"),
    )

    async def kept(work: Work, change: Any) -> bool:
        me = await work.db.scalar(select(StaffRow.id).where(StaffRow.login == CLERK))
        asked = select(kept_by_partner(BookingRow.__table__.c, staff_id=me, today=work.today)).where(
            BookingRow.id == mine
        )
        before = await work.db.scalar(asked)
        async with work.db.begin_nested() as undone:
            await work.db.execute(change)
            after = await work.db.scalar(asked)
            await undone.rollback()
        assert before is True
        return bool(after)

    for changes, right in ((runs, True), (ended, False)):
        for each in changes:
            assert desk.inside(partial(kept, change=each)) is right, each


def test_a_clerk_learns_their_point_and_an_administrator_sees_it(desk: Desk) -> None:
    (mine,) = desk.staff(CLERK)("{ viewer { assignments { role point { key } } } }").data["viewer"][
        "assignments"
    ]
    assert mine == {"role": "partner-clerk", "point": {"key": OURS}}
    asked = "query($f: StaffAccountFilter) { staffAccounts(filter: $f) { edges { node { posts { point { key } } } } } }"
    found = desk.staff("admin")(asked, f={"search": CLERK}).data["staffAccounts"]["edges"]
    assert {"point": {"key": OURS}} in found[0]["node"]["posts"]
    (office, *_) = desk.staff("admin")("{ viewer { assignments { point { key } } } }").data["viewer"][
        "assignments"
    ]
    assert office == {"point": None}
