"""What the keeping of staff needs in tests: people with contacts, tokens, lists, portals."""

from __future__ import annotations

import base64
import re
from typing import Any
from uuid import UUID

from tests.api.casework import Desk, fresh
from tests.api.clients import Client, Reply
from tests.passwords import set_password

from bangban.features.accounts import invitations
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger.message import Message

TOKEN = re.compile(r"[a-z][a-z0-9-]*\.[a-z2-9]{5}(?:-[a-z2-9]{5}){4}")
GOOD = "tea-lemon-and-the-42-rivers"
TOWN, VILLAGE = "371681101", "371681101200"
HEADER = "姓名,登录名,手机号,角色,区域,起始日期,截止日期,人员来源,队伍"

_KINDS = {
    **dict.fromkeys(("deactivateStaff", "reactivateStaff", "resetStaffPassword"), "StaffInput"),
    "disablePortal": "PortalInput",
}
_SELECTIONS = {
    "importStaff": "applied invited staff { created changed unchanged } assignments { created changed unchanged }"
    " memberships { created changed unchanged } differences { line person field before after }"
    " faults { line column message }",
    "inviteStaff": "invited notInvited { staffId reason }",
    "createPortal": "secret portal { id name login origins trustedDocumentsOnly active }",
    "rotatePortalSecret": "secret portal { id active }",
    "updatePortal": "id name origins trustedDocumentsOnly",
    "disablePortal": "id active",
    **dict.fromkeys(("requestPasswordReset", "changePassword"), ""),
    **dict.fromkeys(("acceptInvitation", "resetPassword"), "accessToken refreshToken viewer { kind name }"),
}
_ACCOUNT = (
    "id number name login phone email wecom source fullTime language state posts { id role since until }"
)


def asked(client: Client, name: str, /, *, key: str | None = None, **given: Any) -> Reply:
    """One mutation of this feature, whatever comes of it."""
    kind = _KINDS.get(name, f"{name[0].upper()}{name[1:]}Input")
    selection = _SELECTIONS.get(name, _ACCOUNT)
    below = f" {{ {selection} }}" if selection else ""
    query = f"mutation($input: {kind}!) {{ {name}(input: $input){below} }}"
    return client(query, headers={"Idempotency-Key": key} if key else None, input=given)


def made(client: Client, name: str, /, **given: Any) -> Any:
    """The same where it goes well: what it answers."""
    return asked(client, name, **given).data[name]


def refusal(client: Client, name: str, /, **given: Any) -> tuple[str, list[str]]:
    """The same where it does not: the code, and the fields at fault."""
    reply = asked(client, name, **given)
    assert reply.body.get("data") is None, reply.body
    (error,) = reply.body["errors"]
    return error["extensions"]["code"], error["extensions"]["fields"]


def person(desk: Desk, *, role: str = "helper", area: str = VILLAGE, **changes: Any) -> dict[str, Any]:
    """What ``addStaff`` takes for somebody new."""
    n = fresh()
    post = {"role": role, "areaId": desk.area(area)}
    given = {"name": "样本人", "login": f"new-{n}", "phone": sample_phone(n), "post": post, **changes}
    return {name: value for name, value in given.items() if value is not None}


def hired(desk: Desk, **changes: Any) -> dict[str, Any]:
    """Somebody new, as the administrator sees them."""
    found: dict[str, Any] = made(desk.staff("admin"), "addStaff", **person(desk, **changes))
    return found


def joined(desk: Desk, password: str = GOOD, **changes: Any) -> dict[str, Any]:
    """Somebody new with a password."""
    account = hired(desk, **changes)
    cheap = Passwords(cost=Cost(1, 8, 1))

    async def set_it(work: Any) -> None:
        await set_password(work, passwords=cheap, staff_id=UUID(account["id"]), password=password)

    desk.inside(set_it)
    return account


def invitation(desk: Desk, staff_id: str) -> str:
    """The token of a fresh invitation, as the message would bring it."""
    message: Message = desk.inside(lambda work: invitations.invite_staff(work, UUID(staff_id)))
    return token_in(message)


def reset_token(desk: Desk, staff_id: str) -> str:
    """The token of a fresh reset."""
    message = desk.inside(lambda work: invitations.remind_staff(work, UUID(staff_id)))
    assert message is not None
    return token_in(message)


def token_in(message: Message) -> str:
    found = TOKEN.search(message.text)
    assert found is not None
    return found[0]


def file_of(
    *lines: str, header: str = HEADER, encoding: str = "utf-8", name: str = "名单.csv"
) -> dict[str, str]:
    """A list as ``FileInput``."""
    text = "\n".join((header, *lines)) + "\n"
    return {"name": name, "content": base64.b64encode(text.encode(encoding)).decode()}


def signed_in(desk: Desk, login: str, password: str = GOOD) -> Reply:
    """Signing in, whatever comes of it."""
    return desk.place.anonymous(
        "mutation($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken viewer { kind } } }",
        i={"login": login, "password": password},
    )


def bearer(desk: Desk, token: str) -> Client:
    """The client of an access token."""
    return desk.place.api.as_(Authorization=f"Bearer {token}")


def steps() -> dict[str, Any]:
    """For each named operation of this feature: who sends it, and its input."""
    return {
        "AcceptInvitation": lambda d: (
            d.place.api,
            {"token": invitation(d, hired(d)["id"]), "password": GOOD},
        ),
        "RequestPasswordReset": lambda d: (d.place.anonymous, {"login": joined(d)["login"]}),
        "ResetPassword": lambda d: (
            d.place.api,
            {"token": reset_token(d, joined(d)["id"]), "password": GOOD},
        ),
        "ChangePassword": lambda d: (
            bearer(d, signed_in(d, joined(d)["login"]).data["signIn"]["accessToken"]),
            {"current": GOOD, "new": GOOD[::-1]},
        ),
        "AddStaff": lambda d: (d.staff("admin"), person(d)),
        "UpdateStaff": lambda d: (
            d.staff("admin"),
            {"staffId": hired(d)["id"], "name": "样本新名", "phone": sample_phone(fresh())},
        ),
        "DeactivateStaff": lambda d: (d.staff("admin"), {"staffId": hired(d)["id"]}),
        "ReactivateStaff": lambda d: (d.staff("admin"), {"staffId": _closed(d)}),
        "AssignRole": lambda d: (
            d.staff("admin"),
            {"staffId": hired(d)["id"], "role": "guide", "areaId": d.area(TOWN)},
        ),
        "EndAssignment": lambda d: (d.staff("admin"), {"assignmentId": hired(d)["posts"][0]["id"]}),
        "ResetStaffPassword": lambda d: (d.staff("admin"), {"staffId": joined(d)["id"]}),
        "ImportStaff": lambda d: (
            d.staff("admin"),
            {"file": file_of(f"样本人,list-{fresh()},,guide,{TOWN},2026-01-01,,,"), "apply": True},
        ),
        "InviteStaff": lambda d: (d.staff("admin"), {"staffIds": [hired(d)["id"]]}),
        "CreatePortal": lambda d: (d.staff("admin"), _portal()),
        "UpdatePortal": lambda d: (d.staff("admin"), {"portalId": opened(d)["portal"]["id"], "name": "样本"}),
        "RotatePortalSecret": lambda d: (
            d.staff("admin"),
            {"portalId": opened(d)["portal"]["id"], "graceMinutes": 5},
        ),
        "DisablePortal": lambda d: (d.staff("admin"), {"portalId": opened(d)["portal"]["id"]}),
    }


def opened(desk: Desk, **changes: Any) -> dict[str, Any]:
    """A portal and its secret."""
    found: dict[str, Any] = made(desk.staff("admin"), "createPortal", **{**_portal(), **changes})
    return found


def _portal() -> dict[str, Any]:
    return {"name": "样本门户", "origins": ["https://portal.example.test"]}


def _closed(desk: Desk) -> str:
    staff_id = str(hired(desk)["id"])
    made(desk.staff("admin"), "deactivateStaff", staffId=staff_id)
    return staff_id
