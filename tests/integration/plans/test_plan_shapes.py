"""What a page costs does not grow with a district's cases, in a plan for these arguments and in one for any."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.plans.conftest import Filled, Run

BIG_TABLES = {"cases", "case_event", "case_material", "audit_entry"}
# Short pages: every value that they are reached by has as many rows in the small district as well.
LINES = """
query($filter: CaseFilter, $orderBy: CaseOrder, $after: String) {
  cases(filter: $filter, orderBy: $orderBy, first: 2, after: $after) {
    edges {
      cursor
      node {
        number
        service { name }
        area { name }
        applicant { name phone }
        helper { name }
        clock { light }
        materials { code state }
        timeline { at kind actor }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
COUNT = "query($filter: CaseFilter) { cases(filter: $filter) { totalCount } }"
RUNNING = ["ACCEPTED", "IN_PROGRESS"]
STAFF = ("county", "town", "village")
READERS = (*STAFF, "auditor", "resident")


def asked(query: str, who: tuple[str, ...], **variables: Any) -> list[Any]:
    """One parameter for each of those who ask."""
    name = query if "{" not in query else "Count" if query is COUNT else "Lines"
    said = "-".join([name, *map(str, variables.values())])
    return [pytest.param(query, each, variables, id=f"{each}-{said}") for each in who]


PAGES = [
    *asked(LINES, READERS, orderBy="NEWEST"),
    *asked(LINES, READERS, orderBy="OLDEST"),
    *asked(LINES, READERS, orderBy="DUE_FIRST"),
    *asked(LINES, READERS, filter={"states": RUNNING}, orderBy="DUE_FIRST"),
    *asked(LINES, READERS, filter={"states": ["SUBMITTED", "PRE_CHECKING"]}, orderBy="OLDEST"),
    *asked(LINES, STAFF, filter={"states": RUNNING, "light": "OVERDUE"}, orderBy="DUE_FIRST"),
    *asked(LINES, STAFF, filter={"serviceCode": "$service", "states": RUNNING}, orderBy="NEWEST"),
    *asked(LINES, ("county", "town", "auditor"), filter={"areaId": "$village"}, orderBy="DUE_FIRST"),
    *asked(LINES, ("county", "auditor"), filter={"areaId": "$town"}, orderBy="NEWEST"),
    *asked(LINES, STAFF, filter={"search": "$number"}),
    *asked("Inbox", (*STAFF, "auditor"), first=2),
    *asked("MyCases", ("resident",), first=2),
    *asked("Case", ("county", "auditor", "resident"), number="$number"),
    *asked("Catalog", ("county",), first=100),
    *asked("Areas", ("county",)),
    *asked("Areas", ("county",), under="$town"),
    *asked("Staff", ("county", "auditor")),
    *asked("AuditTrail", ("auditor",)),
    *asked("AuditTrail", ("auditor",), filter={"object": "$object"}),
    *asked("AuditTrail", ("auditor",), filter={"action": "case:reveal"}),
]
# Counts grow with what is counted, and names with those who bear them; neither reads what it does not count.
SEARCHES = [
    *asked(LINES, STAFF, filter={"search": "$name"}),
    *asked(LINES, STAFF, filter={"search": "$given"}),
    *asked(LINES, STAFF, filter={"search": "不存在"}),
]
COUNTS = [
    *asked(COUNT, STAFF),
    *asked(COUNT, STAFF, filter={"states": RUNNING, "light": "RED"}),
    *asked("Dashboard", (*STAFF, "auditor")),
    *asked("Dashboard", ("county",), areaId="$town"),
]


@pytest.mark.parametrize(("query", "who", "variables"), PAGES)
def test_a_page_costs_the_same_with_three_times_as_many_cases(
    small: Filled, large: Filled, run: Run, query: str, who: str, variables: dict[str, Any]
) -> None:
    before = max(plan.touched for plan in run(small.plans(query, who, variables)))
    for plan in run(large.plans(query, who, variables)):
        assert not plan.scanned & BIG_TABLES
        assert plan.touched <= 1.5 * before + 100, (plan.touched, before)


@pytest.mark.parametrize(("query", "who", "variables"), SEARCHES)
def test_a_search_reads_little_but_what_it_finds(
    large: Filled, run: Run, query: str, who: str, variables: dict[str, Any]
) -> None:
    for plan in run(large.plans(query, who, variables)):
        assert not plan.scanned & BIG_TABLES
        assert plan.touched <= 2_000, plan.touched


@pytest.mark.parametrize(("query", "who", "variables"), COUNTS)
def test_a_count_scans_no_table(
    large: Filled, run: Run, query: str, who: str, variables: dict[str, Any]
) -> None:
    for plan in run(large.plans(query, who, variables)):
        assert not plan.scanned & BIG_TABLES


@pytest.mark.parametrize("variables", [{}, {"areaId": "$town"}], ids=["county", "town"])
def test_indicators_read_the_days_they_are_of(large: Filled, run: Run, variables: dict[str, Any]) -> None:
    # As reads are planned: once, for any days. Many days make it cheaper to read all of a table.
    _, generic = run(large.plans("Indicators", "auditor", variables))
    assert not generic.scanned & BIG_TABLES


def test_a_page_goes_on_as_cheaply_as_it_began(small: Filled, large: Filled, run: Run) -> None:
    async def after(filled: Filled) -> dict[str, Any]:
        found = await filled.answer(LINES, "town", {"orderBy": "DUE_FIRST"})
        return {"orderBy": "DUE_FIRST", "after": found["cases"]["pageInfo"]["endCursor"]}

    before = max(plan.touched for plan in run(small.plans(LINES, "town", run(after(small)))))
    for plan in run(large.plans(LINES, "town", run(after(large)))):
        assert not plan.scanned & BIG_TABLES
        assert plan.touched <= 1.5 * before + 100, (plan.touched, before)
