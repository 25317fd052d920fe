"""Text that the database cannot hold is refused with the field that holds it, in whatever place it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.api.casework import application, fresh, mutation_of
from tests.api.clients import Place, Reply
from tests.api.raw import reply_to

COUNTY = "邹平市"


def sent(place: Place, query: str, bad: str, **variables: Any) -> Reply:
    """A request by the county's window, in which BAD stands for an escape of JSON."""
    clerk = place.sign_in("clerk-county")
    body = json.dumps({"query": query, "variables": variables}).replace("BAD", bad)
    return reply_to(clerk, body.encode())


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\udfff"])
def test_unusable_text_in_variables_is_refused_by_name(zouping: Place, bad: str) -> None:
    by_query = {
        "query($text: String!) { case(number: $text) { id } }": "number",
        "query($text: String!) { cases(filter: {search: $text}) { totalCount } }": "filter.search",
        "query($text: String!) { staff(filter: {search: $text}) { totalCount } }": "filter.search",
        "query($text: String!) { areas(search: $text) { totalCount } }": "search",
        "query($text: String!) { districts(search: $text) { totalCount } }": "search",
        "query($text: String!) { cases(after: $text) { totalCount } }": "after",
    }
    for query, field in by_query.items():
        reply = sent(zouping, query, bad, text="样BAD本")
        assert (reply.code, reply.body["errors"][0]["extensions"]["fields"]) == ("INVALID_INPUT", [field]), (
            query
        )
    given = application(zouping.ids[COUNTY], fresh())
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**given, "note": "BAD"}, "input.note"),
        ({**given, "supplied": ["ID-CARD", "BAD"]}, "input.supplied.1"),
        ({**given, "applicant": {**given["applicant"], "name": "样BAD"}}, "input.applicant.name"),
        ({**given, "BAD": 1}, "input"),
    ]
    for input_, field in wrong:
        reply = sent(zouping, mutation_of("applyForCase", "id"), bad, input=input_)
        assert (reply.code, reply.body["errors"][0]["extensions"]["fields"]) == ("INVALID_INPUT", [field]), (
            field
        )


def test_unusable_text_in_the_document_is_refused(zouping: Place) -> None:
    clerk = zouping.sign_in("clerk-county")
    for escape in (r"\u0000", r"\u{0}"):  # an escape of GraphQL's own, which the parser lets through
        assert clerk(f'{{ case(number: "{escape}") {{ id }} }}').code == "INVALID_INPUT", escape
    assert clerk(r'{ case(number: "\ud800") { id } }').code == "GRAPHQL_PARSE_FAILED"
    for bad in ("\\u0000", "\\ud800"):
        assert sent(zouping, '{ case(number: "BAD") { id } }', bad).code == "INVALID_INPUT", bad
