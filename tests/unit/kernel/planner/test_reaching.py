"""Pages that are reached by several ways: each takes as many rows as a page has, and no row is counted twice."""

from __future__ import annotations

import re

import pytest
from tests.unit.kernel.planner.planning import Told, facts, planned

from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission

PATHS = ("0197aaaa.0197bbbb",)
ROWS = "query($f: CaseFilter, $after: String) { cases(filter: $f, after: $after) { edges { node { id } } } }"
COUNT = "query($f: CaseFilter) { cases(filter: $f) { totalCount } }"
AREAS_AND_OWN = Scope(paths=PATHS, own=True)
WAYS = {
    "area_id": r"t\d+\.area_id = anon_\d+\.id",
    "holder_id": r"t\d+\.holder_id = \$\d+::UUID",
    "first_asked_id": r"t\d+\.first_asked_id = \$\d+::UUID",
    "id": r"t\d+\.id = anon_\d+\.case_id",
}


def sql_of(text: str, scope: Scope, *, kind: str = "STAFF", **variables: object) -> str:
    told = facts(Told({Permission.CASE_READ: scope}), kind=kind)
    return " ".join(planned(text, given=told, **variables).sql("d_somewhere").split())


def limited(sql: str) -> list[str]:
    """The sub-selects that go through cases in order, up to a limit: a page's worth each."""
    return re.findall(
        r'SELECT [^()]*(?:\([^()]*\))?[^()]* FROM "d_somewhere"\.cases AS t\d+ WHERE .*? LIMIT \$\d', sql
    )


@pytest.mark.parametrize(
    ("scope", "ways"),
    [
        (AREAS_AND_OWN, {"area_id", "holder_id", "first_asked_id", "id"}),
        (Scope(paths=PATHS), {"area_id"}),
        (Scope(own=True), {"holder_id", "first_asked_id", "id"}),
    ],
)
def test_every_way_takes_its_rows_in_order_and_no_more_than_a_page(scope: Scope, ways: set[str]) -> None:
    sql = sql_of(ROWS, scope)
    found = limited(sql)
    assert len(found) == len(ways)
    assert {name for each in found for name, test in WAYS.items() if re.search(test, each)} == ways
    for each in found:
        assert re.search(r"ORDER BY t\d+\.submitted_at DESC, t\d+\.id DESC LIMIT", each), each
    assert sql.count(" UNION ") == len(ways) - 1


def test_a_page_goes_on_after_its_cursor_on_every_way() -> None:
    after = "WyJuZXdlc3QiLCAiMjAyNi0xMS0yMVQwOTowMFoiLCAiMDFhMjAwNDItMmIwMS03MDFkLWI0NzEtMmNiMjkxMTQ2ODdhIl0="
    found = limited(sql_of(ROWS, AREAS_AND_OWN, after=after))
    assert len(found) == 4
    assert all("submitted_at, t" in each and ") < (" in each for each in found)


def test_where_the_filter_finds_the_rows_the_guard_is_asked_on_its_way() -> None:
    sql = sql_of(ROWS, Scope(paths=PATHS), f={"mine": True})
    ways = [each for each in limited(sql) if "granted_path" in each]
    assert len(ways) == 3
    assert sql_of(ROWS, Scope(whole=True), f={"mine": True}).count("granted_path") == 0


def test_the_whole_district_in_no_particular_state_and_an_applicants_own_are_read_as_they_are() -> None:
    for sql in (
        sql_of(ROWS, Scope(whole=True)),
        sql_of(ROWS, Scope(own=True), kind="RESIDENT"),
        sql_of(ROWS, AREAS_AND_OWN, f={"search": "张伟"}),
    ):
        assert "LATERAL" not in sql
    assert "resident_id = " in sql_of(ROWS, Scope(own=True), kind="RESIDENT")


def test_states_are_tried_one_after_the_other_and_each_once() -> None:
    sql = sql_of(ROWS, Scope(whole=True), f={"states": ["SUBMITTED", "SUBMITTED"]})
    assert re.search(r"SELECT DISTINCT unnest\(\$\d::TEXT\[\]\)", sql)
    assert re.search(r"state = anon_\d+\.value", sql)


def test_no_row_is_counted_on_two_ways() -> None:
    sql = sql_of(COUNT, AREAS_AND_OWN)
    counts = re.findall(r"SELECT count\(\*\) AS rows .*?(?=SELECT count\(\*\) AS rows|$)", sql)
    assert len(counts) == 4
    assert "NOT coalesce(" not in counts[0].partition("SELECT count")[0]
    before = ["granted_path", "holder_id = ", "first_asked_id = "]
    for place, each in enumerate(counts[1:], start=1):
        excluded = each[each.index("NOT coalesce(") :]
        assert all(part in excluded for part in before[:place]), each


def test_a_caller_without_the_permission_reaches_nothing() -> None:
    for text in (ROWS, COUNT):
        sql = sql_of(text, Scope())
        assert "false" in sql
        assert "LATERAL" not in sql
