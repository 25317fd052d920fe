"""Attempts on each permission, as callers of each role and level make them, and how to judge what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tests.access_table import read_rows
from tests.api.access_world import ITEM, World
from tests.api.casework import applicant, mutation_of
from tests.api.clients import Client, Reply
from tests.api.parts import parts
from tests.api.shapes import Attempt

from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission

ALLOWED: Final = {(row.role, row.level, row.permission) for row in read_rows() if row.allowed}
INSIDE, OWNED, OUTSIDE = "inside", "owned", "outside"

# No operation asks for these yet: commands and background work do. They are checked at the grants.
WITHOUT_OPERATION: Final = frozenset(
    {
        Permission.AREA_MANAGE,
    }
)


def may(role: str, permission: Permission, *levels: Reach) -> bool:
    """Whether the document allows it at one of the levels."""
    return any((role, level.value, permission.value) in ALLOWED for level in levels)


# ---------------------------------------------------------------------- operations


def _mutation(name: str, /, *passed: str, **given: Any) -> Attempt:
    selection = "name" if name == "revealApplicant" else "id"
    return Attempt(mutation_of(name, selection), {"input": given}, frozenset(passed))


ENDED = "ILLEGAL_TRANSITION"
WHY: Final = {"reason": "样本理由五字", "basis": "样本依据"}

# Where a case is the object: what is attempted on the case with this number.
ON_CASE: Final[Mapping[Permission, Callable[[str, World], Attempt]]] = {
    Permission.CASE_READ: lambda n, _: Attempt("query($n: String!) { case(number: $n) { id } }", {"n": n}),
    Permission.CASE_PRE_CHECK: lambda n, _: _mutation("preCheckCase", ENDED, number=n),
    Permission.CASE_NOTICE_AGAIN: lambda n, _: _mutation(
        "preCheckCase", "NOTICE_INCOMPLETE", number=n, missing=[{"code": "FORM", "reason": "未提交"}]
    ),
    Permission.CASE_SUPPLY: lambda n, _: _mutation("supplyMaterials", ENDED, number=n, codes=["FORM"]),
    Permission.CASE_ACCEPT: lambda n, _: _mutation("acceptCase", ENDED, number=n),
    Permission.CASE_COMPLETE: lambda n, _: _mutation(
        "completeCase", ENDED, number=n, outcome="DONE", opinion="x"
    ),
    Permission.CASE_RATE: lambda n, _: _mutation("rateCase", ENDED, number=n, grade="SATISFIED"),
    Permission.CASE_DECLINE: lambda n, _: _mutation("declineCase", ENDED, number=n, **WHY),
    Permission.CASE_WITHDRAW: lambda n, _: _mutation("withdrawCase", ENDED, number=n, reason="x"),
    Permission.CASE_SUSPEND: lambda n, _: _mutation("suspendCase", ENDED, number=n, reason="x"),
    Permission.CASE_RESUME: lambda n, _: _mutation("resumeCase", ENDED, number=n),
    Permission.CASE_HAND_OVER: lambda n, world: _mutation(
        "handOverCase", ENDED, number=n, toStaffId=str(world.people["keeper"].id), reason="x"
    ),
    Permission.CASE_TAKE_OVER: lambda n, _: _mutation("takeOverCase", number=n),
    Permission.CASE_RETURN: lambda n, _: _mutation("returnCase", number=n, reason="x"),
    Permission.CASE_TERMINATE: lambda n, _: _mutation("terminateCase", ENDED, number=n, **WHY),
    Permission.CASE_REVEAL: lambda n, _: _mutation("revealApplicant", number=n, reason=WHY["reason"]),
    **{permission: each for part in parts() for permission, each in part.on_case.items()},
}

# What has no case: allowed anywhere or nowhere.
ANYWHERE: Final[Mapping[Permission, Attempt]] = {
    Permission.DIRECTORY_READ: Attempt("{ districts { totalCount } }", {}),
    Permission.ONBOARDING_APPLY: _mutation(
        "applyForOnboarding",
        "INVALID_INPUT",
        slug="!",
        name="",
        divisionCode="",
        contactName="",
        contactPhone="",
        contactEmail="",
        adminLogin="",
    )._replace(
        query="mutation($input: ApplyForOnboardingInput!)"
        " { applyForOnboarding(input: $input) { accessToken } }"
    ),
    Permission.ONBOARDING_APPROVE: Attempt("{ onboardings { totalCount } }", {}),
    Permission.ONBOARDING_READ: Attempt(
        "query($id: ID!) { onboarding(id: $id) { id } }", {"id": "00000000-0000-7000-8000-000000000000"}
    ),
    Permission.OPERATOR_MANAGE: Attempt("{ operators { totalCount } }", {}),
    Permission.STATISTICS_READ: Attempt("{ platformStatistics { counts { count } } }", {}),
    Permission.TRAIL_READ: Attempt("{ platformTrail { totalCount } }", {}),
    Permission.DISTRICT_CONFIGURE: Attempt("{ readiness { code } }", {}),
    Permission.SESSION_REFRESH: Attempt(
        'mutation { refreshSession(refreshToken: "none") { accessToken } }', {}, frozenset({"SESSION_ENDED"})
    ),
    Permission.SESSION_END: Attempt("mutation { signOut }", {}),
    Permission.VIEWER_READ: Attempt("{ viewer { kind } }", {}),
    Permission.DISTRICT_READ: Attempt("{ district { slug } }", {}),
    Permission.DISTRICT_LEAVE: Attempt("{ departure { slug } }", {}),
    Permission.DISTRICT_MANAGE: _mutation(
        "dropDistrict", "INVALID_INPUT", slug="none", confirmSlug="nobody"
    )._replace(query="mutation($input: DropDistrictInput!) { dropDistrict(input: $input) { slug } }"),
    Permission.AREA_READ: Attempt("{ areas { totalCount } }", {}),
    Permission.CATALOG_READ: Attempt("{ services { totalCount } }", {}),
    Permission.CALENDAR_MANAGE: Attempt(
        'mutation { resetDay(input: {day: "2026-01-05"}) { applied } }', {}, frozenset({"NOT_FOUND"})
    ),
    Permission.POLICY_READ: Attempt("{ policyLines { role } }", {}),
    Permission.POLICY_MANAGE: Attempt("mutation { removePolicyLines(input: {ids: []}) { applied } }", {}),
    Permission.FLEET_READ: Attempt("{ fleet { districts } }", {}),
    Permission.FLEET_MANAGE: _mutation("migrateFleet", "NOT_FOUND", only=["nowhere"]),
    Permission.TASK_READ: Attempt("{ tasks { totalCount } }", {}),
    Permission.TASK_MANAGE: _mutation(
        "pauseTask", "NOT_FOUND", taskId="00000000-0000-7000-8000-000000000000"
    )._replace(query="mutation($input: TaskInput!) { pauseTask(input: $input) { id } }"),
    Permission.CATALOG_MANAGE: _mutation("withdrawServiceItem", "NOT_FOUND", code="NONE"),
    Permission.STAFF_READ: Attempt("{ staff { totalCount } }", {}),
    Permission.TEAM_READ: Attempt("{ teams { totalCount } }", {}),
    Permission.AUDIT_READ: Attempt("{ auditTrail { totalCount } }", {}),
    Permission.PERSONAL_DATA_READ: Attempt("{ myData { cases } }", {}),
    Permission.PERSONAL_DATA_CORRECT: _mutation(
        "requestCorrection", "INVALID_INPUT", number="", field="NAME", value="", reason=""
    ),
    Permission.PERSONAL_DATA_DECIDE: Attempt("{ dataRequests { totalCount } }", {}),
    Permission.DISTRICT_CONFIGURE: _mutation("setRetention", "INVALID_INPUT", caseDays=1)._replace(
        query="mutation($input: SetRetentionInput!) { setRetention(input: $input) { caseDays } }"
    ),
    Permission.STAFF_MANAGE: Attempt("{ staffAccounts { totalCount } }", {}),
    Permission.PORTAL_MANAGE: Attempt("{ portals { totalCount } }", {}),
    Permission.INVITATION_ACCEPT: Attempt(
        'mutation { acceptInvitation(input: {token: "x", password: "x"}) { accessToken } }',
        {},
        frozenset({"UNAUTHENTICATED"}),
    ),
    Permission.PASSWORD_RESET: Attempt(
        'mutation { resetPassword(input: {token: "x", password: "x"}) { accessToken } }',
        {},
        frozenset({"UNAUTHENTICATED"}),
    ),
    Permission.PASSWORD_CHANGE: Attempt(
        'mutation { changePassword(input: {current: "x", new: "x"}) }', {}, frozenset({"INVALID_INPUT"})
    ),
    Permission.SESSION_SIGN_IN: Attempt(
        'mutation { requestSignInCode(input: {phone: "1"}) }', {}, frozenset({"INVALID_INPUT"})
    ),
    **{permission: each for part in parts() for permission, each in part.attempts.items()},
}


# ---------------------------------------------------------------------- callers


@dataclass
class Caller:
    """Somebody to attempt things as. ``own`` are cases elsewhere: held, and offered for each of two acts."""

    name: str
    role: str
    level: Reach | None
    client: Callable[[], Client]
    own: Mapping[str, str] = field(default_factory=dict)

    def levels(self, place: str, permission: Permission) -> tuple[Reach, ...]:
        """The columns of the role's table that decide about an attempt at this place."""
        held = (self.level,) if self.level is not None else ()
        if place == INSIDE:
            return (*held, Reach.DISTRICT, Reach.PLATFORM)
        if place == OWNED:
            return (Reach.OWN, Reach.DISTRICT, Reach.PLATFORM)
        if permission in ON_CASE:
            return (Reach.DISTRICT, Reach.PLATFORM)
        # Nobody applies for a case of their own yet; and what has no area is allowed anywhere or nowhere.
        elsewhere = () if permission is Permission.CASE_APPLY else held
        return (Reach.OWN, *elsewhere, Reach.DISTRICT, Reach.PLATFORM)


@dataclass
class Stage:
    """The world with the cases that everybody attempts things on."""

    world: World
    callers: list[Caller]
    cases: Mapping[tuple[str, bool], str]  # by place, and whether a notice was given


# ---------------------------------------------------------------------- the proof


class Seen(NamedTuple):
    """What came of one attempt: allowed or not, and the code of the refusal."""

    allowed: bool
    code: str


def judged(reply: Reply, attempt: Attempt) -> Seen:
    errors = reply.body.get("errors")
    if not errors:
        # A case that one may not see is not there.
        return Seen(reply.body["data"] != {"case": None}, "")
    assert reply.body.get("data") is None, reply.body
    return Seen(reply.code in attempt.passed, reply.code)


def refusals(caller: Caller, place: str, permission: Permission) -> frozenset[str]:
    """How a refusal must look: outright where it is held nowhere, else as much as the caller may know."""
    held = (Reach.OWN, Reach.DISTRICT, Reach.PLATFORM, *([caller.level] if caller.level else []))
    if caller.role == Role.ANONYMOUS:
        return frozenset({"UNAUTHENTICATED"})
    asked = [permission]
    if permission in (Permission.CASE_PRE_CHECK, Permission.CASE_NOTICE_AGAIN):  # one operation for both
        asked = [Permission.CASE_PRE_CHECK, Permission.CASE_NOTICE_AGAIN]
    if not any(may(caller.role, each, *held) for each in asked):
        return frozenset({"FORBIDDEN"})
    if permission not in ON_CASE:
        return frozenset({"FORBIDDEN"})
    if not may(caller.role, Permission.CASE_READ, *caller.levels(place, permission)):
        return frozenset({"", "NOT_FOUND"})
    relay = {
        Permission.CASE_HAND_OVER: "NOT_THE_HOLDER",
        Permission.CASE_TAKE_OVER: "NO_HANDOVER",
        Permission.CASE_RETURN: "NO_HANDOVER",
        Permission.CASE_NOTICE_AGAIN: "SECOND_NOTICE",
    }
    return frozenset({"FORBIDDEN", relay.get(permission, "FORBIDDEN")})


def places_of(caller: Caller, permission: Permission) -> Sequence[str]:
    if permission not in ON_CASE and permission is not Permission.CASE_APPLY:
        return (OUTSIDE,)
    if caller.level is Reach.COUNTY:
        return (INSIDE,)  # nothing lies outside
    if permission is Permission.CASE_APPLY:
        return (INSIDE, OUTSIDE)
    return (INSIDE, OWNED, OUTSIDE) if caller.own else (INSIDE, OUTSIDE)


def attempt_of(stage: Stage, caller: Caller, place: str, permission: Permission) -> Attempt | None:
    """The request, or None where there is nothing to attempt it on."""
    world = stage.world
    if permission is Permission.CASE_APPLY:
        area = world.areas["micro-grid-a" if place == INSIDE else "micro-grid-b"]
        # Not for firms: the rule behind the permission refuses, and no case is made.
        firm = applicant(1, kind="LEGAL_ENTITY")
        return _mutation(
            "applyForCase", "INVALID_INPUT", serviceCode=ITEM, areaId=str(area.id), applicant=firm
        )
    if permission not in ON_CASE:
        return ANYWHERE[permission]
    if place != OWNED:
        number = stage.cases[place, permission is Permission.CASE_NOTICE_AGAIN]
    elif permission is Permission.CASE_NOTICE_AGAIN:
        return None  # granted at no OWN; the case inside is enough to see it refused
    else:
        acts = {Permission.CASE_TAKE_OVER: "taking", Permission.CASE_RETURN: "returning"}
        number = caller.own.get(acts.get(permission, "held"), caller.own["held"])
    return ON_CASE[permission](number, world)
