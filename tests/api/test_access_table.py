"""docs/access.md against the running API: every cell of its tables is what a real caller meets.

A cell says what a role may do where it is held. Callers of each role at each level attempt each operation on a
case inside their subtree, on a case of their own elsewhere, and on somebody else's elsewhere. The cases have
ended, so whoever gets past access is refused by a rule, which tells the two apart and changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Final

import pytest
from tests.access_table import read_operations, read_rows
from tests.api.access_attempts import (
    ANYWHERE,
    INSIDE,
    OUTSIDE,
    WITHOUT_OPERATION,
    Attempt,
    Caller,
    Stage,
    attempt_of,
    judged,
    may,
    places_of,
    refusals,
)
from tests.api.access_building import build, hire_operators
from tests.api.access_world import World, area_of
from tests.api.casework import NOWHERE, Run, fresh, mutation_of
from tests.api.clients import Client
from tests.asking_fields import fields_that_ask

from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import AREA_REACHES, HELD_ROLES, OPERATOR_ROLES, OperatorDuty, Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.asks import asks_of_root
from bangban.web.schema import core_schema
from bangban.web.services import AppServices


@pytest.fixture(scope="module")
def stage(installation: Installation, services: AppServices, api: Client, run: Run) -> Stage:
    world = build("access-table", installation, services, api, run)
    owned: dict[str, dict[str, str]] = {}
    cases: dict[tuple[str, bool], str] = {}

    async def fill(work: Work) -> None:
        keeper = await world.hire(work, "keeper", ("helper", "town-b", work.today, None))
        await world.hire(work, "portal", ("portal", "county", work.today, None))
        n = fresh()
        await world.resident(work, "resident", n)
        for place, area in ((INSIDE, "micro-grid-a"), (OUTSIDE, "micro-grid-b")):
            cases[place, False] = await world.case(work, area, holder=keeper)
            cases[place, True] = await world.noticed(work, area, holder=keeper)
        for who, principal in list(world.people.items()):
            if principal.kind is PrincipalKind.RESIDENT:
                owned[who] = {"held": await world.case(work, "micro-grid-b", holder=keeper, n=n)}
            elif principal.id is not None and who != "keeper":
                held = await world.case(work, "micro-grid-b", holder=principal.id)
                offers = [
                    await world.case(work, "micro-grid-b", holder=keeper, offered=principal.id)
                    for _ in range(2)
                ]
                owned[who] = dict(zip(("held", "taking", "returning"), [held, *offers], strict=True))

    world.inside(fill)
    run(hire_operators(world))

    def caller(who: str, role: str, level: Reach | None) -> Caller:
        return Caller(who, role, level, lambda: world.client(who), owned.get(who, {}))

    def operator(duty: OperatorDuty) -> Caller:
        role = duty.role.value
        return Caller(role, role, None, lambda: world.client(role).as_(X_District=world.slug))

    callers = [
        caller(f"{role} {level}", role, Reach.of(level)) for role in sorted(HELD_ROLES) for level in AreaLevel
    ]
    callers += [caller(who, who, None) for who in ("resident", "portal")]
    callers.append(Caller("anonymous", "anonymous", None, lambda: world.anonymous))
    callers += [operator(duty) for duty in OperatorDuty]
    return Stage(world, callers, cases)


# ---------------------------------------------------------------------- the proof


PERMISSIONS: Final = sorted(
    set(Permission) - WITHOUT_OPERATION, key=lambda each: each is Permission.SESSION_END
)


def test_every_caller_meets_what_the_document_says(stage: Stage) -> None:
    wrong: list[str] = []
    proved: set[tuple[str, Reach, Permission]] = set()
    counted: Counter[bool] = Counter()
    for caller in stage.callers:
        client = caller.client()
        for permission in PERMISSIONS:
            for place in places_of(caller, permission):
                attempt = attempt_of(stage, caller, place, permission)
                if attempt is None:
                    continue
                levels = caller.levels(place, permission)
                expected = may(caller.role, permission, *levels)
                seen = judged(client(attempt.query, **attempt.variables), attempt)
                counted[expected] += 1
                proved |= {(caller.role, level, permission) for level in levels}
                fits = seen.allowed if expected else seen.code in refusals(caller, place, permission)
                if seen.allowed is not expected or not fits:
                    wrong.append(
                        f"{caller.name} {permission} {place}: the document says"
                        f" {'allowed' if expected else 'refused'}, the API {seen}"
                    )
    assert not wrong, "\n".join(wrong)
    assert counted[True] > 500
    assert counted[False] > 1000
    # Every cell of every held role that the document states was decided by some attempt.
    for row in read_rows():
        permission = Permission(row.permission)
        if Role(row.role) in HELD_ROLES and permission not in WITHOUT_OPERATION:
            own_notice = permission is Permission.CASE_NOTICE_AGAIN and row.level == Reach.OWN
            assert (row.role, Reach(row.level), permission) in proved or own_notice, row


def test_callers_without_an_area_hold_nothing_at_a_level() -> None:
    """So the columns of the levels say nothing about them, and the attempts above are all there is."""
    for role in (Role.ANONYMOUS, Role.RESIDENT, Role.PORTAL, Role.EMPLOYEE, *OPERATOR_ROLES):
        for permission in Permission:
            assert not may(role, permission, *AREA_REACHES), (role, permission)


def test_on_the_platform_everybody_meets_what_the_document_says(stage: Stage, api: Client) -> None:
    """Without a district: what stands under PLATFORM is there, and what belongs to a district is not."""
    operators = {duty.role.value: stage.world.client(duty.role) for duty in OperatorDuty}
    sign_in = Attempt(
        "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
        {"i": {"login": "nobody", "password": "x"}},
    )
    of_platform = {Permission.DIRECTORY_READ, Permission.ONBOARDING_APPLY, Permission.VIEWER_READ}
    of_platform |= {Permission.ONBOARDING_READ, Permission.ONBOARDING_APPROVE, Permission.SESSION_REFRESH}
    of_platform |= {
        Permission.DISTRICT_MANAGE,
        Permission.FLEET_READ,
        Permission.OPERATOR_MANAGE,
        Permission.STATISTICS_READ,
        Permission.TRAIL_READ,
    }
    for name, client in (("anonymous", api), *operators.items()):
        for permission in sorted(of_platform):
            attempt = ANYWHERE[permission]
            seen = judged(client(attempt.query, **attempt.variables), attempt)
            assert seen.allowed is may(name, permission, Reach.PLATFORM, Reach.OWN), (name, permission, seen)
        for permission in (Permission.DISTRICT_READ, Permission.AREA_READ, Permission.STAFF_READ):
            assert client(ANYWHERE[permission].query).code == "DISTRICT_REQUIRED", (name, permission)
        assert may(name, Permission.SESSION_SIGN_IN, Reach.PLATFORM)
        refused = client(sign_in.query, **sign_in.variables).body["errors"][0]["extensions"]
        assert refused["fields"] == ["input.login", "input.password"]  # by the password, not by access
    for operator in operators.values():
        assert operator("mutation { signOut }").data == {"signOut": True}
    assert api("mutation { signOut }").code == "UNAUTHENTICATED"


def test_what_no_operation_asks_for_is_granted_as_the_document_says(stage: Stage) -> None:
    world = stage.world
    district = world.services.registry.get(world.slug)
    policy = world.run(world.services.tenancy.policy(district))
    for caller in stage.callers:
        if caller.level is None:
            continue
        principal = world.people[caller.name]
        client = caller.client()
        told = set(client("{ viewer { permissions } }").data["viewer"]["permissions"])
        held = {
            each for each in Permission if may(caller.role, each, caller.level, Reach.OWN, Reach.DISTRICT)
        }
        held |= {each for each in Permission if may(caller.role, each, Reach.PLATFORM)}
        assert told == {each.value for each in held}, caller.name
        assert principal.kind in (PrincipalKind.STAFF, PrincipalKind.AUDITOR)
    # Signed in between posts: what every member of staff may do, and no more.
    employee = grants_of(
        Principal(kind=PrincipalKind.STAFF, id=new_id(), district=world.slug), policy, on=_today()
    )
    for permission in Permission:
        expected = may(Role.EMPLOYEE, permission, Reach.DISTRICT, Reach.PLATFORM)
        assert bool(employee.scope(permission)) is expected, permission


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def test_where_a_managing_permission_holds_is_the_subtree_of_the_post(stage: Stage) -> None:
    """``area:manage`` and ``staff:manage`` of a town's administrator cover the town and nothing beside it."""
    world = stage.world
    district = world.services.registry.get(world.slug)
    policy = world.run(world.services.tenancy.policy(district))
    for role in sorted(HELD_ROLES):
        for level in AreaLevel:
            principal = _with_posts(world, f"{role} {level}")
            grants = grants_of(principal, policy, on=_today())
            for permission in sorted(WITHOUT_OPERATION):
                scope = grants.scope(permission)
                inside, outside = world.areas[area_of(level)].path, world.areas["micro-grid-b"].path
                assert scope.covers(inside) is may(
                    role, permission, Reach.of(level), Reach.DISTRICT, Reach.PLATFORM
                )
                if level is not AreaLevel.COUNTY:
                    assert scope.covers(outside) is may(role, permission, Reach.DISTRICT, Reach.PLATFORM)


def _with_posts(world: World, who: str) -> Principal:
    """The principal as the API makes it of the token."""
    client = world.client(who)
    token = client.headers["Authorization"].removeprefix("Bearer ")
    claims = world.services.verifier.verify(token, now=dt.datetime.now(dt.UTC))
    district = world.services.registry.get(world.slug)
    found: Principal = world.run(world.services.principals.load(district, claims))
    return found


def test_the_documents_operations_ask_for_what_it_says() -> None:
    schema = core_schema()
    roots = {
        "Query": schema.query_type,
        "Mutation": schema.mutation_type,
        "Subscription": schema.subscription_type,
    }
    asked = {
        name: asks_of_root(type_name, name).permissions
        for type_name, type_ in roots.items()
        if type_ is not None
        for name in type_.fields
    } | dict(fields_that_ask())
    for operation, permissions in read_operations().items():
        assert {each.value for each in asked[operation]} == set(permissions), operation


def test_an_attempt_on_no_case_tells_those_who_may_from_those_who_may_not(stage: Stage) -> None:
    """FORBIDDEN comes before anybody learns whether there is such a case."""
    world = stage.world
    for who, code in (
        ("window-clerk TOWN", "NOT_FOUND"),
        ("helper TOWN", "FORBIDDEN"),
        ("leader TOWN", "FORBIDDEN"),
    ):
        assert world.client(who)(mutation_of("acceptCase", "id"), input={"number": NOWHERE}).code == code, who
        inside = stage.cases[INSIDE, False]
        assert (
            world.client(who)(mutation_of("acceptCase", "id"), input={"number": inside}).code != "NOT_FOUND"
        ), who
