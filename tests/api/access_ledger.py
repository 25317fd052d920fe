"""A district full of cases beside a model of who may see which.

The model is written here anew, from docs/access.md: a post covers its area's subtree; own cases are those one
holds, was first asked about or is being handed; a resident's are those applied for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from tests.api.access_world import World
from tests.api.casework import fresh
from tests.api.clients import Client

from bangban.kernel.tenancy.work import Work

PAGE = """
query($filter: CaseFilter, $order: CaseOrder, $first: Int, $after: String) {
  cases(filter: $filter, orderBy: $order, first: $first, after: $after) {
    totalCount edges { cursor node { number } } pageInfo { hasNextPage endCursor }
  }
}
"""
ONE = "query($number: String!) { case(number: $number) { number } }"

AREAS = [
    "county",
    *(f"{name}-{branch}" for branch in "ab" for name in ("town", "village", "grid", "micro-grid")),
]
STAFF = [
    "clerk",
    "town helper",
    "village helper",
    "two towns",
    "ended",
    "coming",
    "leader of village",
    "mover",
]
RESIDENTS = ["resident 1", "resident 2"]
READERS = [*STAFF, *RESIDENTS, "auditor", "town auditor", "double"]

# The areas where each may read every case today; own cases come on top where ``OWN`` says so.
REACH: dict[str, tuple[str, ...]] = {
    "clerk": ("county",),
    "town helper": ("town-a",),
    "village helper": ("village-a",),
    "two towns": ("village-a", "grid-b"),
    "ended": (),
    "coming": ("micro-grid-b",),
    "leader of village": (),
    "mover": ("village-b",),
    "auditor": ("county",),
    "town auditor": ("town-b",),
    "double": ("town-a",),
}
NOWHERE = {"ended", "leader of village"}  # what they hold today reads no case anywhere
OWN = {"clerk", "town helper", "village helper", "two towns", "coming", "mover", "double"}


class Kept(NamedTuple):
    """A case as the model knows it."""

    area: str
    holder: str
    first: str
    offered: str | None
    applicant: int


@dataclass
class Ledger:
    """The district, and all that the tests put into it."""

    world: World
    phones: dict[str, int]
    cases: dict[str, Kept] = field(default_factory=dict)

    def covers(self, post: str, area: str) -> bool:
        """Whether the area is the post's own or below it, by the names of this district."""
        order = ["town", "village", "grid", "micro-grid"]
        if post == "county":
            return True
        (level, branch), (below, other) = (
            post.rsplit("-", 1),
            area.rsplit("-", 1) if "-" in area else ("", ""),
        )
        return branch == other and below in order and order.index(level) <= order.index(below)

    def visible(self, who: str) -> set[str]:
        """The numbers that the model lets a reader see."""
        if who in RESIDENTS:
            return {number for number, case in self.cases.items() if case.applicant == self.phones[who]}
        return {
            number
            for number, case in self.cases.items()
            if any(self.covers(post, case.area) for post in REACH[who])
            or (who in OWN and who in (case.holder, case.first, case.offered))
        }

    def id(self, who: str) -> UUID:
        found = self.world.people[who].id
        assert found is not None
        return found

    def put(self, cases: Iterable[Kept], **more: Any) -> list[str]:
        """Write cases down, in the database and in the model."""
        wanted = list(cases)

        async def write(work: Work) -> list[str]:
            return [
                await self.world.case(
                    work,
                    case.area,
                    holder=self.id(case.holder),
                    first=self.id(case.first),
                    offered=self.id(case.offered) if case.offered else None,
                    n=case.applicant,
                    **more,
                )
                for case in wanted
            ]

        numbers = self.world.inside(write)
        self.cases |= dict(zip(numbers, wanted, strict=True))
        return numbers


def begin(world: World) -> Ledger:
    """The people of the model, hired in an empty world."""
    phones = {who: fresh() for who in RESIDENTS}
    ledger = Ledger(world, phones)

    async def hire(work: Work) -> None:
        today, day = work.today, dt.timedelta(days=1)
        long_ago = today - 400 * day
        await world.hire(work, "clerk", ("window-clerk", "county", long_ago, None))
        await world.hire(work, "town helper", ("helper", "town-a", today, today))  # both days included
        await world.hire(work, "village helper", ("helper", "village-a", long_ago, None))
        await world.hire(
            work, "two towns", ("helper", "village-a", today, None), ("helper", "grid-b", today, None)
        )
        await world.hire(
            work, "ended", ("helper", "county", long_ago, today - day), ("leader", "village-b", today, None)
        )
        await world.hire(
            work, "coming", ("helper", "county", today + day, None), ("helper", "micro-grid-b", today, None)
        )
        await world.hire(work, "leader of village", ("leader", "village-a", today, None))
        await world.hire(work, "mover", ("helper", "village-b", long_ago, None))
        await world.hire(work, "auditor", ("auditor", "county", long_ago, None))
        await world.hire(work, "town auditor", ("auditor", "town-b", long_ago, None))
        # Staff who also hold the role of an auditor do not audit: what it would reach is not added.
        await world.hire(
            work, "double", ("helper", "town-a", long_ago, None), ("auditor", "county", long_ago, None)
        )
        for who, n in phones.items():
            await world.resident(work, who, n)

    world.inside(hire)
    return ledger


def pages(client: Client, *, first: int = 100, **given: Any) -> tuple[list[str], int]:
    """All numbers of a list, page after page, and the total as the first page says it."""
    numbers: list[str] = []
    total, after = None, None
    while True:
        page = client(PAGE, first=first, after=after, **given).data["cases"]
        total = page["totalCount"] if total is None else total
        numbers += [edge["node"]["number"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return numbers, total
        after = page["pageInfo"]["endCursor"]


def shown(client: Client, **given: Any) -> set[str]:
    """A whole list; no row twice, and the total is the number of rows."""
    numbers, total = pages(client, **given)
    assert len(numbers) == len(set(numbers)) == total
    return set(numbers)
