"""How often a bundle was asked for and granted: requests and confirmations are two counts (DOMAIN D16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy import BigInteger, ColumnElement, cast, distinct, func, null, or_, select

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.joint.member_sql import is_done, is_open
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, one
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows


def _counted(what: Callable[[Any, Any], ColumnElement[Any]]) -> Callable[[Rows], ColumnElement[Any]]:
    """A count over all cases of all versions of the bundle; of the cases and of the applications."""

    def counted(rows: Rows) -> ColumnElement[Any]:
        bundle = BundleRow.__table__.alias("any_version")
        application = BundleApplicationRow.__table__.alias("any_application")
        member, cases = BundleMemberRow.__table__.alias("any_member"), CaseRow.__table__.alias("any_case")
        return (
            select(what(cases.c, application.c))
            .select_from(
                bundle.join(application, application.c.bundle_id == bundle.c.id)
                .join(member, member.c.application_id == application.c.id)
                .join(cases, cases.c.id == member.c.case_id)
            )
            .where(bundle.c.code == rows.c.code)
            .scalar_subquery()
        )

    return counted


def _refused(cases: Any) -> ColumnElement[bool]:
    return or_(
        cases.state == CaseState.DECLINED.value,
        func.coalesce(cases.outcome, "") == CaseOutcome.REFUSED.value,
    )


@reads(BundleRow)
@strawberry.type(description="How often a bundle was asked for, and what came of it 一件事统计.")
class BundleCounts:
    requests: int = column(
        "How many applications there were 申请数.", _counted(lambda _, a: func.count(distinct(a.id)))
    )
    applicants: int | None = column(
        "How many people or firms applied; auditors, who see no identities, cannot tell 申请人数.",
        _counted(lambda cases, _: func.count(distinct(cases.identity_hash))),
        auditor=lambda _: cast(null(), BigInteger()),
    )
    granted: int = column(
        "How many matters were granted or done: of confirmations, how many there are 办成(出具)数.",
        _counted(lambda cases, _: func.count().filter(is_done(cases))),
    )
    refused: int = column(
        "How many matters were refused 未予办理数.",
        _counted(lambda cases, _: func.count().filter(_refused(cases))),
    )
    open: int = column(
        "How many matters are still worked on 在办数.",
        _counted(lambda cases, _: func.count().filter(is_open(cases))),
    )


def _latest(
    root: Rows, code: Annotated[str, strawberry.argument(description="The bundle's code 一件事编码.")]
) -> Pick:
    return Pick(root.c.code == code, (root.c.version.desc(),))


@strawberry.type
class BundleCountQuery:
    bundle_counts: BundleCounts | None = one(
        "How often a bundle was asked for in the whole district, in all its versions 一件事统计.",
        _latest,
        requires=Permission.BUNDLE_READ,
    )
