"""Nobody goes with anything in hand: nothing is left that nobody goes on with (invariants 2, 6 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, null, or_, select

from bangban.features.orders.problems import StillHoldsOrders
from bangban.features.people.problems import StillHoldsCases
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.staffing.hands import in_hand, left_of
from bangban.features.staffing.problems import StillHoldsAsks, StillHoldsPapers, StillHoldsTurns
from bangban.kernel.access.roles import STAFF_ROLES, Role
from bangban.kernel.tenancy.work import Work


async def require_nothing_left(
    work: Work,
    staff_ids: Collection[UUID],
    *,
    staying_on: date | None = None,
    field: str = "input.staffId",
    locked: bool = False,
) -> None:
    """Refuse where somebody of these would leave something behind.

    Without ``staying_on`` they go altogether. With it, their posts of that day stay: what these let them go on with
    they keep.

    Raises ``StillHoldsCases``, ``StillHoldsOrders``, ``StillHoldsAsks``, ``StillHoldsPapers`` or ``StillHoldsTurns``,
    with the counts.
    """
    if not staff_ids:
        return
    # Whoever is just being given something refers to these rows: wait, and then count.
    if not locked:
        await work.db.execute(
            select(StaffRow.id).where(StaffRow.id.in_(staff_ids)).order_by(StaffRow.id).with_for_update()
        )
    rows = (await work.db.execute(_in_hand(work, staff_ids, staying_on))).all()
    for staff_id in sorted({row.id for row in rows}):
        of_one = [row for row in rows if row.id == staff_id]
        posts = {Role(row.role) for row in of_one if row.role in STAFF_ROLES}
        hands = {(row.kind, row.day): row for row in of_one}.values()
        _require_none(of_one[0].name, left_of(work.policy, hands, posts, since=staying_on), field)


def _require_none(name: str, left: Mapping[str, int], field: str) -> None:
    said: dict[str, Any] = {"name": name, "fields": (field,)}
    if left["cases"] or left["offered"]:
        raise StillHoldsCases(held=left["cases"], offered=left["offered"], **said)
    if left["orders"]:
        raise StillHoldsOrders(held=left["orders"], **said)
    if left["asks"] or left["passed"]:
        raise StillHoldsAsks(held=left["asks"], offered=left["passed"], **said)
    if left["papers"]:
        raise StillHoldsPapers(sheets=left["papers"], **said)
    if left["turns"]:
        raise StillHoldsTurns(turns=left["turns"], **said)


def _in_hand(work: Work, staff_ids: Collection[UUID], staying_on: date | None) -> Any:
    """What each person has, once for each post that stays, in one statement."""
    post, hands = AssignmentRow, in_hand(staff_ids, work.now)
    found = select(StaffRow.id, StaffRow.name, hands.c.kind, hands.c.day, hands.c.amount).join(
        hands, hands.c.staff_id == StaffRow.id
    )
    if staying_on is None:
        return found.add_columns(null().label("role"))
    lasts = or_(post.until.is_(None), post.until >= staying_on)
    stays = and_(post.staff_id == StaffRow.id, post.since <= staying_on, lasts)
    return found.add_columns(post.role).outerjoin(post, stays)
