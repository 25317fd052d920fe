"""Corners of the planner's answers, each once and by name: what a drawn operation meets only now and then."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.casework import NOWHERE, REQUIRED, Desk, applied, fresh
from tests.api.clients import Client

VILLAGE, OTHER_VILLAGE = "371681101200", "371681001213"


@pytest.fixture(scope="module")
def clerk(desk: Desk) -> Client:
    return desk.staff("clerk-county")


@pytest.fixture(scope="module")
def number(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))


# -------------------------------------------------------------------- nothing is left to read


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{ district { name @skip(if: true) } }", {"district": {}}),
        ("{ district @skip(if: true) { name } }", {}),
        ("{ cases { totalCount @skip(if: true) } }", {"cases": {}}),
        ("{ cases { pageInfo { hasNextPage @skip(if: true) } } }", {"cases": {"pageInfo": {}}}),
        (
            "{ areas(first: 2) { edges { node { id @skip(if: true) } } } }",
            {"areas": {"edges": [{"node": {}}] * 2}},
        ),
        ("{ areas(first: 2) { edges { cursor @skip(if: true) } } }", {"areas": {"edges": [{}] * 2}}),
        ('{ area(code: "371681101") { parent { id @skip(if: true) } } }', {"area": {"parent": {}}}),
        ('{ area(code: "371681101") { ancestors { id @skip(if: true) } } }', {"area": {"ancestors": [{}]}}),
        ("{ viewer { kind @skip(if: true) } }", {"viewer": {}}),
        ("{ ... @include(if: false) { district { name } } }", {}),
    ],
)
def test_an_empty_selection_is_an_empty_object(clerk: Client, text: str, data: Any) -> None:
    assert clerk(text).data == data


@pytest.mark.parametrize(
    "name", ["o", "o5", "row", "page", "t1", "key_0", "place", "node_0_0", "value", "x" * 70]
)
def test_no_response_key_is_mistaken_for_a_name_of_the_statement(
    clerk: Client, number: str, name: str
) -> None:
    wide = " ".join(
        f"{name}{each}: {each}" for each in ("id", "state", "channel", "note", "outcome", "opinion")
    )
    text = f"""query($n: String!) {{
        {name}: case(number: $n) {{ {name}: number {wide} materials {{ {name}: code {name}2: name }} }}
        c: cases(filter: {{search: $n}}) {{ edges {{ {name}: node {{ {name}: number {wide} }} }} }}
        s: services(first: 1) {{ edges {{ node {{ materials {{ {name}: code }} }} }} }} }}"""
    plain = "query($n: String!) { case(number: $n) { number id state materials { code name } } }"
    numbered = [f"o{place}" for place in range(30) if f"o{place}" not in (name, f"{name}2")]
    text = text.replace("materials {", "materials { " + " ".join(f"{each}: code" for each in numbered), 1)
    found, case = clerk(text, n=number).data, clerk(plain, n=number).data["case"]
    assert (found[name][name], found[name][f"{name}id"]) == (case["number"], case["id"])
    assert found[name]["materials"] == [
        {**dict.fromkeys(numbered, each["code"]), name: each["code"], f"{name}2": each["name"]}
        for each in case["materials"]
    ]
    (edge,) = found["c"]["edges"]
    assert (edge[name][name], edge[name][f"{name}state"]) == (case["number"], case["state"])
    assert all(isinstance(each[name], str) for each in found["s"]["edges"][0]["node"]["materials"])


def test_an_object_whose_every_field_is_skipped_is_there_only_for_those_who_may_see_it(
    desk: Desk, number: str
) -> None:
    text = "query($n: String!) { case(number: $n) { id @skip(if: true) } }"
    assert desk.staff("helper-village")(text, n=number).data == {"case": {}}
    assert desk.staff("helper-village-2")(text, n=number).data == {"case": None}
    assert desk.staff("helper-village-2")(text, n=NOWHERE).data == {"case": None}


def test_mutations_may_be_asked_for_nothing_too(desk: Desk) -> None:
    given = {
        "serviceCode": "TPL-RESIDENCE-PERMIT",
        "areaId": desk.area(VILLAGE),
        "applicant": {"kind": "PERSON", "name": "样本人", "identityNumber": "x", "phone": "x"},
    }
    text = "mutation($i: ApplyForCaseInput!, $skip: Boolean!) { applyForCase(input: $i) @skip(if: $skip) { id } }"
    assert desk.staff("helper-village")(text, i=given, skip=True).data == {}
    again = "mutation($n: String!) { takeOverCase(input: {number: $n}) { id @skip(if: true) } }"
    assert desk.staff("helper-village")(again, n=NOWHERE).code == "NOT_FOUND"


# -------------------------------------------------------------------- pieces of pages


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize(
    "piece",
    [
        "__typename",
        "hasPreviousPage",
        "hasNextPage",
        "startCursor",
        "endCursor",
        "a: endCursor b: startCursor",
    ],
)
def test_any_piece_of_page_info_may_be_asked_for_alone(clerk: Client, piece: str, empty: bool) -> None:
    search = "没有这样的" if empty else "街道"
    text = f"query($s: String) {{ areas(search: $s, first: 2) {{ pageInfo {{ {piece} }} }} }}"
    info = clerk(text, s=search).data["areas"]["pageInfo"]
    whole = clerk(
        "query($s: String) { areas(search: $s, first: 2) {"
        " pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } } }",
        s=search,
    ).data["areas"]
    known = whole["pageInfo"] | {"a": whole["pageInfo"]["endCursor"], "b": whole["pageInfo"]["startCursor"]}
    assert info == {key: known[key] for key in info}
    cursors = [edge["cursor"] for edge in whole["edges"]] or [None]
    assert (whole["pageInfo"]["startCursor"], whole["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    assert whole["pageInfo"]["hasNextPage"] is not empty


def test_a_whole_list_can_be_paged_through_forwards_and_meets_every_row_once(clerk: Client) -> None:
    text = (
        'query($after: String) { areas(level: TOWN, search: "镇", first: 5, after: $after) {'
        " totalCount edges { node { code } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"
    )
    codes: list[str] = []
    after, turns = None, 0
    while True:
        page = clerk(text, after=after).data["areas"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        codes += [edge["node"]["code"] for edge in page["edges"]]
        turns += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(codes) == len(set(codes)) == page["totalCount"] == 11
    assert turns == 3


def test_a_cursor_belongs_to_its_list_and_order(clerk: Client, number: str) -> None:
    newest = clerk("{ cases { pageInfo { endCursor } } }").data["cases"]["pageInfo"]["endCursor"]
    text = "query($o: CaseOrder, $a: String) { cases(orderBy: $o, after: $a) { totalCount pageInfo { endCursor } } }"
    assert clerk(text, o="NEWEST", a=newest).data["cases"]["totalCount"] > 0
    for order in ("OLDEST", "DUE_FIRST"):
        assert clerk(text, o=order, a=newest).code == "INVALID_INPUT"
    due = clerk(text, o="DUE_FIRST").data["cases"]["pageInfo"]["endCursor"]
    # Whatever other tests left in the list, a page does not begin with its own start again.
    assert clerk(text, o="DUE_FIRST", a=due).data["cases"]["pageInfo"]["endCursor"] != due


def test_pages_within_pages_within_pages_each_have_their_own_rows(clerk: Client) -> None:
    text = """{
      areas(level: COUNTY) { edges { node { name
        few: children(first: 1) {
          edges { node { name children(first: 2) { totalCount edges { node { parent { name } } } } } }
        }
        children(first: 2) {
          totalCount edges { a: node { name } b: node { ancestors { name } } cursor } e: edges { cursor }
        }
      } } }
    }"""
    county = clerk(text).data["areas"]["edges"][0]["node"]
    assert [edge["cursor"] for edge in county["children"]["edges"]] == [
        edge["cursor"] for edge in county["children"]["e"]
    ]
    assert county["children"]["edges"][0]["b"]["ancestors"] == [{"name": county["name"]}]
    (first,) = county["few"]["edges"]
    assert first["node"]["name"] == county["children"]["edges"][0]["a"]["name"]
    grandchildren = first["node"]["children"]
    assert {edge["node"]["parent"]["name"] for edge in grandchildren["edges"]} == {first["node"]["name"]}
    assert grandchildren["totalCount"] > len(grandchildren["edges"]) == 2


def test_one_field_with_different_arguments_under_two_aliases_is_two_questions(clerk: Client) -> None:
    text = """{
      towns: areas(level: TOWN, search: "街道", first: 1) { totalCount edges { node { level } } }
      villages: areas(level: VILLAGE, first: 1) { totalCount edges { node { level } } }
      none: areas(level: GRID, first: 1) { totalCount edges { node { level } } }
    }"""
    data = clerk(text).data
    assert data["towns"]["totalCount"] == 5
    assert data["villages"]["totalCount"] > 500
    assert data["none"] == {"totalCount": 0, "edges": []}
    assert data["villages"]["edges"][0]["node"]["level"] == "VILLAGE"


# -------------------------------------------------------------------- introspection beside data


def test_introspection_and_data_come_in_one_answer(clerk: Client) -> None:
    text = """{
      __schema { queryType { name } }
      district { __typename name }
      __typename
      t: __type(name: "Case") { name kind fields { name } }
    }"""
    data = clerk(text).data
    assert data["__schema"] == {"queryType": {"name": "Query"}}
    assert data["district"] == {"__typename": "District", "name": "邹平市"}
    assert list(data) == ["__schema", "district", "__typename", "t"]
    assert {"name": "timeline"} in data["t"]["fields"]


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Case") { name } }',
        "{ s: __schema { __typename } }",
        "{ ...F } fragment F on Query { ... { __schema { __typename } } }",
        "query($no: Boolean = true) { district { name } __schema @skip(if: $no) { __typename } }",
    ],
)
def test_anonymous_callers_do_not_introspect_however_they_write_it(
    desk: Desk, clerk: Client, text: str
) -> None:
    assert desk.place.anonymous(text).code == "FORBIDDEN"
    assert clerk(text).data is not None


def test_anonymous_callers_may_ask_for_the_names_of_types(desk: Desk) -> None:
    assert desk.place.anonymous("{ __typename district { __typename } }").data == {
        "__typename": "Query",
        "district": {"__typename": "District"},
    }


# -------------------------------------------------------------------- searching


@pytest.mark.parametrize(
    "search", ["%", "_", "\\", "\\\\", "'", '"', "%%", "a%", "\\%", "$1", ":x", "__[SCHEMA_tenant]"]
)
def test_what_is_searched_for_is_text_and_no_pattern(clerk: Client, search: str) -> None:
    text = (
        "query($s: String) { areas(search: $s) { totalCount } services(filter: {search: $s}) { totalCount } }"
    )
    data = clerk(text, s=search).data
    assert data == {"areas": {"totalCount": 0}, "services": {"totalCount": 0}}


def test_letters_are_found_in_either_case_and_chinese_by_a_single_character(clerk: Client) -> None:
    text = "query($s: String) { services(filter: {search: $s}) { totalCount } }"
    assert clerk(text, s="tpl-birth").data == clerk(text, s="TPL-BIRTH").data
    assert clerk(text, s="tpl-birth").data["services"]["totalCount"] == 1
    assert clerk(text, s="证").data["services"]["totalCount"] > 1
