"""Whatever is sent, the answer is data or a refusal with a code, and never a fault of ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from graphql import OperationType
from tests.api.casework import REQUIRED, Desk, applied, fresh
from tests.api.odd_values import odd_requests
from tests.api.raw import asked

from bangban.kernel.problems import ErrorCode
from bangban.web.schema import core_schema

VILLAGE = "371681101200"
ITS_OWN_TESTS = {
    "signOut",
    "signIn",
    "signInWithCode",
}  # they would end sessions, or wait for password hashes


@pytest.fixture(scope="module")
def number(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))


# -------------------------------------------------------------------- odd values


@pytest.mark.parametrize("kind", [OperationType.QUERY, OperationType.MUTATION])
def test_no_value_of_any_argument_breaks_anything(desk: Desk, number: str, kind: OperationType) -> None:
    root = core_schema().get_root_type(kind)
    assert root is not None
    codes: Counter[str] = Counter()
    for name in sorted(set(root.fields) - ITS_OWN_TESTS):
        client = desk.staff("auditor" if name == "auditTrail" else "clerk-county")
        for what, document, variables in odd_requests(kind.value, root, name, number):
            reply = asked(client, document, variables)
            code = reply.code if reply.body.get("errors") else "OK"
            assert code != "INTERNAL", f"{name} {what}"
            assert reply.status < 500, f"{name} {what}"
            codes[code] += 1
    assert codes["INVALID_INPUT"] > 20
    assert codes["GRAPHQL_VALIDATION_FAILED"] > 20


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (r'{ case(number: "a\u0000b") { id } }', "INVALID_INPUT"),
        (r'{ services(filter: {search: "\u{0}"}) { totalCount } }', "INVALID_INPUT"),
        (r'{ case(number: "\uD800") { id } }', "GRAPHQL_PARSE_FAILED"),
        ('{ case(number: "a\x00b") { id } }', "INVALID_INPUT"),
        ("{ areas(first: 0) { totalCount pageInfo { hasNextPage } } }", "INVALID_INPUT"),
        ("{ areas(first: 101) { edges { cursor } } }", "INVALID_INPUT"),
        ("{ areas(first: 2147483648) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ areas(first: {'9' * 5000}) {{ totalCount }} }}", "GRAPHQL_VALIDATION_FAILED"),
        ("{ areas(first: 1.0) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        (f"{{ area(id: {'9' * 4000}) {{ id }} }}", "INVALID_INPUT"),
        ('{ area(id: "x") { id } }', "INVALID_INPUT"),
        ('{ areas(after: "x") { edges { cursor } } }', "INVALID_INPUT"),
        ('{ auditTrail(filter: {since: "yesterday"}) { totalCount } }', "GRAPHQL_VALIDATION_FAILED"),
        ("{ case { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ district }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
        ("type Query { a: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query { district { name } ", "GRAPHQL_PARSE_FAILED"),
        ("💥", "GRAPHQL_PARSE_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
        ("fragment F on Query { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { caseChanged(number: "1") { id } }', "BAD_REQUEST"),
    ],
)
def test_a_document_that_is_wrong_is_told_what_is_wrong_with_it(desk: Desk, text: str, code: str) -> None:
    reply = asked(desk.staff("clerk-county"), text, {})
    assert reply.code == code, reply.body
    assert "data" not in reply.body or code == "INTERNAL"


@pytest.mark.parametrize(
    "variables",
    [
        {"s": "\ud800"},
        {"s": {"\ud800": 1}},
        {"s": ["\udfff"]},
        {"\ud800": 1},
        {"s": [[[[["\x00"]]]]]},
        {"s": json.loads("[" * 300 + "]" * 300)},
        {"junk": json.loads("[" * 300 + "]" * 300)},
    ],
)
def test_an_answer_can_always_be_written(desk: Desk, variables: dict[str, Any]) -> None:
    document = "query($s: String) { services(filter: {search: $s}) { totalCount } }"
    client = desk.staff("clerk-county").as_(Idempotency_Key="a-key-of-the-test")
    for text in (document, "mutation($s: String!) { takeOverCase(input: {number: $s}) { id } }"):
        assert asked(client, text, variables).code in ("INVALID_INPUT", "LIMIT_EXCEEDED")


def test_a_text_that_cannot_be_kept_is_named_as_the_input_has_it(desk: Desk) -> None:
    client = desk.staff("clerk-county")
    text = "mutation($mine: TakeOverCaseInput!) { takeOverCase(input: $mine) { id } }"
    reply = asked(client, text, {"mine": {"number": "a\x00"}})
    assert reply.body["errors"][0]["extensions"]["fields"] == ["input.number"]
    reply = asked(client, "query($mine: String!) { case(number: $mine) { id } }", {"mine": "a\x00"})
    assert reply.body["errors"][0]["extensions"]["fields"] == ["number"]


def test_every_error_has_code_message_and_fields_in_the_callers_language(desk: Desk, number: str) -> None:
    client = desk.staff("clerk-county")
    for text in (
        "{",
        "{ nothing }",
        '{ area(id: "x") { id } }',
        "{ staff(first: 0) { totalCount edges { cursor } } }",
    ):
        for language, pattern in (("zh-CN", "[\u4e00-\u9fff]"), ("en", "^[^\u4e00-\u9fff]+$")):
            for entry in client.as_(Accept_Language=language)(text).body["errors"]:
                assert set(entry["extensions"]) == {"code", "message", "fields"}
                assert entry["extensions"]["code"] in set(ErrorCode)
                assert re.search(pattern, entry["message"])
                assert entry["message"] == entry["extensions"]["message"]
