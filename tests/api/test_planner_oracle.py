"""Whatever is asked, the one statement answers what the tables say: drawn operations against plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.api.casework import Desk
from tests.api.drawing import Drawing
from tests.api.oracle_scene import set_up
from tests.api.oracle_scene_beside import take_back
from tests.api.oracle_scene_network import clear
from tests.api.parts import parts
from tests.api.pools_beside import every_pool
from tests.api.seldom_drawn import SELDOM
from tests.api.truth import Truth, load
from tests.api.truths import Fields
from tests.api.truths.measured import Measured

from bangban.features.areas.tables import AreaRow
from bangban.features.indicators.catalog import CATALOG
from bangban.features.indicators.values import IndicatorKey
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context
from bangban.kernel.ids import new_id
from bangban.web import http
from bangban.web.schema import core_schema
from bangban.web.services import AppServices

CALLERS = ("clerk-county", "dispatcher", "helper-village", "clerk-town", "leader", "auditor", "admin")
ELSEWHERE = {
    "districts",
    "onboarding",
    "onboardings",
    "auditTrail",
    "readiness",
    "templateDrift",
    "policyLines",
    "calendar",
    "localDays",
    "departure",
    "myData",
    "dataRequests",
    "retention",
    "fleet",
    "fleetDistricts",
    "task",
    "tasks",
    "operators",
    "platformTrail",
    "platformDistricts",
    "platformStatistics",
    "districtStatistics",
    "District.settings",  # read back as they were written in test_settings_read_back
    *(name for part in parts() for name in part.elsewhere),
}  # the platform's side, a list that grows while it is read, and what is not the district's rows alone
ROOTS = {"371681", "371681101", "371681101200", "371681001213"}
OTHER_INDICATORS = {"STALE_SCANS", "GROUP_ANSWER_MINUTES"}  # of the same mechanisms, counted elsewhere
MANAGED = {"staffAccounts", "portals"}  # an administrator's
NEEDED = {
    "serviceCards": Permission.CARD_MANAGE,
    "duties": Permission.DUTY_READ,
    "orders": Permission.ORDER_READ,
    "helperSkills": Permission.SKILL_MANAGE,
    "skillGaps": Permission.SKILL_MANAGE,
    "trainings": Permission.SKILL_MANAGE,
    "firstAsks": Permission.ASKING_READ,
    "visits": Permission.HALL_READ,
    "intakeBatch": Permission.OVERSIGHT_READ,
    "intakeBatches": Permission.OVERSIGHT_READ,
    "outreaches": Permission.OUTREACH_READ,
    "Outreach.candidates": Permission.OUTREACH_HOLD,
    "bookings": Permission.BOOKING_READ,
    "recognitions": Permission.RECOGNITION_READ,
    "proxyUses": Permission.PROXY_READ,
    "issueSolving": Permission.ORDER_READ,
    "workGroups": Permission.ASKING_READ,
    "sealUses": Permission.AUDIT_READ,
    "bundleCounts": Permission.BUNDLE_READ,
    "guidanceHits": Permission.INDICATORS_READ,
    "coverage": Permission.NETWORK_READ,
    "networkConformance": Permission.NETWORK_READ,
    "wordings": Permission.WORDING_MANAGE,
    **dict.fromkeys(
        ("Hall.shifts", "Hall.rotaGaps", "Hall.crowdLimits", "Hall.alerts", "Hall.statistics"),
        Permission.OVERSIGHT_READ,
    ),
}  # whoever has this nowhere is refused, whatever else they ask for


@pytest.fixture(scope="module")
def truths(desk: Desk, services: AppServices) -> Iterator[dict[str, Truth]]:
    """The truth of each caller. Every request is asked at one moment from here on."""
    set_up(desk)
    district = services.registry.get(desk.place.slug)
    rows = desk.inside(load)
    policy = desk.run(services.tenancy.policy(district))
    now = datetime.now(UTC)
    vault = services.tenancy.vault(district)
    found: dict[str, Truth] = {}
    index: dict[Any, Any] = {}
    for login in CALLERS:
        principal = desk.run(services.principals.get_staff_by_login(district, login))
        found[login] = Fields(
            district=district,
            principal=principal,
            grants=grants_of(principal, policy, on=now.astimezone(district.zone).date()),
            calendar=desk.run(services.tenancy.calendar(district)),
            now=now,
            rows=rows,
            _index=index,
            hashed=lambda purpose, text: vault.lookup_hash(text, purpose=purpose),
        )
        desk.staff(login)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "Context", partial(Context, now=now))
        yield found
    desk.inside(take_back)
    desk.inside(clear)


def ordered(value: Any) -> str:
    """As text: keys stand in the order in which they were asked for. Shares and minutes count to nine digits."""
    return json.dumps(rounded(value), ensure_ascii=False, indent=1)


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.9g}") if type(value) in (int, float) else value


def test_the_planned_answer_is_the_true_one(desk: Desk, truths: dict[str, Truth]) -> None:
    seen: list[str] = []
    pools = {login: every_pool(truth) for login, truth in truths.items()}

    # Plain seeds: an operation is one draw, and what fails is small enough to read.
    @settings(
        max_examples=150,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(seed=st.integers(0, 2**32 - 1), login=st.sampled_from(CALLERS))
    def compare(seed: int, login: str) -> None:
        truth = truths[login]
        without = ELSEWHERE | refused_to(truth)
        drawing = Drawing(Random(seed), core_schema(), pools[login], without=without)
        text = drawing.text()
        note(f"{login}: {text}\n{json.dumps(drawing.variables, ensure_ascii=False)}")
        reply = desk.staff(login)(text, **drawing.variables)
        if reply.body.get("errors"):
            seen.append(reply.code)
            assert reply.code == "LIMIT_EXCEEDED" or forbidden(truth, reply.code), reply.body
            return
        seen.append("data")
        assert ordered(reply.data) == ordered(truth.answer(text, drawing.variables))

    compare()
    assert seen.count("data") > len(seen) * 0.7


@pytest.mark.parametrize("name", SELDOM)
def test_what_is_seldom_drawn_is_asked_whole(desk: Desk, truths: dict[str, Truth], name: str) -> None:
    """Where only few rows of the scene, and only some of the fields together, tell a right answer from a wrong one."""
    seldom = SELDOM[name]
    truth, client = truths[seldom.caller], desk.staff(seldom.caller)
    found: list[dict[str, Any]] = []
    for variables in seldom.asked(truth):
        expected = truth.answer(seldom.text, variables)
        assert expected is not None
        assert ordered(client(seldom.text, **variables).data) == ordered(expected)
        found.append(expected)
    assert seldom.telling(found), "the scene has become too poor"


INDICATORS = """query($a: ID, $s: Date!, $u: Date!, $m: [Mechanism!]) {
    indicators(areaId: $a, since: $s, until: $u, mechanisms: $m) { key label value part whole } }"""


@pytest.mark.parametrize("login", ["leader", "auditor"])
def test_indicators_are_what_counting_row_by_row_gives(
    desk: Desk, truths: dict[str, Truth], login: str
) -> None:
    """Of drawn areas and days, among them each kind's first and last: in the district, a town, a village, nowhere."""
    truth, random = truths[login], Random(login)
    assert isinstance(truth, Fields)
    today, areas = truth.moment.day, truth.rows[AreaRow]
    deep = [None, str(new_id()), *(str(each.id) for each in areas if each.code in ROOTS)]
    for turn in range(10):
        drawn = sorted(random.choices(range(-40, 32), k=2))
        first, last = {0: (-40, 31), 6: (-3, -3)}.get(turn, drawn)  # on that day hardly anybody came in need
        since, until = today + timedelta(days=first), today + timedelta(days=last)
        area_id = deep[turn % len(deep)]
        expected = Measured(truth, area_id, since, until).told()
        mechanisms = sorted({CATALOG[IndicatorKey(key)].mechanism.value for key, _ in expected})
        asked = {"a": area_id, "s": str(since), "u": str(until), "m": mechanisms}
        told = {
            (each["key"], each["label"]): each
            for each in desk.staff(login)(INDICATORS, **asked).data["indicators"]
        }
        assert {key for key, _ in told} - OTHER_INDICATORS == {key for key, _ in expected}
        for which, (value, part, whole) in expected.items():
            found = told.pop(which)
            number = None if found["value"] is None else float(found["value"])
            assert number == (value if value is None else pytest.approx(value, abs=1e-4)), (which, asked)
            assert (found["part"], found["whole"]) == (part, whole), (which, asked)
        assert {key for key, _ in told} <= OTHER_INDICATORS, "nothing else of these kinds"


def refused_to(truth: Truth) -> set[str]:
    """What this caller is not let ask at all."""
    held = set(truth.grants.permissions())
    refused = {name for name, permission in NEEDED.items() if permission not in held}
    return refused if Permission.STAFF_MANAGE in held else refused | MANAGED


def forbidden(truth: Truth, code: str) -> bool:
    """An auditor may read neither staff nor teams as lists."""
    return code == "FORBIDDEN" and truth.principal.kind == "AUDITOR"
