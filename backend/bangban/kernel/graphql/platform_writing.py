"""Mutations on the platform's side: one transaction, read back inside it by the planner, once for each key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from graphql import get_named_type
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.finished import Finished
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.planner.selection import declared_reads
from bangban.kernel.planner.sources import Rows
from bangban.kernel.tenancy.answers import platform_answers

T = TypeVar("T")


async def platform_answer_of(
    info: Info,
    do: Callable[[AsyncSession], Awaitable[T]],
    *,
    where: Callable[[Rows], Any],
    tag: str,
    values: Callable[[T], dict[str, Any]],
) -> Any:
    """Run ``do`` for whoever asks, and read its row back; or give the answer to the same request again."""

    async def answer(db: AsyncSession) -> str:
        done = await do(db)
        await db.flush()
        context = info.context
        reads = declared_reads(get_named_type(info._raw_info.return_type))  # noqa: SLF001 - Strawberry's Info hides the core one
        facts = (await context.facts()).having(values(done))
        ready = context.services.planner.row(
            selected_below(info), reads, where, facts, tag=tag, platform=True
        )
        connection = await (await db.connection()).get_raw_connection()
        driver: Any = connection.driver_connection
        found: str = await driver.fetchval(ready.statement.sql, *ready.arguments)
        return found

    return Finished(await platform_once(info.context, owner_of(info.context), answer))


def owner_of(context: Context) -> str:
    """Whose answers are kept: operators are one people, and each district's are their own."""
    principal = context.principal
    return f"{principal.kind.value.lower()}:{principal.id}@{principal.district or ''}"


async def platform_once(context: Context, owner: str, do: Callable[[AsyncSession], Awaitable[str]]) -> str:
    """Do it once for each Idempotency-Key of ``owner``; the stored answer afterwards."""
    key, tenancy = context.idempotency_key, context.services.tenancy
    async with tenancy.platform() as db:
        answers = platform_answers(db, tenancy.ring, owner, at=context.now)
        if key is not None:
            stored = await answers.find(key, context.body_hash)
            if stored is not None:
                return stored
        given = await do(db)
        if key is not None:
            await answers.keep(key, given)
        return given
