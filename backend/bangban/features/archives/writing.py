"""Archiving, leaving, staying and dropping, in the API. Each is one transaction on the platform's side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, Protocol, cast

import strawberry
from graphql import get_named_type
from sqlalchemy import Text
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.archives.graphql import Departure
from bangban.features.archives.problems import ReasonMissing
from bangban.features.archives.service.leaving import (
    ask_for_archive,
    ask_for_drop,
    begin_leaving,
    cancel_leaving,
    locked_key,
)
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.finished import Finished
from bangban.kernel.graphql.platform_writing import platform_once
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.identifiers import refuse_unfit
from bangban.kernel.planner.selection import declared_reads
from bangban.kernel.problems import DistrictMismatch, DistrictRequired
from bangban.settings import Settings


class ArchiveServices(Protocol):
    """What these resolvers need of the process."""

    @property
    def settings(self) -> Settings: ...


@strawberry.input(description="A district's archive is wanted 导出归档.")
class ExportDistrictInput:
    passphrase: str = strawberry.field(
        description="Opens the archive; at least 12 characters, kept nowhere 归档口令."
    )
    slug: strawberry.ID | None = strawberry.field(
        default=None, description="Which district, for operators 地区标识."
    )


@strawberry.input(description="A district leaves the platform 退出平台.")
class LeavePlatformInput:
    reason: str = strawberry.field(description="Why, for the trail 退出原因.")
    passphrase: str = strawberry.field(
        description="Opens the archive that it takes along; at least 12 characters, kept nowhere 归档口令."
    )


@strawberry.input(description="A district stays after all 撤回退出.")
class CancelLeavingInput:
    reason: str = strawberry.field(description="Why, for the trail 撤回原因.")


@strawberry.input(description="A district that left is removed 移除地区.")
class DropDistrictInput:
    slug: strawberry.ID = strawberry.field(description="Which district 地区标识.")
    confirm_slug: str = strawberry.field(description="The slug once more 再次填写地区标识.")


Do = Callable[[AsyncSession, str], Awaitable[object]]


@strawberry.type
class ArchiveMutation:
    @mutation(
        "Have the district's archive written and verified 导出地区归档.",
        Permission.DISTRICT_LEAVE,
        Permission.DISTRICT_MANAGE,
        needs_district=False,
    )
    async def export_district(
        self,
        info: Info,
        input: Annotated[ExportDistrictInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Departure:
        context = info.context
        slug = _slug(context, input.slug)
        given = await asyncio.to_thread(locked_key, context.services.tenancy.ring, input.passphrase)

        async def do(db: AsyncSession, by: str) -> object:
            tenancy = context.services.tenancy
            return await ask_for_archive(db, tenancy, slug, given=given, by=by, now=context.now)

        return cast("Departure", await _answered(info, slug, do))

    @mutation("Leave the platform with an archive 申请退出平台.", Permission.DISTRICT_LEAVE)
    async def leave_platform(
        self,
        info: Info,
        input: Annotated[LeavePlatformInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Departure:
        context = info.context
        tenancy, slug = context.services.tenancy, context.get_district().slug
        reason = _reason(input.reason)
        given = await asyncio.to_thread(locked_key, tenancy.ring, input.passphrase)

        async def do(db: AsyncSession, by: str) -> None:
            await begin_leaving(db, tenancy, slug, given=given, by=by, now=context.now)
            await _record(context, "leave", reason)

        return cast("Departure", await _answered(info, slug, do))

    @mutation("Stay after all; the district is live again 撤回退出申请.", Permission.DISTRICT_LEAVE)
    async def cancel_leaving(
        self,
        info: Info,
        input: Annotated[CancelLeavingInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Departure:
        context = info.context
        tenancy, slug = context.services.tenancy, context.get_district().slug
        reason = _reason(input.reason)

        async def do(db: AsyncSession, by: str) -> None:
            await cancel_leaving(db, tenancy, slug, by=by, now=context.now)
            await _record(context, "stay", reason)

        return cast("Departure", await _answered(info, slug, do))

    @mutation(
        "Remove a district that left, after its cooling-off period 移除已退出的地区.",
        Permission.DISTRICT_MANAGE,
        needs_district=False,
    )
    async def drop_district(
        self,
        info: Info,
        input: Annotated[DropDistrictInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> Departure:
        context, slug = info.context, str(input.slug)
        settings = cast("ArchiveServices", context.services).settings

        async def do(db: AsyncSession, by: str) -> object:
            return await ask_for_drop(
                db,
                context.services.tenancy,
                slug,
                confirmed=input.confirm_slug,
                by=by,
                cooling=timedelta(days=settings.leaving_days),
                now=context.now,
            )

        return cast("Departure", await _answered(info, slug, do))


def _slug(context: Context, asked: str | None) -> str:
    """The district that is meant: the caller's own, or the one that an operator names."""
    if context.principal.kind is PrincipalKind.OPERATOR:
        if asked is None:
            raise DistrictRequired(fields=("input.slug",))
        return str(asked)
    own = context.get_district().slug
    if asked not in (None, own):
        raise DistrictMismatch(fields=("input.slug",))
    return own


def _reason(given: str) -> str:
    """The reason as the trail keeps it for good. Raises ReasonMissing, NumberInText."""
    reason = given.strip()
    if not 2 <= len(reason) <= 500:
        raise ReasonMissing
    refuse_unfit(reason, fields=("input.reason",))
    return reason


async def _record(context: Context, what: str, reason: str) -> None:
    """The district's own trail tells, too. It is written once the platform's side has agreed, before it commits."""
    district = context.get_district()
    async with context.services.tenancy.write(
        district, context.principal, request_id=context.request_id, now=context.now
    ) as work:
        work.grants.require(Permission.DISTRICT_LEAVE)
        work.record(
            action=Permission.DISTRICT_LEAVE,
            object=f"district:{district.slug}",
            details={"what": what, "reason": reason},
        )


async def _answered(info: Info, slug: str, do: Do) -> Any:
    """Do it once for each Idempotency-Key, and read the district's departure back in the same transaction."""
    context = info.context
    by = f"{context.principal.kind.value.lower()}:{context.principal.id}"

    async def answer(db: AsyncSession) -> str:
        await do(db, by)
        await db.flush()
        reads = declared_reads(get_named_type(info._raw_info.return_type))  # noqa: SLF001 - Strawberry's Info hides the core one
        facts = (await context.facts()).having({"departing": slug})
        ready = context.services.planner.row(
            selected_below(info),
            reads,
            lambda rows: rows.c.slug == rows.request.bind("departing", Text()),
            facts,
            tag="departure",
            platform=True,
        )
        driver: Any = (await (await db.connection()).get_raw_connection()).driver_connection
        found: str = await driver.fetchval(ready.statement.sql, *ready.arguments)
        return found

    return Finished(await platform_once(context, by, answer))
