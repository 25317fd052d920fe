"""A hall in any district, made directly: windows, a guide on shift, and somebody who waits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.values import Audience
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    HallQueueRow,
    IntakeBatchRow,
    TicketRow,
    VisitRow,
)
from bangban.features.hall.values import AlertKind, TicketState, VisitState
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import PointKind, WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


def _closing_soon(work: Work) -> dict[str, Any]:
    """Hours of service that end in twenty minutes, whatever day it is, so that overtime may be opened."""
    now = work.now.astimezone(work.district.zone)
    closes = min(now.hour * 60 + now.minute + 20, 24 * 60)
    return {"text": "", **{day: [[0, closes]] for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")}}


async def make_point(
    work: Work,
    *,
    hours: dict[str, Any] | None = None,
    until: date | None = None,
    area_id: UUID | None = None,
) -> UUID:
    """A fresh point with nothing in it, of the county where no area is named."""
    point = new_id()
    county = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
    work.db.add(
        ServicePointRow(
            id=point,
            key=f"point-{point.hex}",
            area_id=area_id or county,
            kind=PointKind.HALL,
            name="样本大厅",
            longitude=121.5,
            latitude=36.9,
            hours=hours or {},
            until=until,
        )
    )
    await work.db.flush()
    return point


async def make_hall(
    work: Work, *, area_id: UUID, guide_id: UUID, clerk_id: UUID, special: str
) -> dict[str, str]:
    """The ids of a point, a window, a visit, its ticket and so on, by name; ``special`` has a window of its own."""
    made = {
        name: new_id()
        for name in ("point", "window", "special", "shift", "visit", "waiting", "ticket", "alert", "batch")
    }
    day = {"point_id": made["point"], "day": work.today}
    work.db.add(
        ServicePointRow(
            id=made["point"],
            key=f"hall-{made['point'].hex}",
            area_id=area_id,
            kind=PointKind.HALL,
            name="样本大厅",
            longitude=117.7,
            latitude=36.9,
            hours=_closing_soon(work),
        )
    )
    await work.db.flush()
    windows: tuple[tuple[str, str, list[str]], ...] = (("window", "1", []), ("special", "2", [special]))
    for name, number, codes in windows:
        work.db.add(
            ServiceWindowRow(
                id=made[name],
                point_id=made["point"],
                number=number,
                name=f"{number}号窗口",
                kind=WindowKind.SPECIAL if codes else WindowKind.COMPREHENSIVE,
                service_codes=codes,
            )
        )
    work.db.add(
        GuideShiftRow(
            id=made["shift"],
            guide_id=guide_id,
            desk="总服务台",
            begins_at=work.now - timedelta(hours=1),
            ends_at=work.now + timedelta(hours=12),
            **day,
        )
    )
    for name in ("visit", "waiting"):
        work.db.add(
            VisitRow(
                id=made[name],
                guide_id=guide_id,
                state=VisitState.GREETED if name == "visit" else VisitState.TICKETED,
                service_item_id=None,
                purpose="咨询",
                applicant_kind=Audience.PERSON,
                visitor_sealed=None,
                visitor_hash=None,
                visitor_masked=None,
                care_needs=[],
                greeted_at=work.now,
                queue=None if name == "visit" else "A",
                **day,
            )
        )
    await work.db.flush()
    work.db.add(HallQueueRow(queue="A", issued=1, **day))
    ticket: dict[str, Any] = {
        "id": made["ticket"],
        "visit_id": made["waiting"],
        "queue": "A",
        "serial": 1,
        "state": TicketState.ISSUED,
        "advisory": False,
        "priority": 0,
        "queued_at": work.now,
        "issued_at": work.now,
        "issued_by": guide_id,
    }
    work.db.add(TicketRow(**ticket, **day))
    work.db.add(
        HallAlertRow(
            id=made["alert"],
            queue="A",
            kind=AlertKind.WAIT,
            measured=20,
            raised_at=work.now,
            lead_id=None,
            **day,
        )
    )
    batch = IntakeBatchRow(
        id=made["batch"],
        stem=f"SB{made['batch'].hex}",
        point_id=made["point"],
        window_id=made["window"],
        collector_id=clerk_id,
        size=2,
        received_at=work.now,
        due_on=work.today,
    )
    work.db.add(batch)
    await work.db.flush()
    return {**{name: str(each) for name, each in made.items()}, "number": batch.number}
