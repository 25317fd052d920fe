"""Questions around the clock: who is on call, a question at night that was answered, and one that waits right now.

Told where a district says how soon it answers out of hours (DOMAIN A12).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.rules.assistance import SETTING
from bangban.features.demo.actors import acting, present, sample_resident
from bangban.features.demo.hall_desk import find_desk
from bangban.features.demo.stage import Stage
from bangban.features.first_asks import service
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.values import ShiftKind
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

OCCASION: Final = "reply_minutes_off_hours"
_PEOPLE: Final = 97_000  # the first sample person of these; far from all other sample people
_TURNS: Final = 6  # a day and a night each, from yesterday's closing on
_BEGINS: Final = time(17)
_ASKED_AT: Final = time(22, 10)
_ANSWERED_AFTER: Final = timedelta(minutes=12)


async def tell_of_questions(work: Work, stage: Stage) -> None:
    """Play it, where there is a hall and somebody who can be on call for the whole district."""
    if OCCASION not in (work.settings.get(SETTING) or {}):
        return
    desk = await find_desk(work, stage)
    on_call = (
        next(
            (
                each.principal
                for each in stage.members
                if any(
                    held.role is Role.HELPER and held.area_id == desk.area
                    for held in each.principal.assignments
                )
            ),
            None,
        )
        if desk
        else None
    )
    village = next((each for each in stage.posted if each.level is AreaLevel.VILLAGE), None)
    if desk is None or on_call is None or village is None:
        return
    await _on_call(work, desk.manager, on_call, desk.point)
    await _at_night(work, village.id, stage)
    asker = present(work, await sample_resident(work, _PEOPLE + 1))
    await service.ask_online(asker, area_id=village.id, matter="孩子入园需要开什么居住证明")


async def _on_call(work: Work, manager: Principal, who: Principal, point: UUID) -> None:
    assert who.id is not None  # staff
    for ahead in range(_TURNS):
        day = work.today + timedelta(days=ahead - 1)
        begins = datetime.combine(day, _BEGINS, work.district.zone)
        shift = Shift(
            guide_id=who.id,
            begins_at=begins,
            ends_at=begins + timedelta(days=1),
            desk="24小时值守",
            kind=ShiftKind.ON_CALL,
        )
        planned = min(begins, work.now)
        await plan_shift(acting(work, manager, planned), point_id=point, shift=shift)


async def _at_night(work: Work, area: UUID, stage: Stage) -> None:
    """Asked yesterday when everybody was at home, and answered by who was on call."""
    yesterday = work.today - timedelta(days=1)
    asked = datetime.combine(yesterday, _ASKED_AT, work.district.zone)
    asker = acting(work, await sample_resident(work, _PEOPLE), asked)
    ask_id = await service.ask_online(asker, area_id=area, matter="居住证到期前多久可以签注")
    row = (
        await work.db.execute(
            select(FirstAskRow.number, FirstAskRow.owner_id).where(FirstAskRow.id == ask_id)
        )
    ).one()
    owner = acting(work, stage.staff[row.owner_id], asked + _ANSWERED_AFTER)
    await service.answer_first_ask(owner, number=row.number, text="到期前一个月内可在社区或手机上办理签注")
