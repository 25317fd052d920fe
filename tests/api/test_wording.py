"""A district words its messages: tried first, then kept, read by whoever is told, and given up again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.casework import Desk, Run, fresh, mutation_of
from tests.api.clients import Client, Place, Reply

from bangban.features.wording.rules import shipped_wordings
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger.templates import Template
from bangban.settings import Settings
from bangban.web.services import AppServices

LIST = "{ wordings { template language own shipped placeholders } }"
OWN = "{brand} 提醒:验证码 {code},{minutes} 分钟内有效"


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """The district, with none of the wordings that others of its tests may have kept."""
    desk = Desk(zouping, services, run, app_settings.outbox_folder)
    admin = desk.staff("admin")
    for template, language in own_texts(admin):
        assert wording(admin, None, template=template, language=language).data["setWording"]["own"] is None
    return desk


def wording(client: Client, text: str | None, *, apply: bool = True, **changes: Any) -> Reply:
    given = {"template": "sign_in_code", "language": "zh-CN", "text": text, "apply": apply, **changes}
    return client(
        mutation_of("setWording", "applied own preview"),
        input=given,
    )


def own_texts(client: Client) -> dict[tuple[str, str], str]:
    rows = client(LIST).data["wordings"]
    return {(each["template"], each["language"]): each["own"] for each in rows if each["own"] is not None}


def code_message(desk: Desk) -> str:
    phone = sample_phone(fresh())
    desk.place.anonymous(
        "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }", i={"phone": phone}
    )
    return desk.messages(phone, Template.SIGN_IN_CODE)[-1]


def test_a_text_is_tried_kept_used_and_given_up(desk: Desk) -> None:
    admin = desk.staff("admin")
    assert own_texts(admin) == {}
    tried = wording(admin, OWN, apply=False).data["setWording"]
    assert tried["applied"] is False
    assert "123456" in tried["preview"]
    assert own_texts(admin) == {}
    assert "提醒:" not in code_message(desk)
    kept = wording(admin, OWN).data["setWording"]
    assert kept["own"] == OWN
    assert own_texts(admin) == {("sign_in_code", "zh-CN"): OWN}
    assert "提醒:验证码" in code_message(desk)
    assert wording(admin, None).data["setWording"]["own"] is None
    assert own_texts(admin) == {}
    assert "提醒:" not in code_message(desk)


@pytest.mark.parametrize(
    "text", ["{0.__class__.__mro__}", "{code}", "{brand}{code}{minutes}{phone}", "", "好" * 501]
)
def test_a_faulty_text_is_refused_and_nothing_changes(desk: Desk, text: str) -> None:
    admin = desk.staff("admin")
    for apply in (True, False):
        refused = wording(admin, text, apply=apply)
        assert refused.code == "INVALID_INPUT"
    assert own_texts(admin) == {}


def test_the_platforms_own_messages_and_unknown_languages_are_refused(desk: Desk) -> None:
    admin = desk.staff("admin")
    assert wording(admin, OWN, template="onboarding_code").code == "NOT_FOUND"
    assert wording(admin, OWN, language="tlh").code == "INVALID_INPUT"


def test_every_change_is_on_the_trail(desk: Desk) -> None:
    admin = desk.staff("admin")
    before = len(desk.trail("wording:sign_in_code"))
    wording(admin, OWN, apply=False)
    wording(admin, OWN)
    wording(admin, OWN)  # no change
    wording(admin, None)
    assert len(desk.trail("wording:sign_in_code")) == before + 2


def test_a_resident_is_written_to_as_they_read_and_may_choose_otherwise(desk: Desk) -> None:
    phone = sample_phone(fresh())
    desk.place.anonymous(
        "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }", i={"phone": phone}
    )
    session = desk.place.anonymous.as_(**{"Accept-Language": "en"})(
        "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { accessToken } }",
        i={"phone": phone, "code": desk.code_of(phone)},
    ).data["signInWithCode"]
    me = desk.place.api.as_(Authorization=f"Bearer {session['accessToken']}")
    assert me("{ myData { language } }").data["myData"] == {"language": "en"}
    chosen = me(mutation_of("setMyLanguage", "language"), input={"language": "zh-CN"})
    assert chosen.data["setMyLanguage"] == {"language": "zh-CN"}
    assert me("{ myData { language } }").data["myData"] == {"language": "zh-CN"}


def test_all_shipped_texts_are_listed(desk: Desk) -> None:
    rows = desk.staff("admin")(LIST).data["wordings"]
    assert len(rows) == shipped_wordings().count('"template"')
    assert all(f"{{{name}}}" in each["shipped"] for each in rows for name in each["placeholders"])
