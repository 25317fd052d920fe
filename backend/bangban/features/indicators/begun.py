"""Cases applied for in the period 申请 (DOMAIN B03, C01–C04, C09, D10, F03, F04, G08, G11)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Numeric, Select, and_, any_, cast, func, literal, or_, select

from bangban.features.cases.promises_sql import stood
from bangban.features.cases.tables import (
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.values import CaseState, EventKind, HelpKind, HelpMode, MaterialState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Channel
from bangban.features.indicators.scope import Asked, count, measure, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.orders.values import FEE
from bangban.kernel.planner.measures import HOUR, MINUTE, quantile, seconds
from bangban.kernel.planner.periods import midnight

_UNDONE: Final = (CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED)
_REVIEWED: Final = (EventKind.PRE_CHECKED, EventKind.NOTICE_ISSUED)


def begun(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of cases by when they were applied for."""
    return [
        _cases(asked),
        _notices(asked),
        _materials(asked),
        _steps(asked),
        _relays(asked),
        _promises(asked),
        _themes(asked),
    ]


def _ours(asked: Asked, case: Any) -> ColumnElement[bool]:
    return and_(asked.within(case.c.submitted_at), asked.here(case.c.area_id))


def _how_many(test: Any, name: str) -> Any:
    return func.count().filter(test).label(name)


def _cases(asked: Asked) -> Select[Any]:
    case = CaseRow.__table__.alias("begun_case")
    event = CaseEventRow.__table__.alias("acceptance")
    by_delegation = (
        select(event.c.id)
        .where(
            event.c.case_id == case.c.id,
            event.c.kind == EventKind.ACCEPTED.value,
            event.c.delegation_id.is_not(None),
        )
        .correlate(case)
        .exists()
    )
    seen = (
        select(
            func.count().label("cases"),
            *(_how_many(case.c.channel == each.value, f"door_{each.value}") for each in Channel),
            *(_how_many(case.c.help == each.value, f"help_{each.value}") for each in HelpKind),
            *(
                _how_many(literal(each.value) == any_(case.c.modes), f"mode_{each.value}")
                for each in HelpMode
            ),
            *(_how_many(case.c.state == each.value, f"undone_{each.value}") for each in _UNDONE),
            func.sum(case.c.papers_out).label("papers_out"),
            _how_many(case.c.papers_out.is_not(None), "with_papers"),
            _how_many(case.c.papers_out == 0, "balanced"),
            _how_many(case.c.accepted_at.is_not(None), "accepted"),
            _how_many(and_(case.c.accepted_at.is_not(None), by_delegation), "elsewhere"),
        )
        .where(_ours(asked, case))
        .subquery()
    )
    c = seen.c
    return told(
        asked,
        seen,
        *(share(Key.CHANNEL_USE, c[f"door_{each.value}"], c.cases, label=each.value) for each in Channel),
        *(count(Key.HELPED_CASES, c[f"help_{each.value}"], label=each.value) for each in HelpKind),
        *(share(Key.MODE_USE, c[f"mode_{each.value}"], c.cases, label=each.value) for each in HelpMode),
        *(share(Key.DROP_OUTS, c[f"undone_{each.value}"], c.cases, label=each.value) for each in _UNDONE),
        count(Key.FEES, c.cases * literal(FEE, Numeric())),
        count(Key.PAPERS_OUT, c.papers_out),
        share(Key.PAPERS_BALANCED, c.balanced, c.with_papers),
        share(Key.ACCEPTED_ELSEWHERE, c.elsewhere, c.accepted),
    )


def _notices(asked: Asked) -> Select[Any]:
    case, notice = CaseRow.__table__.alias("noticed_case"), NoticeRow.__table__.alias("counted_notice")
    seen = (
        select(_how_many(notice.c.ordinal > 1, "again"), func.count().label("notices"))
        .select_from(notice.join(case, case.c.id == notice.c.case_id))
        .where(_ours(asked, case))
        .subquery()
    )
    return told(
        asked,
        seen,
        measure(Key.SECOND_NOTICES, seen.c.again, part=seen.c.again, whole=seen.c.notices),
    )


def _materials(asked: Asked) -> Select[Any]:
    case, paper = CaseRow.__table__.alias("paper_case"), CaseMaterialRow.__table__.alias("counted_paper")
    seen = (
        select(_how_many(paper.c.state == MaterialState.EXEMPT.value, "spared"), func.count().label("papers"))
        .select_from(paper.join(case, case.c.id == paper.c.case_id))
        .where(_ours(asked, case))
        .subquery()
    )
    return told(asked, seen, share(Key.UPLOADS_SPARED, seen.c.spared, seen.c.papers))


def _steps(asked: Asked) -> Select[Any]:
    case, rating = CaseRow.__table__.alias("stepped_case"), RatingRow.__table__.alias("its_rating")
    event = CaseEventRow.__table__.alias("review")
    reviewed = (
        select(func.min(event.c.at))
        .where(event.c.case_id == case.c.id, event.c.kind.in_([each.value for each in _REVIEWED]))
        .correlate(case)
        .scalar_subquery()
    )
    times = {
        "REVIEW": seconds(case.c.submitted_at, reviewed),
        "ACCEPTANCE": seconds(case.c.submitted_at, case.c.accepted_at),
        "HANDLING": seconds(case.c.accepted_at, case.c.completed_at),
        "RATING": seconds(case.c.completed_at, rating.c.rated_at),
    }
    seen = (
        select(
            *(quantile(0.5, time, HOUR).label(step) for step, time in times.items()),
            *(func.count(time).label(f"{step}_cases") for step, time in times.items()),
        )
        .select_from(case.outerjoin(rating, rating.c.case_id == case.c.id))
        .where(_ours(asked, case))
        .subquery()
    )
    return told(
        asked,
        seen,
        *(measure(Key.STEP_HOURS, seen.c[step], whole=seen.c[f"{step}_cases"], label=step) for step in times),
    )


def _relays(asked: Asked) -> Select[Any]:
    case, link = CaseRow.__table__.alias("relayed_case"), HandoverRow.__table__.alias("link")
    taken = link.c.taken_at.is_not(None)
    seen = (
        select(
            _how_many(taken, "links"),
            func.count(link.c.case_id.distinct()).filter(taken).label("cases"),
            quantile(0.5, seconds(link.c.offered_at, link.c.taken_at), MINUTE).label("gap"),
        )
        .select_from(link.join(case, case.c.id == link.c.case_id))
        .where(_ours(asked, case))
        .subquery()
    )
    return told(
        asked,
        seen,
        share(Key.CHAIN_LENGTH, seen.c.links, seen.c.cases),
        measure(Key.HANDOVER_GAP_MINUTES, seen.c.gap, whole=seen.c.links),
    )


def _promises(asked: Asked) -> Select[Any]:
    case, promise = CaseRow.__table__.alias("promising_case"), ToleranceRow.__table__.alias("promise")
    over = midnight(promise.c.promised_by + 1)
    unkept = and_(
        promise.c.fulfilled_at.is_(None), asked.now >= over, stood(promise.c.promised_by, case.c.ended_at)
    )
    late = or_(promise.c.fulfilled_at >= over, unkept)
    seen = (
        select(_how_many(late, "late"), func.count().label("promises"))
        .select_from(promise.join(case, case.c.id == promise.c.case_id))
        .where(_ours(asked, case))
        .subquery()
    )
    return told(asked, seen, share(Key.PROMISES_OVERDUE, seen.c.late, seen.c.promises))


def _themes(asked: Asked) -> Select[Any]:
    case, item = CaseRow.__table__.alias("themed_case"), ServiceItemRow.__table__.alias("themed_item")
    theme = item.c.details["theme"].astext
    seen = (
        select(theme.label("theme"), func.count().label("cases"))
        .select_from(case.join(item, item.c.id == case.c.service_item_id))
        .where(_ours(asked, case), theme.is_not(None))
        .group_by(theme)
        .subquery()
    )
    return told(asked, seen, count(Key.CATEGORY_CASES, cast(seen.c.cases, Numeric()), label=seen.c.theme))
