"""Cases in the API: what can be watched. How they are read for many at once, ``glass`` says."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, Final, cast

import strawberry

from bangban.features.cases.changes import CaseChange, CaseChangeKind
from bangban.features.cases.glass import HISTORY, SLACK, Glass, Seen
from bangban.features.cases.graphql import Case
from bangban.features.cases.listing import CaseFilter
from bangban.features.cases.rules.inbox import Reader, Wanted, is_listed, may_have_been_listed, may_see
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.graphql.roots import subscription
from bangban.kernel.graphql.sharing import SharedEvent
from bangban.kernel.graphql.watching import attend
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.names import Wall, quoted

_CHANGED: Final = "case.changed"


def _wanted(filter_: CaseFilter | None) -> Wanted:
    """What a filter asks for; raises InvalidInput as the list does."""
    if filter_ is None:
        return Wanted()
    return Wanted(
        states=None if filter_.states is None else frozenset(filter_.states),
        area_id=None if filter_.area_id is None else as_uuid(filter_.area_id, ("filter", "areaId")),
        service_code=filter_.service_code,
        mine=bool(filter_.mine),
        light=filter_.light,
    )


@strawberry.type
class CaseSubscription:
    @subscription("A case, now and after every change 办件变化.", Permission.CASE_READ)
    async def case_changed(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="The case's number 办件编号.")],
    ) -> AsyncGenerator[Case, None]:
        context, glass = info.context, Glass(info)
        fanout = context.services.fanout
        async with fanout.arriving:
            case_id = await _find_id(context, number)
        seat = fanout.seat(context.get_district().slug, _CHANGED, case_id)
        async with aclosing(attend(context, seat)) as coming:
            async for taken in coming:
                if not taken.anew and taken.news is None:
                    continue
                if context.auditing:
                    await record_reading(context, ["caseChanged"])
                seen = await glass.look(taken.news or fanout.news(case_id))
                if seen is None or not may_see(seen.standing, await glass.reader()):
                    raise NotFound("case", "该办件", fields=("number",))
                yield cast("Case", seen.changed)

    @subscription(
        "What changes in a list of cases 办件列表变化. The first event is REFRESH: query the list with the same"
        " filter when it comes, and no change after that query is missed 收到 REFRESH 后以同一筛选条件查询列表.",
        Permission.CASE_READ,
    )
    async def cases_changed(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the contract's name
            CaseFilter | None, strawberry.argument(description="The list's own filter 与列表相同的筛选条件.")
        ] = None,
    ) -> AsyncGenerator[CaseChange, None]:
        context, wanted = info.context, _wanted(filter)
        glass = Glass(info, search=None if filter is None else filter.search)
        seat = context.services.fanout.seat(context.get_district().slug, _CHANGED)
        scope, day = None, None
        async with aclosing(attend(context, seat)) as coming:
            async for taken in coming:
                seen = None if taken.news is None else await glass.look(taken.news)
                reader = await glass.reader()  # after the reading, which took its time
                today = context.now.astimezone(context.get_district().zone).date()
                moved = scope is not None and reader.scope != scope
                # Lights change overnight without any case changing.
                dawned = wanted.light is not None and day is not None and day != today
                late = taken.since is not None and context.now - taken.since > HISTORY
                if taken.anew or moved or dawned or late:
                    yield cast("CaseChange", glass.event(CaseChangeKind.REFRESH))
                    reader = await glass.reader()
                scope, day = reader.scope, today
                told = (
                    None
                    if seen is None or taken.since is None
                    else _told(glass, seen, taken.since, wanted, reader)
                )
                if told is not None:
                    if context.auditing:
                        await record_reading(context, ["casesChanged"])
                    yield cast("CaseChange", told)


def _told(glass: Glass, seen: Seen, since: datetime, wanted: Wanted, reader: Reader) -> SharedEvent | None:
    """The event that a case's change is to a subscriber, if it is any."""
    if is_listed(seen.standing, wanted, reader):
        return seen.changed
    if not may_have_been_listed(seen.standing, wanted, reader, since=since - SLACK):
        return None
    if seen.gone is None:
        seen.gone = glass.event(CaseChangeKind.GONE, of=seen.standing)
    return seen.gone


async def _find_id(context: Context, number: str) -> str:
    """The id that notifications of this case refer to. Whether the caller may see the case, is decided later."""
    district = context.get_district()
    sql = f"SELECT to_json(id)::text FROM {quoted(district.schema)}.cases WHERE number = $1"  # noqa: S608 - checked identifier
    wall = Wall.AUDIT if context.auditing else Wall.READ
    found: Any = await context.services.tenancy.reader.district(district.slug, wall, sql, (number,))
    if found is None:
        raise NotFound("case", "该办件", fields=("number",))
    return str(json.loads(found))
