"""What is attached to a case, in the API: its rating and timeline, its authorisation, the chain of its hand-overs, what
was said for its modes, how often the applicant came, and what usually follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import strawberry
from sqlalchemy import ColumnElement, Text, and_, case, cast, false, func, literal, null, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.cases.enums import AuthorisationScope, CaseState, Grade, HelpMode, ResultStanding
from bangban.features.cases.rules.assistance import SETTING
from bangban.features.cases.rules.tracking import CHASED
from bangban.features.cases.seal import SealUse
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    HandoverRow,
    InterimRatingRow,
    NoticeRow,
    RatingRow,
)
from bangban.features.catalog.delegation_graphql import Delegation
from bangban.features.catalog.graphql import in_force
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.graphql import Staff, among_staff
from bangban.kernel.planner.elements import in_column, in_place, number, value
from bangban.kernel.planner.fields import column, many, one, same_row
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows
from bangban.kernel.tenancy.tables import ProfileRow


def _comment() -> Any:
    """Free words, in which residents may name themselves and others."""
    return column(
        "What was said; not for auditors 评价内容.",
        lambda r: r.c.comment,
        auditor=lambda _: cast(null(), Text()),
    )


@reads(RatingRow)
@strawberry.type(description="The applicant's rating 好差评.")
class Rating:
    grade: Grade = column("Grade 等级.")
    comment: str | None = _comment()
    rated_at: datetime = column("When 评价时间.")


@reads(InterimRatingRow)
@strawberry.type(description="A rating while the case was open 边办边评.")
class InterimRating:
    grade: Grade = column("Grade 等级.")
    comment: str | None = _comment()
    rated_at: datetime = column("When 评价时间.")


def interim_ratings(rows: Rows) -> Pick:
    """Those of the case, day by day."""
    return Pick(rows.c.case_id == rows.parent.id, (rows.c.rated_on,))


def _delegation(rows: Rows) -> Predicate:
    return rows.c.id == rows.parent.delegation_id if among_staff(rows) else false()


@reads(CaseEventRow)
@strawberry.type(description="Something that happened to a case 办件轨迹.")
class CaseEvent:
    at: datetime = column("When 时间.")
    kind: str = column("What happened 事件.")
    from_state: CaseState | None = column("State before 之前状态.")
    to_state: CaseState = column("State after 之后状态.")
    actor: str | None = column("Who did it; applicants are not named 经办人.")
    note: str | None = column("Reason or opinion 意见.")
    delegation: Delegation | None = one(
        "The delegation by which it was allowed, where the item's levels did not; for staff and auditors 所依承接.",
        _delegation,
    )
    due_on: date | None = column("Of a check-in, the day until which it was due 应回访日期.")
    seal: SealUse | None = same_row(
        "Of a result, the use of the district's one seal 用印记录.",
        when=lambda r: r.c.seal_number.is_not(None),
    )


@reads()
@strawberry.type(description="Papers that go with a case when it is taken 随交材料.")
class HandoverPapers:
    code: str = column("Code of the material 材料编码.", value("code"))
    originals: int = column("How many originals 原件份数.", number("originals"))
    copies: int = column("How many copies 复印件份数.", number("copies"))


_PAPERS: Final = "The applicant's papers that go with it; `custody` says where each is 随交材料."


@reads(HandoverRow)
@strawberry.type(description="A hand-over that waits to be taken 待接交接.")
class Handover:
    to: Staff = one("Who shall take it 接手人.", lambda r: r.c.id == r.parent.to_id)
    reason: str = column("Why it is handed over 交接原因.")
    offered_at: datetime = column("When it was offered 发起时间.")
    papers: list[HandoverPapers] = many(_PAPERS, in_place, rows=in_column("papers"))


@reads(AuthorisationRow)
@strawberry.type(description="The power of attorney of an AGENCY case 委托书.")
class Authorisation:
    scope: list[AuthorisationScope] = column("What the agent may do 委托权限.")
    valid_until: date = column("Last day it is valid 委托截止日期.")
    given_at: datetime = column("When it was given 委托时间.")
    revoked_at: datetime | None = column("When the applicant withdrew it 撤销时间.")


@reads(HandoverRow)
@strawberry.type(description="One link of the chain of hand-overs 交接记录.")
class HandoverRecord:
    sender: Staff = one(
        "Who handed over, and answered for it meanwhile 交出人.", lambda r: r.c.id == r.parent.from_id
    )
    receiver: Staff = one("Who was asked to take it 接手人.", lambda r: r.c.id == r.parent.to_id)
    reason: str = column("Why 交接原因.")
    offered_at: datetime = column("When it was offered 发起时间.")
    taken_at: datetime | None = column("When it was taken 接收时间.")
    returned_at: datetime | None = column("When it went back, by the receiver or by time 退回时间.")
    return_reason: str | None = column("Why it went back 退回原因.")
    papers: list[HandoverPapers] = many(_PAPERS, in_place, rows=in_column("papers"))


def handover_chain(rows: Rows) -> Pick:
    """Every hand-over of the case, in order."""
    return Pick(rows.c.case_id == rows.parent.id, (rows.c.offered_at, rows.c.id))


@reads()
@strawberry.type(description="What was said for a mode of help, masked 帮办方式填写项(脱敏).")
class ModeDetail:
    mode: HelpMode = column("The mode that asks for it 帮办方式.", lambda r: r.c.value["mode"].astext)
    key: str = column("Which field 字段.", lambda r: r.c.value["key"].astext)
    value: str = column("What was said, masked 内容(脱敏).", lambda r: r.c.value["value"].astext)


def mode_details(rows: Rows) -> Pick:
    """What was said for the case's modes."""
    listed = func.jsonb_array_elements(rows.parent.mode_fields).table_valued(sql_column("value", JSONB))
    drawn = listed.render_derived(name="mode_detail")
    value = drawn.c.value
    return Pick(
        value.is_not(None), (value["mode"].astext.collate("C"), value["key"].astext.collate("C")), drawn=drawn
    )


def trips(rows: Rows) -> ColumnElement[int]:
    """How often the applicant came; 0 where nobody counted."""
    return func.coalesce(rows.c.trips, 0)


def _item(rows: Rows, name: str) -> Any:
    item = ServiceItemRow.__table__.alias("item_of_case")
    return select(item.c[name]).where(item.c.id == rows.c.service_item_id).scalar_subquery()


def too_many_trips(rows: Rows) -> ColumnElement[bool]:
    """Whether that is more often than the item says (DOMAIN A09)."""
    counted: ColumnElement[bool] = trips(rows) > _item(rows, "max_trips")
    return counted


def check_in_due_on(rows: Rows) -> ColumnElement[Any]:
    """Of a tracked case: nobody is chased while it stands still, or once it is over (DOMAIN C03)."""
    return case((rows.c.state.in_(sorted(CHASED)), rows.c.check_in_due_on))


def done_late(rows: Rows) -> ColumnElement[bool]:
    """Whether a completed case was done after its due day."""
    return and_(rows.c.due_ordinal.is_not(None), rows.c.completed_ordinal > rows.c.due_ordinal)


def standing_of(columns: Any) -> Any:
    """How a result stands, null until the case is completed."""
    stands = func.coalesce(columns.result_standing, ResultStanding.UNCONDITIONAL.value)
    return case((columns.completed_at.is_not(None), stands))


def once_done(rows: Rows) -> ColumnElement[bool]:
    """一次办好 (DOMAIN A10): came at most once, told at most once, and in time. Null until it is completed.

    Null as well while its result stands on a condition, and never where that was withdrawn (DOMAIN D10).
    """
    again = NoticeRow.__table__.alias("notice_again")
    notices = select(again.c.id).where(again.c.case_id == rows.c.id, again.c.ordinal > 1)
    told_again = notices.correlate_except(
        again
    ).exists()  # of this case, however deep inside another statement
    standing = rows.c.result_standing
    withdrawn = standing.is_not_distinct_from(ResultStanding.WITHDRAWN.value)
    done = and_(trips(rows) <= 1, ~told_again, ~done_late(rows), ~withdrawn)
    unsettled = or_(rows.c.completed_at.is_(None), standing == ResultStanding.CONDITIONAL.value)
    return case((unsettled, null()), else_=done)


def usually_follows(code: Any, item_before: Any) -> ColumnElement[bool]:
    """Whether the item ``code`` is one that the district says usually follows the item with this id."""
    profile, item = ProfileRow.__table__.alias("its_profile"), ServiceItemRow.__table__.alias("item_before")
    follows = profile.c.settings[SETTING]["next_steps"][item.c.code].op("?", is_comparison=True)(code)
    said = select(literal(1)).where(item.c.id == item_before, follows)
    return said.correlate(item_before.table, code.table).exists()


def next_steps(rows: Rows) -> Pick:
    """The items in force that the district says usually follow this case's."""
    follows = usually_follows(rows.c.code, rows.parent.service_item_id)
    return Pick(and_(in_force(rows), follows), (rows.c.code, rows.c.id))
