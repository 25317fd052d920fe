"""What a hall is measured by is what counting its rows one by one gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, Run
from tests.api.clients import Client, Place
from tests.api.halls import make_point

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.values import Audience
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow, OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import (
    AlertKind,
    OvertimeKind,
    OvertimeOutcome,
    ShiftKind,
    TicketState,
    VisitState,
)
from bangban.features.indicators.hall import FEWEST
from bangban.features.places.tables import ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

STATISTICS = """query($p: ID!, $s: Date, $u: Date) { hall(pointId: $p) { statistics(since: $s, until: $u) {
    visits finished medianMinutes ninetiethMinutes targetMinutes withinTarget withinTargetShare guideMinutes
    visitsPerGuideHour medianContactSeconds medianWaitMinutes medianWaitMinutesOfPriority noShows transferred
    overtimeMinutes alerts medianMinutesToClear } } }"""
INDICATORS = """query($a: ID, $s: Date, $u: Date) {
    indicators(areaId: $a, since: $s, until: $u, mechanisms: [A01, A02, A03, A04, A05, A07]) { key value } }"""
_VILLAGES = (
    select(AreaRow.id).where(AreaRow.level == AreaLevel.VILLAGE).order_by(AreaRow.code.desc()).limit(1)
)
FIRST = date(2026, 3, 2)
DAYS, VISITS, TARGET = 4, 60, 10
MINUTE = timedelta(minutes=1)


@dataclass
class Drawn:
    """The rows of a hall, by what they are."""

    visits: list[VisitRow] = field(default_factory=list)
    tickets: list[TicketRow] = field(default_factory=list)
    overtimes: list[OvertimeRow] = field(default_factory=list)
    shifts: list[GuideShiftRow] = field(default_factory=list)
    alerts: list[HallAlertRow] = field(default_factory=list)


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


def _draw(random: Random, point: UUID, window: UUID, guide: UUID, zone: Any) -> Drawn:
    """Some days of a hall in which anything may have happened."""
    drawn = Drawn()
    for place in range(VISITS):
        day = FIRST + timedelta(days=random.randrange(DAYS))
        opens = datetime(day.year, day.month, day.day, 9, tzinfo=zone)
        arrived = opens + timedelta(seconds=random.randrange(8 * 3600))
        greeted = arrived + timedelta(seconds=random.randrange(180))
        state = random.choice(list(VisitState))
        over = state in (VisitState.DONE, VisitState.LEFT, VisitState.REDIRECTED)
        ended = greeted + timedelta(seconds=random.randrange(1_800)) if over else None
        visit = VisitRow(
            id=new_id(),
            point_id=point,
            day=day,
            guide_id=guide if random.random() < 0.8 else None,
            state=state,
            service_item_id=None,
            purpose="咨询",
            applicant_kind=Audience.PERSON,
            visitor_sealed=None,
            visitor_hash=None,
            visitor_masked=None,
            care_needs=[],
            greeted_at=greeted,
            arrived_at=arrived if random.random() < 0.5 else None,
            ended_at=ended,
        )
        drawn.visits.append(visit)
        served = greeted + timedelta(seconds=random.randrange(900))
        ticket = TicketRow(
            id=new_id(),
            visit_id=visit.id,
            point_id=point,
            day=day,
            queue="A",
            serial=place + 1,
            state=random.choice([TicketState.SERVED, TicketState.NO_SHOW, TicketState.TRANSFERRED]),
            advisory=False,
            priority=random.choice([0, 0, 1]),
            queued_at=greeted,
            issued_at=greeted,
            issued_by=guide,
            served_from=served if random.random() < 0.7 else None,
        )
        drawn.tickets.append(ticket)
        if place % 7 == 0:
            closes = opens + 8 * 60 * MINUTE
            drawn.overtimes.append(
                OvertimeRow(
                    ticket_id=ticket.id,
                    point_id=point,
                    window_id=window,
                    kind=OvertimeKind.EVENING,
                    requested_by=guide,
                    requested_at=closes - 10 * MINUTE,
                    starts_at=closes,
                    ended_at=closes + timedelta(seconds=random.randrange(-600, 3_600)),
                    outcome=OvertimeOutcome.DONE,
                )
            )
    for each in range(DAYS * 2):
        day = FIRST + timedelta(days=each // 2)
        begins = datetime(day.year, day.month, day.day, 8, tzinfo=zone) + random.randrange(300) * MINUTE
        drawn.shifts.append(
            GuideShiftRow(
                id=new_id(),
                point_id=point,
                guide_id=guide,
                desk=None,
                day=day,
                begins_at=begins,
                ends_at=begins + random.randrange(1, 600) * MINUTE,
                cancelled_at=begins if each == 3 else None,
                kind=[None, ShiftKind.GUIDE, ShiftKind.ON_CALL][each % 3],
            )
        )
        drawn.alerts.append(
            HallAlertRow(
                id=new_id(),
                point_id=point,
                day=day,
                queue=str(each),
                kind=AlertKind.WAIT,
                measured=20,
                raised_at=begins,
                lead_id=None,
                cleared_at=begins + random.randrange(60) * MINUTE if each else None,
            )
        )
    return drawn


async def _put(work: Work, *, guide: str, seed: int, area_id: UUID) -> tuple[UUID, Drawn]:
    point, window = await make_point(work, area_id=area_id), new_id()
    row = ServiceWindowRow(
        id=window, point_id=point, number="1", name="1号窗口", kind=WindowKind.COMPREHENSIVE
    )
    work.db.add(row)
    drawn = _draw(Random(seed), point, window, UUID(guide), work.district.zone)
    work.db.add_all([*drawn.visits, *drawn.shifts, *drawn.alerts])
    await work.db.flush()
    work.db.add_all(drawn.tickets)
    await work.db.flush()
    work.db.add_all(drawn.overtimes)
    await work.db.flush()
    work.db.expunge_all()
    return point, drawn


def _quantile(values: list[float], share: float) -> float | None:
    """Between neighbours, as PostgreSQL's ``percentile_cont`` interpolates."""
    if not values:
        return None
    ordered, place = sorted(values), share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _minutes(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 60


def _counted(drawn: Drawn, since: date, until: date) -> dict[str, Any]:
    """The same, row by row."""

    def ours(row: Any) -> bool:
        return bool(since <= row.day <= until)

    visits, tickets = [v for v in drawn.visits if ours(v)], [t for t in drawn.tickets if ours(t)]
    late = {t.id for t in tickets}
    done = [
        _minutes(v.arrived_at or v.greeted_at, v.ended_at)
        for v in visits
        if v.state is VisitState.DONE and v.ended_at is not None
    ]
    quick = [each for each in done if each < TARGET]
    guided = sum(
        _minutes(s.begins_at, s.ends_at)
        for s in drawn.shifts
        if ours(s) and s.cancelled_at is None and s.kind is not ShiftKind.ON_CALL
    )
    waits = [(t, _minutes(t.queued_at, t.served_from)) for t in tickets if t.served_from is not None]
    alerts = [a for a in drawn.alerts if ours(a)]
    contact = [(v.greeted_at - v.arrived_at).total_seconds() for v in visits if v.arrived_at is not None]
    return {
        "visits": len(visits),
        "finished": len(done),
        "medianMinutes": _quantile(done, 0.5),
        "ninetiethMinutes": _quantile(done, 0.9),
        "targetMinutes": TARGET,
        "withinTarget": len(quick),
        "withinTargetShare": len(quick) / len(done) if done else None,
        "guideMinutes": int(guided),
        "visitsPerGuideHour": sum(v.guide_id is not None for v in visits) / (guided / 60) if guided else None,
        "medianContactSeconds": _quantile(contact, 0.5),
        "medianWaitMinutes": _quantile([wait for _, wait in waits], 0.5),
        "medianWaitMinutesOfPriority": _quantile([wait for t, wait in waits if t.priority], 0.5),
        "noShows": sum(t.state is TicketState.NO_SHOW for t in tickets),
        "transferred": sum(t.state is TicketState.TRANSFERRED for t in tickets),
        "overtimeMinutes": sum(
            max(0, int(_minutes(o.starts_at, o.ended_at)))
            for o in drawn.overtimes
            if o.ticket_id in late and o.ended_at is not None
        ),
        "alerts": len(alerts),
        "medianMinutesToClear": _quantile(
            [_minutes(a.raised_at, a.cleared_at) for a in alerts if a.cleared_at is not None], 0.5
        ),
    }


def _measured(client: Client, given: dict[str, str]) -> dict[str, float | None]:
    """The same of the point's area, which has no other."""
    told = client(INDICATORS, **given).data["indicators"]
    return {each["key"]: None if each["value"] is None else float(each["value"]) for each in told}


def _expected(said: dict[str, Any], drawn: Drawn, since: date, until: date) -> dict[str, float | None]:
    tickets = [each for each in drawn.tickets if since <= each.day <= until]
    served = [each for each in tickets if each.served_from is not None]
    waits = {
        first: [_minutes(t.queued_at, t.served_from) for t in served if bool(t.priority) is first]
        for first in (True, False)
    }
    enough = len(waits[True]) >= FEWEST
    exact = {
        "VISITS_PER_GUIDE_HOUR": said["visitsPerGuideHour"],
        "CONTACT_SECONDS": said["medianContactSeconds"],
        "HALL_MINUTES_MEDIAN": said["medianMinutes"],
        "HALL_MINUTES_NINETIETH": said["ninetiethMinutes"],
        "HALL_ON_TARGET": said["withinTargetShare"],
        "DUPLICATE_TICKETS_REFUSED": 0,
        "WRONG_QUEUES_REFUSED": 0 if tickets else None,
        "TICKETS_TRANSFERRED": said["transferred"] / len(tickets) if tickets else None,
        "WAIT_MINUTES": said["medianWaitMinutes"],
        "PRIORITY_WAIT_MINUTES": _quantile(waits[True], 0.5) if enough else None,
        "OTHER_WAIT_MINUTES": _quantile(waits[False], 0.5) if enough else None,
        "CROWD_ALERTS": said["alerts"],
        "CROWD_CLEAR_MINUTES": said["medianMinutesToClear"],
        "OVERTIME_MINUTES": said["overtimeMinutes"],
        "SECOND_TRIPS_AVOIDED": sum(
            o.ended_at is not None and o.ended_at > o.starts_at
            for o in drawn.overtimes
            if o.ticket_id in {each.id for each in tickets}
        ),
    }
    return {key: None if value is None else round(value, 4) for key, value in exact.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hall_is_measured_by_what_its_rows_say(desk: Desk, seed: int) -> None:
    area_id = desk.scalar(_VILLAGES.offset(seed))
    point, drawn = desk.inside(partial(_put, guide=desk.staff_id("guide"), seed=seed, area_id=area_id))
    dispatcher, auditor = desk.staff("dispatcher"), desk.staff("auditor")
    for first, last in ((0, DAYS - 1), (1, 1), (DAYS, DAYS + 30), (2, 1)):
        since, until = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        given = {"p": str(point), "s": since.isoformat(), "u": until.isoformat()}
        said = dispatcher(STATISTICS, **given).data["hall"]["statistics"]
        assert said == pytest.approx(_counted(drawn, since, until)), (first, last)
        masked = auditor(STATISTICS, **given).data["hall"]["statistics"]
        assert masked == said | {"medianWaitMinutesOfPriority": None}
        of_area = {"a": str(area_id), "s": given["s"], "u": given["u"]}
        if first <= last:
            assert _measured(dispatcher, of_area) == pytest.approx(_expected(said, drawn, since, until))
            hidden = _measured(auditor, of_area)
            assert hidden["PRIORITY_WAIT_MINUTES"] is hidden["OTHER_WAIT_MINUTES"] is None
    today = dispatcher(STATISTICS, p=str(point)).data["hall"]["statistics"]
    assert (today["visits"], today["medianMinutes"], today["withinTargetShare"]) == (0, None, None)
