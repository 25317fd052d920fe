"""What is seen of an application in its cases, as SQL: ``joint.rules`` does the same in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Text, and_, case, func, literal, not_, or_, select

from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.union_sql import key_of, shared_papers
from bangban.features.cases.rules.facts import BEFORE_ACCEPTANCE, LIVE
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState, MaterialState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.rules import DONE
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import BundleState, ReleaseChoice
from bangban.kernel.planner.sources import Rows

# A paper that several cases need is as far as the one that has it least.
_WORST: Final = (
    MaterialState.REJECTED,
    MaterialState.MISSING,
    MaterialState.TOLERATED,
    MaterialState.SUPPLIED,
)


def _names(states: Any) -> list[str]:
    return sorted(each.value for each in states)


def is_open(cases: Any) -> ColumnElement[bool]:
    """Whether somebody still works on the case."""
    found: ColumnElement[bool] = cases.state.in_(_names(LIVE))
    return found


def is_done(cases: Any) -> ColumnElement[bool]:
    """Whether the case came to what was asked for."""
    refused = func.coalesce(cases.outcome, "") == CaseOutcome.REFUSED.value
    return and_(cases.state.in_(_names(DONE)), not_(refused))


def answer_due(cases: Any, days: Any) -> Any:
    """The working day, as its number, by which a department answers: ``days`` after it accepted the case, which it
    does once the papers are there; paused days do not count (DOMAIN D16, 3.4). None before that."""
    return cases.accepted_ordinal + cases.paused_days + days


def answer_left(cases: Any, days: Any, today: Any) -> Any:
    """Working days left until then, negative once the answer is late; a clock that stopped keeps what it had.

    None of what nobody answers: not accepted yet, or withdrawn by whoever asked. ``today`` is the number of the next
    working day, today if it is one.
    """
    stopped = func.coalesce(cases.completed_ordinal, cases.suspended_ordinal, today)
    return case((cases.state != CaseState.WITHDRAWN.value, answer_due(cases, days) - stopped))


def late(rows: Rows) -> Any:
    """Whether a department's confirmation came after its limit, or is still to come and will."""
    found, around = CaseRow.__table__.alias("its_late"), BundleApplicationRow.__table__.alias("its_around")
    bundle = BundleRow.__table__.alias("its_bundle")
    today = rows.request.bind("next_ordinal", BigInteger())
    left = answer_left(found.c, bundle.c.answer_working_days, today)
    told = (
        select(left < 0)
        .select_from(
            found.join(around, around.c.id == rows.c.application_id).join(
                bundle, bundle.c.id == around.c.bundle_id
            )
        )
        .where(found.c.id == rows.c.case_id)
        .scalar_subquery()
    )
    return func.coalesce(told, literal(False))


def _seen(rows: Rows, what: Callable[[Any, Any], ColumnElement[Any]], name: str) -> ColumnElement[Any]:
    """One value about all cases of an application's row: of the columns of the cases and of the members."""
    cases = CaseRow.__table__.alias(f"{name}_case")
    member = BundleMemberRow.__table__.alias(f"{name}_member")
    return (
        select(what(cases.c, member.c))
        .select_from(member.join(cases, cases.c.id == member.c.case_id))
        .where(member.c.application_id == rows.c.id)
        .scalar_subquery()
    )


def state(rows: Rows) -> ColumnElement[Any]:
    """How the application stands, as text."""

    def said(found: BundleState) -> ColumnElement[Any]:
        return literal(found.value, Text())

    return _seen(
        rows,
        lambda cases, _: case(
            (
                func.bool_or(cases.state == CaseState.AWAITING_MATERIALS.value),
                said(BundleState.AWAITING_MATERIALS),
            ),
            (func.bool_and(cases.state.in_(_names(BEFORE_ACCEPTANCE))), said(BundleState.SUBMITTED)),
            (func.bool_or(is_open(cases)), said(BundleState.IN_PROGRESS)),
            (func.bool_and(cases.state == CaseState.WITHDRAWN.value), said(BundleState.WITHDRAWN)),
            (func.bool_and(is_done(cases)), said(BundleState.COMPLETED)),
            (func.bool_or(is_done(cases)), said(BundleState.PARTLY_COMPLETED)),
            else_=said(BundleState.NOT_COMPLETED),
        ),
        "state",
    )


def promise(rows: Rows) -> ColumnElement[Any]:
    """The longest promise of its cases in working days (invariant 12)."""
    return _seen(rows, lambda cases, _: func.max(cases.promised_days), "promise")


_COUNTS: Final[dict[str, Callable[[Any], ColumnElement[Any]]]] = {
    "all": lambda cases: cases.id.is_not(None),
    "open": is_open,
    "done": is_done,
    "failed": lambda cases: not_(or_(is_open(cases), is_done(cases))),
}


def counted(rows: Rows, which: str) -> ColumnElement[Any]:
    """How many of its cases there are: ``all``, ``open``, ``done``, or over without being done, ``failed``."""
    return _seen(rows, lambda cases, _: func.count().filter(_COUNTS[which](cases)), f"{which}_count")


def ready(rows: Rows) -> ColumnElement[Any]:
    """Whether results wait to be given out: there are some, and the applicant need not wait for others.

    Of a refusal nothing waits: it is told at once (``joint.messages``).
    """
    in_parts = rows.c.release == ReleaseChoice.IN_PARTS.value
    found = _seen(
        rows,
        lambda cases, member: and_(
            func.bool_or(and_(is_done(cases), member.released_at.is_(None))),
            or_(in_parts, not_(func.bool_or(is_open(cases)))),
        ),
        "ready",
    )
    return func.coalesce(found, False)


def papers(application: Any, name: str) -> Any:
    """The papers of an application, each once: ``key``, ``name``, ``required``, ``state``, ``numbers``, ``place``.

    Papers of cases that ended without being done are left out: nobody waits for those. So are papers that nobody
    hands in.
    """
    cases = CaseRow.__table__.alias(f"{name}_case")
    member = BundleMemberRow.__table__.alias(f"{name}_member")
    item = ServiceItemRow.__table__.alias(f"{name}_item")
    paper = CaseMaterialRow.__table__.alias(f"{name}_paper")
    bundle = BundleRow.__table__.alias(f"{name}_bundle")
    agreed = select(bundle.c.materials).where(bundle.c.id == application.bundle_id)
    shared = shared_papers(agreed.correlate(application.id.table).scalar_subquery(), f"{name}_shared")
    key = key_of(shared, item.c.code, paper.c.code)
    rank = case({each.value: place for place, each in enumerate(_WORST)}, value=paper.c.state)
    return (
        select(
            key.label("key"),
            func.coalesce(func.min(shared.c.name), func.min(paper.c.name)).label("name"),
            func.bool_or(paper.c.required).label("required"),
            case(dict(enumerate(each.value for each in _WORST)), value=func.min(rank)).label("state"),
            func.array_agg(cases.c.number.distinct()).label("numbers"),
            func.count().label("wanted"),
            func.min(member.c.position * 1000 + paper.c.position).label("place"),
        )
        .select_from(
            member.join(cases, cases.c.id == member.c.case_id)
            .join(item, item.c.id == cases.c.service_item_id)
            .join(paper, paper.c.case_id == cases.c.id)
            .outerjoin(shared, and_(shared.c.item == item.c.code, shared.c.code == paper.c.code))
        )
        .where(
            member.c.application_id == application.id,
            cases.c.state.in_(_names(LIVE | DONE)),
            paper.c.state != MaterialState.EXEMPT.value,
        )
        .group_by(key)
        .correlate(application.id.table)
        .subquery(name)
    )


def papers_counted(rows: Rows, *, separately: bool) -> ColumnElement[Any]:
    """How many papers are given, or would be if each case were applied for by itself."""
    found = papers(rows.c, "separate" if separately else "once")
    how_many = func.coalesce(func.sum(found.c.wanted), 0) if separately else func.count()
    return select(how_many).select_from(found).scalar_subquery()
