"""What staff were asked first: answered, passed on and followed, closed, and one that a colleague is offered now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bangban.features.demo.actors import acting, present
from bangban.features.first_asks import service
from bangban.features.first_asks.values import AskChannel
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_DAYS: Final = timedelta(days=2)  # ago that the ones which are over began
_ANSWER: Final = "请带身份证和经营场所使用证明,材料清单已发给您"
_NOT_MINE: Final = "不属本窗口职责,内部转办"
_OUTCOME: Final = "已陪同到卫生窗口,第二个证也办好了"


@dataclass(frozen=True, kw_only=True)
class _Owner:
    """Who was asked, and where they work."""

    who: Principal
    id: UUID
    area: UUID


async def tell_first_asks(work: Work, people: Sequence[Principal]) -> None:
    """By the first two of these people who may be asked where they are posted; nothing without them."""
    able = [
        _Owner(who=who, id=who.id, area=post.area_id)
        for who in people
        for post in who.assignments[:1]
        if who.id is not None
        and grants_of(who, work.policy, on=work.today).scope(Permission.ASKING_RECORD).covers(post.area_path)
    ]
    if len(able) < 2:
        return
    owner, colleague = able[:2]
    before = work.now - _DAYS
    await _closed(work, owner, before)
    await _followed(work, owner, colleague, before + timedelta(hours=1))
    await _answered(work, owner, work.now - timedelta(hours=1))
    now = present(work, owner.who)  # whom it is offered to is told, and a timer runs
    number = await _asked(now, owner, AskChannel.CALL, "开美容店还需要办什么证", within_duty=False)
    await service.transfer_first_ask(now, number=number, to_staff_id=colleague.id, reason=_NOT_MINE)


async def _asked(work: Work, owner: _Owner, channel: AskChannel, matter: str, *, within_duty: bool) -> str:
    ask_id = await service.record_first_ask(
        work, area_id=owner.area, channel=channel, matter=matter, within_duty=within_duty
    )
    return await service.number_of(work, ask_id)


async def _answered(work: Work, owner: _Owner, at: datetime) -> None:
    asked = acting(work, owner.who, at)
    number = await _asked(asked, owner, AskChannel.VISIT, "办营业执照要带什么材料", within_duty=True)
    later = acting(work, owner.who, at + timedelta(minutes=6))
    await service.answer_first_ask(later, number=number, text=_ANSWER)


async def _closed(work: Work, owner: _Owner, at: datetime) -> None:
    asked = acting(work, owner.who, at)
    number = await _asked(asked, owner, AskChannel.VISIT, "美容店的卫生许可怎么办", within_duty=True)
    answered, closed = (acting(work, owner.who, at + timedelta(minutes=each)) for each in (5, 90))
    await service.answer_first_ask(answered, number=number, text=_ANSWER)
    await service.close_first_ask(closed, number=number, outcome=_OUTCOME)


async def _followed(work: Work, owner: _Owner, colleague: _Owner, at: datetime) -> None:
    asked = acting(work, owner.who, at)
    number = await _asked(asked, owner, AskChannel.LETTER, "来信询问老宅翻建的手续", within_duty=False)
    await service.transfer_first_ask(asked, number=number, to_staff_id=colleague.id, reason=_NOT_MINE)
    taken = acting(work, colleague.who, at + timedelta(minutes=25))
    await service.take_first_ask(taken, number=number, accept=True)
