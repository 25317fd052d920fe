"""Onboarding in the API: applications to join, their steps, and what is still to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import (
    Boolean,
    ColumnElement,
    LargeBinary,
    and_,
    case,
    exists,
    literal,
    select,
)

from bangban.features.districts.graphql import District
from bangban.features.districts.readiness import ReadinessCheck, kept_checks
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows
from bangban.kernel.tenancy.tables import DistrictRow

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
class OnboardingQuery:
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
