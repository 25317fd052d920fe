"""What came of applications that questions led to 情形引导命中 (DOMAIN E04), as SQL.

Walking through questions leaves no trace, so nothing is known of people who were led and never applied. What is known
is what they applied for, which may be something else than they were led to, and whether it was accepted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.rules.facts import BEFORE_ACCEPTANCE
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow

WAITING, ACCEPTED, DECLINED, WITHDRAWN = "WAITING", "ACCEPTED", "DECLINED", "WITHDRAWN"
ELSEWHERE = "ELSEWHERE"  # for something else than the questions led to


def led() -> FromClause:
    """An application a row: the version and end that led to it, when and where it was made, for what, what came of it.

    One for several matters is accepted with the first of them.
    """
    return union_all(_one_by_one(), _together()).subquery("led")


def joined(ending: FromClause, begun: FromClause) -> ColumnElement[bool]:
    """Whether an application of ``led`` names an end of ``guidance.walking_sql.endings``."""
    return and_(begun.c.guidance_id == ending.c.guidance_id, begun.c.guidance_end == ending.c.key)


def came_of(ending: FromClause, begun: FromClause) -> ColumnElement[Any]:
    """What came of an application after this end; null where there is none."""
    meant = or_(begun.c.item == ending.c.item, begun.c.bundle == ending.c.bundle)
    return case((begun.c.came.is_(None), null()), (meant, begun.c.came), else_=ELSEWHERE)


def _one_by_one() -> Select[Any]:
    cases, item = CaseRow.__table__.alias("led_case"), ServiceItemRow.__table__.alias("led_item")
    waits = cases.c.state.in_([each.value for each in sorted(BEFORE_ACCEPTANCE)])
    came = case(
        (cases.c.accepted_at.is_not(None), ACCEPTED),
        (waits, WAITING),
        (cases.c.state == CaseState.DECLINED.value, DECLINED),
        else_=WITHDRAWN,
    )
    return (
        select(
            cases.c.guidance_id,
            cases.c.guidance_end,
            cases.c.submitted_at,
            cases.c.area_id,
            item.c.code.label("item"),
            cast(null(), Text()).label("bundle"),
            came.label("came"),
        )
        .select_from(cases.join(item, item.c.id == cases.c.service_item_id))
        .where(cases.c.guidance_id.is_not(None))
    )


def _together() -> Select[Any]:
    application, bundle = (
        BundleApplicationRow.__table__.alias("led_application"),
        BundleRow.__table__.alias("led_bundle"),
    )
    member, cases = BundleMemberRow.__table__.alias("led_member"), CaseRow.__table__.alias("led_member_case")
    waits = cases.c.state.in_([each.value for each in sorted(BEFORE_ACCEPTANCE)])
    came = case(
        (func.bool_or(cases.c.accepted_at.is_not(None)), ACCEPTED),
        (func.bool_or(waits), WAITING),
        (func.bool_or(cases.c.state == CaseState.DECLINED.value), DECLINED),
        else_=WITHDRAWN,
    )
    a = application.c
    kept = (a.id, a.guidance_id, a.guidance_end, a.submitted_at, a.area_id, bundle.c.code)
    return (
        select(
            a.guidance_id,
            a.guidance_end,
            a.submitted_at,
            a.area_id,
            cast(null(), Text()).label("item"),
            bundle.c.code.label("bundle"),
            came.label("came"),
        )
        .select_from(
            application.join(bundle, bundle.c.id == a.bundle_id)
            .join(member, member.c.application_id == a.id)
            .join(cases, cases.c.id == member.c.case_id)
        )
        .where(a.guidance_id.is_not(None))
        .group_by(*kept)
    )
