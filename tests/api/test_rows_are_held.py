"""Who changes a row holds it from the look to the write: a change that is on its way is waited for, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, mutation_of
from tests.api.clients import Reply
from tests.api.operation_steps import STEPS

from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.districts.platform import platform_work
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow
from bangban.features.outreach.tables import OutreachRow
from bangban.features.places.tables import TerminalRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

HOUR = timedelta(hours=1)
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


class Case(NamedTuple):
    """A mutation, the row it changes, what somebody else does to it meanwhile, and how to know that it counted."""

    step: str
    table: Any
    key: str  # of the input that names the row
    change: Callable[[Any, Work, UUID], None]
    counted: Callable[[Reply, Any], bool]
    column: str = "id"


def _answered(row: Any, work: Work, _: UUID) -> None:
    row.actions = [{"action": "OPEN_WINDOW", "at": work.now.isoformat(), "by": "-"}]


def _cancelled(row: Any, work: Work, _: UUID) -> None:
    row.cancelled_at = work.now - HOUR


def _settled(row: Any, work: Work, by: UUID) -> None:
    row.state, row.ended_at, row.result = DutyState.SETTLED, work.now, "已办结"
    row.settled_by = by


def _missed(row: Any, work: Work, _: UUID) -> None:
    row.state, row.settled_at = BookingState.MISSED, work.now


def _broken(row: Any, work: Work, _: UUID) -> None:
    row.fault, row.down_since, row.heard_at = "卡纸", work.now - HOUR, work.now - HOUR


def _given_up(row: Any, work: Work, by: UUID) -> None:
    row.cancelled_at, row.cancel_reason = work.now, "场地停电"
    row.cancelled_by = by


def _refused(reply: Reply, _: Any) -> bool:
    return reply.body["data"] is None and reply.code in {"CONFLICT", "ILLEGAL_TRANSITION"}


CASES = [
    Case("AnswerHallAlert", HallAlertRow, "alertId", _answered, lambda _, row: len(row.actions) == 2),
    Case(
        "CancelGuideShift",
        GuideShiftRow,
        "shiftId",
        _cancelled,
        lambda reply, row: "errors" not in reply.body and row.cancelled_at < row.begins_at - 13 * HOUR,
    ),
    Case("SettleDuty", DutyRow, "id", _settled, _refused),
    Case("SettleBooking", BookingRow, "id", _missed, _refused),
    Case(
        "ReportTerminal",
        TerminalRow,
        "key",
        _broken,
        lambda _, row: row.fault is None and row.down_seconds >= HOUR.seconds,
        "key",
    ),
    Case("ReportOutreach", OutreachRow, "outreachId", _given_up, _refused),
]


@pytest.mark.parametrize("case", CASES, ids=[each.step for each in CASES])
def test_a_change_that_is_on_its_way_is_waited_for(
    case: Case, desk: Desk, installation: Installation
) -> None:
    client, given = STEPS[case.step](desk)
    given.pop("fault", None)  # a terminal that reports works again
    name = f"{case.step[0].lower()}{case.step[1:]}"
    by, tenancy = UUID(desk.staff_id("supervisor")), desk.services.tenancy
    district = tenancy.registry.get(desk.place.slug)

    async def row_of(work: Work) -> Any:
        column = getattr(case.table, case.column)
        wanted = select(case.table).where(column == given[case.key])
        return (await work.db.scalars(wanted)).one()

    async def afresh(work: Work) -> None:
        """As it is before anything is done: others may have done something to what the tests share."""
        row = await row_of(work)
        if case.table is HallAlertRow:
            row.cleared_at, row.actions = None, []
            await work.db.flush()

    async def go() -> Reply:
        connection = await installation.admin.connect()
        try:
            async with platform_work(tenancy, district) as work:
                case.change(await row_of(work), work, by)
                await work.db.flush()
                sent = asyncio.create_task(client.send(mutation_of(name, "__typename"), input=given))
                await _stopped(sent, lambda: connection.fetchval(_WAITING))
            return await sent
        finally:
            await connection.close()

    desk.inside(afresh)
    reply = desk.run(go())
    assert case.counted(reply, desk.inside(row_of)), reply.body


async def _stopped(task: asyncio.Task[Any], waiting: Callable[[], Awaitable[int]]) -> None:
    """Return when the task waits for a lock, or is over."""
    while not task.done() and not await waiting():  # noqa: ASYNC110 - another process's state
        await asyncio.sleep(0)
