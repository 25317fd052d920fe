"""What administrators set over the API is what an export gives; taking the export over again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from sqlalchemy import select
from tests.api.casework import Run, mutation_of
from tests.api.clients import PASSWORD, Client, Place

from bangban.features.accounts.credentials import set_password
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.configuring.exporting import export_profile
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.own_rules import HASH
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.profiles.reader import read_profile, read_template
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
SOURCE = TENANTS / "nanjing-xuanwu"
STREET = "320102002"
CARD, INSURANCE = "TPL-SOCIAL-SECURITY-CARD", "TPL-FLEXIBLE-WORK-INSURANCE"
CONFIGURE = mutation_of("configureDistrict", "slug")
SET_POINT, AGREE = mutation_of("setServicePoint", "id"), mutation_of("setPartnerAgreement", "id")
STORED = (ProfileRow, ServicePointRow, ServiceWindowRow, TerminalRow, PartnerAgreementRow)

ASSISTANCE = {
    "handoverMinutes": 45,
    "transferMinutes": 60,
    "replyMinutesInHours": 10,
    "replyMinutesOffHours": 600,
    "officeHours": "08:30-17:30",
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
}
BANK = {
    "key": "told-bank",
    "kind": "BANK",
    "area": STREET,
    "name": "样本银行网点",
    "location": {"longitude": 118.81, "latitude": 32.07},
    "openingHours": "24/7",
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


class Told:
    """A district of its own, its administrator, and ways to export it and to take a profile over."""

    def __init__(self, place: Place, services: AppServices, installation: Installation, run: Run) -> None:
        self.place, self.services, self.installation, self.run = place, services, installation, run

    def configured(self, **changes: Any) -> None:
        assert self.admin(CONFIGURE, input=changes).data, changes

    @property
    def admin(self) -> Client:
        return self.place.sign_in("admin")

    async def _inside(self, do: Callable[[Work], Any]) -> Any:
        tenancy = self.services.tenancy
        async with platform_work(tenancy, tenancy.registry.get(self.place.slug)) as work:
            return await do(work)

    def exported(self) -> dict[str, str]:
        """The profile's files."""
        template = read_template(TENANTS / "template")
        found: dict[str, str] = self.run(self._inside(lambda work: export_profile(work, template))).files
        return found

    def said(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.exported()[name])
        return found

    def stored(self) -> dict[str, Any]:
        """Every column of what was set, but which profile was read."""

        async def find(work: Work) -> dict[str, Any]:
            found = {}
            for row in STORED:
                columns = row.__table__.columns
                rows = await work.db.execute(select(*columns).order_by(*row.__table__.primary_key))
                found[row.__tablename__] = [dict(each) for each in rows.mappings()]
            (profile,) = found["profile"]
            read = (HASH, "profile_policy", "profile_closures")
            profile["settings"] = {
                name: said for name, said in profile["settings"].items() if name not in read
            }
            return found

        stored: dict[str, Any] = self.run(self._inside(find))
        return stored

    def taken_over(self, folder: Path) -> None:
        profile = read_profile(folder, template=TENANTS / "template")
        self.run(onboard(self.installation, self.services.tenancy, profile))

    def comes_back(self, tmp_path: Path) -> None:
        """Take its own export over: files and rows are as before."""
        files, stored = self.exported(), self.stored()
        folder = tmp_path / uuid4().hex / self.place.slug
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        self.taken_over(folder)
        for table, rows in self.stored().items():
            assert rows == stored[table], table
        assert self.exported() == files


@pytest.fixture(scope="module")
def told(
    api: Client,
    services: AppServices,
    installation: Installation,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Told:
    slug = f"told-{uuid4().hex[:8]}"
    folder = tmp_path_factory.mktemp("told") / slug
    folder.mkdir()
    for path in SOURCE.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / "district.yaml").read_text("utf-8").replace("slug: nanjing-xuanwu", f"slug: {slug}")
    (folder / "district.yaml").write_text(text, encoding="utf-8")
    found = Told(Place(slug, api, {}), services, installation, run)
    found.taken_over(folder)

    async def sign_up(work: Work) -> None:
        admin = (await work.db.scalars(select(StaffRow.id).where(StaffRow.login == "admin"))).one()
        passwords = Passwords(cost=Cost(1, 8, 1))
        await set_password(work, passwords=passwords, staff_id=admin, password=PASSWORD)

    run(found._inside(sign_up))
    return found


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
    changed |= {"key": "told-changed", "windows": POINT["windows"][1:], "terminals": None}
    for given in (changed | {"windows": POINT["windows"]}, changed | {"openingHours": "Mo-Su off"}):
        assert told.admin(SET_POINT, input=given).data
    told.comes_back(tmp_path)
    left = {each["key"]: each for each in told.said("places.yaml")["points"]}["told-changed"]
    assert [each["number"] for each in left["windows"]] == ["2", "3"], "one is closed"
    assert not {"amenities", "address", "to", "terminals"} & set(left)
