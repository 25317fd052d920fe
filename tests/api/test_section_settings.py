"""What a file of a district can say of halls, orders, contact books and papers, an administrator says over the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, Run, mutation_of
from tests.api.clients import Client, Place

from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

CONFIGURE = mutation_of("configureDistrict", "orderKinds { kind name claimMinutes }")
SECTIONS = ("hall", "orders", "contacts", "proxy", "receipts", "assistance", "supervision")
CARD = "TPL-SENIOR-CARD"


@pytest.fixture
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Iterator[Desk]:
    """邹平, whose settings are put back afterwards."""
    desk = Desk(zouping, services, run, app_settings.outbox_folder)
    before = stored(desk)
    yield desk

    async def back(work: Work) -> None:
        profile = (await work.db.scalars(select(ProfileRow))).one()
        profile.settings = {**profile.settings, **{key: before.get(key) or {} for key in SECTIONS}}

    desk.inside(back)


def stored(desk: Desk) -> dict[str, Any]:
    async def read(work: Work) -> dict[str, Any]:
        return dict((await work.db.scalars(select(ProfileRow.settings))).one())

    found: dict[str, Any] = desk.inside(read)
    return found


def set_(admin: Client, **sections: Any) -> Any:
    return admin(CONFIGURE, input=sections)


def test_every_section_is_kept_as_a_file_would_say_it(desk: Desk) -> None:
    admin = desk.staff("admin")
    kinds = [
        {
            "kind": "ISSUE",
            "name": {"zh": "社区问题", "en": "Problem"},
            "claimMinutes": 90,
            "fallsTo": ["VILLAGE", "TOWN"],
        }
    ]
    reply = set_(
        admin,
        hall={
            "crowd": {"queueLength": 8},
            "priorities": [{"need": "ELDERLY", "level": 3}, {"need": "SICK", "level": 9}],
            "proposals": [{"need": "SICK", "proposed": ["DOOR"]}, {"need": "WEAK", "proposed": []}],
            "overtime": [{"kind": "NOON", "beforeMinutes": 20}],
            "batch": {"most": 12, "team": "dept-approval"},
            "targetMinutes": 9,
        },
        orders={"kinds": kinds, "loadLimit": 7, "requiredTraining": [CARD], "volunteerTraining": True},
        contacts={"contactDays": 14, "remindDays": 2},
        proxy={"apps": ["爱山东"], "consentHours": 2},
        supervision={"acceptanceWorkingDays": 3, "faultWorkingDays": 2},
        receipts={"checkAddress": "https://portal.example/check/{code}"},
        assistance={"nextStepDays": 3, "nextSteps": [{"serviceCode": CARD, "next": ["TPL-DISABILITY-CARD"]}]},
    )
    assert reply.data["configureDistrict"]["orderKinds"] == [
        {"kind": "ISSUE", "name": "社区问题", "claimMinutes": 90}
    ]
    found = stored(desk)
    assert found["hall"]["crowd"] == {"queue_length": 8, "wait_minutes": 20}
    assert found["hall"]["priorities"] == {"ELDERLY": 3, "SICK": 9}
    assert found["hall"]["proposals"] == {"SICK": ["DOOR"], "WEAK": []}
    assert found["hall"]["batch"]["team"] == "dept-approval"
    assert found["orders"]["kinds"][0]["falls_to"] == ["VILLAGE", "TOWN"]
    assert (found["orders"]["load_limit"], found["orders"]["required_training"]) == (7, [CARD])
    assert found["contacts"] == {"contact_days": 14, "remind_days": 2}
    assert found["proxy"] == {"apps": ["爱山东"], "consent_hours": 2}
    assert found["supervision"]["acceptance_working_days"] == 3
    assert found["receipts"]["check_address"].endswith("{code}")
    assert found["assistance"]["next_steps"] == {CARD: ["TPL-DISABILITY-CARD"]}
    cleared = set_(admin, orders={"kinds": None}, hall={"crowd": None}).data["configureDistrict"]
    assert cleared["orderKinds"] == []
    after = stored(desk)
    assert "crowd" not in after["hall"]
    assert after["orders"]["load_limit"] == 7, "what is left out stays"


@pytest.mark.parametrize(
    ("section", "given", "field"),
    [
        ("hall", {"crowd": {"queueLength": 0}}, "hall.crowd.queueLength"),
        ("hall", {"overtime": [{"kind": "NOON"}, {"kind": "NOON"}]}, "hall.overtime.1"),
        ("hall", {"batch": {"team": "nobody"}}, "hall.batch.team"),
        ("orders", {"kinds": []}, "orders.kinds"),
        ("orders", {"kinds": [{"kind": "NEED", "fallsTo": ["TOWN", "VILLAGE"]}]}, "orders.kinds.0"),
        ("orders", {"requiredTraining": ["NO-SUCH"]}, "orders.requiredTraining.0"),
        ("supervision", {"acceptanceWorkingDays": 6}, "supervision.acceptanceWorkingDays"),
        ("contacts", {"contactDays": 0}, "contacts.contactDays"),
        ("proxy", {"shown": ["号码123"]}, "proxy.shown.0"),
        ("receipts", {"checkAddress": "http://portal.example/"}, "receipts.checkAddress"),
        (
            "assistance",
            {"nextSteps": [{"serviceCode": CARD, "next": ["NO-SUCH"]}]},
            "assistance.nextSteps.0.next.0",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    desk: Desk, section: str, given: dict[str, Any], field: str
) -> None:
    before = stored(desk)
    reply = set_(desk.staff("admin"), **{section: given, "circleMinutes": 33})
    assert reply.code == "INVALID_INPUT"
    assert reply.body["errors"][0]["extensions"]["fields"][0] == f"input.{field}"
    assert stored(desk) == before
