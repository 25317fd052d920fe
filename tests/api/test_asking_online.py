"""Questions asked online, over HTTP: a resident sees their own and the answers, and nothing of the way inside."""

from __future__ import annotations

from typing import Any

from tests.api.casework import PERMIT, Desk, fresh, mutation_of
from tests.api.clients import Client

VILLAGE = "371681101200"
ASK = """mutation($input: AskOnlineInput!) { askOnline(input: $input) {
    number state channel service { code } owner { id name } replyDueAt askedAt } }"""
LIST = """query($n: String) { firstAsks(filter: {number: $n}) { totalCount edges { node {
    number matter service { code name } asker state replyMinutes answers { text author { name } } transfers { reason }
    owner { id } handler { id } } } } }"""


CONFIGURE = """mutation($i: ConfigureDistrictInput!) { configureDistrict(input: $i) {
    phrases { phrase instead } } }"""


def seen(client: Client, number: str) -> list[dict[str, Any]]:
    found = client(LIST, n=number).data["firstAsks"]
    nodes = [each["node"] for each in found["edges"]]
    assert found["totalCount"] == len(nodes)
    return nodes


def test_a_resident_sees_the_answer_and_one_voice(desk: Desk) -> None:
    asker, stranger = desk.resident(fresh()), desk.resident(fresh())
    given = {"areaId": desk.area(VILLAGE), "matter": "到期前多久可以签注", "serviceCode": f" {PERMIT} "}
    asked = asker(ASK, input=given).data["askOnline"]
    number = asked["number"]
    assert (asked["state"], asked["channel"]) == ("HANDLING", "ONLINE")
    assert asked["owner"]["id"] == desk.staff_id("helper-village")
    assert asked["replyDueAt"] > asked["askedAt"]
    assert asked["service"]["code"] == PERMIT, "whoever answers knows what it is about"
    owner, clerk = desk.staff("helper-village"), desk.staff("clerk-county")
    passed = {"number": number, "toStaffId": desk.staff_id("clerk-county"), "reason": "属公安窗口职责"}
    owner(mutation_of("transferFirstAsk", "state"), input=passed)
    clerk(mutation_of("takeFirstAsk", "state"), input={"number": number, "accept": True})
    (before,) = seen(asker, number)
    assert (before["replyMinutes"], before["answers"], before["transfers"]) == (None, [], [])
    clerk(mutation_of("answerFirstAsk", "state"), input={"number": number, "text": "到期前三十日内"})
    (after,) = seen(asker, number)
    assert (after["state"], after["replyMinutes"], after["transfers"]) == ("ANSWERED", 0, [])
    assert [each["text"] for each in after["answers"]] == ["到期前三十日内"]
    assert after["owner"]["id"] == asked["owner"]["id"] != after["handler"]["id"]
    (inside,) = seen(owner, number)
    assert [each["reason"] for each in inside["transfers"]] == ["属公安窗口职责"]
    assert inside["asker"].startswith("154****")
    assert inside["service"] == after["service"]
    assert inside["service"]["code"] == PERMIT
    assert seen(stranger, number) == []


def test_a_phrase_is_banned_from_the_next_answer_on_and_read_as_it_stands(desk: Desk) -> None:
    admin, owner = desk.staff("admin"), desk.staff("helper-village")
    asked = desk.resident(fresh())(ASK, input={"areaId": desk.area(VILLAGE), "matter": "去哪里办"}).data
    before = admin("{ district { phrases { phrase instead } } }").data["district"]["phrases"] or []
    phrases = [{"phrase": "不(归|属)我管.*", "instead": "我来为您联系"}]  # no pattern, but letters

    def answered(text: str) -> str | None:
        given = {"number": asked["askOnline"]["number"], "text": text}
        reply = owner(mutation_of("answerFirstAsk", "state"), input=given)
        return reply.code if "errors" in reply.body else None

    found = admin(CONFIGURE, i={"assistance": {"phrases": phrases}}).data["configureDistrict"]["phrases"]
    assert found == phrases
    assert answered("这事不归属,我管") == "PHRASE_BANNED"
    assert answered("不归我管,但我来联系") is None
    admin(CONFIGURE, i={"assistance": {"phrases": before}})
    assert answered("这事不归属,我管") is None
