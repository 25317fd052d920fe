"""A sample morning in a district's hall: who came, who was sent home once, who was served; and who waits right now.

What is over lies on the last working day and tells nobody. Who waits came a moment ago, so that a clerk can call them
after the demo has started; and the guides are on the rota today and for the days to come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.values import Audience
from bangban.features.demo.stage import Item, Member, Stage, acting
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.service.tickets import issue_ticket, move_ticket
from bangban.features.hall.service.visits import Greeting, check_papers, end_visit, greet_visitor
from bangban.features.hall.values import CareNeed, PaperState, TicketStep, VisitEnd
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.access.grants import Principal, grants_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work

HALL: Final = "hall"  # the key of the county's hall in every sample district
_PEOPLE: Final = 80_000  # the first sample person of these; far from all other sample people
_DAYS: Final = 5  # of the rota to come
_TURN: Final = (time(8, 30), time(20, 30))
_CAME_AT: Final = time(9, 5)
_QUESTIONS: Final = ("咨询社保转移", "咨询营业执照变更", "咨询公积金提取")
_WAITING: Final = 3


async def tell_of_halls(work: Work, stage: Stage, *, now: datetime) -> int:
    """Play the morning; how many visits there are. None where nobody could guide or call."""
    found = (
        await work.db.execute(
            select(ServicePointRow.id, AreaRow.path, ServiceWindowRow.id.label("window"))
            .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
            .join(ServiceWindowRow, ServiceWindowRow.point_id == ServicePointRow.id)
            .where(ServicePointRow.key == HALL, ServiceWindowRow.kind == WindowKind.COMPREHENSIVE)
            .order_by(ServiceWindowRow.number)
            .limit(1)
        )
    ).one_or_none()
    if found is None:
        return 0
    crew = [
        _somebody(stage, permission, found.path)
        for permission in (Permission.HALL_MANAGE, Permission.HALL_GREET, Permission.HALL_CALL)
    ]
    if None in crew:
        return 0
    manager, guide, clerk = (each.principal for each in crew if each is not None)
    morning = _Morning(work, point=found.id, window=found.window, guide=guide, clerk=clerk)
    day = _last_working_day(work)
    await _rota(
        work, manager, guide, found.id, days=[day], now=datetime.combine(day, time(7), work.district.zone)
    )
    await _rota(
        work, manager, guide, found.id, days=[work.today + timedelta(days=n) for n in range(_DAYS)], now=now
    )
    await morning.over(day, next((each for each in stage.items if each.owed), None))
    await morning.waiting(now)
    return morning.visits


def _somebody(stage: Stage, permission: Permission, path: str) -> Member | None:
    return next((each for each in stage.members if each.may(permission, path)), None)


def _last_working_day(work: Work) -> date:
    day = work.today - timedelta(days=1)
    while not work.calendar.is_working(day):
        day -= timedelta(days=1)
    return day


async def _rota(
    work: Work, manager: Principal, guide: Principal, point: UUID, *, days: list[date], now: datetime
) -> None:
    assert guide.id is not None  # staff
    for day in days:
        begins, ends = (datetime.combine(day, at, work.district.zone) for at in _TURN)
        if day == work.today:  # somebody may greet at once, whatever hour it is
            begins, ends = now, now + (ends - begins)
        shift = Shift(
            guide_id=guide.id,
            begins_at=begins,
            ends_at=ends,
            desk="总服务台",
            lead=True,
        )
        await plan_shift(acting(work, manager, now), point_id=point, shift=shift)


class _Morning:
    """The people of one hall, one after the other."""

    def __init__(self, work: Work, *, point: UUID, window: UUID, guide: Principal, clerk: Principal) -> None:
        self._work, self._point, self._window = work, point, window
        self._guide, self._clerk = guide, clerk
        self.visits = 0

    async def over(self, day: date, item: Item | None) -> None:
        """What happened: questions that were answered, an old person first, papers that were told once."""
        start = datetime.combine(day, _CAME_AT, self._work.district.zone)
        for place, question in enumerate(_QUESTIONS):
            at = start + timedelta(minutes=12 * place)
            needs = (CareNeed.ELDERLY,) if place == 0 else ()
            visit = await self._greet(acting(self._work, self._guide, at), purpose=question, needs=needs)
            await issue_ticket(acting(self._work, self._guide, at + timedelta(minutes=1)), visit_id=visit)
            called = at + timedelta(minutes=3)
            ticket = await call_next(acting(self._work, self._clerk, called), window_id=self._window)
            for minutes, step in ((4, TicketStep.SERVE), (8 + place, TicketStep.FINISH)):
                later = acting(self._work, self._clerk, at + timedelta(minutes=minutes))
                await move_ticket(later, ticket_id=ticket, what=step)
        if item is not None:
            await self._told_once(item, start + timedelta(minutes=50))

    async def _told_once(self, item: Item, at: datetime) -> None:
        guide = acting(self._work, self._guide, at)
        visit = await self._greet(guide, code=item.code, kind=item.audience[0])
        found = [
            Found(code=code, state=PaperState.MISSING if code == item.owed[-1] else PaperState.HAS)
            for code in item.owed
        ]
        await check_papers(guide, visit_id=visit, found=found)
        later = acting(self._work, self._guide, at + timedelta(minutes=5))
        await end_visit(later, visit_id=visit, how=VisitEnd.LEFT, note="回去补齐材料")

    async def waiting(self, now: datetime) -> None:
        """Who has a number now, with its timers."""
        grants = grants_of(self._guide, self._work.policy, on=self._work.today)
        guide = replace(self._work, principal=self._guide, grants=grants, now=now)
        for place in range(_WAITING):
            visit = await self._greet(guide, purpose=_QUESTIONS[place])
            await issue_ticket(guide, visit_id=visit)

    async def _greet(
        self,
        work: Work,
        *,
        purpose: str | None = None,
        code: str | None = None,
        kind: Audience = Audience.PERSON,
        needs: tuple[CareNeed, ...] = (),
    ) -> UUID:
        greeting = Greeting(
            applicant_kind=kind,
            service_code=code,
            purpose=purpose,
            visitor=sample_phone(_PEOPLE + self.visits),
            care_needs=needs,
        )
        self.visits += 1
        return await greet_visitor(work, point_id=self._point, greeting=greeting)
