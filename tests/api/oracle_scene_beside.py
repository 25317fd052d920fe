"""What the oracle of the planner looks at beside cases and halls: what people are told, booked and thanked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from tests.api.casework import PERMIT
from tests.api.parts.bundles import BUNDLE

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import CareNeed, ShiftKind
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.outreach.values import OutreachKind
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

CARD = "TPL-SOCIAL-SECURITY-CARD"
GUIDES = ("ORACLE-A", "ORACLE-B")
VILLAGES = ("371681001213", "371681101200")
DAY = timedelta(days=1)


async def tell_and_thank(work: Work, *, by: UUID) -> None:
    """Rows of every kind, of today, of the days about it, and of other years; ``by`` somebody of the district."""
    drawn = _Drawn(work, Random(11), by)
    await drawn.outreach()
    await drawn.bookings()
    await drawn.thanks()
    await drawn.guides()
    await drawn.representatives()
    await work.db.flush()


async def take_back(work: Work) -> None:
    """Consents and bookings of residents who cannot sign in: other tests of the district count them."""
    nobodys = select(ResidentRow.id).where(ResidentRow.phone_hash.is_(None))
    for table in (InterestRow, BookingRow):
        await work.db.execute(delete(table).where(table.resident_id.in_(nobodys)))


class _Drawn:
    def __init__(self, work: Work, random: Random, by: UUID) -> None:
        self.work, self.random, self.by = work, random, by

    def day(self) -> date:
        """Today as often as not, so that what begins or ends with a day is told from what does not."""
        return self.work.today + self.random.choice((-400, -31, -30, -1, 0, 0, 0, 1, 30)) * DAY

    def at(self) -> datetime:
        """A moment at which it is the same day here, or another one, as in Greenwich."""
        hour = self.random.choice((0, 7, 8, 15, 16, 23))
        return datetime.combine(self.day(), time(hour, 59), self.work.district.zone)

    def some(self, values: Any) -> list[Any]:
        return self.random.sample(list(values), self.random.randrange(3))

    async def areas(self) -> list[UUID]:
        found = select(AreaRow.id).where(AreaRow.code.in_(("371681", "371681101", *VILLAGES)))
        return list(await self.work.db.scalars(found.order_by(AreaRow.code)))

    async def outreach(self) -> None:
        areas = await self.areas()
        bundles = list(await self.work.db.scalars(select(BundleRow.code).order_by(BundleRow.code)))
        for place in range(14):
            first = self.day()
            over = self.work.now if place % 5 == 4 else None
            reported = self.work.now if place % 5 == 3 else None
            row = OutreachRow(
                id=new_id(),
                area_id=self.random.choice(areas),
                kind=self.random.choice(list(OutreachKind)),
                place=f"样本大集{place}",
                starts_on=first,
                ends_on=first + self.random.choice((0, 1, 30)) * DAY,
                codes=[self.random.choice((PERMIT, CARD, *bundles)), *self.some((PERMIT, *bundles))],
                audience=None,
                care_needs=self.some(CareNeed),
                planned_at=self.work.now,
                planned_by=self.by,
                reported_at=reported,
                reported_by=reported and self.by,
                reached=40 if reported else None,
                questions=4 if reported else None,
                cancelled_at=over,
                cancelled_by=over and self.by,
                cancel_reason="大风" if over else None,
            )
            self.work.db.add(row)
        for place, resident in enumerate(await self._residents(8)):
            wish = InterestRow(
                resident_id=resident,
                area_id=areas[place % len(areas)],
                themes=self.some(("社会保障", "户籍办理")),
                care_needs=self.some(CareNeed),
                since=self.work.now,
            )
            self.work.db.add(wish)
        await self.work.db.flush()

    async def _residents(self, count: int) -> list[UUID]:
        """Residents who cannot sign in, so that they are nobody else's."""
        ids = [new_id() for _ in range(count)]
        for place, each in enumerate(ids):
            row = ResidentRow(
                id=each,
                phone_sealed=None,
                phone_hash=None,
                phone_masked=f"154****{place:04}",
                created_at=self.work.now,
            )
            self.work.db.add(row)
        await self.work.db.flush()
        return ids

    async def _points(self) -> list[UUID]:
        found = select(ServicePointRow.id).where(ServicePointRow.key.like("point-%"))
        return list(await self.work.db.scalars(found.order_by(ServicePointRow.key).limit(4)))

    async def bookings(self) -> None:
        points, residents = await self._points(), await self._residents(18)
        for place in range(18):
            begins, state = self.at(), self.random.choice(list(BookingState))
            row = BookingRow(
                id=new_id(),
                point_id=points[place % len(points)],
                resident_id=residents[place],
                day=begins.date(),
                begins_at=begins,
                ends_at=begins + timedelta(minutes=30),
                place_no=place + 1,
                state=BookingState.CANCELLED if state is BookingState.BOOKED and place > 2 else state,
                booked_at=begins - DAY,
                service_code=self.random.choice((None, PERMIT)),
            )
            row.settled_at = None if row.state is BookingState.BOOKED else begins
            self.work.db.add(row)

    async def thanks(self) -> None:
        areas = await self.areas()
        team = (await self.work.db.scalars(select(TeamRow.id).order_by(TeamRow.key))).first()
        cases = list(await self.work.db.scalars(select(CaseRow.id).order_by(CaseRow.id).limit(6)))
        for place in range(12):
            banner = RecognitionRow(
                id=new_id(),
                kind=self.random.choice(list(RecognitionKind)),
                on_date=self.day(),
                area_id=self.random.choice(areas),
                staff_id=None if team and place % 2 else self.by,
                team_id=team if place % 2 else None,
                giver_sealed=None,
                giver_masked="样***",
                recorded_by=self.by,
                recorded_at=self.work.now,
            )
            use = ProxyUseRow(
                id=new_id(),
                case_id=self.random.choice((None, *cases)),
                service_code=PERMIT,
                area_id=self.random.choice(areas),
                staff_id=self.by,
                at=self.at(),
                step=self.random.choice(list(ProxyStep)),
                consent=self.random.choice(list(Consent)),
                consented_at=self.work.now,
                app="样本",
                entered=self.some(("姓名", "地址", "电话")),
                shown=[],
                elderly=place % 3 == 0,
            )
            self.work.db.add_all([banner, use])
        for place, row in enumerate(
            (await self.work.db.scalars(select(TeamRow).order_by(TeamRow.key.desc()).limit(7))).all()
        ):
            # Just looked over for long enough, just not; of today, of yesterday, without an end; and of teams whose
            # last day is today, and was yesterday.
            row.contact_role, row.office_line = "帮办专员", "0543-1234567"
            row.contact_checked_on = self.work.today - (31, 32, 0, 0, 1, 32, 32)[place] * DAY
            today, yesterday = self.work.today, self.work.today - DAY
            row.contact_until = (None, None, today, yesterday, None, today, yesterday)[place]
            row.until = (None, None, None, None, None, today, yesterday)[place]
            row.name_en = (None, "Sample")[place % 2]

    async def guides(self) -> None:
        """Versions that follow each other: over, of today, and to come."""
        items = list(
            await self.work.db.scalars(
                select(ServiceItemRow.id).order_by(ServiceItemRow.code, ServiceItemRow.version.desc())
            )
        )
        bundle = BUNDLE
        first, today, later = (self.work.today + each * DAY for each in (-9, 0, 9))
        for place, code in enumerate(GUIDES):
            ways = (
                (first, today),
                (today, None if place else later),
                *((later, None) for _ in range(1 - place)),
            )
            for version, (since, until) in enumerate(ways, 1):
                dates = {"effective_from": since, "effective_to": until}
                nodes = _nodes({"item": CARD}, {"bundle": bundle} if place else {"item": PERMIT})
                asked = GuidanceRow(
                    id=new_id(),
                    code=code,
                    version=version,
                    name=f"{code} {version}",
                    start="a",
                    nodes=nodes,
                    **dates,
                )
                printed = PrintedGuideRow(
                    id=new_id(),
                    code=code,
                    version=version,
                    name="样本指南",
                    name_en=None,
                    codes=[],
                    kinds=[],
                    items=self.random.sample(items, 4),
                    **dates,
                )
                self.work.db.add_all([asked, printed])

    async def representatives(self) -> None:
        """Turns of people who are nobody's accounts, with and without what was delegated to them on the day."""
        points, county = await self._points(), (await self.areas())[0]
        team = TeamRow(id=new_id(), key="oracle-desk", name="样本科", kind="DEPARTMENT", department="样本局")
        self.work.db.add(team)
        known = select(CaseEventRow).order_by(CaseEventRow.id)
        events = list(await self.work.db.scalars(known.limit(3)))
        for place, (since, until, withdrawn) in enumerate(
            (
                (-9, None, None),
                (-9, 0, None),
                (0, 9, None),
                (1, None, None),
                (-9, -1, None),
                (-9, None, 0),
                (-9, 9, 1),
            )
        ):
            person = StaffRow(id=new_id(), key=f"representative-{place}", name="样本首席", active=False)
            self.work.db.add(person)
            await self.work.db.flush()
            given = DelegationRow(
                id=new_id(),
                service_code=(PERMIT, CARD)[place % 2],
                from_area_id=county,
                to_point_id=points[place % len(points)],
                scope=DelegationScope.FULL,
                since=self.work.today + since * DAY,
                until=None if until is None else self.work.today + until * DAY,
                basis="样本",
                withdrawn_on=None if withdrawn is None else self.work.today + withdrawn * DAY,
                running=None if withdrawn is None else RunningCases.KEEP,
                staff_id=person.id,
            )
            self.work.db.add(given)
            if place % 2:
                seat = {
                    "since": self.work.today + place * DAY - 3 * DAY,
                    "until": self.work.today + place * DAY,
                }
                self.work.db.add(TeamMemberRow(id=new_id(), team_id=team.id, staff_id=person.id, **seat))
            await self.work.db.flush()
            for on, kind in ((-1, ShiftKind.REPRESENTATIVE), (0, ShiftKind.REPRESENTATIVE), (1, None)):
                self._turn(
                    points[place % len(points)], person.id, self.work.today + on * DAY, kind, place == 6
                )
            for ago, each in enumerate(events):
                did = {"kind": each.kind, "to_state": each.to_state, "at": self.work.now - ago * DAY}
                row = CaseEventRow(id=new_id(), case_id=each.case_id, delegation_id=given.id, **did)
                self.work.db.add(row)

    def _turn(self, point: UUID, person: UUID, day: date, kind: Any, cancelled: bool) -> None:
        begins = datetime.combine(day, time(0), self.work.district.zone)
        row = GuideShiftRow(
            id=new_id(),
            point_id=point,
            guide_id=person,
            desk=None,
            day=day,
            begins_at=begins,
            ends_at=begins + DAY,
            cancelled_at=self.work.now if cancelled and day == self.work.today else None,
            kind=kind,
        )
        self.work.db.add(row)


def _nodes(*ends: dict[str, Any]) -> dict[str, Any]:
    """Two questions: the first leads on or to an end, the second to ends, of which one is advice."""
    words = {"zh": "样本", "en": "Sample"}
    advice = {"advice": {"zh": "请咨询窗口", "en": "Please ask at the window"}}
    ways = {"a": {"on": {"next": "b"}, "out": ends[0]}, "b": {"one": ends[1], "two": advice}}
    return {
        key: {
            "place": place,
            "question": words,
            "answers": [{"key": name, "label": words, **way} for name, way in of.items()],
            "ways": of,
        }
        for place, (key, of) in enumerate(ways.items())
    }
