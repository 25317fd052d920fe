"""Who changes a row holds it from the look to the write: a change that is on its way is waited for, and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, mutation_of
from tests.api.clients import Reply
from tests.api.meanwhile import meanwhile
from tests.api.operation_steps import STEPS, VILLAGE

from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow
from bangban.features.orders.tables import HelperSkillRow
from bangban.features.outreach.tables import OutreachRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

HOUR = timedelta(hours=1)


class Case(NamedTuple):
    """A mutation, the row it changes, what somebody else does to it meanwhile, and how to know that it counted."""

    step: str
    table: Any
    key: str  # of the input that names the row
    change: Callable[[Any, Work, UUID], None]
    counted: Callable[[Reply, Any], bool]
    column: str = "id"


def _answered(row: Any, work: Work, by: UUID) -> None:
    row.actions = [{"action": "OPEN_WINDOW", "at": work.now.isoformat(), "by": str(by)}]


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


def _closed(row: Any, work: Work, _: UUID) -> None:
    row.until = work.today - timedelta(days=1)


def _revoked(row: Any, work: Work, _: UUID) -> None:
    row.revoked_at = work.now - HOUR


def _refused(reply: Reply, _: Any) -> bool:
    return reply.body["data"] is None and reply.code in {"CONFLICT", "ILLEGAL_TRANSITION"}


CASES = [
    Case("AnswerHallAlert", HallAlertRow, "alertId", _answered, lambda _, row: len(row.actions) == 2),
    Case("CancelGuideShift", GuideShiftRow, "shiftId", _cancelled, _refused),
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
    Case("AssessPoint", ServicePointRow, "pointId", _closed, _refused),
    Case(
        "RevokeCards",
        ServiceCardRow,
        "batch",
        _revoked,
        lambda _, row: row.revoked_at < row.issued_at,
        "batch",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[each.step for each in CASES])
def test_a_change_that_is_on_its_way_is_waited_for(
    case: Case, desk: Desk, installation: Installation
) -> None:
    client, given = STEPS[case.step](desk)
    given.pop("fault", None)  # a terminal that reports works again
    name = f"{case.step[0].lower()}{case.step[1:]}"
    by = UUID(desk.staff_id("supervisor"))

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

    async def change(work: Work) -> None:
        case.change(await row_of(work), work, by)

    desk.inside(afresh)
    sent = client.send(mutation_of(name, "__typename"), input=given)
    reply = desk.run(meanwhile(desk, installation, change, sent))
    assert case.counted(reply, desk.inside(row_of)), reply.body


@pytest.mark.parametrize("known", [False, True])
def test_of_two_who_let_a_helper_in_the_first_one_did(
    desk: Desk, installation: Installation, *, known: bool
) -> None:
    """Also where nothing had been said of the helper's skills, so that there is no row to hold."""
    client, given = STEPS["SetSkills"](desk)
    staff_id, area_id, by = new_id(), UUID(desk.area(VILLAGE)), UUID(desk.staff_id("supervisor"))
    mine = select(HelperSkillRow).where(HelperSkillRow.staff_id == staff_id)

    async def afresh(work: Work) -> None:
        work.db.add(StaffRow(id=staff_id, key=f"let-in-{staff_id}", name="样本新人"))
        await work.db.flush()
        post = {"role": "guide", "area_id": area_id, "since": work.today, "until": work.today}
        work.db.add(AssignmentRow(id=new_id(), staff_id=staff_id, **post))
        if known:
            work.db.add(_skills(staff_id, work))

    async def approve(work: Work) -> None:
        """As the mutation does: who says something of a helper holds the person."""
        await work.db.execute(
            select(StaffRow.id).where(StaffRow.id == staff_id).with_for_update(key_share=True)
        )
        row = (await work.db.scalars(mine)).one_or_none() or _skills(staff_id, work)
        row.approved_at, row.approved_by = work.now - HOUR, by
        work.db.add(row)

    desk.inside(afresh)
    sent = client.send(
        mutation_of("setSkills", "approvedAt"), input=given | {"staffId": str(staff_id), "approved": True}
    )
    reply = desk.run(meanwhile(desk, installation, approve, sent))
    row = desk.scalar(mine)
    assert row.approved_by == by, reply.body
    assert row.approved_at < row.changed_at - HOUR / 2


def _skills(staff_id: UUID, work: Work) -> HelperSkillRow:
    return HelperSkillRow(staff_id=staff_id, all_round=False, themes=[], services=[], changed_at=work.now)
