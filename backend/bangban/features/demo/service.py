"""The sample districts from one call: onboarded, with people who can sign in and cases that they worked on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bangban.features.accounts.passwords import Passwords
from bangban.features.demo.account_file import DemoAccount
from bangban.features.demo.accounts import make_accounts
from bangban.features.demo.cases import count_cases, make_cases
from bangban.features.districts.onboarding import onboard
from bangban.features.profiles.profile import Profile
from bangban.features.profiles.reader import TEMPLATE, read_profile
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

Progress = Callable[[str, str, int, int], None]
"""Told district (empty for the platform), step, how much of it is done, and of how much."""

ACCOUNTS: Final = Path("demo", "accounts.json")  # within the installation's folder
_AT_ONCE: Final = (
    3  # districts whose cases are made at the same time; the database works on one of them meanwhile
)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What there is now: sample districts, all accounts, and all sample cases; ``made`` of these just now."""

    districts: int
    accounts: tuple[DemoAccount, ...]
    accounts_file: Path
    cases: int
    made: int


async def load_demo(
    installation: Installation,
    tenancy: Tenancy,
    *,
    tenants: Path,
    var: Path,
    cases: int,
    passwords: Passwords | None = None,
    progress: Progress | None = None,
) -> Demo:
    """Bring every district of ``tenants`` onto the platform with accounts and ``cases`` sample cases each.

    Repeating it changes nothing. Suspended districts get no cases. Raises ``ProfileFaulty`` with every fault
    of a profile, ``OSError`` where the file of accounts cannot be written, and what onboarding raises.
    """
    tell = progress or (lambda _district, _step, _done, _total: None)
    profiles = read_profiles(tenants)
    for profile in profiles:
        slug = profile.slug
        await onboard(
            installation,
            tenancy,
            profile,
            progress=lambda step, done, total, slug=slug: tell(slug, step, done, total),  # type: ignore[misc]  # a default argument is how a loop's value is kept
        )
    hashing = passwords or Passwords()
    try:
        accounts = await make_accounts(
            tenancy,
            hashing,
            profiles=profiles,
            file=var / ACCOUNTS,
            progress=lambda slug, done, total: tell(slug, "accounts", done, total),
        )
    finally:
        if passwords is None:
            hashing.close()
    made, present = await _cases(tenancy, profiles, count=cases, tell=tell)
    return Demo(
        districts=len(profiles),
        accounts=tuple(accounts),
        accounts_file=var / ACCOUNTS,
        cases=present,
        made=made,
    )


def read_profiles(tenants: Path) -> list[Profile]:
    """The profile of every folder but the template's, by name."""
    folders = sorted(each for each in tenants.iterdir() if (each / "district.yaml").is_file())
    return [read_profile(folder) for folder in folders if folder.name != TEMPLATE]


async def _cases(tenancy: Tenancy, profiles: list[Profile], *, count: int, tell: Progress) -> tuple[int, int]:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(slug: str) -> tuple[int, int]:
        district = tenancy.registry.get(slug)
        if district.status is not DistrictStatus.LIVE:
            return 0, 0
        async with slots:
            made = await make_cases(
                tenancy, district, count=count, progress=lambda done, total: tell(slug, "cases", done, total)
            )
            return made, await count_cases(tenancy, district)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(profile.slug)) for profile in profiles]
    except BaseExceptionGroup as failed:
        # Whoever calls knows a refusal when it stands alone.
        raise failed.exceptions[0] from failed
    results = [task.result() for task in tasks]
    return sum(made for made, _ in results), sum(present for _, present in results)
