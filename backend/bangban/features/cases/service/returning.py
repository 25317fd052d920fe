"""Cases go back to the owner of their item, whose delegation to a unit was withdrawn (DOMAIN G07).

It happens in the transaction of the withdrawal, case by case under each one's lock: whoever was about to act on one
either did so before, by a delegation that still held, or finds the case in other hands.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, any_, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.cases import rules
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.service.loading import locked_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.staffing import find_holder
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.service import get_staff
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.database.base import LTree
from bangban.kernel.database.terms import runs_on
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work


def _in_hand() -> Written:
    """Numbers of the item's running cases whose holder is posted at the unit today and nowhere above it."""
    today, path, point = Given("today", Date()), Given("area_path", LTree()), Given("point_id", Uuid())
    post, person = AssignmentRow, Given("staff_id", Uuid())
    inside = or_(
        func.coalesce(post.point_id == point, false()),
        func.coalesce(AreaRow.path.op("OPERATOR(ext.<@)", is_comparison=True)(path), false()),
    )
    posted = (
        select(post.staff_id)
        .join(AreaRow, AreaRow.id == post.area_id)
        .where(
            post.staff_id == CaseRow.holder_id,
            runs_on(post, today),
        )
    )
    return Written(
        select(CaseRow.number)
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .where(
            ServiceItemRow.code == Given("code", Text()),
            CaseRow.state == any_(Given("states", ARRAY(Text()))),
            or_(person.is_(None), CaseRow.holder_id == person),
            posted.where(inside).exists(),
            ~posted.where(~inside).exists(),
        )
        .order_by(CaseRow.id)
    )


_IN_HAND: Final = _in_hand()


async def return_to_owner(
    work: Work,
    *,
    service_code: str,
    area_path: str | None,
    point_id: UUID | None,
    staff_id: UUID | None = None,
    owner_path: str,
    reason: str,
) -> list[str]:
    """Give all running cases of an item that a unit, or that one person there, has in hand to people of the owner.

    Their numbers.
    Raises ``NobodyToHelp`` where the owner has nobody; nothing is withdrawn then either.
    """
    found = await work.run(
        _IN_HAND,
        today=work.today,
        area_path=area_path,
        point_id=point_id,
        staff_id=staff_id,
        code=service_code,
        states=sorted(LIVE),
    )
    for each in found:
        await _return_one(work, each.number, owner_path=owner_path, reason=reason)
    return [each.number for each in found]


async def _return_one(work: Work, number: str, *, owner_path: str, reason: str) -> None:
    loaded = await locked_case(work, number=number)
    if loaded.facts.state not in LIVE:
        return  # it ended before its lock was ours
    check_wording(loaded, reason=reason)
    if loaded.facts.handover_pending:
        await save(
            loaded,
            rules.recall(loaded.facts, reason=reason, actor=loaded.actor, occasion=loaded.occasion),
        )
        loaded = await locked_case(work, number=number)
    item = loaded.row
    to_id = await find_holder(
        work,
        area_path=owner_path,
        levels=(*item.pre_checked_at, *item.handled_at),
        department=item.department,
    )
    if to_id == loaded.facts.holder_id:
        return
    receiver = await get_staff(work.db, to_id)
    transition = rules.send_back(
        loaded.facts,
        to_id=to_id,
        to_name=receiver.name,
        reason=reason,
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    await save(loaded, transition)
