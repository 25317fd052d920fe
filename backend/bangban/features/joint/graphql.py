"""Applications for several matters at once in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import FromClause, Uuid, and_, or_, select

from bangban.features.areas.graphql import Area, areas_under, within_paths
from bangban.features.bundles.graphql import Bundle
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.enums import CaseOutcome, CaseState, MaterialState
from bangban.features.cases.graphql import Applicant, Case, CaseClock
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint import member_sql
from bangban.features.joint.enums import BundleState, ReleaseChoice
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import in_column, in_place, tables_of, value
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _of_member(rows: Rows, name: str) -> Any:
    found = CaseRow.__table__.alias(f"its_{name}")
    return select(found.c[name]).where(found.c.id == rows.c.case_id).scalar_subquery()


def _service(rows: Rows) -> Any:
    found, item = CaseRow.__table__.alias("its_case"), ServiceItemRow.__table__.alias("its_item")
    joined = found.join(item, item.c.id == found.c.service_item_id)
    return select(item.c.name).select_from(joined).where(found.c.id == rows.c.case_id).scalar_subquery()


def _ended_without(rows: Rows, name: str) -> Any:
    """What is told of a case that ended without being done: null of all others."""
    found = CaseRow.__table__.alias(f"why_{name}")
    failed = ~or_(member_sql.is_open(found.c), member_sql.is_done(found.c))
    return select(found.c[name]).where(found.c.id == rows.c.case_id, failed).scalar_subquery()


def _its_case(rows: Rows) -> Predicate:
    return rows.c.id == rows.parent.case_id


@reads(BundleMemberRow)
@strawberry.type(description="One matter of an application, with its case 一件事中的办件.")
class BundleMember:
    number: str = column("The case's number 办件编号.", lambda r: _of_member(r, "number"))
    service_name: str = column("Name of the matter 事项名称.", _service)
    state: CaseState = column("State of the case 状态.", lambda r: _of_member(r, "state"))
    outcome: CaseOutcome | None = column("Its result 办理结果.", lambda r: _of_member(r, "outcome"))
    reason: str | None = column(
        "Why it was not done, where it ended so 未办成原因.", lambda r: _ended_without(r, "opinion")
    )
    basis: str | None = column(
        "What that rests on 未办成依据.", lambda r: _ended_without(r, "decision_basis")
    )
    released_at: datetime | None = column("When its result was given out 结果发放时间.")
    late: bool = column(
        "Whether the answer came, or will come, after its limit 是否超过答复时限.", member_sql.late
    )
    case: Case | None = one("The case, for whoever may see it 办件.", _its_case)


@strawberry.type(description="A paper of an application, given once 已交或待交材料.")
class BundlePaper:
    key: str = column("Key under which it is given 键.")
    name: str = column("Name 材料名称.")
    required: bool = column("Whether one of the matters cannot do without it 是否必备.")
    state: MaterialState = column("State, where it is least far 材料状态.")
    case_numbers: list[str] = column("Cases that need it 用于办件.", lambda r: r.c.numbers)


@strawberry.type(description="A line of the shared form, filled in 表单内容.")
class FilledField:
    key: str = column("Key 键.", value("key"))
    value: str = column("What was filled in 内容.", value("value"))


@reads()
@strawberry.type(description="How many of its matters are how far 办理进度.")
class BundleProgress:
    total: int = column("How many there are 事项数.", lambda r: member_sql.counted(r, "all"))
    open: int = column("Still worked on 在办数.", lambda r: member_sql.counted(r, "open"))
    done: int = column("Done 办成数.", lambda r: member_sql.counted(r, "done"))
    not_done: int = column("Over without being done 未办成数.", lambda r: member_sql.counted(r, "failed"))


def _own(columns: Any, request: Any) -> Predicate:
    """The applicant's own; for staff what they filed, and where they hold a case or were first asked."""
    me = request.bind("me", Uuid())
    if request.principal_kind == "RESIDENT":
        return columns.resident_id == me
    cases, member = CaseRow.__table__.alias("own_case"), BundleMemberRow.__table__.alias("own_member")
    # A column by name: nobody who reads may see all of a case's.
    held = select(member.c.case_id).where(
        member.c.application_id == columns.id,
        cases.c.id == member.c.case_id,
        or_(cases.c.holder_id == me, cases.c.first_asked_id == me),
    )
    return or_(columns.filed_by == me, held.exists())


GUARD = Guard(
    Permission.BUNDLE_READ,
    within=lambda c, paths: within_paths(c.area_id, paths),
    own=_own,
    personal=True,
)


def _members(rows: Rows) -> Pick:
    return Pick(rows.c.application_id == rows.parent.id, (rows.c.position, rows.c.case_id))


def _first_case(rows: Rows) -> Pick:
    member = BundleMemberRow.__table__.alias("first_member")
    members = select(member.c.case_id).where(member.c.application_id == rows.parent.id)
    return Pick(rows.c.id.in_(members.correlate(*tables_of(rows.parent.id))), (rows.c.number,))


def _last_due(rows: Rows) -> Pick:
    """The accepted case that is due last; one that is still open comes before one that is over."""
    picked = _first_case(rows)
    due = and_(picked.where, rows.c.due_ordinal.is_not(None))
    return Pick(due, (member_sql.is_open(rows.c).desc(), rows.c.due_ordinal.desc(), rows.c.number))


def _form(rows: Rows, alias: str) -> FromClause | None:
    # Auditors' role has no right to what people filled in.
    return None if rows.request.principal_kind == "AUDITOR" else in_column("form")(rows, alias)


def _papers(rows: Rows, alias: str) -> FromClause:
    found: FromClause = member_sql.papers(rows.parent, alias)
    return found


@reads(BundleApplicationRow, guard=GUARD)
@strawberry.type(description="One application for several matters 一件事申请.")
class BundleApplication:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that people read 申请编号.")
    bundle: Bundle | None = one(
        "The bundle, in the version it was applied for with; null where cases were put together later 一件事.",
        lambda r: r.c.id == r.parent.bundle_id,
    )
    state: BundleState = column("State, seen from all its cases 状态.", member_sql.state)
    progress: BundleProgress = same_row("How far its matters are 进度.")
    area: Area = one("The area it belongs to 所属区域.", lambda r: r.c.id == r.parent.area_id)
    applicant: Applicant = one("Who asks 申请人(脱敏).", _first_case, table=CaseRow)
    members: list[BundleMember] = many("Its matters 事项与办件.", _members)
    materials: list[BundlePaper] = many(
        "Its papers, each once, of matters that did not end undone 材料.",
        lambda r: Pick(r.c.key.is_not(None), (r.c.place,)),
        rows=_papers,
    )
    materials_once: int = column(
        "How many papers are given, of matters that did not end undone 合并后材料数.",
        lambda r: member_sql.papers_counted(r, separately=False),
    )
    materials_separately: int = column(
        "How many were given if each matter were applied for by itself 合并前材料数.",
        lambda r: member_sql.papers_counted(r, separately=True),
    )
    form: list[FilledField] | None = many(
        "The shared form, masked; not for auditors 共用表单.", in_place, rows=_form
    )
    promised_working_days: int = column(
        "Promised limit in working days: the longest of its matters 承诺时限(工作日).", member_sql.promise
    )
    clock: CaseClock | None = one(
        "The limit of the matter that is due last, once one is accepted 办理时限.", _last_due, table=CaseRow
    )
    answers_due_on: date | None = column(
        "Of confirmations: day by which departments answer that accept them on the day of the application 答复期限."
    )
    release: ReleaseChoice = column("How the applicant wants the results 结果领取方式.")
    results_ready: bool = column("Whether results wait to be given out 是否有结果待领.", member_sql.ready)
    submitted_at: datetime = column("When it was applied for 申请时间.")


@strawberry.input(description="Which applications to list 一件事申请筛选条件.")
class BundleApplicationFilter:
    bundle_code: str | None = strawberry.field(default=None, description="For this bundle 一件事编码.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    state: BundleState | None = strawberry.field(default=None, description="In this state 状态.")
    results_ready: bool | None = strawberry.field(
        default=None, description="With results that wait to be given out, or without 是否有结果待领."
    )


def _applications(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the word of the other lists
        BundleApplicationFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.bundle_code is not None:
            bundle = BundleRow.__table__.alias("wanted_bundle")
            versions = select(bundle.c.id).where(bundle.c.code == filter.bundle_code)
            where.append(root.c.bundle_id.in_(versions))
        if filter.area_id is not None:
            where.append(root.c.area_id.in_(areas_under(filter.area_id)))
        if filter.state is not None:
            where.append(member_sql.state(root) == filter.state.value)
        if filter.results_ready is not None:
            where.append(member_sql.ready(root) == filter.results_ready)
    return Listing(Order("newest", (root.c.submitted_at, root.c.id), descending=True), tuple(where))


def _one_application(
    root: Rows, number: Annotated[str, strawberry.argument(description="The application's number 申请编号.")]
) -> Predicate:
    return root.c.number == number


@strawberry.type
class BundleApplicationQuery:
    bundle_application: BundleApplication | None = one(
        "One application for several matters, by its number 一件事申请.",
        _one_application,
        requires=Permission.BUNDLE_READ,
    )
    bundle_applications: Connection[BundleApplication] = paged(
        "Applications for several matters that the caller may see, newest first 一件事申请列表.",
        _applications,
        requires=Permission.BUNDLE_READ,
    )
