"""Operators' accounts over the API: made by security operators, never for themselves, each act in the trail."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.api.casework import Run, fresh
from tests.api.clients import PASSWORD, Client, Place
from tests.api.operators import Platform

from bangban.features.accounts.tables import OperatorRow
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.identifiers import sample_phone
from bangban.settings import Settings

CREATE = (
    "mutation($i: CreateOperatorInput!) { createOperator(input: $i) { id login duty active invitedUntil } }"
)
INVITE = "mutation($i: InviteOperatorInput!) { inviteOperator(input: $i) { id invitedUntil } }"
DUTY = "mutation($i: SetOperatorDutyInput!) { setOperatorDuty(input: $i) { id duty } }"
DISABLE = "mutation($i: OperatorInput!) { disableOperator(input: $i) { id active } }"
ENABLE = "mutation($i: OperatorInput!) { enableOperator(input: $i) { id active } }"
ACCEPT = "mutation($i: AcceptOperatorInvitationInput!) { acceptOperatorInvitation(input: $i) }"
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken viewer { kind duty permissions } } }"
LIST = "query($f: OperatorFilter) { operators(filter: $f, first: 100) { edges { node { id duty active } } } }"
ME = "{ viewer { duty permissions } }"


@pytest.fixture(scope="module")
def security(platform: Platform) -> Client:
    return platform.client(OperatorDuty.SECURITY)


def given(**changes: Any) -> dict[str, Any]:
    """An account to make, in order."""
    return {
        "login": f"new-{uuid4().hex[:8]}",
        "name": "样本",
        "duty": "SYSTEM",
        "phone": sample_phone(fresh()),
        **changes,
    }


def token_to(settings: Settings, phone: str) -> str:
    """The token that went to a phone last."""
    letters = [json.loads(each.read_text("utf-8")) for each in sorted(settings.outbox_folder.glob("*.json"))]
    text = [each["text"] for each in letters if each["to"] == phone][-1]
    found = re.search(r"operator\.[A-Za-z0-9_-]+", text)
    assert found is not None
    return found[0]


def test_an_account_is_made_invited_and_used(
    platform: Platform, security: Client, app_settings: Settings
) -> None:
    wanted = given(duty="AUDIT")
    made = security(CREATE, i=wanted).data["createOperator"]
    assert (made["login"], made["duty"], made["active"]) == (wanted["login"], "AUDIT", True)
    signing = {"login": wanted["login"], "password": PASSWORD}
    assert platform.api(SIGN_IN, i=signing).code == "UNAUTHENTICATED"  # no password yet
    token = token_to(app_settings, wanted["phone"])
    assert platform.api(ACCEPT, i={"token": token, "password": "short"}).code == "INVALID_INPUT"
    assert platform.api(ACCEPT, i={"token": token, "password": PASSWORD}).data == {
        "acceptOperatorInvitation": True
    }
    assert platform.api(ACCEPT, i={"token": token, "password": PASSWORD}).code == "UNAUTHENTICATED"
    viewer = platform.api(SIGN_IN, i=signing).data["signIn"]["viewer"]
    assert (viewer["kind"], viewer["duty"]) == ("OPERATOR", "AUDIT")
    assert "trail:read" in viewer["permissions"]
    about = platform.trail(f"operator:{made['id']}")
    assert [action for _, action, _ in about] == [
        "operator:manage",
        "session:sign-in",
        "operator:accept-invitation",
        "session:sign-in",
    ]
    assert about[1][0] == "anonymous"
    assert about[1][2] == {"refused": True}
    assert wanted["phone"] not in json.dumps(about)
    assert token not in json.dumps(about)


def test_the_same_request_again_makes_no_second_account_and_sends_no_second_message(
    security: Client, app_settings: Settings
) -> None:
    wanted, key = given(), {"Idempotency-Key": uuid4().hex}
    first = security(CREATE, headers=key, i=wanted).data
    token = token_to(app_settings, wanted["phone"])
    assert security(CREATE, headers=key, i=wanted).data == first
    assert token_to(app_settings, wanted["phone"]) == token
    assert security(CREATE, i=wanted).code == "CONFLICT"


@pytest.mark.parametrize("duty", [OperatorDuty.SYSTEM, OperatorDuty.AUDIT, None])
def test_nobody_but_security_operators_touches_accounts(
    platform: Platform, zouping: Place, duty: OperatorDuty | None
) -> None:
    other, _ = platform.hire(OperatorDuty.SYSTEM)
    caller = zouping.sign_in("clerk-county") if duty is None else platform.client(duty)
    for query, values in (
        (CREATE, given()),
        (INVITE, {"id": str(other), "phone": sample_phone(fresh())}),
        (DUTY, {"id": str(other), "duty": "SECURITY"}),
        (DISABLE, {"id": str(other)}),
        (ENABLE, {"id": str(other)}),
    ):
        assert caller(query, i=values).code == "FORBIDDEN"
        assert platform.api(query, i=values).code == "UNAUTHENTICATED"
    assert caller(LIST).code == "FORBIDDEN"
    assert platform.api(LIST).code == "UNAUTHENTICATED"
    assert platform.trail(f"operator:{other}") == []


def test_nobody_gives_themselves_anything(platform: Platform) -> None:
    me, client = platform.hire(OperatorDuty.SECURITY)
    for duty in OperatorDuty:
        assert client(DUTY, i={"id": str(me), "duty": duty.value}).code == "FORBIDDEN"
    assert client(DISABLE, i={"id": str(me)}).code == "FORBIDDEN"
    assert client(ENABLE, i={"id": str(me)}).code == "FORBIDDEN"
    assert client(ME).data["viewer"]["duty"] == "SECURITY"
    assert platform.trail(f"operator:{me}") == []


@pytest.mark.parametrize("was", [OperatorDuty.SYSTEM, OperatorDuty.SECURITY])
def test_who_had_another_duty_never_takes_the_audit(
    platform: Platform, security: Client, was: OperatorDuty
) -> None:
    other, _ = platform.hire(was)
    assert security(DUTY, i={"id": str(other), "duty": "AUDIT"}).code == "CONFLICT"


def test_another_duty_counts_at_once_and_ends_the_sessions_of_the_one_before(
    platform: Platform, security: Client
) -> None:
    other, client = platform.hire(OperatorDuty.SYSTEM)
    assert "fleet:manage" in client(ME).data["viewer"]["permissions"]
    assert (
        security(DUTY, i={"id": str(other), "duty": "SECURITY"}).data["setOperatorDuty"]["duty"] == "SECURITY"
    )
    until_refused(platform, client)
    (entry,) = platform.trail(f"operator:{other}")
    assert entry[2] == {"duty": "SECURITY", "was": "SYSTEM"}


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    platform: Platform, security: Client
) -> None:
    other, client = platform.hire(OperatorDuty.AUDIT)
    assert client(ME).data["viewer"]["duty"] == "AUDIT"
    assert security(DISABLE, i={"id": str(other)}).data["disableOperator"]["active"] is False
    until_refused(platform, client)
    assert security(INVITE, i={"id": str(other), "phone": sample_phone(fresh())}).code == "CONFLICT"
    assert security(DISABLE, i={"id": str(other)}).data["disableOperator"]["active"] is False
    assert security(ENABLE, i={"id": str(other)}).data["enableOperator"]["active"] is True
    details = [each for _, _, each in platform.trail(f"operator:{other}")]
    assert details == [{"active": False}, {"active": True}]
    assert security(DISABLE, i={"id": str(uuid4())}).code == "NOT_FOUND"


def until_refused(platform: Platform, client: Client) -> None:
    """The session was ended by a notification; the time limit ends the waiting otherwise."""

    async def wait() -> None:
        async with asyncio.timeout(60):
            while True:
                if (await client.send(ME)).body.get("errors"):
                    return
                await asyncio.sleep(0)

    platform.run(wait())
    assert client(ME).code == "SESSION_ENDED"


def test_the_last_security_operator_stays(platform: Platform) -> None:
    """Of two who disable each other at once, one is left."""

    async def leave(*ids: UUID) -> None:
        async with platform.services.tenancy.platform() as db:
            others = update(OperatorRow).where(OperatorRow.duty == OperatorDuty.SECURITY)
            await db.execute(others.where(OperatorRow.id.not_in(ids)).values(active=False))

    (one, first), (two, second) = (platform.hire(OperatorDuty.SECURITY) for _ in range(2))
    platform.run(leave(one, two))

    async def at_once() -> list[str]:
        replies = await asyncio.gather(
            first.send(DISABLE, i={"id": str(two)}), second.send(DISABLE, i={"id": str(one)})
        )
        return sorted("done" if "errors" not in each.body else each.code for each in replies)

    outcome = platform.run(at_once())
    assert outcome[1] == "done"
    assert outcome[0] in {"CONFLICT", "SESSION_ENDED"}
    _, third = platform.hire(OperatorDuty.SYSTEM)
    assert third(LIST).code == "FORBIDDEN"


def test_the_last_one_is_refused_another_duty_too(platform: Platform, run: Run) -> None:
    me, client = platform.hire(OperatorDuty.SECURITY)
    last, _ = platform.hire(OperatorDuty.SECURITY)

    async def alone() -> None:
        async with platform.services.tenancy.platform() as db:
            others = update(OperatorRow).where(OperatorRow.duty == OperatorDuty.SECURITY)
            await db.execute(others.where(OperatorRow.id != last).values(active=False))

    # The caller's own account was closed behind the API's back a moment ago, and is still believed.
    assert client(LIST).data
    run(alone())
    assert client(DUTY, i={"id": str(last), "duty": "SYSTEM"}).code == "CONFLICT"
    assert client(DISABLE, i={"id": str(last)}).code == "CONFLICT"
    assert me != last


@pytest.mark.parametrize("token", ["", "operator.", "operator.wrong", "x" * 5000, "operator.\u0000"])
def test_a_wrong_invitation_tells_nothing(platform: Platform, token: str) -> None:
    reply = platform.api(ACCEPT, i={"token": token, "password": PASSWORD})
    assert reply.code in {"UNAUTHENTICATED", "INVALID_INPUT"}


def test_a_faulty_account_is_refused_with_its_fields(security: Client) -> None:
    reply = security(CREATE, i=given(login="不行", name=""))
    assert reply.code == "INVALID_INPUT"
    assert set(reply.body["errors"][0]["extensions"]["fields"]) == {"input.login", "input.name"}
    assert security(CREATE, i=given(phone="12")).code == "INVALID_INPUT"


def test_the_list_is_narrowed(platform: Platform) -> None:
    mine, client = platform.hire(OperatorDuty.SECURITY)
    found = client(LIST, f={"duty": "SECURITY", "active": True}).data["operators"]["edges"]
    assert {each["node"]["duty"] for each in found} == {"SECURITY"}
    assert str(mine) in {each["node"]["id"] for each in found}
