"""Cases in the API: what can be read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import Date, Text, and_, any_, case, cast, func, null, or_, select

from bangban.features.areas.graphql import Area
from bangban.features.cases import clock_sql
from bangban.features.cases.attached import (
    Authorisation,
    CaseEvent,
    Handover,
    HandoverRecord,
    InterimRating,
    ModeDetail,
    Rating,
    check_in_due_on,
    handover_chain,
    interim_ratings,
    mode_details,
    next_steps,
    once_done,
    standing_of,
    too_many_trips,
    trips,
)
from bangban.features.cases.commitments import Commitment, commitments
from bangban.features.cases.enums import (
    CaseOutcome,
    CaseState,
    ClockLight,
    HelpKind,
    HelpMode,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
    ResultStanding,
)
from bangban.features.cases.guard import CASE_GUARD
from bangban.features.cases.promises_sql import stood
from bangban.features.cases.tables import (
    CaseMaterialRow,
    CaseRow,
    NoticeRow,
    ToleranceRow,
)
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.values import Audience, Channel
from bangban.features.people.graphql import Staff
from bangban.features.places.graphql import ServicePoint
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import column, many, one, same_row
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows


@reads()
@strawberry.type(description="Who asks; numbers are masked 申请人(脱敏).")
class Applicant:
    kind: Audience = column("Person or legal entity 申请人类型.", lambda r: r.c.applicant_kind)
    name: str = column(
        "Name; masked for auditors 姓名或名称.",
        lambda r: r.c.applicant_name,
        auditor=lambda r: r.c.applicant_name_masked,
    )
    identity_number: str = column("Identity number, masked 证件号(脱敏).", lambda r: r.c.identity_masked)
    phone: str = column("Phone number, masked 手机号(脱敏).", lambda r: r.c.phone_masked)


@reads(CaseMaterialRow)
@strawberry.type(description="A material of a case 办件材料.")
class CaseMaterial:
    code: str = column("Code of the material 材料编码.")
    name: str = column("Name 材料名称.")
    state: MaterialState = column("State 材料状态.")
    required: bool = column("Whether it is required 是否必备.")
    tolerable: bool = column("Whether it may follow later by promise 是否可容缺.")
    reason: str | None = column("Why it is missing or was rejected 缺失或退回原因.")


def _of_case(rows: Rows) -> Predicate:
    return rows.c.case_id == rows.parent.id


def _case_materials(rows: Rows) -> Pick:
    return Pick(_of_case(rows), (rows.c.position, rows.c.code))


def _named(rows: Rows) -> Pick:
    named = rows.c.code == any_(rows.parent.missing)
    return Pick(and_(rows.c.case_id == rows.parent.case_id, named), (rows.c.position, rows.c.code))


@reads(NoticeRow)
@strawberry.type(description="Everything that is missing, told once 一次性告知.")
class OneTimeNotice:
    missing: list[CaseMaterial] = many("The materials it names 缺少的材料.", _named)
    issued_at: datetime = column("When it was issued 告知时间.")
    deadline: date | None = column("Last day to supply them 补正期限.")
    issued_by: Staff = one("Who told it 告知人.", lambda r: r.c.id == r.parent.issued_by)
    channel: NoticeChannel | None = column("How it was given; null for early ones 告知方式.")
    how: str | None = column("How to supply what is missing 补正方式.")
    where: ServicePoint | None = one("Where to supply it 补正地点.", lambda r: r.c.id == r.parent.where_id)
    acknowledged_at: datetime | None = column("When it was acknowledged 签收时间.")
    acknowledged_by: NoticeSigner | None = column("Who acknowledged it 签收方式.")
    acknowledged_to: Staff | None = one(
        "Who of the staff saw the signature, or signed for the applicant 签收经办人.",
        lambda r: r.c.id == r.parent.acknowledged_to,
    )


def _broken(rows: Rows) -> Predicate:
    of = CaseRow.__table__.alias("promising_case")
    over = rows.c.promised_by < rows.request.bind("today", Date())
    # The id alone: not every role may read all of a case.
    until_then = select(of.c.id).where(of.c.id == rows.c.case_id, stood(rows.c.promised_by, of.c.ended_at))
    return and_(rows.c.fulfilled_at.is_(None), over, until_then.exists())


@reads(ToleranceRow)
@strawberry.type(description="A promise to supply tolerable materials later 容缺承诺.")
class ToleranceCommitment:
    missing: list[CaseMaterial] = many("The promised materials 承诺补交的材料.", _named)
    promised_by: date = column("Last day of the promise 承诺期限.")
    fulfilled_at: datetime | None = column("When it was kept 兑现时间.")
    broken: bool = column(
        "Whether its day is over and the materials are not there, though the case had not ended before 是否失信.",
        _broken,
    )
    cleared_at: datetime | None = column("When a supervisor cleared it, though broken 恢复资格时间.")


@reads()
@strawberry.type(description="The promised limit of an accepted case 办理时限.")
class CaseClock:
    due_on: date = column("The day it is due 到期日.")
    counts_from: date | None = column(
        "The day of receipt from which it counts, where nobody answered within the law's five days 起算日."
    )
    provisional: bool = column(
        "Whether that day lies beyond the published calendar 是否为暂定日期.", lambda r: r.c.due_provisional
    )
    light: ClockLight = column("Traffic light 亮灯.", clock_sql.light)
    promised_working_days: int = column("Promised working days 承诺工作日数.", lambda r: r.c.promised_days)
    used_working_days: int = column("Working days used so far 已用工作日数.", clock_sql.used)
    paused: bool = column("Whether the clock stands still 是否停钟.", lambda r: r.c.state == "SUSPENDED")


def _notice(rows: Rows) -> Pick:
    return Pick(_of_case(rows), (rows.c.ordinal.desc(),))


def _timeline(rows: Rows) -> Pick:
    return Pick(_of_case(rows), (rows.c.id,))


def _pending(rows: Rows) -> Predicate:
    return and_(_of_case(rows), rows.c.taken_at.is_(None), rows.c.returned_at.is_(None))


def _held(rows: Rows) -> Predicate:
    """As ``rules.results.is_held``: a refusal waits for nobody, nor does a result that was withdrawn."""
    void = or_(
        rows.c.outcome == CaseOutcome.REFUSED.value, rows.c.result_standing == ResultStanding.WITHDRAWN.value
    )
    return and_(rows.c.result_held.is_(True), func.coalesce(void, False).is_(False))


def _result_number(rows: Rows) -> Any:
    """Withheld from the applicant while the result waits for those of other cases (DOMAIN D11)."""
    if rows.request.principal_kind != "RESIDENT":
        return rows.c.result_number
    return case((rows.c.result_held.is_not(True), rows.c.result_number))


@reads(CaseRow, guard=CASE_GUARD)
@strawberry.type(description="One matter of one applicant 办件.")
class Case:
    id: strawberry.ID = column("Identifier 标识.")
    number: str = column("The number that people read 办件编号.")
    state: CaseState = column("State 状态.")
    service: ServiceItem = one(
        "The matter, in the version the case began with 事项.", lambda r: r.c.id == r.parent.service_item_id
    )
    area: Area = one("The area it belongs to 所属区域.", lambda r: r.c.id == r.parent.area_id)
    applicant: Applicant = same_row("Who asks 申请人.")
    help: HelpKind = column("Helped or done for the applicant 帮办或代办.")
    modes: list[HelpMode] = column("Modes of help 帮办方式.")
    channel: Channel = column("The door it came through 办理渠道.")
    helper: Staff | None = one("Who answers for it now 现任帮办人.", lambda r: r.c.id == r.parent.holder_id)
    first_asked: Staff | None = one(
        "Who was asked first and never leaves it 首问责任人.", lambda r: r.c.id == r.parent.first_asked_id
    )
    materials: list[CaseMaterial] = many("Its materials 材料.", _case_materials)
    notice: OneTimeNotice | None = one("The latest notice of what is missing 一次性告知.", _notice)
    tolerance: ToleranceCommitment | None = one("A promise to supply later 容缺承诺.", _of_case)
    pending_handover: Handover | None = one("A hand-over not yet taken 待接交接.", _pending)
    authorisation: Authorisation | None = one("The power of attorney of an AGENCY case 委托书.", _of_case)
    handovers: list[HandoverRecord] = many("The chain of its hand-overs, in order 交接链.", handover_chain)
    mode_details: list[ModeDetail] = many("What was said for its modes, masked 帮办方式填写项.", mode_details)
    trips: int = column("How often the applicant came 到场次数.", trips)
    too_many_trips: bool = column("Whether that is more often than the matter says 是否超次.", too_many_trips)
    once_done: bool | None = column(
        "Done in one go: one trip, one notice, in time; null until completed 是否一次办好.", once_done
    )
    commitments: list[Commitment] = many(
        "Which of the five commitments it kept 五项承诺.", in_place, rows=commitments
    )
    next_steps: list[ServiceItem] = many("The matters that usually follow 后续事项.", next_steps)
    next_acknowledged_at: datetime | None = column("When the applicant took note of them 知悉时间.")
    check_in_due_on: date | None = column(
        "Until when the applicant of a tracked case hears of it next; null while nobody has to 下次回访日期.",
        check_in_due_on,
    )
    clock: CaseClock | None = same_row(
        "Its limit, once accepted 办理时限.", when=lambda r: r.c.due_ordinal.is_not(None)
    )
    rating: Rating | None = one("The applicant's rating 评价.", _of_case)
    interim_ratings: list[InterimRating] = many(
        "The applicant's ratings while it was open, in order 边办边评.", interim_ratings
    )
    timeline: list[CaseEvent] = many("What happened, in order 办件轨迹.", _timeline)
    note: str | None = column(
        "What the applicant said, applying or withdrawing; not for auditors 申请人说明.",
        auditor=lambda _: cast(null(), Text()),
    )
    submitted_at: datetime = column("When it was applied for 申请时间.")
    accepted_at: datetime | None = column(
        "When the office accepted it, also where its clock counts from an earlier day 受理时间."
    )
    completed_at: datetime | None = column("When it was completed 办结时间.")
    outcome: CaseOutcome | None = column("Result 办理结果.")
    result_standing: ResultStanding | None = column(
        "Whether the result stands on a condition; null until completed 结果效力.",
        lambda r: standing_of(r.c),
    )
    opinion: str | None = column("Opinion given with the result 办理意见.")
    result_number: str | None = column(
        "Number of the document issued; the applicant gets it with the result 结果文号.", _result_number
    )
    result_held: bool = column(
        "Whether its result waits to be given out with others 结果是否待一并发放.",
        _held,
    )
