"""Portals and passwords over the API: a token for one origin, a secret that ends, sessions that end everywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.api.casework import Desk, applied
from tests.api.staffing import (
    GOOD,
    VILLAGE,
    asked,
    bearer,
    hired,
    invitation,
    joined,
    made,
    opened,
    refusal,
    signed_in,
)

HOME, OTHER = "https://portal.example.test", "https://other.example.test"


def test_a_portals_token_is_for_its_own_pages(desk: Desk) -> None:
    portal = opened(desk, origins=[f"{HOME}/", "HTTPS://Portal.Example.Test:443"])
    assert portal["portal"]["origins"] == [HOME]
    opened(desk, origins=[OTHER])
    reply = signed_in(desk, portal["portal"]["login"], portal["secret"])
    assert reply.data["signIn"]["viewer"] == {"kind": "PORTAL"}
    client = bearer(desk, reply.data["signIn"]["accessToken"])
    for headers, code in (({}, None), ({"Origin": HOME}, None), ({"Origin": OTHER}, "FORBIDDEN")):
        heard = client("{ viewer { kind } }", headers=headers)
        assert (heard.code if "errors" in heard.body else None) == code, headers
    # The origin that is another portal's is allowed in the district: it is this token that is not.
    assert desk.place.anonymous("{ viewer { kind } }", headers={"Origin": OTHER}).data


def test_origins_of_portals_may_call_and_no_longer_once_they_are_gone(desk: Desk) -> None:
    origin = "https://short-lived.example.test"
    assert desk.place.anonymous("{ viewer { kind } }", headers={"Origin": origin}).code == "FORBIDDEN"
    portal = opened(desk, origins=[origin])["portal"]
    assert desk.place.anonymous("{ viewer { kind } }", headers={"Origin": origin}).data
    made(desk.staff("admin"), "updatePortal", portalId=portal["id"], origins=[HOME])
    assert desk.place.anonymous("{ viewer { kind } }", headers={"Origin": origin}).code == "FORBIDDEN"
    made(desk.staff("admin"), "disablePortal", portalId=portal["id"])


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "portal.test",
        "http://portal.test",
        "https://",
        "https://a.test/path",
        "https://u@a.test",
        "ftp://a.test",
        "https://*.test",
        "https://a.test:99999",
        "javascript:alert(1)",
    ],
)
def test_what_no_browser_sends_is_no_origin(desk: Desk, origin: str) -> None:
    given = {"name": "样本门户", "origins": [origin]}
    assert refusal(desk.staff("admin"), "createPortal", **given) == ("INVALID_INPUT", ["input.origins"])


def test_a_rotated_secret_ends_at_once_or_after_the_stated_while(desk: Desk) -> None:
    admin, portal = desk.staff("admin"), opened(desk)
    login, first = portal["portal"]["login"], portal["secret"]
    second = made(admin, "rotatePortalSecret", portalId=portal["portal"]["id"], graceMinutes=10)["secret"]
    assert second != first
    for secret in (first, second):
        assert signed_in(desk, login, secret).data
    third = made(admin, "rotatePortalSecret", portalId=portal["portal"]["id"])["secret"]
    for secret in (first, second):
        assert signed_in(desk, login, secret).code == "UNAUTHENTICATED"
    session = signed_in(desk, login, third).data["signIn"]
    made(admin, "disablePortal", portalId=portal["portal"]["id"])
    assert signed_in(desk, login, third).code == "UNAUTHENTICATED"
    refreshed = desk.place.api(
        "mutation($t: String!) { refreshSession(refreshToken: $t) { accessToken } }",
        t=session["refreshToken"],
    )
    assert refreshed.code == "SESSION_ENDED"
    for minutes in (-1, 1441, 2**31 - 1):
        given = {"portalId": opened(desk)["portal"]["id"], "graceMinutes": minutes}
        assert refusal(admin, "rotatePortalSecret", **given)[0] == "INVALID_INPUT"


def test_a_secret_is_shown_to_the_same_request_again_and_to_no_other(desk: Desk) -> None:
    admin, given = desk.staff("admin"), {"name": "样本门户", "origins": [HOME]}
    first = asked(admin, "createPortal", key="portal-key", **given)
    again = asked(admin, "createPortal", key="portal-key", **given)
    assert first.data == again.data
    listed = admin("{ portals(first: 100) { edges { node { id name login origins active } } } }")
    assert first.data["createPortal"]["secret"] not in json.dumps(listed.body)


def test_a_portal_is_no_member_of_staff(desk: Desk) -> None:
    portal, admin = opened(desk)["portal"], desk.staff("admin")
    for name in ("deactivateStaff", "resetStaffPassword", "updateStaff"):
        assert refusal(admin, name, staffId=portal["id"])[0] == "NOT_FOUND"
    assert refusal(admin, "updatePortal", portalId=hired(desk)["id"], name="x")[0] == "NOT_FOUND"
    found = admin('{ staffAccounts(filter: {search: "portal-"}) { totalCount } }')
    assert found.data["staffAccounts"]["totalCount"] == 0


# ---------------------------------------------------------------------- people's passwords


def test_from_the_invitation_to_another_password(desk: Desk) -> None:
    account = hired(desk)
    assert account["state"] == "NOT_INVITED"
    token = invitation(desk, account["id"])
    first = made(desk.place.api, "acceptInvitation", token=token, password=GOOD)
    other = signed_in(desk, account["login"]).data["signIn"]
    me, elsewhere = bearer(desk, first["accessToken"]), bearer(desk, other["accessToken"])
    assert refusal(me, "changePassword", current="wrong", new=GOOD[::-1]) == (
        "INVALID_INPUT",
        ["input.current"],
    )
    assert refusal(me, "changePassword", current=GOOD, new=GOOD)[0] == "INVALID_INPUT"
    assert refusal(me, "changePassword", current=GOOD, new="short")[0] == "INVALID_INPUT"
    key = "change-key"
    assert asked(me, "changePassword", key=key, current=GOOD, new=GOOD[::-1]).data == {"changePassword": True}
    assert asked(me, "changePassword", key=key, current=GOOD, new=GOOD[::-1]).data == {"changePassword": True}
    assert me("{ viewer { kind } }").data, "the session that changed it goes on"
    ended = desk.place.api(
        "mutation($t: String!) { refreshSession(refreshToken: $t) { accessToken } }", t=other["refreshToken"]
    )
    assert ended.code == "SESSION_ENDED"
    assert elsewhere is not me
    assert signed_in(desk, account["login"]).code == "UNAUTHENTICATED"
    assert signed_in(desk, account["login"], GOOD[::-1]).data


def test_a_closed_account_is_closed_at_once_and_keeps_no_open_case(desk: Desk) -> None:
    account, admin = joined(desk), desk.staff("admin")
    session = signed_in(desk, account["login"]).data["signIn"]
    applied(bearer(desk, session["accessToken"]), desk.area(VILLAGE))
    assert refusal(admin, "deactivateStaff", staffId=account["id"]) == ("CONFLICT", ["input.staffId"])
    assert bearer(desk, session["accessToken"])("{ viewer { kind } }").data, "refused: nothing happened"
    idle = joined(desk)
    session = signed_in(desk, idle["login"]).data["signIn"]
    assert made(admin, "deactivateStaff", staffId=idle["id"])["state"] == "INACTIVE"
    assert signed_in(desk, idle["login"]).code == "UNAUTHENTICATED"
    assert made(admin, "reactivateStaff", staffId=idle["id"])["state"] == "JOINED"
    assert signed_in(desk, idle["login"]).data


def test_an_administrators_reset_takes_the_password_away(desk: Desk) -> None:
    account = joined(desk)
    assert made(desk.staff("admin"), "resetStaffPassword", staffId=account["id"])["state"] == "INVITED"
    assert signed_in(desk, account["login"]).code == "UNAUTHENTICATED"


def test_known_and_unknown_logins_get_the_same_answer(desk: Desk) -> None:
    known: Any = asked(desk.place.anonymous, "requestPasswordReset", login=joined(desk)["login"])
    unknown = asked(desk.place.anonymous, "requestPasswordReset", login="nobody-of-that-name")
    assert known.body == unknown.body == {"data": {"requestPasswordReset": True}}
    assert known.status == unknown.status
