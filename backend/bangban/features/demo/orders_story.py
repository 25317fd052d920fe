"""Sample orders, skills and cards of a district: one order of each kind that was done, and one that waits.

What waits is placed at the present, with its timer, so that it can be claimed after the demo has started, and falls to
the next level if nobody does. What was done lies in the past and tells nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cards.service import issue_cards
from bangban.features.cases.values import Grade
from bangban.features.demo.stage import Member, Stage, acting
from bangban.features.orders import service
from bangban.features.orders.problems import NobodyToAsk
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import AT_THE_DOOR, OrderKind, OrderStep
from bangban.features.people.training import TrainingKind, training_needs
from bangban.kernel.access.grants import Principal, PrincipalKind, grants_of
from bangban.kernel.access.vocabulary import Permission, Role
from bangban.kernel.identifiers import sample_phone
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
_CARDS: Final = 3


async def tell_of_orders(work: Work, stage: Stage, *, now: datetime) -> int:
    """Play the orders of one district; how many there are."""
    helpers = _deepest_first(stage)
    kinds = [kind for kind in order_settings(work.settings).kinds if kind is not OrderKind.CASE]
    if not helpers:
        return 0
    await _teach(work, stage, helpers, now=now)
    made = 0
    for place, kind in enumerate(kinds):
        helper = _helper_for(kind, helpers, work)
        try:
            who = _PEOPLE + 2 * place
            ago = now - timedelta(days=3, hours=place)
            await _done(work, kind, helper, await _resident(work, who), at=ago, grade=_GRADES[place % 3])
            await _waiting(work, kind, helper, await _resident(work, who + 1), at=now)
        except NobodyToAsk:  # nobody with an account at any level that is asked for this kind
            continue
        made += 2
    return made


def _deepest_first(stage: Stage) -> list[Member]:
    able = [each for each in stage.members if any(held.role is Role.HELPER for held in _held(each))]
    return sorted(able, key=lambda each: -max(held.level.depth for held in _held(each)))


def _held(member: Member) -> tuple[Any, ...]:
    return member.principal.assignments


def _helper_for(kind: OrderKind, helpers: list[Member], work: Work) -> Member:
    """The helper whose area the order is of: at the deepest level that is asked for the kind."""
    levels = order_settings(work.settings).kinds[kind].levels
    fitting = [each for each in helpers if _post(each).level in levels]
    return (fitting or helpers)[0]


def _post(member: Member) -> Any:
    return next(held for held in _held(member) if held.role is Role.HELPER)


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


async def _resident(work: Work, n: int) -> Principal:
    row = await resident_of_phone(work, sample_phone(n))
    return Principal(kind=PrincipalKind.RESIDENT, id=row.id, district=work.district.slug)


async def _done(
    work: Work, kind: OrderKind, helper: Member, resident: Principal, *, at: datetime, grade: Grade
) -> None:
    area = _post(helper).area_id
    order_id = await service.place_order(acting(work, resident, at), _wanted(kind, area, at))
    number = await work.db.scalar(select(OrderRow.number).where(OrderRow.id == order_id))
    assert number is not None  # it was placed a moment ago
    minutes: Iterator[int] = iter((4, 30, 75, 90))

    def later(who: Principal) -> Work:
        return acting(work, who, at + timedelta(minutes=next(minutes)))

    await service.claim_order(later(helper.principal), number=number)
    for step in (OrderStep.START, OrderStep.FINISH):
        await service.progress_order(later(helper.principal), number=number, step=step)
    await service.rate_order(later(resident), number=number, grade=grade, comment=None)


async def _waiting(work: Work, kind: OrderKind, helper: Member, resident: Principal, *, at: datetime) -> None:
    grants = grants_of(resident, work.policy, on=work.today)
    present = replace(work, principal=resident, grants=grants)  # which keeps what it announces: the timer
    await service.place_order(present, _wanted(kind, _post(helper).area_id, at))


async def _teach(work: Work, stage: Stage, helpers: list[Member], *, now: datetime) -> None:
    """The first helper is all-round and coached people, all attended a training; cards of the first unit lie ready."""
    root = next(each for each in stage.places if "." not in each.path)
    keepers = stage.able(Permission.CARD_MANAGE, root.path)
    if not keepers:
        return
    keeper = acting(work, keepers[0].principal, now - timedelta(days=20))
    ids = [each.principal.id for each in helpers if each.principal.id is not None][:20]
    await service.record_training(
        keeper,
        title="帮办代办人员岗前培训",
        held_on=keeper.today,
        trainer="样例讲师",
        services=[*(each.code for each in stage.items[:3]), *sorted(training_needs(work.settings).items)],
        attendees=ids,
    )
    await service.record_training(
        keeper,
        title="掌上办手把手辅导",
        held_on=keeper.today,
        trainer="样例讲师",
        services=[each.code for each in stage.items[:2]],
        attendees=ids[:1],
        kind=TrainingKind.COACHING,
        served=38,
    )
    skills = service.Skills(all_round=True, themes=(), services=(), approved=False)
    await service.set_skills(keeper, staff_id=ids[0], skills=skills)
    unit = _post(helpers[0]).area_id
    await issue_cards(keeper, area_id=unit, staff_id=None, batch="样例服务卡", count=_CARDS)
