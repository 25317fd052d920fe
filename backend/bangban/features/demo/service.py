"""The sample districts from one call: onboarded, with people who can sign in and cases that they worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bangban.features.accounts.passwords import Passwords
from bangban.features.demo.account_file import DemoAccount
from bangban.features.demo.accounts import make_accounts
from bangban.features.demo.apart import make_cases_of
from bangban.features.demo.cases import samples_of
from bangban.features.districts.onboarding import is_as_said, onboard
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
    """What there is now: sample districts, all accounts, and all sample cases; ``made`` of these just now.

    ``kept`` are the folders of districts that were there already and are not as their files say.
    """

    districts: int
    accounts: tuple[DemoAccount, ...]
    accounts_file: Path
    cases: int
    made: int
    kept: tuple[Path, ...] = ()


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

    Repeating it changes nothing: a district that was opened stays as it is, whatever its administrators or its
    files say by now. What the file of accounts says is in force afterwards. Suspended districts get no cases.

    Raises ``ProfileFaulty`` with every fault of a profile, ``OSError`` where the file of accounts cannot be
    written, and what onboarding raises.
    """
    tell = progress or (lambda _district, _step, _done, _total: None)
    profiles = read_profiles(tenants)
    kept = []
    for profile in profiles:
        if await is_as_said(tenancy, profile) is False:
            kept.append(profile.folder)
        else:
            await onboard(installation, tenancy, profile, progress=partial(tell, profile.slug))
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
    made, present = await _cases(
        installation,
        tenancy,
        profiles,
        count=cases,
        tell=lambda slug, done, total: tell(slug, "cases", done, total),
    )
    return Demo(
        districts=len(profiles),
        accounts=tuple(accounts),
        accounts_file=var / ACCOUNTS,
        cases=present,
        made=made,
        kept=tuple(kept),
    )


def read_profiles(tenants: Path) -> list[Profile]:
    """The profile of every folder but the template's, by name."""
    folders = sorted(each for each in tenants.iterdir() if (each / "district.yaml").is_file())
    return [read_profile(folder) for folder in folders if folder.name != TEMPLATE]


async def _cases(
    installation: Installation,
    tenancy: Tenancy,
    profiles: list[Profile],
    *,
    count: int,
    tell: Callable[[str, int, int], None],
) -> tuple[int, int]:
    """How many cases were made now, and how many there are."""
    districts = [tenancy.registry.get(profile.slug) for profile in profiles]
    live = [district for district in districts if district.status is DistrictStatus.LIVE]
    before = [await samples_of(tenancy, district) for district in live]
    lacking = [district.slug for district, has in zip(live, before, strict=True) if has.asked_for < count]
    made = await make_cases_of(tenancy, installation.application, lacking, count=count, progress=tell)
    return made, made + sum(has.cases for has in before)
