"""What operators do to a district, in the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types.unset import UNSET

from bangban.features.directory import service
from bangban.features.directory.graphql import PlatformDistrict
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.platform_writing import platform_answer_of
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.tenancy.tables import DistrictRow

_INPUT = strawberry.argument(description="What to do 输入.")
_QUOTAS = ("storage_mb", "staff_accounts", "cost_per_minute", "statement_timeout_ms")


@strawberry.input(description="A district to suspend 暂停地区.")
class SuspendDistrictInput:
    slug: strawberry.ID = strawberry.field(description="The district 地区标识.")
    reason: str = strawberry.field(description="Why; everybody who comes meanwhile reads it 原因.")


@strawberry.input(description="A district to open again 恢复地区.")
class ResumeDistrictInput:
    slug: strawberry.ID = strawberry.field(description="The district 地区标识.")


@strawberry.input(description="Quotas to set; null takes one away, what is left out stays 设置配额.")
class SetDistrictQuotasInput:
    slug: strawberry.ID = strawberry.field(description="The district 地区标识.")
    storage_mb: int | None = strawberry.field(default=UNSET, description="Mebibytes of storage 存储(MB).")
    staff_accounts: int | None = strawberry.field(
        default=UNSET, description="Accounts of its staff 工作人员账号数."
    )
    cost_per_minute: int | None = strawberry.field(
        default=UNSET, description="What its operations may cost in a minute, in each process 每分钟请求量."
    )
    statement_timeout_ms: int | None = strawberry.field(
        default=UNSET, description="Milliseconds that one statement may take 单条语句时限(毫秒)."
    )


async def _answered(info: Info, do: Callable[[AsyncSession], Awaitable[DistrictRow]]) -> Any:
    return await platform_answer_of(
        info,
        do,
        where=lambda rows: rows.c.slug == rows.request.bind("slug", Text()),
        tag="platformDistrict",
        values=lambda row: {"slug": row.slug},
    )


def _by(context: Context) -> dict[str, Any]:
    return {
        "actor": f"operator:{context.principal.id}",
        "now": context.now,
        "request_id": context.request_id,
    }


@strawberry.type
class DirectoryMutation:
    @mutation(
        "Close a district to everybody but its auditors 暂停地区.",
        Permission.DISTRICT_MANAGE,
        needs_district=False,
    )
    async def suspend_district(
        self,
        info: Info,
        input: Annotated[SuspendDistrictInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PlatformDistrict:
        tenancy, by = info.context.services.tenancy, _by(info.context)

        async def do(db: AsyncSession) -> DistrictRow:
            return await service.suspend_district(db, tenancy, input.slug, reason=input.reason, **by)

        return cast("PlatformDistrict", await _answered(info, do))

    @mutation("Open a suspended district again 恢复地区.", Permission.DISTRICT_MANAGE, needs_district=False)
    async def resume_district(
        self,
        info: Info,
        input: Annotated[ResumeDistrictInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PlatformDistrict:
        tenancy, by = info.context.services.tenancy, _by(info.context)

        async def do(db: AsyncSession) -> DistrictRow:
            return await service.resume_district(db, tenancy, input.slug, **by)

        return cast("PlatformDistrict", await _answered(info, do))

    @mutation("Set what a district may use 设置地区配额.", Permission.DISTRICT_MANAGE, needs_district=False)
    async def set_district_quotas(
        self,
        info: Info,
        input: Annotated[SetDistrictQuotasInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PlatformDistrict:
        tenancy, by = info.context.services.tenancy, _by(info.context)
        changes = {name: value for name in _QUOTAS if (value := getattr(input, name)) is not UNSET}

        async def do(db: AsyncSession) -> DistrictRow:
            return await service.set_quotas(db, tenancy, input.slug, changes, **by)

        return cast("PlatformDistrict", await _answered(info, do))
