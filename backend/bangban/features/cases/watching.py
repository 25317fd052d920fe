"""Cases in the API: what can be watched.

Whoever watches reads under their own role, as whoever asks does. But a thousand clerks who look at the same hall's
cases through the same front end would read the same row a thousand times, so it is read once for all who ask for the
same selection from the same side of the wall with the same rights to what hangs on it; and with it, in the same
statement, where the case stands. Whether a subscriber may see the case and whether their list holds it is decided
from that for each, for each event, by ``rules.inbox``.

What is paid for it: the process reads a case that perhaps nobody who watches may see, and throws it away; and the
guard of ``cases`` is written down twice, once in SQL and once in Python.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Uuid

from bangban.features.cases.changes import CaseChange, CaseChangeKind
from bangban.features.cases.graphql import Case
from bangban.features.cases.listing import CaseFilter
from bangban.features.cases.rules.inbox import (
    Reader,
    Standing,
    Wanted,
    is_listed,
    may_have_been_listed,
    may_see,
)
from bangban.features.cases.standing import standing_column, standing_of
from bangban.kernel.access.grants import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.graphql.roots import subscription
from bangban.kernel.graphql.sharing import SharedEvent
from bangban.kernel.graphql.watching import attend
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.jobs.fanout import News
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.reads import reads_of
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.names import Wall, quoted

_CHANGED: Final = "case.changed"

# A transaction's time is that of its beginning, by the clock of another machine perhaps: a case is taken to have
# left what it left within this time before the process heard of it.
SLACK: Final = timedelta(seconds=60)
# Whoever has not taken an event for so long (and a token lives ten minutes) looks at the whole list again.
_HISTORY: Final = timedelta(minutes=10)


@dataclass(eq=False)
class Seen:
    """A case as it was read for everybody with the same rights and selection."""

    standing: Standing
    changed: SharedEvent
    gone: SharedEvent | None = None


@dataclass
class _Glass:
    """What one subscriber reads cases through: the selection, and the words looked for if any."""

    info: Info
    search: str | None = None
    children: tuple[Selected, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.children = selected_below(self.info)
        self._reads = reads_of(Case)  # a change of a list is made of the case's own row as well
        self._standing = standing_column(self.children, searches=self.search is not None)
        self._tree = (*self.children, self._standing)
        # As text: equal for equal selections, hashed once, and kept once however many have it.
        self._shape = sys.intern(repr([each.shape for each in self._tree]))
        self._alike: tuple[tuple[Any, ...], tuple[Any, ...]] | None = None

    @property
    def context(self) -> Context:
        return self.info.context

    async def reader(self) -> Reader:
        """The subscriber as of now. Raises NotAuthenticated or Forbidden where no case may be seen any more."""
        grants, principal = await self.context.grants(), self.context.principal
        return Reader(
            id=principal.id,
            resident=principal.kind is PrincipalKind.RESIDENT,
            scope=grants.require(Permission.CASE_READ),
        )

    async def look(self, news: News) -> Seen | None:
        """The case that changed, read together with all who read it alike; None where there is none."""
        context = self.context
        district = context.get_district()
        facts = await context.facts()
        words: dict[str, Any] = {}
        if self.search is not None:
            hashes = {f"search_{how}": facts.derivations[how](self.search) for how in ("identity", "phone")}
            words = {"search": self.search, **hashes}

        def ready(**of_the_case: Any) -> Any:
            return context.services.planner.row(
                self._tree,
                self._reads,
                lambda rows: rows.c.id == rows.request.bind("case_id", Uuid()),
                facts.having({**of_the_case, **words}),
                tag="case-watched",
                audit=context.auditing,
            )

        async def read() -> Seen | None:
            wall = Wall.AUDIT if context.auditing else Wall.READ
            known = as_uuid(news.reference, ("id",))
            one = ready(case_id=known, history=news.at - _HISTORY - SLACK, now=news.at)
            found: Any = await context.services.tenancy.reader.district(
                district.slug, wall, one.sql(district.schema), one.arguments
            )
            if found is None:  # no such case
                return None
            row = json.loads(found)
            standing = standing_of(row.pop(self._standing.key))
            return Seen(standing, SharedEvent(row))

        # All that the answer depends on beside the case: who reads alike has the same statement and arguments.
        now = (
            facts.grants,
            district.status,
            *(facts.values[each] for each in ("today", "ordinal", "next_ordinal")),
        )
        if self._alike is None or self._alike[0] != now:
            blank = ready(case_id=None, history=None, now=None)
            self._alike = now, (context.auditing, self._shape, blank.statement.sql, _frozen(blank.arguments))
        return await news.share(self._alike[1], read)

    def event(self, kind: CaseChangeKind, *, of: Standing | None = None) -> SharedEvent:
        """A ``CaseChange`` without a case."""
        values = {"kind": kind.value, "caseId": of and of.id, "number": of and of.number}
        return SharedEvent({each.key: values.get(each.name) for each in self.children})


def _frozen(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(each) if isinstance(each, list) else each for each in arguments)


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
        context, glass = info.context, _Glass(info)
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
        glass = _Glass(info, search=None if filter is None else filter.search)
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
                late = taken.since is not None and context.now - taken.since > _HISTORY
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


def _told(glass: _Glass, seen: Seen, since: datetime, wanted: Wanted, reader: Reader) -> SharedEvent | None:
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
