"""Plans: one statement, kept by shape, without anybody's data in it, within the wall of its caller."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_named_type
from sqlalchemy import Column
from tests.unit.kernel.planner.planning import Told, facts, planned

from bangban.kernel.access.grants import Scope
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import hidden_from_auditors, hidden_from_readers
from bangban.kernel.planner.planner import Planner
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.provisioning import SCHEMA_MARK
from bangban.web.schema import core_schema

SECRETS: dict[str, Any] = {
    "search": "13912345678",
    "number": "ZP20261121-000042",
    "id": "01a20027-b057-7207-a424-93b90c7e21c8",
    "code": "SECRET-CODE",
    "after": base64.b64encode(
        b'["newest", "2026-11-21T09:00Z", "01a20042-2b01-701d-b471-2cb29114687a"]'
    ).decode(),
}
EVERYTHING = """
query($search: String, $number: String!, $id: ID, $code: String!, $after: String) {
  case(number: $number) { id }
  service(code: $code) { id }
  area(id: $id) { name }
  areas(under: $id, search: $search) { totalCount }
  cases(filter: {search: $search, areaId: $id, serviceCode: $code, mine: true}, after: $after) { edges { cursor } }
}
"""
PATHS = "0197aaaa.0197bbbb"


def everything_readable(*, depth: int = 3) -> str:
    """Every field that can be reached without arguments, so many objects deep."""

    def below(type_: Any, left: int) -> str:
        pieces = []
        for name, definition in type_.fields.items():
            output = definition.type
            while hasattr(output, "of_type"):
                output = output.of_type
            if any(str(each.type).endswith("!") for each in definition.args.values()):
                continue
            if not hasattr(output, "fields"):
                pieces.append(name)
            elif left > 0:
                pieces.append(f"{name} {{ {below(output, left - 1)} }}")
        return " ".join(pieces) or "__typename"

    root = core_schema().query_type
    assert root is not None
    skipped = {"districts", "onboarding"}
    parts = [
        f"{name} {{ {below(core_schema().type_map[type_of(name)], depth)} }}"
        for name in root.fields
        if name not in skipped
        and not any(str(each.type).endswith("!") for each in root.fields[name].args.values())
    ]
    for name, argument in (
        ("case", 'number: "1"'),
        ("service", 'code: "1"'),
        ("calendar", "year: 2026"),
        ("localDays", "year: 2026"),
    ):
        parts.append(f"{name}({argument}) {{ {below(core_schema().type_map[type_of(name)], depth)} }}")
    return "{ " + " ".join(parts) + " }"


def type_of(root_field: str) -> str:
    assert core_schema().query_type is not None
    return get_named_type(core_schema().query_type.fields[root_field].type).name  # type: ignore[union-attr]  # the schema has a Query, and its fields are objects


# -------------------------------------------------------------------- the store


def test_a_store_of_plans_holds_no_value_of_any_request() -> None:
    planner = Planner()
    told = Told(
        {Permission.CASE_READ: Scope(paths=(PATHS,), own=True)},
    )
    ready = planned(EVERYTHING, planner=planner, given=facts(told, me="a-person"), **SECRETS)
    assert any("13912345678" in str(each) for each in ready.arguments)
    kept = repr(dict(planner._plans.items()))
    for secret in (*SECRETS.values(), PATHS, "a-person", "hash of"):
        assert secret not in kept


def test_two_callers_with_different_areas_share_one_plan_and_not_their_parameters() -> None:
    planner = Planner()
    one = facts(Told({Permission.CASE_READ: Scope(paths=("aaa",), own=True)}), me="1")
    other = facts(Told({Permission.CASE_READ: Scope(paths=("bbb.ccc", "ddd"), own=True)}), me="2")
    text = "{ cases { edges { node { number } } } }"
    first, second = (planned(text, planner=planner, given=each) for each in (one, other))
    assert first.statement is second.statement
    assert (planner.misses, planner.hits) == (1, 1)
    assert ["aaa"] in first.arguments
    assert ["bbb.ccc", "ddd"] in second.arguments
    assert ["aaa"] not in second.arguments


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Scope(whole=True), Scope(paths=("aaa",))),
        (Scope(paths=("aaa",)), Scope(paths=("aaa",), own=True)),
        (Scope(own=True), Scope(paths=("aaa",), own=True)),
    ],
)
def test_callers_who_may_see_in_different_ways_do_not(left: Scope, right: Scope) -> None:
    planner = Planner()
    statements = {
        planned(
            "{ cases { totalCount } }", planner=planner, given=facts(Told({Permission.CASE_READ: scope}))
        ).statement
        for scope in (left, right)
    }
    assert len(statements) == 2


def test_kinds_of_callers_and_sides_of_the_wall_do_not_share_plans() -> None:
    planner = Planner()
    text = "{ cases { edges { node { applicant { name } } } } }"
    plain = planned(text, planner=planner)
    assert planned(text, planner=planner, audit=True).statement is not plain.statement
    own = "{ cases(filter: {mine: true}) { totalCount } }"
    resident = planned(own, planner=planner, given=facts(kind="RESIDENT"))
    assert resident.statement is not planned(own, planner=planner).statement


def test_whoever_may_see_the_whole_district_pays_for_no_area() -> None:
    whole = planned("{ cases { totalCount } }").statement.sql
    areas = planned(
        "{ cases { totalCount } }", given=facts(Told({Permission.CASE_READ: Scope(paths=("aaa",))}))
    ).statement.sql
    assert "path" not in whole
    assert "path" in areas


def test_nobody_sees_a_row_through_a_scope_of_nothing() -> None:
    told = Told({Permission.CASE_READ: Scope()})
    for text in ("{ cases { totalCount } }", '{ case(number: "1") { id @skip(if: true) } }'):
        assert re.search(r"WHERE .*\bfalse\b", planned(text, given=facts(told)).statement.sql, re.DOTALL)


def test_the_store_is_bounded_and_forgets_the_least_used() -> None:
    planner = Planner(most_plans=5)
    for number in range(12):
        planned(f"{{ a{number}: district {{ name }} }}", planner=planner)
        planned("{ district { name } }", planner=planner)
    assert len(planner) == 5
    assert planner.misses == 13


# -------------------------------------------------------------------- the text


def test_a_statement_is_one_statement_and_its_parameters_are_numbered_by_recipe() -> None:
    ready = planned(EVERYTHING, **SECRETS)
    sql = ready.sql("d_some")
    assert ";" not in sql
    assert SCHEMA_MARK not in sql
    assert set(re.findall(r"\$\d+", sql)) == {f"${n}" for n in range(1, len(ready.arguments) + 1)}
    assert len(set(ready.statement.recipes)) == len(ready.statement.recipes)
    for secret in SECRETS.values():
        assert secret not in sql


def test_constants_of_the_declarations_are_written_out() -> None:
    ready = planned('{ districts(search: "a%b") { totalCount } }', platform=True)
    assert ready.arguments == ("a%b",)
    assert "status = 'LIVE'" in ready.statement.sql
    assert r"replace($1::VARCHAR, '\', '\\')" in ready.statement.sql, "backslashes are plain"


def test_readiness_is_answered_in_the_callers_language_by_one_statement() -> None:
    text = '{ onboarding(id: "01a20027-b057-7207-a424-93b90c7e21c8") { readiness { code passed message } } }'
    ready = planned(text, platform=True)
    assert "POSTCOMPILE" not in ready.statement.sql
    assert "IN ('DONE', 'SKIPPED')" in ready.statement.sql
    assert "zh-CN" in ready.arguments


def test_the_schema_of_a_district_is_quoted() -> None:
    assert 'FROM "d_some"' in planned("{ areas { totalCount } }").sql("d_some")


@pytest.mark.parametrize(
    "text", ['{ area(id: "1") { id } }', '{ cases(filter: {areaId: "x"}) { totalCount } }']
)
def test_ids_that_are_none_are_refused_while_parameters_are_bound(text: str) -> None:
    with pytest.raises(InvalidInput):
        planned(text)


# -------------------------------------------------------------------- the wall


# Operators read these of the platform's tables: how often a migration was tried, until when an invitation is good.
OF_THE_PLATFORM = {"tries", "token_expires_at"}


def columns_hidden(hidden: Callable[[Column[Any]], bool]) -> set[str]:
    """Names of a district's hidden columns that none of its readable columns shares."""
    columns = [column for table in TenantBase.metadata.tables.values() for column in table.columns]
    names = {column.name for column in columns if hidden(column)}
    return names - {column.name for column in columns if not hidden(column)} - OF_THE_PLATFORM


def test_whatever_an_auditor_asks_no_statement_names_a_column_that_is_hidden_from_auditors() -> None:
    hidden = columns_hidden(hidden_from_auditors)
    assert {"applicant_name", "identity_sealed", "identity_hash", "phone_hash"} <= hidden
    auditor = facts(kind="AUDITOR")
    texts = [everything_readable(), '{ cases(filter: {search: "x", mine: true, light: RED}) { totalCount } }']
    for text in texts:
        # What an answer calls a field is no column: its value there is a mask. Nor is a word of a constant.
        sql = re.sub(r" AS (\"\w+\"|\w+)|'[^']*'", "", planned(text, audit=True, given=auditor).statement.sql)
        words = set(re.findall(r"\w+", sql))
        assert not words & hidden
    staff = set(re.findall(r"\w+", planned(texts[0]).statement.sql))
    assert "applicant_name" in staff, "the others do see names, so the test looks at the right thing"


def test_nobodys_statement_names_a_sealed_or_secret_column() -> None:
    hidden = columns_hidden(hidden_from_readers)
    assert {"identity_sealed", "phone_sealed", "password_hash"} <= hidden
    words = set(re.findall(r"\w+", planned(everything_readable()).statement.sql))
    assert not words & hidden
