"""How each root field is asked in the access tests, and who may get an answer."""

from __future__ import annotations

import base64
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from tests.api.access_world import ITEM, World
from tests.api.casework import applicant, mutation_of
from tests.api.conftest import PASSWORD
from tests.api.parts import parts
from tests.api.shapes import AREA, DISTRICT, EVERYBODY, OFFICE, OPERATORS, PLATFORM, Root

from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel


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

_ROOTS: Final[Mapping[str, Root]] = {
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

ROOTS: Final[Mapping[str, Root]] = {
    **_ROOTS,
    **{name: root for part in parts() for name, root in part.roots.items()},
}
