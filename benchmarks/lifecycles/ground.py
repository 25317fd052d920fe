"""The installation that casework is measured on, and the district in it that does the work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from tests.passwords import set_password

from bangban.cli.opening import DATABASE, open_installation
from bangban.cli.opening import _ensure_database as ensure_database
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[2]
PASSWORD: Final = "a-password-of-the-benchmark"  # noqa: S105 - of accounts that live as long as the run
_SETTINGS: Final = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}


BUDGETS_OFF: Final = {
    f"BANGBAN_BUDGET_{whose}": "0" for whose in ("DISTRICT", "PRINCIPAL", "PORTAL", "ADDRESS")
}
"""For a server whose few accounts work for hundreds: no budget is meant for that."""


@dataclass(frozen=True)
class Desk:
    """An area, and the logins of who pre-checks and who decides there."""

    area_id: str
    helper: str
    clerk: str


@dataclass(frozen=True)
class Ground:
    """The district that casework is done in, as ``bench.json`` describes it under ``"lifecycles"``."""

    district: str
    password: str
    service: str
    materials: Sequence[str]
    desks: Sequence[Desk]
    cases: int

    @classmethod
    def read(cls, file: Path) -> Ground:
        """From ``bench.json``; raises KeyError or TypeError where it does not fit."""
        found = json.loads(file.read_text("utf-8"))["lifecycles"]
        return cls(**{**found, "desks": [Desk(**each) for each in found["desks"]]})


async def staffed(chosen: Settings, slug: str) -> dict[str | None, str]:
    """Onboard a sample district, its staff with passwords that cost nothing to check; its areas' ids by code."""
    passwords = Passwords(cost=Cost(1, 8, 1))
    async with open_installation(chosen) as opened:
        tenancy = opened.tenancy
        await onboard(opened.installation, tenancy, read_profile(chosen.tenants / slug))
        async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
            staff = await work.db.scalars(select(StaffRow).where(StaffRow.login.is_not(None)))
            for row in staff.all():
                await set_password(work, passwords=passwords, staff_id=row.id, password=PASSWORD)
            found = await work.db.execute(select(AreaRow.code, AreaRow.id))
            areas = {row.code: str(row.id) for row in found.all()}
    passwords.close()
    return areas


async def sample_ground(chosen: Settings) -> Ground:
    """Zouping, onboarded just now."""
    areas = await staffed(chosen, "zouping")
    return Ground(
        district="zouping",
        password=PASSWORD,
        service="TPL-RESIDENCE-PERMIT",
        materials=("ID-CARD", "DWELLING", "PHOTO"),
        desks=(
            Desk(areas["371681101200"], "helper-village", "clerk-town"),
            Desk(areas["371681001213"], "helper-village-2", "clerk-town-2"),
        ),
        cases=0,
    )


@contextmanager
def installed(var: Path) -> Iterator[Settings]:
    """The settings of an installation in ``var`` on its own PostgreSQL, which runs as long as the block."""
    with EmbeddedPostgres(var / "postgres", settings=_SETTINGS) as postgres:
        admin = Endpoint.from_url(postgres.url)
        asyncio.run(ensure_database(admin, DATABASE))
        chosen = Settings(
            var=var,
            tenants=ROOT / "tenants",
            database_url=f"{postgres.url.removesuffix('/postgres')}/{DATABASE}",
            master_key=None,
            master_key_file=None,
        )
        if not chosen.key_file.exists():
            make_file(chosen.key_file)
        yield chosen
