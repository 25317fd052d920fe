"""Districts and onboarding in the API: the platform's side of the wall, and the district's own profile."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import (
    Boolean,
    ColumnElement,
    LargeBinary,
    Text,
    and_,
    case,
    exists,
    false,
    literal,
    select,
    true,
)

from bangban.features.areas.graphql import containing
from bangban.features.districts.booking_settings import BookingsSettings
from bangban.features.districts.network_settings import NetworkSettings
from bangban.features.districts.presenting import (
    BannedPhrase,
    NamedLevel,
    OfferedMode,
    OfferedOrderKind,
    RatingScheme,
    levels_named,
    listed,
    said,
    setting,
)
from bangban.features.districts.readiness import ReadinessCheck, kept_checks
from bangban.features.districts.seal_settings import SealSettings
from bangban.features.districts.statuses import DistrictStatus
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.features.profiles.models_seal import SEAL
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import Listing, Order, Pick, Rows, column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.tenancy.tables import DistrictRow, ProfileRow

describe(
    OnboardingState,
    "State of an application to join 入驻状态.",
    {
        OnboardingState.APPLIED: "Applied 已申请.",
        OnboardingState.VERIFIED: "Contact verified 已核实.",
        OnboardingState.PROVISIONING: "Being provisioned 开通中.",
        OnboardingState.CONFIGURING: "Being configured 配置中.",
        OnboardingState.READY: "Ready to go live 待上线.",
        OnboardingState.LIVE: "Live 已上线.",
        OnboardingState.REJECTED: "Rejected 已拒绝.",
        OnboardingState.FAILED: "Failed 失败.",
    },
)
describe(
    StepState,
    "State of a step 步骤状态.",
    {
        StepState.WAITING: "Waiting 等待.",
        StepState.RUNNING: "Running 进行中.",
        StepState.DONE: "Done 完成.",
        StepState.FAILED: "Failed 失败.",
        StepState.SKIPPED: "Skipped 跳过.",
    },
)


@reads(DistrictRow, platform=True)
@strawberry.type(description="A district that is served here 地区.")
class District:
    slug: strawberry.ID = column("Its name in addresses; never changes 地区标识.")
    name: str = column("Name 名称.")
    brand: str = column("Brand of its assistance service 服务品牌.")
    division_code: str | None = column("Division code, if it has one 区划代码.")
    levels: list[AreaLevel] = column("Levels of its area tree 层级.")
    status: DistrictStatus = column(
        "Life of the district 状态.",
        # The district's own profile has no status: the registry, which the request went through, knows it.
        lambda r: r.c.status if "status" in r.c else r.request.bind("district_status", Text()),
    )
    circle_minutes: int = column("Minutes of its service circle 服务圈分钟数.")
    timezone: str = column("Time zone of its legal days 时区.")
    name_en: str | None = column("Name in English 英文名称.", said("name_en"))
    brand_en: str | None = column("Brand in English 英文品牌.", said("brand_en"))
    contact_phone: str | None = column("Whom to call with questions 咨询电话.", said("contact_phone"))
    level_names: list[NamedLevel] | None = many(
        "Levels in use under their names here 层级名称.", in_place, rows=levels_named
    )
    modes: list[OfferedMode] | None = many(
        "Modes of help it offers 帮办方式.", in_place, rows=listed("modes")
    )
    order_kinds: list[OfferedOrderKind] | None = many(
        "Kinds of orders that its helpers take; none: all but ISSUE, with the usual limits 帮办单类型.",
        in_place,
        rows=listed("orders", "kinds"),
    )
    phrases: list[BannedPhrase] | None = many(
        "Phrases that staff do not write to applicants 禁用语.",
        in_place,
        rows=listed("assistance", "phrases"),
    )
    rating: RatingScheme | None = same_row(
        "How it lets itself be rated 评价方案.", when=lambda r: setting(r.c, "rating", "moments").is_not(None)
    )
    network: NetworkSettings | None = same_row(
        "How its network is reckoned and assessed 服务网络设置.",
        when=lambda r: true() if "settings" in r.c else false(),
    )
    bookings: BookingsSettings | None = same_row(
        "Which points take bookings, and how many 预约设置.",
        when=lambda r: true() if "settings" in r.c else false(),
    )
    seal: SealSettings | None = same_row(
        "The one seal of its results; null where there is none 审批专用章.",
        when=lambda r: setting(r.c, SEAL, "name").is_not(None),
    )
    project_lead: str | None = column(
        "Who leads the help for a project 项目帮办负责人.", said("project_lead", "zh")
    )
    project_lead_en: str | None = column(
        "The same in English 项目帮办负责人(英文).", said("project_lead", "en")
    )
    hard_case_channel: str | None = column(
        "Where hard cases go 疑难事项渠道.", said("hard_case_channel", "zh")
    )
    hard_case_channel_en: str | None = column(
        "The same in English 疑难事项渠道(英文).", said("hard_case_channel", "en")
    )


@reads(OnboardingStepRow, platform=True)
@strawberry.type(description="A step of an onboarding and how far it is 入驻步骤.")
class OnboardingStep:
    name: str = column("Name of the step 步骤名称.")
    state: StepState = column("State 状态.")
    done: int = column("How much is done 已完成数.")
    total: int = column("How much there is 总数.")
    started_at: datetime | None = column("When it began 开始时间.")
    finished_at: datetime | None = column("When it ended 结束时间.")
    problem: str | None = column("What went wrong 问题.")


def _steps(rows: Rows) -> Pick:
    return Pick(rows.c.onboarding_id == rows.parent.id, (rows.c.position,))


def _served(rows: Rows) -> ColumnElement[Any]:
    if rows.request.principal_kind != "OPERATOR":
        return literal(None, Boolean())  # of districts that are not live yet nobody else is told
    same = DistrictRow.__table__.alias("same")
    # One column by name: the reading role does not see all of them.
    found = select(same.c.slug).where(
        same.c.division_code == rows.c.division_code, same.c.slug != rows.c.slug
    )
    return exists(found)


@reads(OnboardingRow, platform=True)
@strawberry.type(description="A district's application to join 入驻申请.")
class Onboarding:
    id: strawberry.ID = column("Identifier 标识.")
    slug: str = column("The slug it asks for 地区标识.")
    name: str = column("Name of the district 名称.")
    division_code: str | None = column("Its division code, if it has one 区划代码.")
    division_code_served: bool | None = column(
        "Whether a district here has the same division code, for operators to look at 区划代码已入驻.",
        _served,
    )
    contact: str = column("Whom to talk to, masked 联系人(脱敏).", lambda r: r.c.contact_masked)
    state: OnboardingState = column("State 状态.")
    reason: str | None = column("Why it was rejected 驳回原因.")
    applied_at: datetime = column("When it came in 申请时间.")
    expires_at: datetime | None = column(
        "Until when its contact must be verified 核实期限.",
        lambda r: case((r.c.state == OnboardingState.APPLIED.value, r.c.held_until)),
    )
    steps: list[OnboardingStep] = many("Its steps, in order 步骤.", _steps)
    readiness: list[ReadinessCheck] = many(
        "What must be done before it goes live 上线检查.", in_place, rows=kept_checks
    )
    district: District | None = one(
        "The district, once it is provisioned 地区.", lambda r: r.c.slug == r.parent.slug
    )


def _directory(
    root: Rows,
    search: Annotated[str | None, strawberry.argument(description="Part of name or slug 查询词.")] = None,
) -> Listing:
    where: list[Predicate] = [root.c.status == DistrictStatus.LIVE.value]
    if search is not None:
        where.append(containing(search, root.c.name, root.c.slug))
    return Listing(Order("directory", (root.c.slug,)), tuple(where))


def _one_onboarding(
    root: Rows,
    id: Annotated[strawberry.ID, strawberry.argument(description="Its identifier 标识.")],  # noqa: A002 - the contract's name
) -> Predicate:
    if root.request.principal_kind == "OPERATOR":
        return root.c.id == id
    return and_(root.c.id == id, root.c.ticket_hash == root.request.bind("ticket", LargeBinary()))


def _applications(
    root: Rows,
    state: Annotated[
        OnboardingState | None, strawberry.argument(description="In this state only 状态.")
    ] = None,
) -> Listing:
    where: tuple[Predicate, ...] = () if state is None else (root.c.state == state,)
    return Listing(Order("onboardings", (root.c.id,), descending=True), where)


@strawberry.type
class DistrictQuery:
    districts: Connection[District] = paged(
        "Live districts, for everyone 地区名录.",
        _directory,
        requires=Permission.DIRECTORY_READ,
        platform=True,
    )
    onboarding: Onboarding | None = one(
        "An application, for its applicant or an operator 入驻申请.",
        _one_onboarding,
        requires=Permission.ONBOARDING_READ,
        platform=True,
    )
    onboardings: Connection[Onboarding] = paged(
        "Applications to join, the newest first, for operators 入驻申请列表.",
        _applications,
        requires=Permission.ONBOARDING_APPROVE,
        platform=True,
    )
    district: District = one(
        "The request's district 当前地区.",
        lambda r: true(),  # noqa: ARG005 - the profile has one row
        requires=Permission.DISTRICT_READ,
        platform=False,
        table=ProfileRow,
    )
