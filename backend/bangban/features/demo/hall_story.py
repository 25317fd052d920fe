"""A sample day in a district's hall: who came, who was sent home once, who was served; and who waits right now.

What is over lies on the last working day and tells nobody. Who waits came a moment ago, so that a clerk can call them
after the demo has started; and the guides are on the rota today and for the days to come. Where a district's own text
speaks of its hall there was a crowd, somebody was served after closing, and many papers came in at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from bangban.features.catalog.values import Audience
from bangban.features.demo.actors import acting, present
from bangban.features.demo.hall_desk import QUESTIONS, HallDesk, find_desk, last_working_day
from bangban.features.demo.stage import Item, Stage
from bangban.features.demo.words import sample_applicant
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.rules.queues import COMPREHENSIVE
from bangban.features.hall.service.batches import Application, collect_batch
from bangban.features.hall.service.crowds import answer_alert, look_at_queue
from bangban.features.hall.service.overtime import start_overtime
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.service.visits import check_papers, end_visit
from bangban.features.hall.settings import SETTING, hall_settings
from bangban.features.hall.tables import HallAlertRow
from bangban.features.hall.values import AlertAction, CareNeed, OvertimeKind, PaperState, VisitEnd
from bangban.features.profiles.values import Provenance
from bangban.kernel.tenancy.work import Work

_DAYS: Final = 5  # of the rota to come
_TURN: Final = (time(8, 30), time(20, 30))
_CAME_AT: Final = time(9, 5)
_CROWDED_AT: Final = time(10, 20)
_CLOSES_AT: Final = time(17)  # every sample hall
_WAITING: Final = 3
_BATCH: Final = 3
_SUBMITTER: Final = 60_000  # the sample firm; far from all other applicants
_AGO: Final = timedelta(seconds=10)


async def tell_of_halls(work: Work, stage: Stage, *, now: datetime) -> int:
    """Play the day; how many cases came of it. Nothing happens where nobody could guide or call."""
    desk = await find_desk(work, stage)
    if desk is None:
        return 0
    day = last_working_day(work)
    await _rota(desk, [day], now=datetime.combine(day, time(7), work.district.zone))
    await _rota(desk, [work.today + timedelta(days=n) for n in range(_DAYS)], now=now)
    stated = (work.settings.get(SETTING) or {}).get("provenance") == Provenance.STATED
    came = QUESTIONS if stated else QUESTIONS[:1]
    await _morning(desk, day, came, next((each for each in stage.items if each.owed), None))
    cases = 0
    if stated:
        await _crowd(desk, day)
        await _overtime(desk, day, work.settings)
        cases = await _batch(desk, stage, now - _AGO)
    await _waiting(desk)
    return cases


async def _rota(desk: HallDesk, days: list[date], *, now: datetime) -> None:
    assert desk.guide.id is not None  # staff
    work = desk.work
    for day in days:
        begins, ends = (datetime.combine(day, at, work.district.zone) for at in _TURN)
        if day == work.today:  # somebody may greet at once, whatever hour it is
            tomorrows = begins + timedelta(days=1)
            begins, ends = now, min(now + (ends - begins), tomorrows)  # nobody has two turns at once
        shift = Shift(guide_id=desk.guide.id, begins_at=begins, ends_at=ends, desk="总服务台", lead=True)
        await plan_shift(acting(work, desk.manager, now), point_id=desk.point, shift=shift)


async def _morning(desk: HallDesk, day: date, questions: Sequence[str], item: Item | None) -> None:
    """Questions that were answered, an old person first, papers that were told once."""
    start = datetime.combine(day, _CAME_AT, desk.work.district.zone)
    for place, question in enumerate(questions):
        at = start + timedelta(minutes=12 * place)
        await desk.arrive(at, question, needs=(CareNeed.ELDERLY,) if place == 0 else ())
        await desk.serve(at + timedelta(minutes=3), minutes=4 + place)
    if item is None:
        return
    at = start + timedelta(minutes=50)
    guide = acting(desk.work, desk.guide, at)
    visit = await desk.greet(guide, code=item.code, kind=item.audience[0])
    found = [
        Found(code=code, state=PaperState.MISSING if code == item.owed[-1] else PaperState.HAS)
        for code in item.owed
    ]
    await check_papers(guide, visit_id=visit, found=found)
    later = acting(desk.work, desk.guide, at + timedelta(minutes=5))
    await end_visit(later, visit_id=visit, how=VisitEnd.LEFT, note="回去补齐材料")


async def _crowd(desk: HallDesk, day: date) -> None:
    """Somebody waited too long, a window was opened, and the queue was short again (DOMAIN A05)."""
    start = datetime.combine(day, _CROWDED_AT, desk.work.district.zone)
    nobody_yet = acting(desk.work, desk.guide, start)
    limits = await look_at_queue(nobody_yet, point_id=desk.point, queue=COMPREHENSIVE)
    wait = timedelta(minutes=limits.minutes + 1)
    await desk.arrive(start, QUESTIONS[0])
    await desk.arrive(start + wait, QUESTIONS[1], needs=(CareNeed.DISABLED,))
    later = start + wait + timedelta(minutes=2)
    alert = await desk.work.db.scalar(
        select(HallAlertRow.id).where(
            HallAlertRow.point_id == desk.point, HallAlertRow.day == day, HallAlertRow.cleared_at.is_(None)
        )
    )
    assert alert is not None  # the second number was given when the first had waited too long
    await answer_alert(acting(desk.work, desk.guide, later), alert_id=alert, action=AlertAction.OPEN_WINDOW)
    for place in range(2):
        await desk.serve(later + timedelta(minutes=1 + 6 * place), minutes=4)


async def _overtime(desk: HallDesk, day: date, settings: Mapping[str, Any]) -> None:
    """Whoever was in the queue before closing was served after it (DOMAIN A07)."""
    offered = {each.kind: each for each in hall_settings(settings).overtime}
    evening = offered.get(OvertimeKind.EVENING)
    if evening is None:
        return
    closing = datetime.combine(day, _CLOSES_AT, desk.work.district.zone)
    came = closing - timedelta(minutes=evening.before_minutes // 2)
    ticket = await desk.arrive(came, QUESTIONS[2])
    guide = acting(desk.work, desk.guide, came + timedelta(minutes=3))
    await start_overtime(guide, ticket_id=ticket, window_id=desk.window, kind=OvertimeKind.EVENING)
    await desk.serve(closing + timedelta(minutes=2), minutes=11)


async def _batch(desk: HallDesk, stage: Stage, at: datetime) -> int:
    """A firm hands in several sets of papers at one window; how many (DOMAIN A08)."""
    items = [each for each in stage.items if Audience.LEGAL_ENTITY in each.audience][:_BATCH]
    if len(items) < _BATCH:
        return 0
    firm = sample_applicant(desk.work.district.slug, Audience.LEGAL_ENTITY, _SUBMITTER)
    papers = [Application(service_code=each.code, area_id=desk.area, supplied=each.owed) for each in items]
    await collect_batch(
        acting(desk.work, desk.clerk, at), window_id=desk.window, submitter=firm, applications=papers
    )
    return len(papers)


async def _waiting(desk: HallDesk) -> None:
    """Who has a number now, with its timers."""
    guide = present(desk.work, desk.guide)
    for question in QUESTIONS[:_WAITING]:
        visit = await desk.greet(guide, purpose=question)
        await issue_ticket(guide, visit_id=visit)
