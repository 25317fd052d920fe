"""One seal for a district's results: set by its administrator, its uses listed for auditors (DOMAIN A09)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.casework import Desk, Run, applied, done, fresh, mutation_of
from tests.api.clients import Client, Place, refusal
from tests.api.named import text_of

from bangban.settings import Settings
from bangban.web.services import AppServices

SECTION = "seal { name nameEn keeper keeperEn }"
CONFIGURE, SHOWN = mutation_of("configureDistrict", SECTION), f"{{ district {{ {SECTION} }} }}"
NAME = {"zh": "乳山市行政审批专用章", "en": "Seal of Rushan"}


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


@pytest.fixture
def admin(desk: Desk) -> Iterator[Client]:
    """The administrator, after whom there is no seal again."""
    admin = desk.staff("admin")
    yield admin
    assert configured(admin, None) is None


def configured(admin: Client, seal: dict[str, Any] | None) -> dict[str, Any] | None:
    found: dict[str, Any] = admin(CONFIGURE, input={"seal": seal}).data["configureDistrict"]
    section: dict[str, Any] | None = found["seal"]
    return section


def completed(desk: Desk) -> str:
    """The number of a case that got its result."""
    n, clerk = fresh(), desk.staff("clerk-county")
    number = applied(desk.resident(n), desk.area("371083"), n=n, supplied=["ID-CARD", "DWELLING", "PHOTO"])
    for name in ("preCheckCase", "acceptCase"):
        done(clerk, name, number=number)
    done(clerk, "completeCase", number=number, outcome="DONE", opinion="已办")
    return number


def uses(auditor: Client, **wanted: int) -> list[dict[str, Any]]:
    return [each["node"] for each in auditor(text_of("SealUses"), **wanted).data["sealUses"]["edges"]]


def test_uses_are_listed_for_auditors_by_their_numbers(desk: Desk, admin: Client) -> None:
    auditor = desk.staff("auditor")
    assert desk.place.anonymous(SHOWN).data["district"]["seal"] is None
    completed(desk)
    assert uses(auditor) == []
    named = {"name": NAME["zh"], "nameEn": NAME["en"], "keeper": None, "keeperEn": None}
    assert configured(admin, {"name": NAME}) == named
    first = completed(desk)
    kept = {"zh": "审批服务局", "en": "Approval Bureau"}
    assert configured(admin, {"keeper": kept}) == named | {"keeper": kept["zh"], "keeperEn": kept["en"]}
    second = completed(desk)
    found = uses(auditor)
    assert [(each["number"], each["caseNumber"], each["keeper"]) for each in found] == [
        (2, second, kept["zh"]),
        (1, first, None),
    ]
    assert uses(auditor, year=found[0]["year"], number=1) == found[1:]
    assert uses(auditor, year=2000) == []
    assert configured(admin, None) is None
    completed(desk)
    assert uses(auditor) == found
    for login in ("admin", "clerk-county", "supervisor"):
        assert desk.staff(login)(text_of("SealUses")).code == "FORBIDDEN"


def test_a_seal_without_words_is_refused(desk: Desk, admin: Client) -> None:
    reply = admin(CONFIGURE, input={"seal": {"name": {"zh": " ", "en": "x"}}})
    assert refusal(reply)[0] == "INVALID_INPUT"
    assert reply.body["errors"][0]["extensions"]["fields"] == ["input.seal.name.zh"]
    assert desk.staff("guide")(CONFIGURE, input={"seal": {"name": NAME}}).code == "FORBIDDEN"
    assert desk.place.anonymous(SHOWN).data["district"]["seal"] is None
