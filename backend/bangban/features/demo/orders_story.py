"""Sample orders of a district: one order of each kind that was done, and one that waits.

What waits is placed at the present, with its timer, so that it can be claimed after the demo has started, and falls to
the next level if nobody does. What was done lies in the past and tells nobody.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.values import Grade
from bangban.features.demo.actors import acting, present, sample_resident
from bangban.features.demo.helpers_story import deepest_first, posts_of, tell_of_helpers
from bangban.features.demo.stage import Member, Stage
from bangban.features.orders import service
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.service.signing import Signed
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import AT_THE_DOOR, OrderKind, OrderStep
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.roles import Role
from bangban.kernel.tenancy.work import Work

_PEOPLE: Final = 70_000  # the first sample person of these; far from the applicants of sample cases
_NOTES: Final = {
    OrderKind.NEED: "家中老人行动不便,请上门帮忙办理",
    OrderKind.CALL_OUT: "企业填报遇到问题,请到园区指导",
    OrderKind.PICKUP: "请上门领取申请材料",
    OrderKind.DELIVERY: "证件办好后请送到家",
    OrderKind.ISSUE: "小区单元门损坏,物业一直未修",
}
_DOOR: Final = "样例小区6号楼2单元301"
_GRADES: Final = (Grade.VERY_SATISFIED, Grade.SATISFIED, Grade.FAIRLY_SATISFIED)
_OPENED: Final = "样本住户"  # who signs at the door
_NOBODY_HOME: Final = "家中无人,改约下午"


async def tell_of_orders(work: Work, stage: Stage, *, now: datetime) -> int:
    """Play the orders of one district; how many there are."""
    helpers, volunteers = deepest_first(stage, Role.HELPER), deepest_first(stage, Role.VOLUNTEER)
    kinds = [kind for kind in order_settings(work.settings).kinds if kind is not OrderKind.CASE]
    if not helpers:
        return 0
    await tell_of_helpers(work, stage, helpers, volunteers, now=now)
    told = _Orders(work, now)
    for kind in kinds:
        helper = _helper_for(kind, helpers, work)
        area = posts_of(helper, Role.HELPER)[0].area_id
        try:
            await told.done(kind, helper.principal, area)
            await told.waiting(kind, area)
        except NobodyToAsk:  # nobody with an account at any level that is asked for this kind
            continue
    if OrderKind.NEED in kinds and volunteers:  # they take nothing else
        volunteer = volunteers[0]
        await told.done(OrderKind.NEED, volunteer.principal, posts_of(volunteer, Role.VOLUNTEER)[0].area_id)
    return told.made


def _helper_for(kind: OrderKind, helpers: list[Member], work: Work) -> Member:
    """The helper whose area the order is of, at a level that is asked for the kind.

    Where two are posted at one area it is theirs, so that two can claim one order; else the deepest.
    """
    levels = order_settings(work.settings).kinds[kind].levels
    posts = [(posts_of(each, Role.HELPER)[0], each) for each in helpers]
    fitting = [each for each in posts if each[0].level in levels] or posts
    shared = Counter(post.area_id for post, _ in fitting)
    return max(fitting, key=lambda each: shared[each[0].area_id] > 1)[1]


def _wanted(kind: OrderKind, area_id: UUID, at: datetime) -> service.Wanted:
    door = kind in AT_THE_DOOR
    return service.Wanted(
        kind=kind,
        area_id=area_id,
        note=_NOTES[kind],
        address=_DOOR if door else None,
        window_from=at + timedelta(hours=2) if door else None,
        window_until=at + timedelta(hours=4) if door else None,
    )


class _Orders:
    """The orders of one district, one after the other, each of another resident."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work, self._now = work, now
        self._asked = self.made = 0

    async def done(self, kind: OrderKind, helper: Principal, area: UUID) -> None:
        """One that was claimed, done and rated days ago; papers are fetched at the second try."""
        work, resident = self._work, await self._resident()
        at = self._now - timedelta(days=3, hours=self.made)
        order_id = await service.place_order(acting(work, resident, at), _wanted(kind, area, at))
        number = await work.db.scalar(select(OrderRow.number).where(OrderRow.id == order_id))
        assert number is not None  # it was placed a moment ago
        minutes = count(4, 25)

        def later(who: Principal) -> Work:
            return acting(work, who, at + timedelta(minutes=next(minutes)))

        await service.claim_order(later(helper), number=number)
        if kind is OrderKind.PICKUP:
            for step, reason in ((OrderStep.START, None), (OrderStep.FAIL, _NOBODY_HOME)):
                await service.progress_order(later(helper), number=number, step=step, reason=reason)
        for step in (OrderStep.START, OrderStep.FINISH):
            signs = step is OrderStep.FINISH and kind in AT_THE_DOOR
            signed = Signed(by=_OPENED) if signs else None
            await service.progress_order(later(helper), number=number, step=step, signed=signed)
        grade = _GRADES[self.made % len(_GRADES)]
        await service.rate_order(later(resident), number=number, grade=grade, comment=None)
        self.made += 1

    async def waiting(self, kind: OrderKind, area: UUID) -> None:
        """One that was placed now, with its timer."""
        asking = present(self._work, await self._resident())
        await service.place_order(asking, _wanted(kind, area, self._now))
        self.made += 1

    async def _resident(self) -> Principal:
        self._asked += 1
        return await sample_resident(self._work, _PEOPLE + self._asked)
