"""What sample helpers have learnt, volunteers who were let in, and service cards that people have scanned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cards.service import issue_cards, revoke_cards, scan_card
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.demo.actors import acting, somebody
from bangban.features.demo.stage import Member, Stage
from bangban.features.orders import service
from bangban.features.orders.rules.settings import order_settings
from bangban.features.people.training import TrainingKind, training_needs
from bangban.kernel.access.principals import Assignment, Principal
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_AGO: Final = timedelta(days=20)
_CARDS: Final = 3
_SCANS: Final = (0, 0, 1)  # the place of the card each time; the third was never scanned, and is revoked
_MOST: Final = 20
_SERVED: Final = (38, 26)  # people at each coaching


def posts_of(member: Member, *roles: Role) -> list[Assignment]:
    """Where somebody is posted in one of these roles."""
    return [held for held in member.principal.assignments if held.role in roles]


def deepest_first(stage: Stage, role: Role) -> list[Member]:
    """Everybody of a role, who is posted at the deepest level first."""
    able = [each for each in stage.members if posts_of(each, role)]
    return sorted(able, key=lambda each: -max(held.level.depth for held in posts_of(each, role)))


async def tell_of_helpers(
    work: Work, stage: Stage, helpers: list[Member], volunteers: list[Member], *, now: datetime
) -> None:
    """Trained: all of them; coached people and all-round: the first helper; approved: all volunteers but the last of
    several, who waits for it. Nothing where nobody keeps any of it.
    """
    root = next(each for each in stage.places if "." not in each.path)
    keeper = somebody(stage, Permission.CARD_MANAGE, root.path)
    if keeper is None:
        return
    at = acting(work, keeper.principal, now - _AGO)
    await _train(at, stage, _ids(helpers), _ids(volunteers))
    for place, volunteer in enumerate(_ids(volunteers)):
        approved = place == 0 or place < len(volunteers) - 1
        skills = service.Skills(all_round=False, themes=(), services=(), approved=approved)
        await service.set_skills(at, staff_id=volunteer, skills=skills)
    await _cards(work, at, posts_of(helpers[0], Role.HELPER)[0].area_id, now=now)


async def _train(keeper: Work, stage: Stage, helpers: list[UUID], volunteers: list[UUID]) -> None:
    await service.record_training(
        keeper,
        title="帮办代办人员岗前培训",
        held_on=keeper.today,
        trainer="样例讲师",
        services=[*(each.code for each in stage.items[:3]), *sorted(training_needs(keeper.settings).items)],
        attendees=[*helpers, *volunteers],
    )
    for served in _SERVED:
        await service.record_training(
            keeper,
            title="掌上办手把手辅导",
            held_on=keeper.today,
            trainer="样例讲师",
            services=[each.code for each in stage.items[:2]],
            attendees=helpers[:1],
            kind=TrainingKind.COACHING,
            served=served,
        )
    skills = service.Skills(all_round=True, themes=(), services=(), approved=False)
    await service.set_skills(keeper, staff_id=helpers[0], skills=skills)


async def _cards(work: Work, keeper: Work, unit: UUID, *, now: datetime) -> None:
    """Cards of a unit; where they were handed out, some people scanned one, and the last one was lost."""
    ids = await issue_cards(keeper, area_id=unit, staff_id=None, batch="样例服务卡", count=_CARDS)
    if order_settings(work.settings).card_address is None:
        return
    codes = list(
        await work.db.scalars(
            select(ServiceCardRow.code).where(ServiceCardRow.id.in_(ids)).order_by(ServiceCardRow.id)
        )
    )
    passer_by = Principal.anonymous(district=work.district.slug)
    for days, place in enumerate(_SCANS, start=1):
        await scan_card(acting(work, passer_by, now - timedelta(days=days)), code=codes[place])
    await revoke_cards(acting(work, keeper.principal, now - timedelta(days=1)), code=codes[-1], batch=None)


def _ids(members: list[Member]) -> list[UUID]:
    return [each.principal.id for each in members if each.principal.id is not None][:_MOST]
