"""One district in two sizes, filled as the measurements fill theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmarks.data.filling import fill, filling_of
from benchmarks.data.profile import made_profile
from tests.integration.plans.asking import Asker, Plan, plan_of, principal_of, resident

from bangban.features.districts.onboarding import onboard
from bangban.features.profiles.reader import TEMPLATE, read_template
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
LOGINS = {
    "county": "clerk-county-1",
    "town": "clerk-town-01-1",
    "village": "helper-town-01-01",
    "auditor": "auditor",
}

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass
class Filled:
    """A filled district, its people, and things in it to ask for."""

    installation: Installation
    asker: Asker
    people: dict[str, Principal]
    known: dict[str, str]

    @property
    def district(self) -> District:
        return self.asker.district

    async def plans(self, query: str, who: str, variables: dict[str, Any]) -> list[Plan]:
        """The custom and the generic plan; ``$name`` in a variable stands for something known."""
        asked = await self.asker.ask(query, self.people[who], **self._filled_in(variables))
        async with self.installation.connection() as connection:
            return [await plan_of(connection, asked, generic=generic) for generic in (False, True)]

    async def answer(self, query: str, who: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of the district's part of the answer."""
        asked = await self.asker.ask(query, self.people[who], **self._filled_in(variables))
        async with self.installation.connection() as connection:
            found: dict[str, Any] = json.loads(await connection.fetchval(asked.sql, *asked.arguments))
            return found

    def _filled_in(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._filled_in(each) for name, each in value.items()}
        if isinstance(value, str) and value.startswith("$"):
            return self.known[value[1:]]
        return value


async def filled(installation: Installation, tenancy: Tenancy, cases: int) -> Filled:
    """A district with so many cases."""
    slug = f"plans-{cases}"  # which is also what is drawn from
    await onboard(installation, tenancy, made_profile(slug, read_template(TENANTS / TEMPLATE)))
    district = tenancy.registry.get(slug)
    async with installation.connection() as connection:
        await fill(connection, await filling_of(tenancy, district, cases=cases, seed=1))
        people = {who: await principal_of(connection, district, login) for who, login in LOGINS.items()}
        schema = quoted(district.schema)
        newest = await connection.fetchrow(
            f"SELECT number, resident_id, applicant_name FROM {schema}.cases"
            " WHERE length(applicant_name) = 3 ORDER BY serial DESC LIMIT 1"
        )
        people["resident"] = resident(district, newest["resident_id"])
        areas = dict(await connection.fetch(f"SELECT key, id::text FROM {schema}.area"))
        known = {
            "number": newest["number"],
            "name": newest["applicant_name"],
            "given": newest["applicant_name"][1:],
            "county": areas["county"],
            "town": areas["town-01"],
            "village": areas["town-01-01"],
            "service": await connection.fetchval(f"SELECT max(code) FROM {schema}.service_item"),
            "object": f"case:{newest['number']}",
        }
    return Filled(installation, Asker(tenancy, district), people, known)


@pytest.fixture(scope="session")
def small(installation: Installation, tenancy: Tenancy, run: Run) -> Filled:
    """A district like most."""
    made: Filled = run(filled(installation, tenancy, 20_000))
    return made


@pytest.fixture(scope="session")
def large(installation: Installation, tenancy: Tenancy, run: Run) -> Filled:
    """The same with three times as many cases."""
    made: Filled = run(filled(installation, tenancy, 60_000))
    return made
