"""Who does what in the samples, and when: in the past, where nobody is told of it, or right now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.demo.stage import Member, Stage
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work


def acting(work: Work, who: Principal, at: datetime) -> Work:
    """The same transaction as somebody's at another moment, with what they may do on that day."""
    day = at.astimezone(work.district.zone).date()
    return work.in_the_past(who, grants_of(who, work.policy, on=day), now=at)


def present(work: Work, who: Principal) -> Work:
    """The same transaction as somebody's, now: people are told, and timers run."""
    return replace(work, principal=who, grants=grants_of(who, work.policy, on=work.today))


async def sample_resident(work: Work, n: int) -> Principal:
    """The account of the ``n``-th sample person, by their impossible phone."""
    row = await resident_of_phone(work, sample_phone(n))
    return Principal(kind=PrincipalKind.RESIDENT, id=row.id, district=work.district.slug)


def somebody(stage: Stage, permission: Permission, path: str) -> Member | None:
    """Whoever may do this over an area and is posted nearest to it, or None."""
    return next(iter(stage.able(permission, path)), None)
