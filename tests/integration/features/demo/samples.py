"""Sample districts that are loaded once for the tests of this folder, and ways to look at them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import CredentialRow
from bangban.features.demo.cases import Samples, samples_of
from bangban.features.demo.service import Demo, load_demo
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]

TENANTS: Final = Path(__file__).parents[4] / "tenants"
SLUGS: Final = {"demo-rushan": "rushan", "demo-xuanwu": "nanjing-xuanwu", "demo-zibo": "zibo-hitech"}
"""A district of one level, one of three and one of five, under names that no other test uses, and their profiles."""

CASES: Final = 30
FEW: Final = 12  # of the districts that are made for their stories
CONDITIONAL: Final = 2  # results on a condition, of a district whose catalog has such an item
MORE: Final = {"demo-rushan": 3, "demo-xuanwu": CONDITIONAL, "demo-zibo": 29}
"""What a district's own settings give occasion for: a batch at Rushan's hall, Xuanwu's results on a condition, Zibo's
bundles and delegations."""

ALL: Final = len(SLUGS) * CASES + sum(MORE.values())
_CHEAP: Final = Cost(passes=1, memory_kib=8, lanes=1)


class Told:
    """One sample district, with its stories."""

    def __init__(self, tenancy: Tenancy, run: Run, slug: str) -> None:
        self._tenancy, self._run, self._slug = tenancy, run, slug

    def all(self, statement: Any) -> list[Any]:
        """What a statement finds in the district."""

        async def found() -> list[Any]:
            async with platform_work(self._tenancy, self._tenancy.registry.get_live(self._slug)) as work:
                return list((await work.db.execute(statement)).all())

        rows: list[Any] = self._run(found())
        return rows

    @property
    def made(self) -> int:
        """How many sample cases it has, as its trail says."""
        counted: Samples = self._run(samples_of(self._tenancy, self._tenancy.registry.get_live(self._slug)))
        return counted.cases


class Loaded:
    """What was loaded, and ways to look at it."""

    def __init__(self, installation: Installation, tenancy: Tenancy, run: Run, folder: Path) -> None:
        self.installation, self.tenancy, self.run = installation, tenancy, run
        self.tenants, self.var = folder / "tenants", folder / "var"
        self.passwords = Passwords(cost=_CHEAP)
        self.told: list[tuple[str, str, int, int]] = []

    def load(self, *, cases: int = CASES) -> Demo:
        self.told.clear()
        demo: Demo = self.run(
            load_demo(
                self.installation,
                self.tenancy,
                tenants=self.tenants,
                var=self.var,
                cases=cases,
                passwords=self.passwords,
                progress=lambda *told: self.told.append(told),
            )
        )
        return demo

    def district(self, slug: str) -> District:
        return self.tenancy.registry.get_live(slug)

    def all(self, slug: str, statement: Any) -> list[Any]:
        """What a statement finds in a district."""
        return Told(self.tenancy, self.run, slug).all(statement)

    def change(self, slug: str, *statements: Any) -> None:
        async def changed() -> None:
            async with platform_work(self.tenancy, self.district(slug)) as work:
                for statement in statements:
                    await work.db.execute(statement)

        self.run(changed())

    def file(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(
            (self.var / "demo" / "accounts.json").read_text(encoding="utf-8")
        )
        return entries

    def signs_in(self, slug: str, login: str, password: str) -> bool:
        """Whether the stored hash is this password's."""
        wanted = (
            select(CredentialRow.password_hash)
            .join(StaffRow, StaffRow.id == CredentialRow.staff_id)
            .where(StaffRow.login == login)
        )
        ((stored,),) = self.all(slug, wanted)
        return bool(self.run(self.passwords.verify(stored, password)).right)
