"""Whatever is asked, the one statement answers what the tables say: drawn operations against plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.api.casework import Desk
from tests.api.drawing import Drawing
from tests.api.oracle_scene import set_up
from tests.api.parts import parts
from tests.api.pools_beside import every_pool
from tests.api.truth import Truth, load
from tests.api.truths import Fields

from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context
from bangban.web import http
from bangban.web.schema import core_schema
from bangban.web.services import AppServices

CALLERS = ("clerk-county", "helper-village", "clerk-town", "leader", "auditor", "admin")
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
    *(name for part in parts() for name in part.elsewhere),
}  # the platform's side, a list that grows while it is read, and what is not the district's rows alone
MANAGED = {"staffAccounts", "portals"}  # an administrator's
NEEDED = {
    "serviceCards": Permission.CARD_MANAGE,
    "duties": Permission.DUTY_READ,
    "orders": Permission.ORDER_READ,
    "helperSkills": Permission.SKILL_MANAGE,
    "skillGaps": Permission.SKILL_MANAGE,
    "firstAsks": Permission.ASKING_READ,
    "visits": Permission.HALL_READ,
    "intakeBatch": Permission.HALL_READ,
    **dict.fromkeys(("Hall.shifts", "Hall.rotaGaps", "Hall.alerts", "Hall.statistics"), Permission.HALL_READ),
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

    # Plain seeds: an operation is one draw, and what fails is small enough to read.
    @settings(
        max_examples=90,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(seed=st.integers(0, 2**32 - 1), login=st.sampled_from(CALLERS))
    def compare(seed: int, login: str) -> None:
        truth = truths[login]
        drawing = Drawing(
            Random(seed),
            core_schema(),
            every_pool(truth),
            without=ELSEWHERE | refused_to(truth),
        )
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


def refused_to(truth: Truth) -> set[str]:
    """What this caller is not let ask at all."""
    held = set(truth.grants.permissions())
    refused = {name for name, permission in NEEDED.items() if permission not in held}
    return refused if Permission.STAFF_MANAGE in held else refused | MANAGED


def forbidden(truth: Truth, code: str) -> bool:
    """An auditor may read neither staff nor teams as lists."""
    return code == "FORBIDDEN" and truth.principal.kind == "AUDITOR"
