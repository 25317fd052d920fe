"""Mutations: one root field is one transaction, and what it returns is read back inside it by the planner."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar, cast
from uuid import UUID

from graphql import get_named_type, is_object_type
from sqlalchemy import Uuid

from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.finished import Finished
from bangban.kernel.planner.planner import Ready
from bangban.kernel.planner.selection import Selected, Selector, declared_reads
from bangban.kernel.planner.sources import Rows
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.answers import Answers
from bangban.kernel.tenancy.refusals import keep_refusal
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.kernel.tenancy.work import Concern, Work

T = TypeVar("T")


def selected_below(info: Info) -> tuple[Selected, ...]:
    """The tree that the client selected on this field's result."""
    core = info._raw_info  # noqa: SLF001 - Strawberry's Info hides the core one
    for known in info.context.selected:  # the request was taken apart already, to see whether it may run
        if known.key == core.path.key:
            return known.children
    selector = Selector(core.fragments, core.variable_values)
    nodes = [node.selection_set for node in core.field_nodes if node.selection_set]
    output = get_named_type(core.return_type)
    if not is_object_type(output):
        raise TypeError(output.name)
    return selector.tree(output, nodes)


def _reads_of(info: Info) -> Any:
    return declared_reads(get_named_type(info._raw_info.return_type))  # noqa: SLF001 - Strawberry's Info hides the core one


async def _ready_row(info: Info, where: Callable[[Rows], Any], tag: str, table: Any, **values: Any) -> Ready:
    context = info.context
    facts = (await context.facts()).having(values)
    reads = _reads_of(info)
    if table is not None:
        reads = replace(reads, table=table.__table__, platform=False)
    return context.services.planner.row(
        selected_below(info),
        reads,
        where,
        facts,
        tag=tag,
    )


async def read_platform_row(
    context: Context,
    type_: Any,
    children: tuple[Selected, ...],
    where: Callable[[Rows], Any],
    *,
    tag: str,
    **values: Any,
) -> Any | None:
    """One row of the platform's side, under its reading role, or None."""
    if not children:
        return {}
    facts = (await context.facts()).having(values)
    reads = declared_reads(type_)
    ready = context.services.planner.row(children, reads, where, facts, tag=tag, platform=True)
    found = await context.services.tenancy.reader.platform(ready.statement.sql, ready.arguments)
    return None if found is None else json.loads(found)


async def answer_of(
    info: Info,
    do: Callable[[Work], Awaitable[T]],
    *,
    where: Callable[[Rows], Any],
    tag: str,
    values: Callable[[T], dict[str, Any]],
    table: Any = None,
) -> Any:
    """Run ``do`` in a transaction and read its row back; or give the answer to the same request again.

    ``table`` is the row class to read from where the type's facts are kept there too.
    """

    async def fetch(work: Work, done: T) -> str:
        await work.db.flush()
        ready = await _ready_row(info, where, tag, table, **values(done))
        return await fetch_in(work, ready)

    return Finished(await once(info.context, do, fetch))


async def row_of(info: Info, type_: type[T], do: Callable[[Work], Awaitable[UUID]]) -> T:
    """Run ``do`` in a transaction and read back the row whose id it gives; see ``answer_of``."""
    answer = await answer_of(
        info,
        do,
        where=lambda rows: rows.c.id == rows.request.bind("row_id", Uuid()),
        tag=f"{type_.__name__} by id",
        values=lambda row_id: {"row_id": row_id},
    )
    return cast("T", answer)


async def fetch_in(work: Work, ready: Ready) -> str:
    """Run a planned statement on the transaction's own connection."""
    connection = await (await work.db.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    found: str = await driver.fetchval(ready.sql(work.district.schema), *ready.arguments)
    return found


async def stored_answer(context: Context) -> str | None:
    """What was answered to the same request before; for mutations that ask somebody else before they begin."""
    key = context.idempotency_key
    if key is None:
        return None
    async with context.services.tenancy.write(
        context.get_district(), context.principal, request_id=context.request_id, now=context.now
    ) as work:
        answers = Answers(work.db, StoredAnswerRow, work.vault, work.actor, work.now)
        return await answers.find(key, context.body_hash)


async def once(
    context: Context, do: Callable[[Work], Awaitable[T]], answer: Callable[[Work, T], Awaitable[str]]
) -> str:
    """Do it once for each Idempotency-Key; the stored answer afterwards."""
    district, key = context.get_district(), context.idempotency_key
    request: dict[str, Any] = {"request_id": context.request_id, "now": context.now}
    concern: Concern | None = None
    try:
        async with context.services.tenancy.write(district, context.principal, **request) as work:
            answers = Answers(work.db, StoredAnswerRow, work.vault, work.actor, work.now)
            if key is not None:
                stored = await answers.find(key, context.body_hash)
                if stored is not None:
                    return stored
            try:
                given = await answer(work, await do(work))
            finally:
                concern = work.concern
            if key is not None:
                await answers.keep(key, given)
            return given
    except Problem as problem:
        if concern is not None:
            tenancy = context.services.tenancy
            await keep_refusal(tenancy, district, context.principal, concern, problem, **request)
        raise
