"""Sample assessments of stations and centres, an outreach that was held, one to come, and who wants to know;
two bookings at a lounge and two at a bank.

What is over lies in the past and tells nobody. Scores, days and people are invented.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.service import BOOKING_OVER, book_point, open_book
from bangban.features.demo.actors import acting, sample_resident
from bangban.features.demo.stage import Member, Stage
from bangban.features.outreach.rules import Plan
from bangban.features.outreach.service import plan_outreach, report_outreach, set_interests
from bangban.features.outreach.values import OutreachKind
from bangban.features.places.assessing import assess_point
from bangban.features.places.assessments import find_scheme, schemes_of
from bangban.features.places.problems import NoSchemeForPoint
from bangban.features.places.settings import NETWORK
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import AssessmentScheme, PointKind
from bangban.features.profiles.values import CareNeed
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

_PEOPLE: Final = 95_000  # the first sample person of these; far from all other sample people
_MOST: Final = 9  # points that are assessed
_SCORES: Final = (92, 88, 75, 66, 81, 45)
_NEEDS: Final = ((CareNeed.ELDERLY,), (), (CareNeed.HARDSHIP, CareNeed.DISABLED))


async def tell_of_network(work: Work, stage: Stage, *, now: datetime) -> int:
    """Play it; how many points were assessed."""
    assessed = await _assess(work, stage, at=now - timedelta(days=40))
    await _reach_out(work, stage, now=now)
    await _book(work, now=now)
    return assessed


async def _assess(work: Work, stage: Stage, *, at: datetime) -> int:
    schemes = schemes_of(work.settings.get(NETWORK) or {})
    special = func.cardinality(ServicePointRow.specialties) > 0
    points = await work.db.execute(
        select(ServicePointRow, AreaRow.path)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(or_(special, ServicePointRow.kind == PointKind.HALL), ServicePointRow.until.is_(None))
        .order_by(ServicePointRow.key)
        .limit(_MOST)
    )
    scores, count = cycle(_SCORES), 0
    for point, path in points.all():
        scheme = AssessmentScheme.STARS if point.kind is PointKind.HALL else AssessmentScheme.MATURITY
        assessor = next(iter(stage.able(Permission.PLACE_ASSESS, path)), None)
        try:
            chosen = find_scheme(schemes, scheme, kind=point.kind, specialties=point.specialties)
        except NoSchemeForPoint:
            continue
        if assessor is None:
            continue
        about = next(scores)
        given = [(each.key, min(100, about + place)) for place, each in enumerate(chosen.indicators)]
        await assess_point(
            acting(work, assessor.principal, at), point_id=point.id, scheme=scheme, scores=given
        )
        count += 1
    return count


async def _reach_out(work: Work, stage: Stage, *, now: datetime) -> None:
    """A market day three weeks ago and a round of homes next week, of one helper's village or town."""
    helper = next((found for each in stage.members if (found := _post(each)) is not None), None)
    codes = tuple(item.code for item in stage.items[:2])
    if helper is None or not codes:
        return
    member, area_id = helper
    ago = now - timedelta(days=21)
    for place, needs in enumerate(_NEEDS):
        wisher = await sample_resident(work, _PEOPLE + place)
        await set_interests(acting(work, wisher, ago), area_id=area_id, themes=(), care_needs=needs)
    held = acting(work, member.principal, ago)
    market = Plan(
        area_id=area_id,
        kind=OutreachKind.MARKET,
        place="示例大集",
        starts_on=held.today,
        ends_on=held.today,
        codes=codes,
    )
    event = await plan_outreach(held, market)
    later = acting(work, member.principal, ago + timedelta(hours=4))
    await report_outreach(later, outreach_id=event, reached=63, questions=21)
    homes = Plan(
        area_id=area_id,
        kind=OutreachKind.HOUSEHOLD,
        place="示例村入户",
        starts_on=work.today + timedelta(days=7),
        ends_on=work.today + timedelta(days=9),
        codes=codes,
        care_needs=(CareNeed.ELDERLY, CareNeed.HARDSHIP),
    )
    await plan_outreach(acting(work, member.principal, now), homes)


def _post(member: Member) -> tuple[Member, UUID] | None:
    for held in member.principal.assignments:
        if held.level in (AreaLevel.VILLAGE, AreaLevel.TOWN) and member.may(
            Permission.OUTREACH_HOLD, held.area_path
        ):
            return member, held.area_id
    return None


async def _book(work: Work, *, now: datetime) -> None:
    """Two residents book the next free time at the first lounge, and in the first bank's parlour, where there is one.

    The timers run as for anybody.
    """
    for kind in (PointKind.LOUNGE, PointKind.BANK):
        points = select(ServicePointRow.id).where(ServicePointRow.kind == kind)
        point_id = await work.db.scalar(points.order_by(ServicePointRow.key).limit(1))
        if point_id is None:
            continue
        for place in range(2):
            booker = acting(work, await sample_resident(work, _PEOPLE + place), now)
            slot = next((await open_book(booker, point_id)).book.free(now), None)
            if slot is not None:
                booking = await book_point(booker, point_id=point_id, begins_at=slot.begins_at)
                work.announce(BOOKING_OVER, str(booking), due=slot.ends_at)
