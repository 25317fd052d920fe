"""Refusals name the fields of the input that was sent, so that a form can show each fault where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.casework import Desk
from tests.api.named import VILLAGE, sent_by
from tests.api.operation_steps import step_of


def _fields(desk: Desk, name: str, changes: dict[str, Any]) -> list[str]:
    client, variables = step_of(desk, name)
    reply = sent_by(client, name, {"input": variables["input"] | changes})[0]
    fields: list[str] = reply.body["errors"][0]["extensions"]["fields"]
    return fields


@pytest.mark.parametrize("name", ["PlaceOrder", "GreetVisitor", "RecordFirstAsk"])
def test_a_case_that_is_not_there_is_named_as_this_input_calls_it(desk: Desk, name: str) -> None:
    assert _fields(desk, name, {"caseNumber": "NOPE"}) == ["input.caseNumber"]


def test_files_that_supply_nothing_more_are_named_themselves(desk: Desk) -> None:
    client, variables = step_of(desk, "SupplyFiles")
    assert sent_by(client, "SupplyFiles", variables)[0].data
    reply = sent_by(client, "SupplyFiles", variables)[0]
    assert reply.body["errors"][0]["extensions"]["fields"] == ["input.fileIds"]


def test_a_withdrawal_without_a_reason_is_told_what_is_missing(desk: Desk) -> None:
    client, variables = step_of(desk, "WithdrawDelegation")
    reply = sent_by(client, "WithdrawDelegation", {"input": variables["input"] | {"reason": " "}})[0]
    refusal = reply.body["errors"][0]["extensions"]
    assert refusal["fields"] == ["input.reason"]
    assert refusal["message"].startswith("请写明收回理由")


@pytest.mark.parametrize("name", ["PublishBundle", "PublishServiceItem"])
def test_a_version_that_never_was_is_not_said_to_be_changed_by_somebody_else(desk: Desk, name: str) -> None:
    client, variables = step_of(desk, name)
    reply = sent_by(client, name, {"input": variables["input"] | {"basedOn": 99}})[0]
    refusal = reply.body["errors"][0]["extensions"]
    assert (refusal["code"], refusal["fields"]) == ("CONFLICT", ["input.basedOn"])
    assert "第 99 版" in refusal["message"]


def test_an_id_that_is_none_is_named_with_its_row(desk: Desk) -> None:
    given = {"serviceCode": "TPL-RESIDENCE-PERMIT", "areaId": desk.area(VILLAGE)}
    rows = [given, given, {**given, "areaId": "x"}]
    assert _fields(desk, "CollectBatch", {"applications": rows}) == ["input.applications.2.areaId"]


EVERYWHERE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "SetServicePoint": (
        {
            "name": " ",
            "location": {"longitude": 36, "latitude": 117},
            "openingHours": "always",
            "since": "2026-03-02",
            "until": "2026-03-01",
            "windows": [
                {"number": "1", "name": "综合窗口"},
                {"number": "1", "name": "专窗", "kind": "SPECIAL", "serviceCodes": ["NO-SUCH-ITEM"]},
                {"number": "", "name": "专窗", "themes": ["没有"]},
            ],
            "terminals": [
                {"key": "one-twice", "name": "终端", "serviceCodes": []},
                {"key": "one-twice", "name": "终端", "serviceCodes": ["NO-SUCH-ITEM"]},
            ],
            "crowd": {"queueLength": 0, "waitMinutes": 481},
        },
        [
            *("name", "location", "until", "openingHours", "windows.1.number", "windows.2.number"),
            *("windows.2.kind", "windows.1.serviceCodes.0", "windows.2.themes.0"),
            *("terminals.1.serviceCodes.0", "terminals.0.key", "terminals.1.key"),
            *("crowd.queueLength", "crowd.waitMinutes"),
        ],
    ),
    "SetPartnerAgreement": (
        {"partner": "", "points": ["nowhere"], "serviceCodes": [], "until": "2020-01-01"},
        ["partner", "until", "serviceCodes", "points.0"],
    ),
    "PlaceAreas": (
        {
            "areas": [
                {"area": "371681", "location": {"longitude": 117.7, "latitude": 36.9}},
                {"area": VILLAGE, "location": {"longitude": 36.9, "latitude": 117.7}, "population": -1},
            ]
        },
        ["areas.1.location", "areas.1.population"],
    ),
    "PublishBundle": (
        {
            "leadDepartment": "",
            "services": ["NO-SUCH-ITEM"],
            "optional": ["NO-SUCH-ONE"],
            "fields": [{"key": "A B", "label": "房号", "labelEn": ""}],
            "materials": [
                {"key": "PHOTO", "name": "相片", "of": [{"serviceCode": "X", "materialCode": "Y"}]}
            ],
            "answerWorkingDays": 3,
        },
        [
            *("leadDepartment", "services", "services.0", "optional.0", "fields.0.key", "fields.0.labelEn"),
            *("materials.0.of.0", "answerWorkingDays"),
        ],
    ),
    "PublishGuidance": (
        {
            "start": "b",
            "nodes": [
                {
                    "key": "a",
                    "question": {"zh": "问", "en": ""},
                    "answers": [{"key": "x", "label": {"zh": "答", "en": "A"}, "item": "NO-SUCH-ITEM"}],
                }
            ],
        },
        ["nodes.0.question", "nodes.0.answers.0.item", "start"],
    ),
    "PublishPrintedGuide": ({"name": "", "codes": ["NO-SUCH-ITEM"]}, ["name", "codes.0"]),
    "PublishServiceItem": (
        {
            "name": "",
            "noMaterialsReason": None,
            "promisedWorkingDays": -1,
            "resultName": "",
            "materials": [{"code": "A", "name": "身份证", "originals": -1}],
        },
        ["name", "promisedWorkingDays", "materials.0.originals", "resultName"],
    ),
    "AddPolicyLines": (
        {
            "lines": [
                {"role": "clerk", "level": "TOWN", "object": "case", "action": "read"},
                {"role": "operator", "level": "PLATFORM", "object": "district", "action": "manage"},
            ]
        },
        ["lines.0", "lines.1"],
    ),
    "ConfigureDistrict": (
        {
            "circleMinutes": 0,
            "network": {"specialtyCoverage": [{"specialty": "ENTERPRISE", "percent": 101}]},
        },
        ["circleMinutes", "network.specialtyCoverage.0"],
    ),
    "ApplyForBundle": (
        {"form": [{"key": "room", "value": "1"}, {"key": "nothing", "value": "1"}]},
        ["form.1"],
    ),
}
"""What is given, and the fields that are wrong of it, of each input that is judged as a whole."""


@pytest.mark.parametrize("name", EVERYWHERE)
def test_every_fault_of_an_input_is_named_where_it_is(desk: Desk, name: str) -> None:
    client, variables = step_of(desk, name)
    given, wrong = EVERYWHERE[name]
    asked = {"input": variables["input"] | given}
    refused = {
        language: sent_by(client.as_(Accept_Language=language), name, asked)[0] for language in ("zh", "en")
    }
    (error,) = refused["en"].body["errors"]
    assert sorted(error["extensions"]["fields"]) == sorted(f"input.{each}" for each in wrong)
    for reply in refused.values():
        message = reply.body["errors"][0]["message"]
        key = asked["input"].get("key") or asked["input"].get("code")
        assert key is None or key not in message, "whoever sent one thing knows which it is"


def test_a_paper_is_shared_by_an_item_once(desk: Desk) -> None:
    client, variables = step_of(desk, "PublishBundle")
    code = variables["input"]["services"][0]
    of = [{"serviceCode": code, "materialCode": each} for each in ("A", "B")]
    asked = {"input": variables["input"] | {"materials": [{"key": "ID-CARD", "name": "身份证", "of": of}]}}
    reply = sent_by(client.as_(Accept_Language="en"), "PublishBundle", asked)[0]
    assert f"The item {code} stands twice at the shared material" in reply.body["errors"][0]["message"]


def test_scores_that_cannot_be_are_named_in_their_list(desk: Desk) -> None:
    client, variables = step_of(desk, "AssessPoint")
    scores = variables["input"]["scores"]
    changed = [{**scores[0], "score": 101}, *scores[1:], {"key": "no-such-one", "score": 1}]
    reply = sent_by(client, "AssessPoint", {"input": variables["input"] | {"scores": changed}})[0]
    assert reply.body["errors"][0]["extensions"]["fields"] == [
        "input.scores.0.score",
        f"input.scores.{len(scores)}.key",
    ]
