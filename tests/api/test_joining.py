"""From an application to the first query in a district that is not open yet, and who is kept out of it until then."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.casework import Desk, Run, together
from tests.api.clients import PASSWORD, Client
from tests.api.named import applied_to_join, operator_of
from tests.api.test_onboarding import keyed
from tests.api.wire_ws import subscribed

from bangban.features.districts.contact import open_contact
from bangban.features.districts.tables import OnboardingRow
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.installation import Installation
from bangban.settings import Settings
from bangban.web.services import AppServices
from bangban.web.tasks import task_handlers

VERIFY = "mutation($i: VerifyOnboardingInput!) { verifyOnboarding(input: $i) { state } }"
RESEND = "mutation($i: ResendOnboardingCodeInput!) { resendOnboardingCode(input: $i) { state } }"
APPROVE = (
    "mutation($i: ApproveOnboardingInput!) { approveOnboarding(input: $i) { state divisionCodeServed } }"
)
FOLLOW = "query($id: ID!) { onboarding(id: $id) { slug state divisionCodeServed district { status } } }"
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken } }"
ACCEPT = "mutation($i: AcceptInvitationInput!) { acceptInvitation(input: $i) { accessToken refreshToken } }"
GO_LIVE = "mutation { goLive { slug status } }"
IMPORT = "mutation($i: ImportStaffInput!) { importStaff(input: $i) { applied faults { message } } }"
REFRESH = "mutation($t: String!) { refreshSession(refreshToken: $t) { accessToken } }"


@pytest.fixture(scope="module")
def work_on(
    installation: Installation, services: AppServices, app_settings: Settings, run: Run
) -> Callable[[str], TaskRow]:
    """Does the task that makes a district, as a worker would."""
    tenancy = services.tenancy
    handlers = task_handlers(installation, tenancy, messenger=services.messenger, settings=app_settings)

    async def go(onboarding_id: str) -> TaskRow:
        async with tenancy.platform() as db:
            asked = TaskRow.given["onboarding"].astext == onboarding_id
            (task_id,) = (await db.scalars(select(TaskRow.id).where(asked))).all()
        return await TaskRunner(tenancy, installation.application, handlers).run_here(task_id)

    return lambda onboarding_id: run(go(onboarding_id))


def bearer(api: Client, token: str) -> Client:
    return api.as_(Authorization=f"Bearer {token}")


def test_a_district_joins_by_itself_and_its_administrator_asks_the_first_question(
    desk: Desk, app: Starlette, api: Client, work_on: Callable[[str], TaskRow], run: Run
) -> None:
    id_, token, code = applied_to_join(desk)
    mine, operator = bearer(api, token), operator_of(desk)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert mine(VERIFY, i={"id": id_, "code": wrong}).code == "INVALID_INPUT"
    assert operator(APPROVE, i={"id": id_}).code == "CONFLICT"  # nobody has shown that the contact is theirs
    assert mine(RESEND, i={"id": id_}).code == "RATE_LIMITED"
    key = keyed()
    for _ in range(2):
        verified = mine(VERIFY, headers=key, i={"id": id_, "code": code})
        assert verified.data == {"verifyOnboarding": {"state": "VERIFIED"}}
    assert mine(VERIFY, i={"id": id_, "code": code}).code == "CONFLICT"
    for _ in range(2):
        approved = operator(APPROVE, headers=key, i={"id": id_}).data["approveOnboarding"]
        assert approved == {"state": "PROVISIONING", "divisionCodeServed": False}
    assert operator(APPROVE, i={"id": id_}).code == "CONFLICT"
    assert work_on(id_).state is TaskState.DONE
    followed = mine(FOLLOW, id=id_).data["onboarding"]
    slug = followed["slug"]
    assert followed["state"] == "CONFIGURING"
    assert followed["divisionCodeServed"] is None  # that is for operators
    # ---- the public finds nothing, by whatever way
    stranger = api.as_(X_District=slug)
    assert stranger("{ district { slug } }").code == "DISTRICT_UNKNOWN"
    assert bearer(stranger, token)("{ district { slug } }").code == "DISTRICT_UNKNOWN"
    for query in (
        'mutation { requestSignInCode(input: {phone: "13900000000"}) }',
        'mutation { signInWithCode(input: {phone: "13900000000", code: "123456"}) { accessToken } }',
        "{ services { totalCount } }",
        "{ __typename }",
        'mutation { signIn(input: {login: "x", password: "y"}) { accessToken } signOut }',
    ):
        assert stranger(query).code == "DISTRICT_UNKNOWN", query
    heard = run(subscribed(app, {"district": slug}, "subscription { casesChanged { kind } }", {}))
    assert heard.data is None
    listed = api("query($s: String) { districts(search: $s) { totalCount } }", s=slug).data
    assert listed == {"districts": {"totalCount": 0}}
    # ---- its administrator sets a password and works
    assert stranger(SIGN_IN, i={"login": "admin", "password": PASSWORD}).code == "UNAUTHENTICATED"
    phone = str(desk.run(_phone(desk, id_)))
    (text,) = desk.messages_of(slug, phone, Template.INVITATION)
    (invitation,) = re.findall(rf"{slug}\.[a-z0-9]{{5}}(?:-[a-z0-9]{{5}}){{4}}", text)
    chosen = {"token": invitation, "password": PASSWORD}
    session = stranger(ACCEPT, i=chosen).data["acceptInvitation"]
    assert stranger(ACCEPT, i=chosen).code is not None  # once only
    assert "errors" not in stranger(SIGN_IN, i={"login": "admin", "password": PASSWORD}).body
    admin = bearer(api, session["accessToken"])
    first = admin(
        "{ district { slug status } areas { edges { node { name } } } services { totalCount } }"
    ).data
    assert first["district"] == {"slug": slug, "status": "PROVISIONING"}
    assert [edge["node"]["name"] for edge in first["areas"]["edges"]] == ["样本县"]
    assert first["services"]["totalCount"] > 0
    assert bearer(api, session["accessToken"]).as_(X_District="zouping")("{ viewer { kind } }").code == (
        "DISTRICT_MISMATCH"
    )
    again = api(REFRESH, t=session["refreshToken"]).data["refreshSession"]["accessToken"]
    assert bearer(api, again)("{ viewer { kind } }").data == {"viewer": {"kind": "STAFF"}}


def test_a_district_that_joined_says_what_is_missing_and_opens_once_nothing_is(
    desk: Desk, api: Client, work_on: Callable[[str], TaskRow]
) -> None:
    id_, token, code = applied_to_join(desk, levels=["COUNTY"])
    mine = bearer(api, token)
    assert mine(VERIFY, i={"id": id_, "code": code}).data
    operator_of(desk)(APPROVE, i={"id": id_})
    assert work_on(id_).state is TaskState.DONE
    slug = mine(FOLLOW, id=id_).data["onboarding"]["slug"]
    admin, stranger = invited(desk, api, slug, id_), api.as_(X_District=slug)
    missing = "{ readiness { code required passed } }"

    def lacks() -> set[str]:
        checks = admin(missing).data["readiness"]
        return {check["code"] for check in checks if check["required"] and not check["passed"]}

    assert lacks() == {"auditor", "items-handled"}
    assert admin(GO_LIVE).code == "CONFLICT"
    assert stranger("{ district { slug } }").code == "DISTRICT_UNKNOWN"
    lines = ["姓名,登录名,角色,区域", "样例窗口,clerk,window-clerk,样本县", "样例审计,auditor,auditor,样本县"]
    file = {"name": "人员.csv", "content": b64encode("\n".join(lines).encode()).decode()}
    imported = admin(IMPORT, i={"file": file, "apply": True}).data["importStaff"]
    assert imported == {"applied": True, "faults": []}
    assert lacks() == set()
    assert admin(GO_LIVE).data == {"goLive": {"slug": slug, "status": "LIVE"}}
    assert stranger("{ district { status } services { totalCount } }").data["district"] == {"status": "LIVE"}
    assert mine(FOLLOW, id=id_).data["onboarding"]["state"] == "LIVE"
    assert admin(GO_LIVE).data["goLive"]["status"] == "LIVE"  # saying it again changes nothing


def invited(desk: Desk, api: Client, slug: str, onboarding_id: str) -> Client:
    """The administrator, who has just set a password with the token of the invitation."""
    phone = str(desk.run(_phone(desk, onboarding_id)))
    (text,) = desk.messages_of(slug, phone, Template.INVITATION)
    (invitation,) = re.findall(rf"{slug}\.[a-z0-9]{{5}}(?:-[a-z0-9]{{5}}){{4}}", text)
    session = api.as_(X_District=slug)(ACCEPT, i={"token": invitation, "password": PASSWORD})
    return bearer(api, session.data["acceptInvitation"]["accessToken"])


async def _phone(desk: Desk, onboarding_id: str) -> str:
    async with desk.services.tenancy.platform() as db:
        row = await db.get(OnboardingRow, UUID(onboarding_id))
        assert row is not None
        return open_contact(desk.services.tenancy.ring, row.contact_sealed).phone


def test_of_many_who_verify_or_approve_at_once_one_does(desk: Desk, api: Client, run: Run) -> None:
    id_, token, code = applied_to_join(desk)
    mine, operator = bearer(api, token), operator_of(desk)

    def codes(replies: Any) -> list[str]:
        return sorted("ok" if "errors" not in reply.body else reply.code for reply in replies)

    given = {"id": id_, "code": code}
    assert codes(run(together(*(mine.send(VERIFY, i=given) for _ in range(4))))) == ["CONFLICT"] * 3 + ["ok"]
    assert codes(run(together(*(operator.send(APPROVE, i={"id": id_}) for _ in range(4))))) == (
        ["CONFLICT"] * 3 + ["ok"]
    )


def test_a_ticket_is_worth_nothing_for_another_application(desk: Desk, api: Client) -> None:
    (one, _, code), (_, other, _) = applied_to_join(desk), applied_to_join(desk)
    for client in (bearer(api, other), bearer(api, "ticket.x"), api, operator_of(desk)):
        assert client(VERIFY, i={"id": one, "code": code}).code == "NOT_FOUND"
        assert client(RESEND, i={"id": one}).code == "NOT_FOUND"
    for query in ("{ onboardings { totalCount } }", "{ cases { totalCount } }"):
        assert bearer(api, other)(query).code in ("UNAUTHENTICATED", "DISTRICT_REQUIRED")
    assert bearer(api, other)(APPROVE, i={"id": one}).code == "UNAUTHENTICATED"


def test_operators_see_who_waits_masked_and_page_by_page(desk: Desk, api: Client) -> None:
    made = [applied_to_join(desk)[0] for _ in range(3)]
    page = """
        query($a: String) {
          onboardings(state: APPLIED, first: 2, after: $a) {
            edges { node { id contact divisionCode } } pageInfo { hasNextPage endCursor }
          }
        }
    """
    operator, seen, after = operator_of(desk), [], None
    while True:
        found = operator(page, a=after).data["onboardings"]
        seen += [edge["node"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert [each["id"] for each in seen if each["id"] in made] == made[::-1]
    assert all(re.fullmatch(r".\* \d{3}\*{4}\d{4}", each["contact"]) for each in seen)
