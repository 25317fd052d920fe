"""Whatever breaks, nothing of it gets out: neither to the client nor into the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import structlog
from structlog.testing import capture_logs
from tests.api.casework import REQUIRED, Desk, applicant, applied, fresh
from tests.api.clients import Client, Reply
from tests.api.raw import asked

from bangban.kernel.planner.planner import Planner
from bangban.web.services import AppServices

VILLAGE = "371681101200"


@pytest.fixture(scope="module")
def number(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), supplied=list(REQUIRED))


@pytest.fixture(autouse=True)
def _uncached_loggers() -> Iterator[None]:
    """Loggers that look for their processors each time, so that a test can listen."""
    before = structlog.get_config()
    structlog.configure(cache_logger_on_first_use=False)
    yield
    structlog.configure(**before)


SECRET = "310101-a-number-that-must-not-get-out"
CASE = "query($n: String!) { case(number: $n) { id applicant { name } } }"


class BugError(Exception):
    """As careless as an error can be."""


def broken_planner(*_: Any, **__: Any) -> Any:
    message = f"failed for {SECRET}"
    raise BugError(message)


def broken_statement(*_: Any, **__: Any) -> Any:
    message = f"Key (phone)=({SECRET}) already exists."
    raise asyncpg.UniqueViolationError(message)


@pytest.mark.parametrize(
    ("patched", "bug"),
    [
        ("bangban.kernel.planner.planner.Planner.bound", broken_planner),
        ("bangban.kernel.tenancy.reading.Reader.district", broken_statement),
        ("bangban.web.through.Through.answer", broken_planner),
        ("bangban.web.callers.Callers.find", broken_planner),
    ],
)
def test_a_bug_gives_its_request_id_and_nothing_else(
    desk: Desk, number: str, monkeypatch: pytest.MonkeyPatch, patched: str, bug: Any
) -> None:
    client = desk.staff("clerk-county").as_(Accept_Language="en", X_Request_Id="request-of-the-test")
    monkeypatch.setattr(patched, bug)
    with capture_logs() as logs:
        reply = asked(client, CASE, {"n": SECRET})
    (entry,) = reply.body["errors"]
    assert entry["extensions"].pop("message") == entry["message"]
    assert entry["extensions"] == {"code": "INTERNAL", "fields": [], "requestId": "request-of-the-test"}
    assert set(entry) <= {"message", "extensions", "path"}
    assert "data" not in reply.body
    assert reply.status == 500
    nothing_of_it(reply, logs, client)
    (line,) = [each for each in logs if each["log_level"] == "error"]
    assert line["request"] == "request-of-the-test"
    assert any("test_errors" in place or bug.__name__ in place for place in line["at"])


def test_a_bug_in_a_mutation_leaves_data_null_and_a_path(
    desk: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bangban.features.custody.handing.take_over_case", broken_planner)
    client = desk.staff("clerk-county")
    with capture_logs() as logs:
        reply = asked(
            client, "mutation($n: String!) { takeOverCase(input: {number: $n}) { id } }", {"n": SECRET}
        )
    (entry,) = reply.body["errors"]
    assert reply.body["data"] is None
    assert entry["path"] == ["takeOverCase"]
    assert entry["extensions"]["code"] == "INTERNAL"
    nothing_of_it(reply, logs, client)


@pytest.mark.parametrize(
    "found",
    [
        f'{{"case": {{"id": "1", "state": "{SECRET}"}}}}',  # not a member of the enum
        '{"case": {"id": null, "state": "ACCEPTED"}}',  # null where the contract has none
        '{"case": {}}',  # the key is missing
    ],
)
def test_walked_data_that_does_not_fit_the_contract_is_a_bug_of_ours(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    """What passes through is nobody's to look at again: ``test_never_null`` and the oracles stand for it."""

    async def wrong(*_: Any) -> bytes:
        return found.encode()

    client = desk.staff("clerk-county")
    monkeypatch.setattr("bangban.kernel.tenancy.reading.Reader.district", wrong)
    with capture_logs() as logs:
        reply = asked(client, '{ case(number: "1") { id state } __schema { description } }', {})
    assert reply.code == "INTERNAL", reply.body
    nothing_of_it(reply, logs, client)


def nothing_of_it(reply: Reply, logs: list[Any], client: Client) -> None:
    """Neither answer nor log holds a value, a token, a file or a class of ours."""
    for text in (json.dumps(reply.body), repr(logs)):
        assert SECRET not in text
        assert client.headers["Authorization"].removeprefix("Bearer ") not in text
    for word in ("Traceback", ".py", "BugError", "asyncpg", "UniqueViolation", "SELECT"):
        assert word not in json.dumps(reply.body)


def test_the_log_of_slow_requests_has_no_person_in_it(
    desk: Desk, number: str, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.endpoint, "_slow", 0.0)  # every request is worth a line
    n = fresh()
    person = applicant(n)
    given = {"serviceCode": "TPL-RESIDENCE-PERMIT", "areaId": desk.area(VILLAGE), "applicant": person}
    client = desk.staff("helper-village")
    with capture_logs() as logs:
        reply = asked(
            client, "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { number } }", {"i": given}
        )
        search = "query($s: String) { cases(filter: {search: $s}) { edges { node { number } } } }"
        assert asked(client, search, {"s": person["phone"]}).data["cases"]["edges"]
        asked(client, search, {"s": [person["phone"]]})
    known = reply.data["applyForCase"]["number"]
    for secret in (*person.values(), known, client.headers["Authorization"][7:]):
        assert secret == "PERSON" or secret not in repr(logs)
    assert [each["event"] for each in logs if each.get("request")] == ["request"] * 3


def test_a_planner_that_meets_a_new_question_while_broken_keeps_nothing_of_it(
    desk: Desk, services: AppServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(services.planner)
    with monkeypatch.context() as patch:
        patch.setattr("bangban.kernel.planner.planner.Compiler", broken_planner)
        assert desk.staff("clerk-county")("{ brandNew: district { brand } }").code == "INTERNAL"
    assert len(services.planner) == before
    assert isinstance(services.planner, Planner)
    assert desk.staff("clerk-county")("{ brandNew: district { brand } }").data["brandNew"]
