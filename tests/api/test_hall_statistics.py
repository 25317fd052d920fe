"""What a hall is measured by is what counting its rows one by one gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from strawberry.utils.str_converters import to_camel_case
from tests.api.busy_halls import DAYS, Drawn, busy_hall
from tests.api.casework import Desk, Run
from tests.api.clients import Client, Place
from tests.api.truths.hall_measures import measured, minutes_between, quantile

from bangban.features.areas.tables import AreaRow
from bangban.features.indicators.numbers import FEWEST
from bangban.kernel.levels import AreaLevel
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
TARGET = 10


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


def _measured(client: Client, given: dict[str, str]) -> dict[str, float | None]:
    """The same of the point's area, which has no other."""
    told = client(INDICATORS, **given).data["indicators"]
    return {each["key"]: None if each["value"] is None else float(each["value"]) for each in told}


def _expected(said: dict[str, Any], drawn: Drawn, since: date, until: date) -> dict[str, float | None]:
    tickets = [each for each in drawn.tickets if since <= each.day <= until]
    served = [each for each in tickets if each.served_from is not None]
    waits = {
        first: [minutes_between(t.queued_at, t.served_from) for t in served if bool(t.priority) is first]
        for first in (True, False)
    }
    enough = len(waits[True]) >= FEWEST
    cared = [each for each in drawn.visits if since <= each.day <= until and each.care_needs]
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
        "PRIORITY_WAIT_MINUTES": quantile(waits[True], 0.5) if enough else None,
        "OTHER_WAIT_MINUTES": quantile(waits[False], 0.5) if enough else None,
        "PROPOSALS_TAKEN_UP": 0 if len(cared) >= FEWEST else None,  # nobody applied or ordered on the spot
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
    area_id, guide = desk.scalar(_VILLAGES.offset(seed)), UUID(desk.staff_id("guide"))
    point, drawn = desk.inside(partial(busy_hall, first=FIRST, guide=guide, seed=seed, area_id=area_id))
    dispatcher, auditor = desk.staff("dispatcher"), desk.staff("auditor")
    for first, last in ((0, DAYS - 1), (1, 1), (DAYS, DAYS + 30), (1, 2)):
        since, until = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        given = {"p": str(point), "s": since.isoformat(), "u": until.isoformat()}
        said = dispatcher(STATISTICS, **given).data["hall"]["statistics"]
        truth = measured(drawn, since, until, target=TARGET, now=datetime.now(UTC))
        assert said == pytest.approx({to_camel_case(name): each for name, each in truth.items()}), (
            first,
            last,
        )
        masked = auditor(STATISTICS, **given).data["hall"]["statistics"]
        assert masked == said | {"medianWaitMinutesOfPriority": None}
        of_area = {"a": str(area_id), "s": given["s"], "u": given["u"]}
        assert _measured(dispatcher, of_area) == pytest.approx(_expected(said, drawn, since, until))
        hidden = _measured(auditor, of_area)
        assert hidden["PRIORITY_WAIT_MINUTES"] is hidden["OTHER_WAIT_MINUTES"] is None
        assert hidden["PROPOSALS_TAKEN_UP"] is None
    today = dispatcher(STATISTICS, p=str(point)).data["hall"]["statistics"]
    assert (today["visits"], today["medianMinutes"], today["withinTargetShare"]) == (0, None, None)
