"""Samples of who stands for a district's offices: chief representatives' days, the contact book, help online, thanks.

Told where a district's own settings give occasion: delegations to people, and the sections ``contacts`` and ``proxy``.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cards.contacts import SETTING as CONTACTS
from bangban.features.cards.contacts import Entry, publish_contact
from bangban.features.catalog.tables import DelegationRow
from bangban.features.demo.actors import present, somebody
from bangban.features.demo.stage import Stage
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.values import ShiftKind
from bangban.features.people.tables import TeamRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.features.proxy_use.rules import FIELDS, SETTING, SHOWN, Use, lists_of
from bangban.features.proxy_use.service import record_proxy_use
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.features.recognitions.service import Given, record_recognition
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_DAYS: Final = 5  # of representatives' days to come
_FROM, _UNTIL = time(9), time(16)
_TEAMS: Final = 3  # that stand in the contact book
_USES: Final = (True, True, False)  # whether it was done for an old person
_THANKS: Final = (
    (RecognitionKind.BANNER, "样本小区业主"),
    (RecognitionKind.LETTER, "样本股份有限公司"),
    (RecognitionKind.PRAISE, "样本人"),
)


async def tell_representing(work: Work, stage: Stage) -> None:
    """What there is occasion for. Whatever nobody there may do is left out."""
    await _representatives(work, stage)
    if CONTACTS in work.settings:
        await _contacts(work, stage)
    if SETTING in work.settings:
        await _help_online(work, stage)
        await _thanks(work, stage)


async def _representatives(work: Work, stage: Stage) -> None:
    """The next days of whoever may decide something of their own, at its point or at its area's hall."""
    given, point = DelegationRow, ServicePointRow
    at_point = point.id == given.to_point_id
    at_hall = (point.area_id == given.to_area_id) & (point.kind == PointKind.HALL)
    rows = await work.db.execute(
        select(given.staff_id, point.id.label("point_id"), AreaRow.path)
        .join(point, or_(at_point, at_hall))
        .join(AreaRow, AreaRow.id == point.area_id)
        .where(given.staff_id.is_not(None), given.withdrawn_on.is_(None), given.since <= work.today)
        .distinct()
        .order_by(point.id, given.staff_id)
    )
    somewhere: set[UUID] = set()  # nobody is at two points at once
    for row in rows.all():
        if row.staff_id in somewhere:
            continue
        somewhere.add(row.staff_id)
        manager = somebody(stage, Permission.HALL_MANAGE, row.path)
        for ahead in range(_DAYS) if manager else ():
            day = work.today + timedelta(days=ahead)
            begins, ends = (datetime.combine(day, at, work.district.zone) for at in (_FROM, _UNTIL))
            if ends <= work.now or not work.calendar.is_working(day):
                continue
            shift = Shift(
                guide_id=row.staff_id, begins_at=begins, ends_at=ends, kind=ShiftKind.REPRESENTATIVE
            )
            assert manager is not None  # asked just before
            await plan_shift(present(work, manager.principal), point_id=row.point_id, shift=shift)


async def _contacts(work: Work, stage: Stage) -> None:
    rows = await work.db.execute(
        select(TeamRow.id, AreaRow.path)
        .join(AreaRow, AreaRow.id == TeamRow.area_id)
        .order_by(TeamRow.key)
        .limit(_TEAMS)
    )
    for place, row in enumerate(rows.all()):
        keeper = somebody(stage, Permission.CONTACT_MANAGE, row.path)
        if keeper is not None:
            entry = Entry(role="帮办代办专员", phone=f"0000-{place + 1:07}")  # an area code that nobody has
            await publish_contact(present(work, keeper.principal), team_id=row.id, entry=entry)


async def _help_online(work: Work, stage: Stage) -> None:
    """Things looked up in a village for people who came to ask."""
    villages = [each for each in stage.posted if each.level is AreaLevel.VILLAGE]
    app = lists_of(work.settings).apps[0]
    for village in villages[:1]:
        agent = somebody(stage, Permission.PROXY_RECORD, village.path)
        for place, elderly in enumerate(_USES) if agent and stage.items else ():
            assert agent is not None  # asked just before
            at = work.now - timedelta(hours=place + 1)
            use = Use(
                step=ProxyStep.LOOK_UP,
                consent=Consent.SPOKEN,
                consented_at=at - timedelta(minutes=5),
                app=app,
                entered=FIELDS[:1],
                shown=SHOWN[:2],
            )
            await record_proxy_use(
                work.in_the_past(agent.principal, agent.grants, now=at),
                use,
                number=None,
                service_code=stage.items[place % len(stage.items)].code,
                area_id=village.id,
                elderly=elderly,
            )


async def _thanks(work: Work, stage: Stage) -> None:
    root = await work.db.execute(select(AreaRow.id, AreaRow.path).where(AreaRow.parent_id.is_(None)))
    county = root.one()
    clerk = somebody(stage, Permission.RECOGNITION_RECORD, county.path)
    team: UUID | None = await work.db.scalar(select(TeamRow.id).order_by(TeamRow.key).limit(1))
    for place, (kind, giver) in enumerate(_THANKS) if clerk and team else ():
        assert clerk is not None  # asked just before
        on = work.today - timedelta(days=30 * (place + 1))
        given: dict[str, Any] = {"kind": kind, "giver": giver, "on": on}
        await record_recognition(
            present(work, clerk.principal), Given(**given, area_id=county.id, team_id=team)
        )
