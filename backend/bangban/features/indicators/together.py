"""Several matters at once, questions that lead there, and outreach (DOMAIN D11, E01, E02, E04, G13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy import case as case_when

from bangban.features.cases.attached import trips
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import CaseType
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.guidance.walking_sql import endings
from bangban.features.indicators.scope import Asked, Line, count, measure, share, told, unknown
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.joint.guided_sql import ACCEPTED, WAITING, came_of, joined, led
from bangban.features.joint.member_sql import papers_counted
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.features.outreach.graphql import begun_for_it, suits
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.kernel.planner.measures import MINUTE, quantile, seconds


def together(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of bundles, of questions and of outreach."""
    return [_bundles(asked), _guided(asked), _held(asked), _matched(asked)]


def _bundles(asked: Asked) -> Select[Any]:
    application = BundleApplicationRow.__table__.alias("counted_application")
    row = asked.rows(application.c)
    case, member = CaseRow.__table__.alias("bundled_case"), BundleMemberRow.__table__.alias("bundled_member")
    item = ServiceItemRow.__table__.alias("bundled_item")
    matters = (
        select(
            func.sum(item.c.max_trips).label("apart"),
            func.sum(trips(asked.rows(case.c))).label("made"),
            func.bool_and(member.c.released_at.is_not(None)).label("given"),
            func.bool_and(item.c.case_type == CaseType.IMMEDIATE.value).label("at_once"),
            func.bool_and(case.c.completed_at.is_not(None)).label("done"),
            func.max(case.c.completed_at).label("done_at"),
        )
        .select_from(
            member.join(case, case.c.id == member.c.case_id).join(item, item.c.id == case.c.service_item_id)
        )
        .where(member.c.application_id == application.c.id)
        .correlate(application)
        .lateral("matters")
    )
    of_bundle = application.c.bundle_id.is_not(None)
    all_given = and_(application.c.release == ReleaseChoice.TOGETHER.value, matters.c.given)
    each = (
        select(
            application.c.submitted_at,
            of_bundle.label("of_bundle"),
            all_given.label("all_given"),
            (matters.c.at_once & matters.c.done & of_bundle).label("on_the_spot"),
            matters.c.done_at,
            matters.c.apart,
            matters.c.made,
            papers_counted(row, separately=True).label("papers_apart"),
            papers_counted(row, separately=False).label("papers"),
        )
        .select_from(application.join(matters, literal(True)))
        .where(asked.within(application.c.submitted_at), asked.here(application.c.area_id))
        .subquery()
    )
    c = each.c
    seen = (
        select(
            func.count().filter(c.all_given).label("together"),
            *(func.sum(c[name]).filter(c.of_bundle).label(name) for name in ("apart", "made")),
            *(func.sum(c[name]).filter(c.of_bundle).label(name) for name in ("papers_apart", "papers")),
            quantile(0.5, case_when((c.on_the_spot, seconds(c.submitted_at, c.done_at))), MINUTE).label(
                "minutes"
            ),
        )
        .select_from(each)
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.ISSUED_TOGETHER, seen.c.together),
        _spared(Key.TRIPS_SPARED, seen.c.made, seen.c.apart),
        _spared(Key.PAPERS_SPARED, seen.c.papers, seen.c.papers_apart),
        measure(Key.BUNDLE_MINUTES, seen.c.minutes),
    )


def _spared(key: Key, made: Any, apart: Any) -> Line:
    return measure(key, apart - made, part=made, whole=apart)


def _guided(asked: Asked) -> Select[Any]:
    ending, begun = endings(GuidanceRow.__table__.alias("any_guidance")), led()
    each = (
        select(came_of(ending, begun).label("came"))
        .select_from(begun.join(ending, joined(ending, begun)))
        .where(asked.within(begun.c.submitted_at), asked.here(begun.c.area_id))
        .subquery()
    )
    seen = (
        select(
            func.count().filter(each.c.came == ACCEPTED).label("accepted"),
            func.count().filter(each.c.came != WAITING).label("decided"),
        )
        .select_from(each)
        .subquery()
    )
    return told(asked, seen, share(Key.GUIDANCE_HITS, seen.c.accepted, seen.c.decided))


def _held(asked: Asked) -> Select[Any]:
    event = OutreachRow.__table__.alias("counted_outreach")
    each = (
        select(event.c.reached, begun_for_it(asked.rows(event.c)).label("applied"))
        .where(asked.on(event.c.starts_on), asked.here(event.c.area_id))
        .subquery()
    )
    seen = (
        select(func.sum(each.c.reached).label("reached"), func.sum(each.c.applied).label("applied"))
        .select_from(each)
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.OUTREACH_REACHED, seen.c.reached),
        count(Key.OUTREACH_APPLIED, seen.c.applied),
    )


def _matched(asked: Asked) -> Select[Any]:
    """Who needs what is not for auditors, so they are not told how many an outreach suits either."""
    if asked.audit:
        return unknown(asked, Key.OUTREACH_MATCHED)
    event, interest = OutreachRow.__table__.alias("suiting"), InterestRow.__table__.alias("counted_interest")
    seen = (
        select(func.count().label("people"))
        .select_from(event.join(interest, suits(interest.c, event.c)))
        .where(asked.on(event.c.starts_on), event.c.cancelled_at.is_(None), asked.here(event.c.area_id))
        .subquery()
    )
    return told(asked, seen, count(Key.OUTREACH_MATCHED, seen.c.people))
