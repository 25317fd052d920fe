"""A district applies to join, follows its application with a ticket, and nobody else does."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from tests.api.casework import Run, fresh, together
from tests.api.clients import PASSWORD, Client, Place, Reply
from tests.api.wire_ws import subscribed
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.districts.tables import OnboardingRow
from bangban.kernel.identifiers import sample_phone
from bangban.web.services import AppServices

APPLY = """
mutation($i: ApplyForOnboardingInput!) {
  applyForOnboarding(input: $i) { accessToken onboarding { id slug state steps { name state } district { slug } } }
}
"""
FOLLOW = (
    "query($id: ID!) { onboarding(id: $id) { id slug state steps { name state } readiness { code passed } } }"
)
PROGRESS = "subscription($id: ID!) { onboardingProgress(id: $id) { slug state } }"


def application(**changes: Any) -> dict[str, Any]:
    """An application that is in order, of a phone of its own."""
    return {
        "slug": f"s{uuid4().hex[:10]}",
        "name": "样本县",
        "divisionCode": "999999",
        "contactName": "样本联系人",
        "contactPhone": sample_phone(fresh()),
        "contactEmail": "contact@district.example",
        "adminLogin": "admin",
        **changes,
    }


def applied(api: Client, **changes: Any) -> dict[str, Any]:
    ticket: dict[str, Any] = api(APPLY, i=application(**changes)).data["applyForOnboarding"]
    return ticket


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def count(services: AppServices, run: Run, slug: str) -> int:
    async def find() -> int:
        async with services.tenancy.platform() as db:
            rows = select(func.count()).select_from(OnboardingRow).where(OnboardingRow.slug == slug)
            return int(await db.scalar(rows) or 0)

    found: int = run(find())
    return found


def test_an_application_is_followed_with_its_ticket(api: Client, app: Starlette, run: Run) -> None:
    ticket = applied(api)
    onboarding, token = ticket["onboarding"], ticket["accessToken"]
    assert (onboarding["state"], onboarding["district"]) == ("APPLIED", None)
    assert {step["state"] for step in onboarding["steps"]} == {"WAITING"}
    mine = api.as_(Authorization=f"Bearer {token}")
    followed = mine(FOLLOW, id=onboarding["id"]).data["onboarding"]
    assert (followed["slug"], followed["steps"]) == (onboarding["slug"], onboarding["steps"])
    assert [check["passed"] for check in followed["readiness"]] == [False] * len(onboarding["steps"])
    heard = run(subscribed(app, {"authorization": f"Bearer {token}"}, PROGRESS, {"id": onboarding["id"]}))
    assert heard.data == {"onboardingProgress": {"slug": onboarding["slug"], "state": "APPLIED"}}


def test_nobody_follows_without_the_ticket_or_with_another(
    api: Client, app: Starlette, zouping: Place, run: Run
) -> None:
    ticket, other = applied(api), applied(api)
    id_ = ticket["onboarding"]["id"]
    for token in (other["accessToken"], "ticket.wrong", "ticket."):
        strange = api.as_(Authorization=f"Bearer {token}")
        assert strange(FOLLOW, id=id_).data == {"onboarding": None}, token
        heard = run(subscribed(app, {"authorization": f"Bearer {token}"}, PROGRESS, {"id": id_}))
        assert (heard.data, heard.code) == (None, "NOT_FOUND"), token
    assert api(FOLLOW, id=id_).data == {"onboarding": None}
    assert (run(subscribed(app, {}, PROGRESS, {"id": id_}))).code == "NOT_FOUND"
    for login in ("admin", "clerk-county", "auditor"):  # a district's people have no part in it
        assert zouping.sign_in(login)(FOLLOW, id=id_).code == "FORBIDDEN"
    # nor does a ticket open anything else
    mine = api.as_(Authorization=f"Bearer {ticket['accessToken']}", X_District="zouping")
    assert mine("{ viewer { kind } }").data["viewer"] == {"kind": "ANONYMOUS"}
    assert mine("{ cases { totalCount } }").code == "UNAUTHENTICATED"


def test_operators_follow_every_application(api: Client, services: AppServices, run: Run) -> None:
    async def hire() -> None:
        async with services.tenancy.platform() as db:
            passwords = Passwords(cost=Cost(1, 8, 1))
            await set_operator_password(
                db, passwords=passwords, login="follower", name="样本运营", password=PASSWORD
            )

    run(hire())
    sign_in = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }"
    token = api(sign_in, i={"login": "follower", "password": PASSWORD}).data["signIn"]["accessToken"]
    operator = api.as_(Authorization=f"Bearer {token}")
    onboarding = applied(api)["onboarding"]
    assert operator(FOLLOW, id=onboarding["id"]).data["onboarding"]["slug"] == onboarding["slug"]
    assert operator(FOLLOW, id=str(uuid4())).data == {"onboarding": None}
    assert operator(FOLLOW, id="no id").code == "INVALID_INPUT"


def test_a_slug_belongs_to_the_first_who_asked(api: Client, zouping: Place) -> None:
    slug = applied(api)["onboarding"]["slug"]
    for taken in (slug, zouping.slug):
        reply = api(APPLY, i=application(slug=taken))
        assert (reply.code, _fields(reply)) == ("CONFLICT", ["input.slug"]), taken
        assert reply.body["data"] is None


def test_of_two_who_ask_for_one_slug_at_once_one_gets_it(
    api: Client, services: AppServices, run: Run
) -> None:
    slug = f"s{uuid4().hex[:10]}"
    replies = run(together(*(api.send(APPLY, i=application(slug=slug)) for _ in range(4))))
    codes = sorted("ok" if "errors" not in reply.body else reply.code for reply in replies)
    assert codes == ["CONFLICT"] * 3 + ["ok"]
    assert count(services, run, slug) == 1


def test_everything_wrong_is_named_at_once(api: Client) -> None:
    wrong = {
        "slug": "Not A Slug",
        "name": "",
        "divisionCode": "12",
        "contactName": "  ",
        "contactPhone": "12345",
        "contactEmail": "nowhere",
        "adminLogin": "A",
        "template": "no-such-template",
        "levels": ["TOWN", "VILLAGE"],
    }
    reply = api(APPLY, i=application(**wrong))
    assert (reply.code, reply.body["data"]) == ("INVALID_INPUT", None)
    assert set(_fields(reply)) == {f"input.{name}" for name in wrong}
    english = api.as_(Accept_Language="en")(APPLY, i=application(**wrong)).body["errors"][0]["message"]
    assert "e-mail" in english
    for slug in ("admin", "graphql", "a", "1st", "a" * 31, "d_x", "-a"):
        assert _fields(api(APPLY, i=application(slug=slug))) == ["input.slug"], slug


def test_one_phone_applies_five_times_a_day(api: Client) -> None:
    phone = sample_phone(fresh())
    for _ in range(5):
        applied(api, contactPhone=phone)
    reply = api(APPLY, i=application(contactPhone=phone))
    assert reply.code == "RATE_LIMITED"
    assert int(reply.body["errors"][0]["extensions"]["retryAfter"]) > 0
    assert applied(api)["onboarding"]["state"] == "APPLIED"


def test_a_repeated_application_gives_the_same_ticket(api: Client, services: AppServices, run: Run) -> None:
    given, key = application(), keyed()
    first = api(APPLY, headers=key, i=given)
    for _ in range(7):  # a retry is not counted as a try
        assert _text(api(APPLY, headers=key, i=given)) == _text(first)
    assert count(services, run, given["slug"]) == 1
    assert api(APPLY, headers=key, i={**given, "name": "别的县"}).code == "IDEMPOTENCY_CONFLICT"
    other = api(APPLY, headers=key, i=application())  # somebody else's key, by chance the same
    assert other.data["applyForOnboarding"]["accessToken"] != first.data["applyForOnboarding"]["accessToken"]
    assert applied(api, contactPhone=given["contactPhone"])


def test_one_application_sent_several_times_at_once_is_one(
    api: Client, services: AppServices, run: Run
) -> None:
    given, key = application(), keyed()
    replies = run(together(*(api.send(APPLY, headers=key, i=given) for _ in range(3))))
    assert len({_text(reply) for reply in replies}) == 1
    assert "errors" not in replies[0].body
    assert count(services, run, given["slug"]) == 1


def test_the_key_of_a_refused_application_can_be_used_again(api: Client, zouping: Place) -> None:
    given, key = application(), keyed()
    assert api(APPLY, headers=key, i={**given, "slug": zouping.slug}).code == "CONFLICT"
    assert api(APPLY, headers=key, i=given).data["applyForOnboarding"]["onboarding"]["slug"] == given["slug"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_checks_are_worded_in_the_callers_language(api: Client, language: str) -> None:
    ticket = applied(api)
    mine = api.as_(Authorization=f"Bearer {ticket['accessToken']}", Accept_Language=language)
    query = "query($id: ID!) { onboarding(id: $id) { readiness { message } } }"
    messages = {
        each["message"] for each in mine(query, id=ticket["onboarding"]["id"]).data["onboarding"]["readiness"]
    }
    assert messages == {"尚未完成。" if language == "zh-CN" else "Not done yet."}


def _fields(reply: Reply) -> list[str]:
    fields: list[str] = reply.body["errors"][0]["extensions"]["fields"]
    return fields


def _text(reply: Reply) -> str:
    return json.dumps(reply.body, ensure_ascii=False)
