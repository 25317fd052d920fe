"""A small district of its own, whose settings tests change, export and take over again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import select
from tests.api.casework import Run, mutation_of
from tests.api.clients import PASSWORD, Client, Place
from tests.passwords import set_password

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
CONFIGURE = mutation_of("configureDistrict", "slug")
STORED = (ProfileRow, ServicePointRow, ServiceWindowRow, TerminalRow, PartnerAgreementRow)


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

    def made_anew(self, folder: Path) -> Told:
        """Another district, out of this one's export."""
        slug = f"anew-{uuid4().hex[:8]}"
        files = self.exported()
        files["district.yaml"] = files["district.yaml"].replace(f"slug: {self.place.slug}", f"slug: {slug}")
        place = Place(slug, self.place.api, {})
        found = Told(place, self.services, self.installation, self.run)
        found.written(folder / slug, files)
        found.taken_over(folder / slug)
        self.run(found._inside(_sign_up))
        return found

    @staticmethod
    def written(folder: Path, files: Mapping[str, str]) -> None:
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")

    def comes_back(self, tmp_path: Path) -> None:
        """Take its own export over: files and rows are as before."""
        files, stored = self.exported(), self.stored()
        folder = tmp_path / uuid4().hex / self.place.slug
        self.written(folder, files)
        self.taken_over(folder)
        for table, rows in self.stored().items():
            assert rows == stored[table], table
        assert self.exported() == files


async def _sign_up(work: Work) -> None:
    admin = (await work.db.scalars(select(StaffRow.id).where(StaffRow.login == "admin"))).one()
    passwords = Passwords(cost=Cost(1, 8, 1))
    await set_password(work, passwords=passwords, staff_id=admin, password=PASSWORD)


def tell(api: Client, services: AppServices, installation: Installation, run: Run, folder: Path) -> Told:
    """The district, onboarded from a sample one's files."""
    slug = f"told-{uuid4().hex[:8]}"
    files = {path.name: path.read_text("utf-8") for path in SOURCE.iterdir()}
    files["district.yaml"] = files["district.yaml"].replace("slug: nanjing-xuanwu", f"slug: {slug}")
    found = Told(Place(slug, api, {}), services, installation, run)
    found.written(folder / slug, files)
    found.taken_over(folder / slug)
    run(found._inside(_sign_up))
    return found
