"""What is measured: for whom, of which days and areas, and what is counted though it was refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from tests.api.casework import PERMIT, Desk, fresh, mutation_of, together
from tests.api.clients import Client
from tests.api.halls import make_hall

from bangban.features.indicators.catalog import CATALOG
from bangban.features.indicators.values import IndicatorKey, Mechanism
from bangban.kernel.identifiers import sample_phone

ASKED = """query($a: ID, $s: Date, $u: Date, $m: [Mechanism!]) {
    indicators(areaId: $a, since: $s, until: $u, mechanisms: $m) {
        mechanism key label unit name nameEn value part whole } }"""
TICKET = mutation_of("issueTicket", "number queue")
COUNTY, TOWN = "371681", "371681101"


def _asked(client: Client, **given: Any) -> list[dict[str, Any]]:
    """Always the same variables, so that it is one plan."""
    today = datetime.now(UTC).date()
    usual = {
        "a": None,
        "s": (today - timedelta(days=1)).isoformat(),
        "u": (today + timedelta(days=1)).isoformat(),
        "m": [],
    }
    found: list[dict[str, Any]] = client(ASKED, **usual | given).data["indicators"]
    return found


def _value(client: Client, key: IndicatorKey, **given: Any) -> Any:
    told = _asked(client, m=[CATALOG[key].mechanism.value], **given)
    (found,) = [each for each in told if each["key"] == key]
    return found


def test_every_mechanism_tells_what_it_is_and_only_those_asked_for_are_told(desk: Desk) -> None:
    leader = desk.staff("dispatcher")
    told = _asked(leader, a=desk.area(COUNTY), m=list(Mechanism))
    # Some are told thing by thing, and of nothing there is nothing to tell.
    by_thing = {
        "STATION_MATURITY",
        "POINT_STARS",
        "CATEGORY_CASES",
        "BANK_CASES",
        "SHOP_CASES",
        "FIELD_VISITS",
    }
    assert {each["key"] for each in told} | by_thing == set(IndicatorKey)
    for each in told:
        entry = CATALOG[IndicatorKey(each["key"])]
        assert (each["mechanism"], each["unit"]) == (entry.mechanism, entry.unit)
        assert (each["name"], each["nameEn"]) == (entry.zh, entry.en)
    places = [(list(IndicatorKey).index(IndicatorKey(each["key"])), each["label"] or "") for each in told]
    assert places == sorted(places)
    some = _asked(leader, a=desk.area(COUNTY), m=["C03", "G03"])
    assert {each["mechanism"] for each in some} == {"C03", "G03"}
    assert some == [each for each in told if each["mechanism"] in ("C03", "G03")]


def test_a_period_runs_forward_and_not_too_far(desk: Desk) -> None:
    for since, until in (
        ("2026-02-02", "2026-02-01"),
        ("2024-01-01", "2026-01-01"),
        ("2026-01-01", "9998-12-31"),
    ):
        refused = desk.staff("dispatcher")(ASKED, a=None, s=since, u=until, m=["G03"])
        assert refused.code == "INVALID_INPUT"
        assert refused.body["errors"][0]["extensions"]["fields"] == ["since", "until"]


def test_a_second_number_and_a_wrong_queue_are_refused_and_counted_however_many_ask_at_once(
    desk: Desk,
) -> None:
    guide, leader = desk.staff("guide"), desk.staff("dispatcher")
    # A hall of its own: with every number that is given, crowds of its hall are looked at.
    made = partial(
        make_hall,
        area_id=UUID(desk.area(COUNTY)),
        guide_id=UUID(desk.staff_id("guide")),
        clerk_id=UUID(desk.staff_id("clerk-county")),
        special=PERMIT,
    )
    point = desk.inside(made)["point"]
    greeting = {
        "pointId": point,
        "applicantKind": "PERSON",
        "purpose": "咨询",
        "visitor": sample_phone(fresh()),
    }

    def greeted() -> str:
        return str(guide(mutation_of("greetVisitor", "id"), input=greeting).data["greetVisitor"]["id"])

    before = {
        key: _value(leader, key)
        for key in (IndicatorKey.DUPLICATE_TICKETS_REFUSED, IndicatorKey.WRONG_QUEUES_REFUSED)
    }
    visit = greeted()
    wrong = guide(TICKET, input={"visitId": visit, "queue": "W2"})
    assert wrong.code == "WRONG_QUEUE"
    assert guide(TICKET, input={"visitId": visit}).data["issueTicket"]["queue"] == "A"
    others = [greeted() for _ in range(3)]
    answers = desk.run(together(*(guide.send(TICKET, input={"visitId": each}) for each in others)))
    assert [each.code for each in answers] == ["DUPLICATE_TICKET"] * len(others)
    after = {key: _value(leader, key) for key in before}
    twice, queue = IndicatorKey.DUPLICATE_TICKETS_REFUSED, IndicatorKey.WRONG_QUEUES_REFUSED
    assert int(after[twice]["value"]) == int(before[twice]["value"]) + len(others)
    assert after[queue]["part"] == before[queue]["part"] + 1
    assert after[queue]["whole"] == before[queue]["whole"] + 2  # that one, and the number that was given
    trail = desk.staff("auditor")(
        '{ auditTrail(first: 4, filter: {action: "system:refused"}) { edges { node { object area { id } } } } }'
    )
    objects = {each["node"]["object"] for each in trail.data["auditTrail"]["edges"]}
    assert objects == {f"service-point:{point}"}
