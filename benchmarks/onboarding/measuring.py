"""One way of a district from nothing to its first query, taken apart."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.harness.processes import cpu_seconds
from benchmarks.onboarding.stranger import Stranger

from bangban.kernel.identifiers import sample_phone

T = TypeVar("T")

_MS: Final = timedelta(milliseconds=1)

DIVISION: Final = "371681"
PROVISIONED: Final = "provisioned, until CONFIGURING is heard"
TOWNS: Final = 16
VILLAGES: Final = 859
_PASSWORD: Final = "crystal-otter-beneath-saffron-lanterns"  # noqa: S105 - of a district that lasts for a minute
_FIRST_QUERY: Final = """
{
  district { slug status }
  towns: areas(level: TOWN) { totalCount }
  villages: areas(level: VILLAGE, first: 20) { totalCount edges { node { code name } } }
  services(first: 20) { totalCount edges { node { code name } } }
}
"""


@dataclass
class Run:
    """What one took, in milliseconds: its parts, the provisioning's steps, CPU of the API and of PostgreSQL."""

    parts: dict[str, float] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    whole: float = 0.0
    api_cpu: float = 0.0
    postgres_cpu: float = 0.0

    async def timed(self, name: str, work: Awaitable[T]) -> T:
        """Do it, and note what it took."""
        began = time.perf_counter()
        done = await work
        self.parts[name] = (time.perf_counter() - began) * 1000
        return done


async def joined(slug: str, number: int, *, port: int, outbox: Path, api: int, postgres: int) -> Run:
    """The whole way of one district. Raises RuntimeError where anything is refused or missing at its end."""
    run, stranger, phone = Run(), Stranger(port, outbox), sample_phone(number)
    cpu, began = (cpu_seconds(api), cpu_seconds(postgres)), time.perf_counter()
    try:
        wish = {
            "slug": slug,
            "name": "样例县",
            "divisionCode": DIVISION,
            "contactName": "样例人",
            "contactPhone": phone,
            "contactEmail": "someone@example.test",
            "adminLogin": "admin",
        }
        ticket = await run.timed(
            "applyForOnboarding", stranger.do("ApplyForOnboarding", "applyForOnboarding", wish)
        )
        stranger.token, onboarding_id = ticket["accessToken"], ticket["onboarding"]["id"]
        code = await run.timed("code from its message", stranger.code(phone))
        proof = {"id": onboarding_id, "code": code}
        await run.timed("verifyOnboarding", stranger.do("VerifyOnboarding", "verifyOnboarding", proof))
        verified = datetime.now(UTC)
        await run.timed(PROVISIONED, stranger.follow(onboarding_id))
        invitation = await run.timed("invitation from its message", stranger.invitation(phone))
        stranger.token = None
        accepted = {"token": invitation, "password": _PASSWORD}
        session = await run.timed(
            "acceptInvitation", stranger.do("AcceptInvitation", "acceptInvitation", accepted)
        )
        stranger.token = session["accessToken"]
        wanted = {"divisionCode": DIVISION, "apply": True}
        imported = await run.timed(
            "importOfficialAreas", stranger.do("ImportOfficialAreas", "importOfficialAreas", wanted)
        )
        first = await run.timed("first query", stranger.ask(_FIRST_QUERY))
        run.whole = (time.perf_counter() - began) * 1000
        run.api_cpu = (cpu_seconds(api) - cpu[0]) * 1000
        run.postgres_cpu = (cpu_seconds(postgres) - cpu[1]) * 1000
        stranger.token = ticket["accessToken"]
        steps = await stranger.steps(onboarding_id)
    finally:
        await stranger.close()
    run.steps = {name: (ended - started) / _MS for name, (started, ended) in steps.items()}
    asked_to_begun = min(started for started, _ in steps.values()) - verified
    run.steps = {"asked for, until begun": asked_to_begun / _MS, **run.steps}
    found = (first["towns"]["totalCount"], first["villages"]["totalCount"], imported["created"])
    if found != (TOWNS, VILLAGES, TOWNS + VILLAGES) or not first["services"]["totalCount"]:
        raise RuntimeError(f"{slug} is not as it should be: {found}, {first['services']}")
    return run
