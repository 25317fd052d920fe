"""What mechanisms are measured by is what counting their rows one by one gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, Run
from tests.api.clients import Client, Place
from tests.api.counted_histories import Counting, Told
from tests.api.histories import DAYS, FIRST, Drawing, History
from tests.api.test_indicators import ASKED

from bangban.features.areas.tables import AreaRow
from bangban.features.indicators.values import Mechanism
from bangban.features.people.tables import StaffRow
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


async def _put(work: Work, *, seed: int, area_id: UUID, guide: UUID) -> tuple[History, UUID, Any]:
    """A history in a village, of which some offers left the town."""
    county = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
    gone = [StaffRow(id=new_id(), key=f"gone-{new_id()}", name="样本离任", active=False) for _ in range(2)]
    work.db.add_all(gone)
    await work.db.flush()
    staff = [guide, *(each.id for each in gone)]
    drawing = Drawing(Random(seed), work, area_id=area_id, above_id=county, staff=staff)
    town = (await work.db.scalars(select(AreaRow.parent_id).where(AreaRow.id == area_id))).one()
    assert town is not None
    return await drawing.all(), town, work.district.zone


def _told(client: Client, **given: Any) -> dict[tuple[str, str | None], dict[str, Any]]:
    found = client(ASKED, **given).data["indicators"]
    return {(each["key"], each["label"]): each for each in found}


def _same(said: dict[tuple[str, str | None], dict[str, Any]], counted: Told) -> None:
    for which, expected in counted.items():
        each = said[which]
        if isinstance(expected, tuple):
            assert (each["value"], each["part"], each["whole"]) == expected, which
        elif expected is None:
            assert each["value"] is None, which
        else:
            assert float(each["value"]) == pytest.approx(expected, abs=2e-4), (
                which
            )  # medians may be rounded at their last place


def test_an_area_is_told_what_happened_in_it_and_nothing_else(desk: Desk) -> None:
    """Two villages of two towns, some days and all: the days before and after, and the other town, count nowhere."""
    village = select(AreaRow.id).where(AreaRow.level == AreaLevel.VILLAGE).limit(1)
    villages = [desk.scalar(village.order_by(each)) for each in (AreaRow.code, AreaRow.code.desc())]
    guide, now = UUID(desk.staff_id("guide")), datetime.now(UTC)
    dispatcher = desk.staff("dispatcher")
    for seed, area_id in enumerate(villages):
        drawn, town, zone = desk.inside(partial(_put, seed=seed, area_id=area_id, guide=guide))
        for place, first, last in ((area_id, 0, DAYS + 5), (town, 3, 7), (area_id, 4, 4)):
            since, until = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
            given = {"a": str(place), "s": since.isoformat(), "u": until.isoformat(), "m": list(Mechanism)}
            _same(_told(dispatcher, **given), Counting(drawn, since, until, zone, now).told())
