"""What administrators set over the API is what an export gives; taking the export over again changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.api.casework import mutation_of
from tests.api.told import Told

STREET = "320102002"
CARD, INSURANCE = "TPL-SOCIAL-SECURITY-CARD", "TPL-FLEXIBLE-WORK-INSURANCE"
SET_POINT, AGREE = mutation_of("setServicePoint", "id"), mutation_of("setPartnerAgreement", "id")

ASSISTANCE = {
    "handoverMinutes": 45,
    "transferMinutes": 60,
    "replyMinutesInHours": 10,
    "replyMinutesOffHours": 600,
    "officeHours": "08:30-17:30",
    "checkInWorkingDays": 2,
    "checkInMessageHours": 12,
    "phrases": [{"phrase": "不知道: #1", "instead": "yes"}, {"phrase": "null", "instead": None}],
}
BOOKINGS = {"kinds": ["HALL", "BANK"], "slotMinutes": 20, "capacity": 5, "daysAhead": 30}
BESIDE: dict[str, Any] = {
    "trustedDocumentsOnly": False,  # what a file says, an import keeps; what it leaves out is as it was
    "network": {"travel": "DRIVING", "specialtyCoverage": [{"specialty": "ENTERPRISE", "percent": 40}]},
}
POINT: dict[str, Any] = {
    "key": "told-hall",
    "kind": "HALL",
    "area": STREET,
    "name": "样本: 大厅 #1",
    "location": {"longitude": 118.8, "latitude": 32.0625},
    "openingHours": "Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00; PH off",
    "address": "样本路 1 号",
    "amenities": ["TEA", "READING"],
    "specialties": ["ENTERPRISE", "MEDICAL_INSURANCE"],
    "since": "2026-01-01",
    "until": "2099-12-31",
    "windows": [
        {"number": "01", "name": "综合窗口"},
        {"number": "2", "name": "社保卡", "kind": "SPECIAL", "serviceCodes": [CARD]},
        {"number": "3", "name": "社保", "kind": "SPECIAL", "themes": ["社会保障"]},
    ],
    "terminals": [
        {"key": "told-terminal", "name": "终端", "serviceCodes": [INSURANCE, CARD]},
        {"key": "told-bare", "name": "备用终端", "serviceCodes": []},
    ],
    "crowd": {"queueLength": 8, "waitMinutes": 12},
}
BANK = {
    "key": "told-bank",
    "kind": "BANK",
    "area": STREET,
    "name": "样本银行网点",
    "location": {"longitude": 118.81, "latitude": 32.07},
    "openingHours": "24/7",
    "crowd": {"waitMinutes": 45},
}
AGREEMENT = {
    "key": "told-agreement",
    "kind": "BANK",
    "partner": "样本银行",
    "serviceCodes": [CARD, INSURANCE],
    "points": ["told-bank"],
    "since": "2026-01-01",
    "until": "2098-12-31",
}


def test_phrases_waits_office_hours_and_bookings_come_back(told: Told, tmp_path: Path) -> None:
    before = told.said("district.yaml")["assistance"]
    told.configured(assistance=ASSISTANCE, bookings=BOOKINGS, contactPhone=None, projectLead=None, **BESIDE)
    said = told.said("district.yaml")
    assert said["assistance"] == before | {
        "handover_minutes": 45,
        "transfer_minutes": 60,
        "reply_minutes_in_hours": 10,
        "reply_minutes_off_hours": 600,
        "office_hours": "08:30-17:30",
        "check_in_working_days": 2,
        "check_in_message_hours": 12,
        "phrases": [{"phrase": "不知道: #1", "instead": "yes"}, {"phrase": "null"}],
    }
    assert said["bookings"] == {
        "kinds": ["HALL", "BANK"],
        "slot_minutes": 20,
        "capacity": 5,
        "days_ahead": 30,
    }
    told.comes_back(tmp_path)
    told.configured(
        assistance={"phrases": [], "officeHours": None, "replyMinutesInHours": 5},
        bookings={"kinds": [], "capacity": None},
    )
    said = told.said("district.yaml")
    assert said["assistance"] == before | {
        "handover_minutes": 45,
        "transfer_minutes": 60,
        "reply_minutes_in_hours": 5,
        "reply_minutes_off_hours": 600,
        "check_in_working_days": 2,
        "check_in_message_hours": 12,
        "phrases": [],
    }
    assert said["bookings"] == {"kinds": [], "slot_minutes": 20, "days_ahead": 30}, "nowhere is not as usual"
    told.configured(network=None)
    told.comes_back(tmp_path)
    found = told.admin("{ district { network { travel } bookings { kinds capacity } } }").data["district"]
    assert found == {"network": {"travel": "WALKING"}, "bookings": {"kinds": [], "capacity": 2}}


def test_whatever_is_set_of_points_windows_terminals_and_agreements_comes_back(
    told: Told, tmp_path: Path
) -> None:
    for text, given in ((SET_POINT, POINT), (SET_POINT, BANK), (AGREE, AGREEMENT)):
        assert told.admin(text, input=given).data, given
    said = told.said("places.yaml")
    points = {each["key"]: each for each in said["points"]}
    hall = points["told-hall"]
    assert (hall["amenities"], hall["specialties"]) == (POINT["amenities"], POINT["specialties"])
    assert (str(hall["from"]), str(hall["to"]), hall["address"]) == (
        "2026-01-01",
        "2099-12-31",
        "样本路 1 号",
    )
    assert (hall["crowd"], points["told-bank"]["crowd"]) == (
        {"queue_length": 8, "wait_minutes": 12},
        {"wait_minutes": 45},
    )
    assert hall["windows"] == [
        {"number": "01", "name": "综合窗口"},
        {"number": "2", "name": "社保卡", "kind": "SPECIAL", "services": [CARD]},
        {"number": "3", "name": "社保", "kind": "SPECIAL", "themes": ["社会保障"]},
    ]
    assert [(each["key"], each.get("services", [])) for each in hall["terminals"]] == [
        ("told-bare", []),
        ("told-terminal", [INSURANCE, CARD]),
    ]
    (agreed,) = (each for each in said["agreements"] if each["key"] == "told-agreement")
    assert (agreed["services"], agreed["points"], str(agreed["to"])) == (
        [CARD, INSURANCE],
        ["told-bank"],
        "2098-12-31",
    )
    changed: dict[str, Any] = {**POINT, "amenities": [], "address": None, "until": None}
    changed |= {"key": "told-changed", "windows": POINT["windows"][1:], "terminals": None, "crowd": None}
    for given in (changed | {"windows": POINT["windows"]}, changed | {"openingHours": "Mo-Su off"}):
        assert told.admin(SET_POINT, input=given).data
    told.comes_back(tmp_path)
    left = {each["key"]: each for each in told.said("places.yaml")["points"]}["told-changed"]
    assert [each["number"] for each in left["windows"]] == ["2", "3"], "one is closed"
    assert not {"amenities", "address", "to", "terminals", "crowd"} & set(left)
