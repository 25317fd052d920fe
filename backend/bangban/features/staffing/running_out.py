"""Posts that run out by their date while their holders have something in hand that others have to go on with.

Ending a post at once is refused in that case (``leaving``). One that ends on a later day runs out by itself, so whoever
may move what is left is told before, and again when it came to that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.people.tables import AssignmentRow
from bangban.features.staffing.hands import in_hand, left_of
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.roles import STAFF_ROLES, Role
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOut:
    """Whose posts do not let them go on with what they have, from the day after ``until``."""

    staff_id: UUID
    area_id: UUID  # where the post is, or was
    until: date
    left: Mapping[str, int]


async def posts_run_out(work: Work, *, ahead: int, staff_id: UUID | None = None) -> list[RunOut]:
    """Everybody whose post ran out, or will within ``ahead`` days, with what nobody could go on with then.

    Each comes once: with what is left by now, or else with the first day on which something would be.
    """
    post, horizon = AssignmentRow, work.today + timedelta(days=ahead)
    ending = select(post.staff_id).where(post.until <= horizon, post.role.in_(sorted(STAFF_ROLES)))
    if staff_id is not None:
        ending = ending.where(post.staff_id == staff_id)
    hands = in_hand(ending, work.now)
    rows = await work.db.execute(
        select(
            hands.c.staff_id,
            hands.c.kind,
            hands.c.day,
            hands.c.amount,
            post.id,
            post.role,
            post.area_id,
            post.since,
            post.until,
        )
        .join(post, post.staff_id == hands.c.staff_id)
        .where(post.role.in_(sorted(STAFF_ROLES)))
        .order_by(hands.c.staff_id)
    )
    found = (
        _run_out(work.policy, list(of_one), today=work.today, horizon=horizon)
        for _, of_one in groupby(rows, key=lambda row: row.staff_id)
    )
    return [each for each in found if each is not None]


def _run_out(policy: CompiledPolicy, rows: Sequence[Any], *, today: date, horizon: date) -> RunOut | None:
    """Of one person, each of whose posts comes with each thing they have."""
    hands = {(row.kind, row.day): row for row in rows}.values()
    posts = list({row.id: row for row in rows}.values())
    ends = {row.until for row in posts if row.until is not None and row.until <= horizon}
    gone = {until for until in ends if until < today}
    for until in [*([max(gone)] if gone else ()), *sorted(ends - gone)]:
        since = max(until + timedelta(days=1), today)
        left = left_of(policy, hands, _roles_on(posts, since), since=since)
        if any(left.values()):
            (last, *_) = sorted((row.area_id for row in posts if row.until == until), key=str)
            return RunOut(staff_id=rows[0].staff_id, area_id=last, until=until, left=left)
    return None


def _roles_on(posts: Collection[Any], day: date) -> set[Role]:
    return {Role(row.role) for row in posts if row.since <= day and (row.until is None or row.until >= day)}
