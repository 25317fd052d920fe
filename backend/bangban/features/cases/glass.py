"""What a subscriber reads cases through: each case once for all who read it alike.

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
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Uuid

from bangban.features.cases.changes import CaseChangeKind
from bangban.features.cases.graphql import Case
from bangban.features.cases.rules.inbox import Reader, Standing
from bangban.features.cases.standing import standing_column, standing_of
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.sharing import SharedEvent
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.jobs.news import News
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.reads import reads_of
from bangban.kernel.planner.selection import Selected
from bangban.kernel.tenancy.names import Wall

# A transaction's time is that of its beginning, by the clock of another machine perhaps: a case is taken to have
# left what it left within this time before the process heard of it.
SLACK: Final = timedelta(seconds=60)
# Whoever has not taken an event for so long (and a token lives ten minutes) looks at the whole list again.
HISTORY: Final = timedelta(minutes=10)


@dataclass(eq=False)
class Seen:
    """A case as it was read for everybody with the same rights and selection."""

    standing: Standing
    changed: SharedEvent
    gone: SharedEvent | None = None


@dataclass
class Glass:
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
            one = ready(case_id=known, history=news.at - HISTORY - SLACK, now=news.at)
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
