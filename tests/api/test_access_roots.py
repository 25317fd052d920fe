"""Every root field tried by nobody, by another district's people and by another area's: refused, with no data.

The fields are those of the schema. One without an entry here fails the test, and one that asks for no
permission cannot even be described.
"""

from __future__ import annotations

import base64
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import pytest
import strawberry
from graphql import GraphQLObjectType
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.access_attempts import may
from tests.api.access_world import ITEM, World, build, hire_operators
from tests.api.casework import Run, applicant, fresh, mutation_of
from tests.api.conftest import PASSWORD, Client, Place, Reply
from tests.api.fleet_desk import task_of
from tests.api.wire_ws import Heard, subscribed

from bangban.features.cases.tables import CaseRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.personal_data.tables import VALUE_CONTEXT, DataField, DataRequestRow, DataRequestState
from bangban.kernel.access.vocabulary import OperatorDuty, Permission, Reach
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web import schema as schema_module
from bangban.web.schema import asks_of_root, core_schema
from bangban.web.services import AppServices

REFUSED: Final = {"UNAUTHENTICATED"}
GONE: Final = {"NOT_FOUND", "FORBIDDEN"}

EVERYBODY = "everybody"  # platform-wide and open, or about the caller alone
DISTRICT = "district"  # open inside one district
AREA = "area"  # of an area, or of the caller
OFFICE = "office"  # of the whole district, for those who keep it: held at its root or not at all
PLATFORM = (
    "platform"  # of operators of more than one duty, or of a district's administrators too; needs no district
)
OPERATORS = "operators"  # of the platform's operators and of nobody else


class Root(NamedTuple):
    """How a root field is asked, about something of branch a, and who may get an answer."""

    of: str
    query: str
    variables: Callable[[World], dict[str, Any]] = lambda _: {}
    found: tuple[str, ...] = ()  # codes that are an answer and no refusal of access
    caller: str = "window-clerk"  # the role whose permission it is


def _case(name: str, *found: str, caller: str = "window-clerk", **more: Any) -> Root:
    selection = "name" if name == "revealApplicant" else "id"
    return Root(
        AREA,
        mutation_of(name, selection),
        lambda world: {"input": {"number": world.marks["number"], **more}},
        found or ("ILLEGAL_TRANSITION",),
        caller,
    )


_NOBODY: Final = str(new_id())


def _of_operators(name: str, /, *found: str, caller: str = "security-operator", **given: Any) -> Root:
    document = mutation_of(name, "slug" if "District" in name else "id")
    if name in {"disableOperator", "enableOperator"}:
        document = document.replace(f"{name[0].upper()}{name[1:]}Input", "OperatorInput")
    return Root(OPERATORS, document, lambda _: {"input": given}, found, caller)


def _apply(world: World) -> dict[str, Any]:
    firm = applicant(1, kind="LEGAL_ENTITY")  # refused by a rule, so that no case is made
    return {"input": {"serviceCode": ITEM, "areaId": str(world.areas["grid-a"].id), "applicant": firm}}


def _kept(field_: str, selection: str, *found: str, **more: Any) -> Root:
    """What the district's administrator does; asked so that a rule refuses it."""
    query = mutation_of(field_, selection).replace("PublishServiceItemInput", "ServiceItemInput")
    return Root(OFFICE, query, lambda _: {"input": more}, found, "admin")


def _halting(name: str) -> Root:
    query = mutation_of(name, "id").replace(f"{name[0].upper()}{name[1:]}Input", "TaskInput")
    return Root(
        PLATFORM, query, lambda world: {"input": {"taskId": world.marks["task"]}}, ("CONFLICT",), "admin"
    )


EMPTY_FILE: Final = {"name": "empty.csv", "content": ""}
POLICY_LINE: Final = {"role": "operator", "level": "PLATFORM", "object": "district", "action": "manage"}
ITEM_INPUT: Final = {
    "code": "SAMPLE-0001",
    "name": "样例事项",
    "kind": "CONFIRMATION",
    "audience": ["PERSON"],
    "caseType": "IMMEDIATE",
    "promisedWorkingDays": 0,
    "legalWorkingDays": 0,
    "maxTrips": 1,
    "channels": ["WEB"],
    "handledAt": ["COUNTY"],
    "legalBasis": ["样例法"],
    "resultName": "样例证",
    "basedOn": 99,
}


def _keeping(name: str, *found: str, **ids: str) -> Root:
    """A mutation about areas of branch a, named by the fields that take their ids, which changes nothing."""
    plain = {"name": " ", "kind": "COUNTY"}
    given = {key: value for key, value in plain.items() if f"{key}:" in _KEEPING.get(name, "")}
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {**given, **{key: str(world.areas[of].id) for key, of in ids.items()}}},
        found,
        "admin",
    )


_KEEPING: Final = {"addArea": "name: kind:", "renameArea": "name:"}
AREA_FILE: Final = b64encode("名称,层级\n无名,网格\n".encode()).decode()


def _deciding(name: str) -> str:
    return f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ id }} }}"


_FIELDS: Final = "slug name divisionCode contactName contactPhone contactEmail adminLogin"
ONBOARDING: Final = dict.fromkeys(_FIELDS.split(), "")
WHY: Final = {"reason": "样本理由五字", "basis": "样本依据"}
WHY_ALONE: Final = {"reason": WHY["reason"]}
SIGN_IN: Final = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"


def _person(name: str, /, *found: str, **given: Any) -> Root:
    """Something done to a person of branch a by the administrator of all or of another part."""
    return Root(
        AREA,
        f"mutation($input: {STAFF_INPUTS.get(name, name[0].upper() + name[1:] + 'Input')}!)"
        f" {{ {name}(input: $input) {{ id }} }}",
        lambda world: {"input": {"staffId": str(world.people["leaver"].id), **given}},
        found or ("INVALID_INPUT",),
        "admin",
    )


def _portal(name: str, selection: str, /, **given: Any) -> Root:
    kind = "PortalInput" if name == "disablePortal" else name[0].upper() + name[1:] + "Input"
    return Root(
        AREA,
        f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {selection} }} }}",
        lambda _: {"input": given},
        ("INVALID_INPUT", "NOT_FOUND"),
        "admin",
    )


STAFF_INPUTS: Final = dict.fromkeys(
    ("deactivateStaff", "reactivateStaff", "resetStaffPassword"), "StaffInput"
)
LIST: Final = {"name": "名单.csv", "content": base64.b64encode("姓名,登录名\n样本人,x y\n".encode()).decode()}

ROOTS: Final[Mapping[str, Root]] = {
    "Query.districts": Root(EVERYBODY, "{ districts { totalCount } }"),
    "Query.viewer": Root(EVERYBODY, "{ viewer { kind } }"),
    "Query.onboarding": Root(
        EVERYBODY,
        "query($id: ID!) { onboarding(id: $id) { id } }",
        lambda _: {"id": str(new_id())},
        caller="anonymous",
    ),
    "Query.onboardings": Root(OPERATORS, "{ onboardings { __typename } }", caller="system-operator"),
    "Query.district": Root(DISTRICT, "{ district { slug } }"),
    "Query.area": Root(
        DISTRICT,
        "query($id: ID) { area(id: $id) { id } }",
        lambda world: {"id": str(world.areas["grid-a"].id)},
    ),
    "Query.areas": Root(DISTRICT, "{ areas(first: 100) { edges { node { id } } } }"),
    "Query.service": Root(DISTRICT, "query($c: String!) { service(code: $c) { id } }", lambda _: {"c": ITEM}),
    "Query.services": Root(DISTRICT, "{ services(first: 100) { edges { node { id code } } } }"),
    "Query.case": Root(
        AREA, "query($n: String!) { case(number: $n) { id } }", lambda world: {"n": world.marks["number"]}
    ),
    "Query.cases": Root(AREA, "{ cases(first: 100) { edges { node { id } } } }"),
    "Query.staff": Root(AREA, "{ staff(first: 100) { edges { node { id } } } }", caller="auditor"),
    "Query.teams": Root(DISTRICT, "{ teams(first: 100) { edges { node { id } } } }"),
    "Query.auditTrail": Root(
        AREA,
        "query($o: String) { auditTrail(filter: {object: $o}, first: 100) { edges { node { id } } } }",
        lambda world: {"o": f"case:{world.marks['number']}"},
        caller="auditor",
    ),
    "Query.staffAccounts": Root(
        AREA, "{ staffAccounts(first: 100) { edges { node { id } } } }", caller="admin"
    ),
    "Query.portals": Root(AREA, "{ portals(first: 100) { edges { node { id } } } }", caller="admin"),
    "Mutation.acceptInvitation": Root(
        EVERYBODY,
        'mutation { acceptInvitation(input: {token: "x", password: "x"}) { accessToken } }',
        found=("UNAUTHENTICATED",),
    ),
    "Mutation.requestPasswordReset": Root(
        DISTRICT, 'mutation { requestPasswordReset(input: {login: "x"}) }', found=("RATE_LIMITED", None)
    ),
    "Mutation.resetPassword": Root(
        EVERYBODY,
        'mutation { resetPassword(input: {token: "x", password: "x"}) { accessToken } }',
        found=("UNAUTHENTICATED",),
    ),
    "Mutation.changePassword": Root(
        EVERYBODY, 'mutation { changePassword(input: {current: "x", new: "x"}) }', found=("INVALID_INPUT",)
    ),
    "Mutation.importStaff": Root(
        AREA,
        "mutation($i: ImportStaffInput!) { importStaff(input: $i) { applied } }",
        lambda _: {"i": {"file": LIST, "apply": True}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.addStaff": Root(
        AREA,
        "mutation($i: AddStaffInput!) { addStaff(input: $i) { id } }",
        lambda world: {
            "i": {
                "name": "样本人",
                "post": {
                    "role": "helper",
                    "areaId": str(world.areas["grid-a"].id),
                    "since": "2026-02-02",
                    "until": "2026-02-01",
                },
            }
        },
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.updateStaff": _person("updateStaff", name=""),
    "Mutation.deactivateStaff": _person("deactivateStaff", "CONFLICT"),
    "Mutation.reactivateStaff": _person("reactivateStaff", "CONFLICT"),
    "Mutation.resetStaffPassword": _person("resetStaffPassword", "CONFLICT"),
    "Mutation.assignRole": Root(
        AREA,
        "mutation($i: AssignRoleInput!) { assignRole(input: $i) { id } }",
        lambda world: {
            "i": {
                "staffId": str(world.people["leaver"].id),
                "role": "helper",
                "areaId": str(world.areas["grid-a"].id),
                "since": "2026-02-02",
                "until": "2026-02-01",
            }
        },
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.endAssignment": Root(
        AREA,
        "mutation($i: EndAssignmentInput!) { endAssignment(input: $i) { id } }",
        lambda world: {"i": {"assignmentId": world.marks["post"], "until": "2020-01-01"}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.inviteStaff": Root(
        AREA,
        "mutation($i: InviteStaffInput!) { inviteStaff(input: $i) { notInvited { reason } } }",
        lambda world: {"i": {"staffIds": [str(world.people["leaver"].id)]}},
        (),
        "admin",
    ),
    "Mutation.createPortal": _portal("createPortal", "secret", name="样本门户", origins=["nonsense"]),
    "Mutation.updatePortal": _portal("updatePortal", "id", portalId=str(new_id()), name="x"),
    "Mutation.rotatePortalSecret": _portal("rotatePortalSecret", "secret", portalId=str(new_id())),
    "Mutation.disablePortal": _portal("disablePortal", "id", portalId=str(new_id())),
    "Query.readiness": Root(OFFICE, "{ readiness { code count } }", caller="admin"),
    "Mutation.configureDistrict": Root(
        OFFICE,
        mutation_of("configureDistrict", "slug name"),
        lambda _: {"input": {"contactPhone": "12345"}},
        caller="admin",
    ),
    "Mutation.setLevels": Root(
        OFFICE,
        mutation_of("setLevels", "slug levels"),
        lambda _: {"input": {"levels": [level.value for level in AreaLevel]}},
        caller="admin",
    ),
    "Mutation.goLive": Root(OFFICE, "mutation { goLive { slug status } }", caller="admin"),
    "Mutation.signIn": Root(
        EVERYBODY, SIGN_IN, lambda _: {"i": {"login": "x", "password": "x"}}, ("UNAUTHENTICATED",)
    ),
    "Mutation.requestSignInCode": Root(
        DISTRICT, 'mutation { requestSignInCode(input: {phone: "1"}) }', found=("INVALID_INPUT",)
    ),
    "Mutation.signInWithCode": Root(
        DISTRICT,
        'mutation { signInWithCode(input: {phone: "1", code: "1"}) { accessToken } }',
        found=("INVALID_INPUT",),
    ),
    "Mutation.refreshSession": Root(
        EVERYBODY, 'mutation { refreshSession(refreshToken: "x") { accessToken } }', found=("SESSION_ENDED",)
    ),
    "Mutation.signOut": Root(EVERYBODY, "mutation { signOut }"),
    "Mutation.applyForOnboarding": Root(
        EVERYBODY,
        "mutation($i: ApplyForOnboardingInput!) { applyForOnboarding(input: $i) { accessToken } }",
        lambda _: {"i": ONBOARDING},
        ("INVALID_INPUT",),
    ),
    "Query.templateDrift": Root(OFFICE, "{ templateDrift { code kind } }", caller="admin"),
    "Mutation.adoptTemplate": _kept("adoptTemplate", "applied", "NOT_FOUND", codes=["NONE"]),
    "Mutation.takeOverTemplateItems": _kept("takeOverTemplateItems", "applied", "NOT_FOUND", codes=["NONE"]),
    "Mutation.publishServiceItem": _kept("publishServiceItem", "id", "CONFLICT", **ITEM_INPUT),
    "Mutation.withdrawServiceItem": _kept("withdrawServiceItem", "id", "NOT_FOUND", code="NONE"),
    "Mutation.importServiceItems": _kept("importServiceItems", "applied", "INVALID_INPUT", file=EMPTY_FILE),
    **{
        f"Mutation.{name}": Root(
            EVERYBODY,  # who holds a ticket; without one, there is no application
            _deciding(name),
            lambda _, more=more: {"i": {"id": str(new_id()), **more}},
            ("NOT_FOUND",),
            "anonymous",
        )
        for name, more in {"verifyOnboarding": {"code": "123456"}, "resendOnboardingCode": {}}.items()
    },
    **{
        f"Mutation.{name}": Root(
            OPERATORS,
            _deciding(name),
            lambda _, more=more: {"i": {"id": str(new_id()), **more}},
            ("NOT_FOUND",),
            "system-operator",
        )
        for name, more in {
            "approveOnboarding": {},
            "rejectOnboarding": {"reason": "样本理由"},
            "retryOnboarding": {},
        }.items()
    },
    "Query.policyLines": Root(OFFICE, "{ policyLines(shipped: true) { role } }", caller="admin"),
    "Mutation.addPolicyLines": _kept("addPolicyLines", "applied", "INVALID_INPUT", lines=[POLICY_LINE]),
    "Mutation.removePolicyLines": _kept("removePolicyLines", "applied", "INVALID_INPUT", ids=["x"]),
    "Mutation.importPolicyLines": _kept("importPolicyLines", "applied", "INVALID_INPUT", file=EMPTY_FILE),
    "Query.calendar": Root(DISTRICT, "{ calendar(year: 2026) { workingDays } }"),
    "Query.localDays": Root(DISTRICT, "{ localDays(year: 2026) { day } }"),
    "Mutation.closeDay": _kept("closeDay", "applied", "INVALID_INPUT", day="2026-01-01", reason="x"),
    "Mutation.openDay": _kept("openDay", "applied", "INVALID_INPUT", day="2026-01-05", reason="x"),
    "Mutation.resetDay": _kept("resetDay", "applied", "NOT_FOUND", day="2026-01-05"),
    "Mutation.importLocalDays": _kept("importLocalDays", "applied", "INVALID_INPUT", file=EMPTY_FILE),
    "Query.departure": Root(OFFICE, "{ departure { slug status } }", caller="admin"),
    "Mutation.exportDistrict": _kept("exportDistrict", "slug", "INVALID_INPUT", passphrase="short"),
    "Mutation.leavePlatform": _kept("leavePlatform", "slug", "INVALID_INPUT", reason="x", passphrase="short"),
    "Mutation.cancelLeaving": _kept("cancelLeaving", "slug", "CONFLICT", reason="样本原因"),
    "Mutation.dropDistrict": _kept("dropDistrict", "slug", "FORBIDDEN", slug="rushan", confirmSlug="rushan"),
    "Query.platformTrail": Root(
        OPERATORS, "{ platformTrail(first: 1) { __typename } }", caller="audit-operator"
    ),
    "Query.platformDistricts": Root(
        OPERATORS, "{ platformDistricts(first: 1) { edges { node { slug } } } }", caller="system-operator"
    ),
    "Query.platformStatistics": Root(
        OPERATORS, "{ platformStatistics { __typename counts { count } } }", caller="audit-operator"
    ),
    "Query.districtStatistics": Root(
        OPERATORS, "{ districtStatistics(first: 1) { __typename } }", caller="system-operator"
    ),
    "Query.operators": Root(
        OPERATORS, "{ operators(first: 1) { edges { node { id } } } }", caller="security-operator"
    ),
    "Mutation.createOperator": _of_operators(
        "createOperator", "INVALID_INPUT", login="!", name="", duty="AUDIT", phone=""
    ),
    "Mutation.inviteOperator": _of_operators("inviteOperator", "INVALID_INPUT", id=_NOBODY, phone=""),
    "Mutation.setOperatorDuty": _of_operators("setOperatorDuty", "NOT_FOUND", id=_NOBODY, duty="AUDIT"),
    "Mutation.disableOperator": _of_operators("disableOperator", "NOT_FOUND", id=_NOBODY),
    "Mutation.enableOperator": _of_operators("enableOperator", "NOT_FOUND", id=_NOBODY),
    "Mutation.acceptOperatorInvitation": Root(
        EVERYBODY,
        "mutation($i: AcceptOperatorInvitationInput!) { acceptOperatorInvitation(input: $i) }",
        lambda _: {"i": {"token": "x", "password": PASSWORD}},
        ("UNAUTHENTICATED",),
    ),
    "Mutation.suspendDistrict": _of_operators(
        "suspendDistrict", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such", reason="样本"
    ),
    "Mutation.resumeDistrict": _of_operators(
        "resumeDistrict", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such"
    ),
    "Mutation.setDistrictQuotas": _of_operators(
        "setDistrictQuotas", "DISTRICT_UNKNOWN", caller="system-operator", slug="no-such"
    ),
    "Mutation.applyForCase": Root(AREA, mutation_of("applyForCase", "id"), _apply, ("INVALID_INPUT",)),
    "Mutation.preCheckCase": _case("preCheckCase"),
    "Mutation.supplyMaterials": _case("supplyMaterials", codes=["FORM"]),
    "Mutation.acceptCase": _case("acceptCase"),
    "Mutation.completeCase": _case("completeCase", outcome="DONE", opinion="x"),
    "Mutation.rateCase": _case("rateCase", caller="resident", grade="SATISFIED"),
    "Mutation.declineCase": _case("declineCase", **WHY),
    "Mutation.withdrawCase": _case("withdrawCase", reason="x"),
    "Mutation.suspendCase": _case("suspendCase", reason="x"),
    "Mutation.resumeCase": _case("resumeCase"),
    "Mutation.handOverCase": _case(
        "handOverCase", "INVALID_INPUT", caller="supervisor", toStaffId=str(new_id()), reason="x"
    ),
    "Mutation.takeOverCase": _case("takeOverCase", "NO_HANDOVER"),
    "Mutation.returnCase": _case("returnCase", "NO_HANDOVER", reason="x"),
    "Mutation.terminateCase": _case("terminateCase", caller="supervisor", **WHY),
    "Mutation.revealApplicant": _case("revealApplicant", reason=WHY["reason"]),
    "Mutation.importAreas": Root(
        OFFICE,
        mutation_of("importAreas", "faults { line }"),
        lambda _: {"input": {"file": {"name": "a.csv", "content": AREA_FILE}}},
        caller="admin",
    ),
    "Mutation.importOfficialAreas": Root(
        DISTRICT,
        mutation_of("importOfficialAreas", "created"),
        lambda _: {"input": {"divisionCode": "1"}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.addGrids": Root(
        DISTRICT,
        mutation_of("addGrids", "faults { line }"),
        lambda _: {"input": {"grids": [{"parent": "nowhere", "suffix": "1"}]}},
        caller="admin",
    ),
    "Mutation.addArea": _keeping("addArea", "INVALID_INPUT", parentId="town-a"),
    "Mutation.renameArea": _keeping("renameArea", "INVALID_INPUT", areaId="town-a"),
    "Mutation.moveArea": _keeping("moveArea", "INVALID_INPUT", areaId="town-a", toParentId="town-a"),
    "Mutation.retireArea": _keeping("retireArea", "CONFLICT", areaId="town-a"),
    "Mutation.mergeAreas": Root(
        AREA,
        mutation_of("mergeAreas", "id"),
        lambda world: {"input": {"areaIds": [], "intoId": str(world.areas["town-a"].id)}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.splitArea": Root(
        AREA,
        mutation_of("splitArea", "area { id }"),
        lambda world: {"input": {"areaId": str(world.areas["town-a"].id), "into": []}},
        ("INVALID_INPUT",),
        "admin",
    ),
    "Mutation.restoreArea": _keeping("restoreArea", areaId="town-a"),
    "Query.myData": Root(AREA, "{ myData { cases } }", caller="resident"),
    "Query.dataRequests": Root(
        AREA, "{ dataRequests(state: null) { edges { node { id caseNumber } } } }", caller="supervisor"
    ),
    "Query.retention": Root(DISTRICT, "{ retention { caseDays accountDays } }"),
    "Mutation.revealMyData": Root(DISTRICT, "mutation { revealMyData { number } }", caller="resident"),
    "Mutation.requestCorrection": Root(
        AREA,
        mutation_of("requestCorrection", "id"),
        lambda world: {
            "input": {"number": world.marks["number"], "field": "NAME", "value": "样本某", **WHY_ALONE}
        },
        ("CONFLICT",),
        "resident",
    ),
    "Mutation.decideDataRequest": Root(
        AREA,
        mutation_of("decideDataRequest", "id"),
        lambda world: {"input": {"id": world.marks["request"], "grant": False, "answer": WHY["reason"]}},
        ("CONFLICT",),
        "supervisor",
    ),
    "Mutation.setRetention": Root(
        DISTRICT,
        mutation_of("setRetention", "caseDays"),
        lambda _: {"input": {"caseDays": 400}},
        caller="admin",
    ),
    "Query.fleet": Root(PLATFORM, "{ fleet { districts } }", caller="system-operator"),
    "Query.fleetDistricts": Root(
        PLATFORM, "{ fleetDistricts(first: 1) { edges { node { slug } } } }", caller="system-operator"
    ),
    "Query.task": Root(
        PLATFORM,
        "query($id: ID!) { task(id: $id) { id } }",
        lambda world: {"id": world.marks["task"]},
        caller="admin",
    ),
    "Query.tasks": Root(PLATFORM, "{ tasks(first: 100) { edges { node { id } } } }", caller="admin"),
    "Mutation.migrateFleet": Root(
        OPERATORS,
        mutation_of("migrateFleet", "id"),
        lambda _: {"input": {"only": ["nowhere"]}},
        ("NOT_FOUND",),
        "system-operator",
    ),
    "Mutation.checkDrift": Root(
        OPERATORS,
        mutation_of("checkDrift", "id"),
        lambda _: {"input": {"only": ["nowhere"]}},
        ("NOT_FOUND",),
        "system-operator",
    ),
    **{f"Mutation.{verb}Task": _halting(f"{verb}Task") for verb in ("pause", "resume", "cancel")},
    "Subscription.taskProgress": Root(
        PLATFORM,
        "subscription($id: ID!) { taskProgress(id: $id) { id } }",
        lambda world: {"id": world.marks["task"]},
        caller="admin",
    ),
    "Subscription.caseChanged": Root(
        AREA,
        "subscription($n: String!) { caseChanged(number: $n) { id } }",
        lambda world: {"n": world.marks["number"]},
    ),
    "Subscription.casesChanged": Root(
        AREA, "subscription { casesChanged { kind caseId number case { id } } }", lambda _: {}
    ),
    "Subscription.onboardingProgress": Root(
        EVERYBODY,
        "subscription($id: ID!) { onboardingProgress(id: $id) { id } }",
        lambda _: {"id": str(new_id())},
        ("NOT_FOUND",),
        "anonymous",
    ),
}
# Signed-in callers ask for these; nobody else has anything to end.
# Asked of the platform, which has them for administrators inside their district and for operators.
ANY_SIDE: Final = {"Query.departure", "Mutation.exportDistrict", "Mutation.dropDistrict"}
NEEDS_SESSION: Final = {"Mutation.signOut", "Mutation.changePassword"}
STAFFING: Final = {
    *STAFF_INPUTS,
    *("addStaff", "updateStaff", "assignRole", "endAssignment", "inviteStaff"),
}
# Names nothing of this district, so in another one it is refused as there.
OF_NOTHING_HERE: Final = {"Mutation.importStaff", "Mutation.createPortal"}
# Of the whole district: a part's administrator has none of it.
WHOLE_ONLY: Final = {"Query.portals"} | {
    f"Mutation.{name}" for name in ("createPortal", "updatePortal", "rotatePortalSecret", "disablePortal")
}
STAFF_ONLY: Final = {
    "Query.teams",
    "Mutation.importOfficialAreas",
    "Mutation.addGrids",
    "Mutation.revealMyData",
    "Mutation.setRetention",
}


def root_types() -> Iterator[GraphQLObjectType]:
    schema = core_schema()
    for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert type_ is not None
        yield type_


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    world = build("access-roots", installation, services, api, run)

    async def fill(work: Work) -> None:
        n = fresh()
        await world.resident(work, "resident", n)
        await world.resident(work, "another resident", fresh())
        holder = world.people["helper GRID"].id
        assert holder is not None
        world.marks["number"] = await world.case(work, "grid-a", holder=holder, n=n)
        world.marks["request"] = await _asked(work, world.marks["number"])
        for role in ("window-clerk", "supervisor", "auditor", "admin"):
            await world.hire(work, f"{role} elsewhere", (role, "town-b", work.today, None))
        leaver = await world.hire(work, "leaver", ("helper", "grid-a", work.today, None))
        await work.db.flush()
        post = select(AssignmentRow.id).where(AssignmentRow.staff_id == leaver)
        world.marks["post"] = str((await work.db.scalars(post)).one())
        work.db.add(
            StaffRow(id=new_id(), key="p", name="样本门户", login="p", portal_origins=["https://portal.test"])
        )
        work.record(
            action="case:apply", object=f"case:{world.marks['number']}", area_id=world.areas["grid-a"].id
        )

    world.inside(fill)
    run(hire_operators(world))
    world.marks["task"] = task_of(services, run, world.slug)
    return world


async def _asked(work: Work, number: str) -> str:
    """An open request to have the phone of a case corrected."""
    case = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
    row = DataRequestRow(
        id=new_id(),
        resident_id=case.resident_id,
        case_id=case.id,
        field=DataField.PHONE,
        value_sealed=work.vault.seal(sample_phone(fresh()), context=VALUE_CONTEXT),
        value_masked="***",
        reason=WHY["reason"],
        state=DataRequestState.OPEN,
        asked_at=work.now,
        due_on=work.today,
    )
    work.db.add(row)
    await work.db.flush()
    return str(row.id)


class Stranger(NamedTuple):
    """A caller, over HTTP and over WebSocket."""

    http: Client
    init: dict[str, Any]


def asked(app: Starlette, world: World, name: str, who: Stranger) -> Heard:
    """What a root field answers."""
    root = ROOTS[name]
    if name.startswith("Subscription."):
        heard: Heard = world.run(subscribed(app, who.init, root.query, root.variables(world)))
        return heard
    reply: Reply = who.http(root.query, **root.variables(world))
    errors = reply.body.get("errors")
    return Heard(reply.body.get("data"), errors[0]["extensions"]["code"] if errors else None)


def stranger(client: Client, **headers: str) -> Stranger:
    """The same caller both ways; a header given here wins."""
    http = client.as_(**headers)
    init = {
        "authorization": http.headers.get("Authorization"),
        "district": http.headers.get("X-District"),
    }
    return Stranger(http, {name: value for name, value in init.items() if value is not None})


def holds(data: Any) -> bool:
    """Whether an answer tells of anything."""
    if isinstance(data, dict):
        return any(holds(value) for value in data.values())
    return bool(data)


# ---------------------------------------------------------------------- there is an entry for each, and a permission


def test_every_root_field_is_tried_here() -> None:
    fields = {f"{type_.name}.{name}" for type_ in root_types() for name in type_.fields}
    assert fields == set(ROOTS)


def test_every_root_field_asks_for_a_permission() -> None:
    for type_ in root_types():
        for name in type_.fields:
            asks = asks_of_root(type_.name, name)
            assert asks.permissions, name
            assert all(isinstance(each, Permission) for each in asks.permissions), name


def test_a_root_field_without_a_permission_is_open_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError):
        mutation("Do something 做点什么.")  # type: ignore[call-arg]  # what is proved

    @strawberry.type
    class Careless:
        @strawberry.field(description="Open by accident 误放.")
        def open(self) -> int:
            return 1

    careless = strawberry.Schema(Careless)._schema  # the core schema
    monkeypatch.setattr(schema_module, "core_schema", lambda: careless)
    with pytest.raises(LookupError):
        asks_of_root.__wrapped__("Careless", "open")


# ---------------------------------------------------------------------- who may, so that the rest means something


@pytest.mark.parametrize("name", ROOTS)
def test_who_may_gets_an_answer(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    who = root.caller if root.caller in world.people else f"{root.caller} COUNTY"
    heard = asked(
        app, world, name, stranger(world.anonymous if who not in world.people else world.client(who))
    )
    if root.found:
        assert heard.code in (*root.found, None), heard
    else:
        assert heard.code is None, heard
        assert holds(heard.data) or name in ("Query.onboarding", "Query.teams", "Query.localDays"), heard


# ---------------------------------------------------------------------- nobody


@pytest.mark.parametrize("name", ROOTS)
def test_nobody_gets_only_what_is_open(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    heard = asked(app, world, name, stranger(world.anonymous))
    if root.of in (AREA, OFFICE, OPERATORS, PLATFORM) or name in NEEDS_SESSION | STAFF_ONLY:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")
    else:
        assert heard.code in (root.found or (None,)), heard


@pytest.mark.parametrize("name", ROOTS)
def test_without_a_district_there_is_nothing_of_any(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    heard = asked(app, world, name, stranger(world.api))
    if name in ANY_SIDE:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")
    elif root.of not in (EVERYBODY, OPERATORS, PLATFORM):
        assert (heard.data, heard.code) == (None, "DISTRICT_REQUIRED")
    elif root.of in (OPERATORS, PLATFORM) or name in NEEDS_SESSION:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ey" * 400])
def test_a_token_that_is_none_is_never_passed_off_as_nobody(app: Starlette, world: World, token: str) -> None:
    false = stranger(world.anonymous, Authorization=f"Bearer {token}")
    for name in ("Query.districts", "Query.district", "Query.viewer", "Query.cases", "Mutation.applyForCase"):
        heard = asked(app, world, name, false)
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED"), name
    heard = asked(app, world, "Subscription.caseChanged", false)
    assert (heard.data, heard.closed) == (None, 4403)


# ---------------------------------------------------------------------- the wrong district


@pytest.mark.parametrize("name", ROOTS)
def test_a_token_of_one_district_and_the_header_of_another_get_nothing(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    callers = [
        stranger(rushan.sign_in("clerk-county"), X_District=world.slug),
        stranger(world.client("window-clerk COUNTY"), X_District="rushan"),
    ]
    for who in callers:
        heard = asked(app, world, name, who)
        if name.startswith("Subscription."):
            assert (heard.data, heard.closed) == (None, 4403)
        else:
            assert (heard.data, heard.code) == (None, "DISTRICT_MISMATCH")


@pytest.mark.parametrize("district", ["no-such-district", "d_rushan", "..", "Rushan", "rushan;"])
def test_a_district_that_is_not_there_is_refused(world: World, district: str) -> None:
    assert world.api.as_(X_District=district)("{ district { slug } }").code == "DISTRICT_UNKNOWN"


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of != EVERYBODY])
def test_the_people_of_another_district_find_nothing_of_this_one(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    root = ROOTS[name]
    logins = {name: name for name in ("supervisor", "auditor", "admin")}
    login = (
        "clerk-county"
        if root.of in (OFFICE, OPERATORS, PLATFORM)
        else logins.get(root.caller, "clerk-county")
    )
    client = rushan.sign_in(login)
    heard = asked(app, world, name, stranger(client))
    ours = {str(area.id) for area in world.areas.values()} | {str(each.id) for each in world.people.values()}
    ours |= {world.marks["number"], ITEM, str(world.item), world.slug}
    assert not any(mark in json.dumps(heard.data) for mark in ours), heard
    if root.of in (OFFICE, OPERATORS, PLATFORM) or (name.startswith("Mutation.") and root.of == AREA):
        assert heard.data is None
        alone = {"INVALID_INPUT"} if name in OF_NOTHING_HERE else set()
        assert heard.code in GONE | alone, heard
    if name in ("Query.area", "Query.service", "Query.case"):
        assert not holds(heard.data)


# ---------------------------------------------------------------------- the wrong kind of account


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of == OPERATORS])
def test_what_is_the_platforms_is_nobody_elses(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    (permission,) = asks_of_root(*name.split(".")).permissions
    duties = [duty.role for duty in OperatorDuty if not may(duty.role, permission, Reach.PLATFORM)]
    assert len(duties) in {1, 2}
    clients = [world.client(who) for who in ("window-clerk COUNTY", "auditor COUNTY", "resident", *duties)]
    for client in (*clients, rushan.sign_in("admin")):
        heard = asked(app, world, name, stranger(client))
        assert (heard.data, heard.code) == (None, "FORBIDDEN"), client.headers


# ---------------------------------------------------------------------- the wrong area


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of in (AREA, OFFICE)])
def test_the_people_of_another_area_find_nothing_of_this_one(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    who = "another resident" if root.caller == "resident" else f"{root.caller} elsewhere"
    heard = asked(app, world, name, stranger(world.client(who)))
    if root.of == OFFICE:
        assert (heard.data, heard.code) == (None, "FORBIDDEN")
    elif name == "Query.staff":  # an auditor sees the staff of the audited area
        seen = {edge["node"]["id"] for edge in heard.data["staff"]["edges"]}
        wanted = {
            str(world.people[f"{role} elsewhere"].id)
            for role in ("window-clerk", "supervisor", "auditor", "admin")
        }
        assert seen == wanted
    elif name == "Query.staffAccounts":
        ours = {str(world.people["leaver"].id), str(world.people["helper GRID"].id)}
        seen = {edge["node"]["id"] for edge in heard.data["staffAccounts"]["edges"]}
        assert str(world.people["admin elsewhere"].id) in seen
        assert not seen & ours
    elif name == "Mutation.importStaff":  # each part's administrator may; a line outside the part is at fault
        assert (heard.data, heard.code) == (None, "INVALID_INPUT")
    elif name in WHOLE_ONLY:
        assert (heard.data, heard.code) == (None, "FORBIDDEN")
    elif name == "Subscription.casesChanged":  # an inbox of their own, in which nothing happens
        nothing = {"kind": "REFRESH", "caseId": None, "number": None, "case": None}
        assert heard.data == {"casesChanged": nothing}, heard
    elif name.startswith("Query."):
        assert heard.code is None
        assert not holds(heard.data), heard
    else:
        assert heard.data is None
        open_to_all = name == "Mutation.applyForCase" or name.endswith(
            ("Area", "Areas")
        )  # whose areas are public
        of_staff = name.removeprefix("Mutation.") in STAFFING  # colleagues know of each other
        assert heard.code == ("FORBIDDEN" if open_to_all or of_staff else "NOT_FOUND"), heard


def test_no_query_mixes_what_is_allowed_with_what_is_not(world: World) -> None:
    """One refused field refuses the operation: nothing runs, so nothing of the rest comes back either."""
    helper = world.client("helper VILLAGE")
    reply = helper("{ cases { totalCount } auditTrail { totalCount } }")
    assert reply.code == "FORBIDDEN"
    assert reply.body.get("data") is None
    anonymous = world.anonymous("{ district { slug } cases { totalCount } }")
    assert anonymous.code == "UNAUTHENTICATED"
    assert anonymous.body.get("data") is None


def test_a_type_is_guarded_wherever_it_is_reached(world: World) -> None:
    """Neither an alias, a fragment nor a skipped directive is a way around the permission."""
    ways = [
        "{ a: cases { totalCount } }",
        "query { ...Q } fragment Q on Query { cases { edges { node { id } } } }",
        "query($no: Boolean = true) { district { slug } cases @include(if: $no) { totalCount } }",
        "{ ... on Query { ... { cases { totalCount } } } }",
    ]
    for way in ways:
        reply = world.anonymous(way)
        assert (reply.code, reply.body.get("data")) == ("UNAUTHENTICATED", None), way
    skipped = world.anonymous(
        "query($no: Boolean = false) { district { slug } cases @include(if: $no) { totalCount } }"
    )
    assert skipped.data == {"district": {"slug": world.slug}}


def test_sign_in_of_one_district_is_none_of_anothers(world: World, zouping: Place, rushan: Place) -> None:
    given = {"login": "clerk-town", "password": PASSWORD}  # of Zouping; Rushan has staff at the county only
    assert rushan.anonymous(SIGN_IN, i=given).code == "UNAUTHENTICATED"
    assert world.api(SIGN_IN, i=given).code == "UNAUTHENTICATED"  # without a district only operators sign in
    assert zouping.anonymous(SIGN_IN, i=given).data["signIn"]["accessToken"]
