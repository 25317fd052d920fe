"""Each district is swept as its day begins, and after its calendar changed: a task, so that no restart loses it.

When a district is due next stands in the registry. So one look at it tells what there is to do among thousands,
and a district that was suspended, or whose sweep failed, is not forgotten and holds nobody up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from bangban.features.cases.rules.transition import ENDINGS, Announcement
from bangban.features.districts.platform import PLATFORM
from bangban.features.orders.rules.facts import Announcement as OrderAnnouncement
from bangban.features.places.terminals import MENDED
from bangban.features.supervision.sweeping import (
    sweep_case,
    sweep_check_in,
    sweep_district,
    void_before_answer,
    void_but_broken_promise,
    void_check_ins,
    void_duties_of,
)
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.jobs.deliveries import Handler as Announced
from bangban.kernel.jobs.tasks import Task, TaskHalted, ask_once
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rules import CALENDAR_CHANGED
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_About: TypeAlias = Callable[[Work, UUID], Awaitable[object]]
"""Does something about the one thing with this id."""

_log = structlog.get_logger(__name__)

SUPERVISING: Final = "supervision"
"""Kind of the task."""

AGAIN: Final = timedelta(hours=1)
"""After a sweep that failed."""

AHEAD: Final = timedelta(hours=2)
"""So early a task is asked for before it is due: whoever asks looks once an hour."""

_ANSWERS: Final = tuple(
    str(each)
    for each in (
        Announcement.NOTICE,
        Announcement.ACCEPTED,
        Announcement.CONDITION_MET,
        Announcement.PROMISED_REJECTED,
    )
)
_LIVE: Final = DistrictRow.status == DistrictStatus.LIVE


async def ask_for_sweep(tenancy: Tenancy, *, now: datetime | None = None) -> None:
    """See to it that there is a task for when the next district is due. Of several processes one asks."""
    at = now or datetime.now(UTC)
    async with tenancy.platform() as db:
        due = await db.scalar(select(func.min(func.coalesce(DistrictRow.duties_due_at, at))).where(_LIVE))
        if due is not None and due <= at + AHEAD:
            await ask_once(db, tenancy.names, kind=SUPERVISING, due=due, now=at)


async def supervise(tenancy: Tenancy, task: Task, *, now: datetime | None = None) -> dict[str, Any]:
    """Sweep the districts that are due, one after the other. One that cannot be swept does not stop the others."""
    at = now or datetime.now(UTC)
    async with tenancy.platform() as db:
        found = select(DistrictRow.slug).where(_LIVE, func.coalesce(DistrictRow.duties_due_at, at) <= at)
        slugs = (await db.scalars(found.order_by(DistrictRow.duties_due_at, DistrictRow.slug))).all()
    raised = void = 0
    refused: list[str] = []
    for place, slug in enumerate(slugs):
        await task.step("districts", place, len(slugs))
        due = at + AGAIN
        try:
            district = tenancy.registry.get_live(slug)
            swept = await sweep_district(tenancy, district, now=now, breathe=task.breathe)
            due = next_day(district, at)
            raised, void = raised + swept.raised.total(), void + swept.void
        except TaskHalted:
            raise
        except Exception as error:  # noqa: BLE001 - one district's trouble is not the others'
            _log.warning("a district was not swept", district=slug, problem=type(error).__name__)
            refused.append(slug)
        await _due(tenancy, slug, due)
    await task.step("districts", len(slugs), len(slugs))
    return {"districts": len(slugs), "raised": raised, "void": void, "refused": refused}


def next_day(district: District, now: datetime) -> datetime:
    """When the day after this one begins in the district."""
    today = now.astimezone(district.zone).date()
    return datetime.combine(today + timedelta(days=1), time(), tzinfo=district.zone)


async def _due(tenancy: Tenancy, slug: str, due: datetime | None) -> None:
    async with tenancy.platform() as db:
        await db.execute(update(DistrictRow).where(DistrictRow.slug == slug).values(duties_due_at=due))


def handlers(tenancy: Tenancy) -> dict[str, Announced]:
    """The outbox's handlers of what cannot wait for the next day: a changed calendar, applications that ought to
    have been reviewed by now, and what is done."""
    about: dict[str, _About] = {
        **dict.fromkeys(map(str, ENDINGS), void_duties_of),
        str(Announcement.RESULT_WITHDRAWN): void_but_broken_promise,
        **dict.fromkeys(_ANSWERS, void_before_answer),
        str(Announcement.REVIEW_DUE): sweep_case,
        str(Announcement.CHECK_IN_DUE): sweep_check_in,
        str(Announcement.CHECKED_IN): void_check_ins,
        str(Announcement.SUSPENDED): void_check_ins,
        str(OrderAnnouncement.CHANGED): void_duties_of,
        MENDED: void_duties_of,
    }
    return {
        CALENDAR_CHANGED: partial(_calendar_changed, tenancy),
        **{kind: partial(_look_at, tenancy, do) for kind, do in about.items()},
    }


async def _calendar_changed(tenancy: Tenancy, delivery: Delivery) -> None:
    await _due(tenancy, delivery.district.slug, None)
    await ask_for_sweep(tenancy)


async def _look_at(tenancy: Tenancy, do: _About, delivery: Delivery) -> None:
    """What is told of is dealt with at that moment, or now if that is later, as a timer may come after an outage."""
    now = max(delivery.at, datetime.now(UTC))
    async with tenancy.write(delivery.district, PLATFORM, request_id="supervision", now=now) as work:
        await do(work, UUID(delivery.reference))
