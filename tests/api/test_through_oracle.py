"""Passed through or walked: one operation, one answer, for every caller, in every district.

``--oracle-minutes 60 --timeout 0`` draws for an hour instead of a fixed number of operations.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from graphql import is_required_argument
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries
from tests.api.casework import Desk, Run, applied, fresh
from tests.api.clients import Place
from tests.api.drawing import Drawing, Pools
from tests.api.named import case_in
from tests.api.oracle_scene import busy_point
from tests.api.pools_beside import every_pool
from tests.api.truth import Truth, load

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.graphql.context import Context
from bangban.settings import Settings
from bangban.web import operations as walking
from bangban.web import through as passing
from bangban.web.operations import Operations
from bangban.web.requests import Answer, Request
from bangban.web.schema import core_schema, sdl
from bangban.web.services import AppServices

LOGINS = ("clerk-county", "helper-village", "clerk-town", "leader", "auditor", "admin")
CALLERS = (*LOGINS, "resident", "anonymous", "nowhere", "operator")
PLACES = ("zouping", "zibo")
WAYS = ("submitted", "noticed", "accepted", "suspended", "tolerated", "completed")
SCALARS = {
    "DateTime": st.sampled_from(["2026-11-21T09:00:00+08:00", "yesterday"]).map(nodes.String),
    "Date": st.sampled_from(["2024-02-29", "2026-02-30", ""]).map(nodes.String),
    "Decimal": st.sampled_from(["1.5", "NaN"]).map(nodes.String),
}
ODD = (
    None,
    "",
    "x",
    0,
    1,
    101,
    -1,
    2**31,
    1.5,
    True,
    [],
    ["SUBMITTED"],
    [None],
    {},
    {"a": 1},
    {"mine": True},
    "\ud800",
    [[[]]],
)


class Bench:
    """Two ways to answer, side by side."""

    def __init__(self, services: AppServices, run: Run) -> None:
        self._services = services
        self._run = run
        self._operations = Operations(introspection_for_anonymous=False)
        self.seen: Counter[str] = Counter()

    def compare(
        self, text: str, variables: dict[str, Any], who: Principal, slug: str | None, language: str
    ) -> None:
        """Both answers, member by member and in order."""
        now = datetime.now(UTC)
        district = None if slug is None else self._services.registry.get(slug)

        def answered(*, walked: bool) -> Answer:
            context = Context(
                services=self._services,
                principal=who,
                district=district,
                request_id="r",
                language=language,
                now=now,
            )
            found: Answer = self._run(
                self._operations.answer(Request(text, variables, walked=walked), context)
            )
            return found

        passed, walked = answered(walked=False), answered(walked=True)
        assert walked.raw is None
        body = passed.body if passed.raw is None else json.loads(passed.raw)
        assert ordered(body) == ordered(walked.body)
        assert (passed.ran, passed.cost, str(passed.refusal)) == (
            walked.ran,
            walked.cost,
            str(walked.refusal),
        )
        if "errors" in walked.body:
            assert passed.raw is None
            self.seen[walked.body["errors"][0]["extensions"]["code"]] += 1
            return
        self.seen["through" if passed.raw is not None else "walked"] += 1


def ordered(value: Any) -> str:
    """As text: keys stand in the order in which they were asked for. JSON does not tell 0.0 from 0."""
    return json.dumps(whole(value), ensure_ascii=False, indent=1)


def whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.fixture(scope="module")
def bench(services: AppServices, run: Run, monkeypatch_module: pytest.MonkeyPatch) -> Bench:
    async def nothing(*_: Any) -> None:
        """An auditor's reading is put on record, which the next reading would find."""

    for module in (walking, passing):
        monkeypatch_module.setattr(module, "record_reading", nothing)
    return Bench(services, run)


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def desks(
    zouping: Place, zibo: Place, services: AppServices, run: Run, app_settings: Settings
) -> dict[str, Desk]:
    """Two districts with cases in many states."""
    found = {
        name: Desk(place, services, run, app_settings.outbox_folder)
        for name, place in (("zouping", zouping), ("zibo", zibo))
    }
    for way in WAYS:
        case_in(found["zouping"], way)
    for _ in range(3):
        applied(found["zibo"].staff("helper-village"), found["zibo"].area("370303008002"))
    zouping = found["zouping"]
    busy = partial(busy_point, guide=UUID(zouping.staff_id("guide")), area_id=UUID(zouping.area("371681")))
    zouping.inside(busy)
    return found


@pytest.fixture(scope="module")
def pools(desks: dict[str, Desk], services: AppServices, run: Run) -> dict[str, Pools]:
    """Arguments for each district."""
    found = {}
    for name, desk in desks.items():
        district = services.registry.get(desk.place.slug)
        principal = run(services.principals.get_staff_by_login(district, "clerk-county"))
        today = datetime.now(UTC).astimezone(district.zone).date()
        found[name] = every_pool(
            Truth(
                district=district,
                principal=principal,
                grants=grants_of(principal, run(services.tenancy.policy(district)), on=today),
                calendar=run(services.tenancy.calendar(district)),
                now=datetime.now(UTC),
                rows=desk.inside(load),
                hashed=lambda *_: b"",
            )
        )
    return found


@pytest.fixture(scope="module")
def callers(
    desks: dict[str, Desk], services: AppServices, run: Run
) -> dict[tuple[str, str], tuple[Principal, str | None]]:
    """Who asks, and where."""
    found: dict[tuple[str, str], tuple[Principal, str | None]] = {}
    for name, desk in desks.items():
        slug = desk.place.slug
        district = services.registry.get(slug)
        for login in LOGINS:
            found[name, login] = (run(services.principals.get_staff_by_login(district, login)), slug)
        token = desk.resident(fresh()).headers["Authorization"].removeprefix("Bearer ")
        claims = services.verifier.verify(token, now=datetime.now(UTC))
        found[name, "resident"] = (run(services.principals.load(district, claims)), slug)
        found[name, "anonymous"] = (Principal.anonymous(district=slug), slug)
        found[name, "nowhere"] = (Principal.anonymous(district=None), None)
        found[name, "operator"] = (
            Principal(kind=PrincipalKind.OPERATOR, name="样本人", duty=OperatorDuty.SYSTEM),
            None,
        )
    return found


@pytest.fixture
def drawn(pytestconfig: pytest.Config) -> Callable[[Any, int], None]:
    """Runs a property for a fixed number of examples, or for as long as was asked."""
    minutes = pytestconfig.getoption("--oracle-minutes")

    def repeat(check: Any, examples: int) -> None:
        until = time.monotonic() + 60 * minutes
        once = settings(
            max_examples=examples,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            **({"derandomize": False, "database": None} if minutes else {}),
        )(check)
        once()
        while time.monotonic() < until:
            once()

    return repeat


def unanswered(pools: Pools, who: Principal) -> set[str]:
    """Root fields to which whoever asks gets no answer, whatever the arguments: refused, or never well asked."""
    query = core_schema().query_type
    assert query is not None
    held = set(grants_of(who, shipped_policy(), on=datetime.now(UTC).date()).permissions())
    found = set()
    for name, definition in query.fields.items():
        planned = definition.extensions["strawberry-definition"]
        needs = any(is_required_argument(each) for each in definition.args.values())
        beyond = planned.platform is False and who.district is None
        if (needs and ("Query", name) not in pools) or planned.requires not in {*held, None} or beyond:
            found.add(name)
    return found


def changed(random: Random, variables: dict[str, Any]) -> dict[str, Any]:
    """Other variables for the same document: most fit, some do not, some are left out, one is too many."""
    found = {}
    for name, value in variables.items():
        roll = random.random()
        if isinstance(value, bool) and roll < 0.5:
            found[name] = not value
        elif roll < 0.2:
            found[name] = random.choice([*variables.values(), *ODD])
        elif roll < 0.9:
            found[name] = random.randint(1, 7) if type(value) is int and roll < 0.6 else value
    if random.random() < 0.1:
        found["none"] = random.choice(ODD)
    return found


def test_drawn_operations_with_arguments_that_find_something(
    bench: Bench, pools: dict[str, Pools], callers: Any, drawn: Callable[[Any, int], None]
) -> None:
    @given(seed=st.integers(0, 2**32 - 1), login=st.sampled_from(CALLERS), place=st.sampled_from(PLACES))
    def check(seed: int, login: str, place: str) -> None:
        random = Random(seed)
        who, slug = callers[place, login]
        without = unanswered(pools[place], who) if random.random() < 0.8 else set()
        drawing = Drawing(random, core_schema(), pools[place], without=without)
        text = drawing.text()
        variables, language = drawing.variables, random.choice(["zh-CN", "en"])
        note(f"{place} {login}: {text}\n{variables!r}")
        bench.compare(text, variables, who, slug, language)
        for _ in range(4):  # the same document again: what is kept of it must not hold what it was asked with
            login = random.choice(CALLERS)
            variables = changed(random, drawing.variables)
            note(f"{login}: {variables!r}")
            bench.compare(text, variables, *callers[place, login], language)

    drawn(check, 60)
    assert (
        bench.seen["through"] > bench.seen.total() / 10
    )  # mostly four in ten: most who may ask are answered
    assert bench.seen["INTERNAL"] == 0
    assert bench.seen["walked"] == 0  # introspection is not drawn, and nothing else is walked
    assert {"FORBIDDEN", "GRAPHQL_VALIDATION_FAILED"} <= set(bench.seen), bench.seen


TURNS: dict[str, list[dict[str, Any]]] = {
    "query($n: Int) { cases(first: $n) { totalCount } }": [{"n": 5}, {"n": 0}, {"n": 101}, {"n": None}, {}],
    "query($n: Int = 3) { areas(first: $n) { edges { node { name } } } }": [
        {},
        {"n": 1},
        {"n": None},
        {"n": 0},
    ],
    "query($a: CaseState, $b: CaseState = COMPLETED) { cases(filter: {states: [$a, $b, ACCEPTED]}) { totalCount } }": [
        {"a": "SUBMITTED"},
        {"a": "ACCEPTED", "b": "SUBMITTED"},
        {"a": "submitted"},
        {},
    ],
    "query($s: [CaseState!], $m: Boolean) { cases(filter: {states: $s, mine: $m}) { totalCount } }": [
        {"s": "SUBMITTED"},
        {"s": ["SUBMITTED", "COMPLETED"], "m": True},
        {"s": [], "m": False},
        {"m": None},
        {"s": [None]},
    ],
    "query($f: CaseFilter) { cases(filter: $f, first: 2) { edges { node { number state } } } }": [
        {"f": {"states": ["SUBMITTED"]}},
        {"f": {"search": "样本"}},
        {"f": {"areaId": "no id"}},
        {"f": None},
        {"f": {"none": 1}},
    ],
    "query($c: String) { areas(first: 2, after: $c) { pageInfo { endCursor } } }": [
        {},
        {"c": "x"},
        {"c": None},
    ],
    "query($in: Boolean!) { a: __typename district @include(if: $in) { slug } districts { totalCount } }": [
        {"in": True},
        {"in": False},
        {"in": None},
    ],
    "query($in: Boolean!) { viewer @skip(if: $in) { kind name } }": [{"in": True}, {"in": False}],
    "query($id: ID!) { area(id: $id) { name } }": [{"id": 7}, {"id": "7"}, {"id": [1]}, {}],
}


@pytest.mark.parametrize("text", TURNS)
@pytest.mark.parametrize("who", ["clerk-town", "anonymous", "nowhere"])
def test_a_document_answers_each_turn_anew(text: str, who: str, bench: Bench, callers: Any) -> None:
    principal, slug = callers["zouping", who]
    for variables in [*TURNS[text], *TURNS[text]]:
        bench.compare(text, variables, principal, slug, "zh-CN")


def test_operations_over_the_whole_schema(
    bench: Bench, callers: Any, drawn: Callable[[Any, int], None]
) -> None:
    @given(
        text=queries(sdl(), custom_scalars=SCALARS),
        who=st.sampled_from(CALLERS),
        place=st.sampled_from(PLACES),
    )
    def check(text: str, who: str, place: str) -> None:
        principal, slug = callers[place, who]
        bench.compare(text, {}, principal, slug, "en")

    drawn(check, 100)
