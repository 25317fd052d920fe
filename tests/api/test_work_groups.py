"""Work groups over HTTP: a log is taken over by parts, and tells how soon questions are answered (DOMAIN C12, D04)."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from tests.api.casework import Desk, fresh
from tests.api.clients import Client, Place, Reply
from tests.api.named import text_of
from tests.api.parts.groups import TOWN, group_of, line

LEAD = "clerk-county"


def sent(client: Client, desk: Desk, *lines: dict[str, Any], key: str | None = None) -> Reply:
    """A part of the log of the lead's group, whatever comes of it."""
    given = {"teamId": group_of(desk, LEAD), "lines": list(lines)}
    headers = {} if key is None else {"Idempotency-Key": key}
    reply: Reply = client.run(client.send(text_of("ImportGroupLog"), headers=headers, input=given))
    return reply


def imported(desk: Desk, *lines: dict[str, Any], key: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = sent(desk.staff(LEAD), desk, *lines, key=key).data["importGroupLog"]
    return found


def group(desk: Desk, login: str = LEAD, **days: str) -> dict[str, Any]:
    edges = desk.staff(login)(text_of("WorkGroups"), **days).data["workGroups"]["edges"]
    (found,) = [each["node"] for each in edges if each["node"]["team"]["id"] == group_of(desk, LEAD)]
    return dict(found)


def test_minutes_are_those_of_the_clock_and_the_first_answer_counts(desk: Desk) -> None:
    me, minutes = desk.staff_id(LEAD), (3, 20, 47, 12)
    lines = [line(f"noon-{place}", each, staff_id=me) for place, each in enumerate(minutes)]
    for each in lines:  # at midnight, when nobody works
        each["askedAt"] = "2026-03-01T16:30:00Z"
    for each, later in zip(lines, minutes, strict=True):
        each["answers"] = [
            {
                "staffId": me,
                "at": f"2026-03-01T{16 + (30 + late) // 60}:{(30 + late) % 60:02}:00Z",
                "text": "可以",
            }
            for late in (later, later + 30)
        ]
    silent = line("silent", askedAt="2026-03-02T01:00:00Z")
    elsewhere = line("later", 5, staff_id=me)
    done = imported(desk, *lines, silent, elsewhere)
    assert done == {"applied": True, "questions": 6, "answers": 9, "repeated": 0, "faults": []}
    found = group(desk, since="2026-03-02", until="2026-03-02")
    assert found["statistics"] == {
        "since": "2026-03-02",
        "until": "2026-03-02",
        "questions": 5,
        "answered": 4,
        "medianMinutes": median(minutes),
    }
    assert [(each["staff"]["id"], each["lead"]) for each in found["members"]] == [(me, True)]
    assert (
        group(desk, "supervisor", since="2026-03-03", until="2026-03-03")["statistics"]["medianMinutes"]
        is None
    )
    told = desk.staff("supervisor")(
        'query($a: ID) { indicators(areaId: $a, since: "2026-03-02", until: "2026-03-02", mechanisms: [C12])'
        " { key value } }",
        a=desk.area(TOWN),
    ).data["indicators"]
    assert {"key": "GROUP_ANSWER_MINUTES", "value": "16"} in told
    wanted = {"filter": {"teamId": group_of(desk, LEAD), "states": ["HANDLING"]}}
    (edge,) = desk.staff(LEAD)(text_of("FirstAsks"), **wanted).data["firstAsks"]["edges"]
    node = edge["node"]
    assert (node["externalNumber"], node["channel"], node["owner"]["id"]) == ("silent", "GROUP", me)


def test_who_said_what_stays_provable_and_a_repeat_is_answered_alike(desk: Desk) -> None:
    me, key, first = desk.staff_id(LEAD), str(uuid4()), line("proof", 5, staff_id=desk.staff_id(LEAD))
    once = imported(desk, first, key=key)
    assert once == imported(desk, first, key=key)
    assert imported(desk, first) == {
        "applied": True,
        "questions": 0,
        "answers": 0,
        "repeated": 1,
        "faults": [],
    }
    refused = imported(desk, line("other"), {**first, "matter": "改过的问题"})
    assert (refused["applied"], refused["questions"]) == (False, 0)
    assert [(each["line"], each["column"]) for each in refused["faults"]] == [(2, "number")]
    wanted = {"filter": {"teamId": group_of(desk, LEAD)}, "first": 100}
    found = [
        each["node"] for each in desk.staff(LEAD)(text_of("FirstAsks"), **wanted).data["firstAsks"]["edges"]
    ]
    (node,) = [each for each in found if each["externalNumber"] == "proof"]
    assert "other" not in {each["externalNumber"] for each in found}
    (answer,) = node["answers"]
    assert (answer["author"]["id"], answer["recordedBy"]["id"], answer["bannedPhrases"]) == (me, me, None)
    assert (node["state"], node["outcome"], node["replyMinutes"]) == ("CLOSED", "群内已答复", 5)


def test_answers_are_in_the_order_in_which_they_were_given(desk: Desk) -> None:
    me, asked = desk.staff_id(LEAD), line("turned", askedAt="2026-03-05T01:00:00Z")
    given = [f"2026-03-05T01:{minute}:00Z" for minute in (30, 12, 21)]
    asked["answers"] = [{"staffId": me, "at": at, "text": f"答复 {at}"} for at in given]
    assert imported(desk, asked)["answers"] == 3
    answers = """query($f: FirstAskFilter) { firstAsks(filter: $f, first: 100) {
        edges { node { externalNumber answers { text } } } } }"""
    edges = desk.staff(LEAD)(answers, f={"teamId": group_of(desk, LEAD)}).data["firstAsks"]["edges"]
    (found,) = [each["node"] for each in edges if each["node"]["externalNumber"] == "turned"]
    assert [each["text"] for each in found["answers"]] == [f"答复 {at}" for at in sorted(given)]


def test_groups_are_nothing_to_residents_auditors_and_other_districts(desk: Desk, rushan: Place) -> None:
    imported(desk, line("seen"))
    for client in (desk.resident(fresh()), desk.staff("guide")):
        assert client(text_of("WorkGroups")).data["workGroups"]["edges"] == []
    for login in ("auditor", "admin", "helper-village"):
        assert sent(desk.staff(login), desk, line("x")).code in ("FORBIDDEN", "NOT_FOUND")
    assert rushan.sign_in("supervisor")(text_of("WorkGroups")).data["workGroups"]["edges"] == []
    future = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1, month=1, day=1)
    ahead = imported(desk, line("ahead", askedAt=future.isoformat()))
    assert [each["column"] for each in ahead["faults"]] == ["askedAt"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", ""), ("number", "\x00"), ("matter", " "), ("askedAt", "0001-01-01T00:00:00+14:00")],
)
def test_odd_lines_are_refused_in_words(desk: Desk, field: str, value: str) -> None:
    reply = sent(desk.staff(LEAD), desk, {**line("odd"), field: value})
    if "errors" in reply.body:
        assert reply.code in ("INVALID_INPUT", "BAD_REQUEST", "GRAPHQL_VALIDATION_FAILED")
    else:
        assert [each["column"] for each in reply.data["importGroupLog"]["faults"]] == [field]
