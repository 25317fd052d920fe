"""Bringing a district onto the platform, step by step: resumable, and at once done where nothing changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update

from bangban.features.districts.contact import NOBODY, seal_contact
from bangban.features.districts.deciding import PROFILE
from bangban.features.districts.making import alone, known, making_steps
from bangban.features.districts.own_rules import HASH, profile_digest
from bangban.features.districts.problems import ApplicationWaiting
from bangban.features.districts.running import Step, run_steps
from bangban.features.districts.service import STEPS, failed_row_of, live_row_of, new_onboarding
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.roles import Role
from bangban.kernel.database.telling import tell
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

Progress = Callable[[str, int, int], None]
"""Told of each step's name, how much of it is done, and of how much."""

_BEFORE: Final = frozenset(
    {OnboardingState.APPLIED, OnboardingState.VERIFIED, OnboardingState.PROVISIONING, OnboardingState.FAILED}
)


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The outcome. ``unchanged`` says that the district already was as its profile says."""

    id: UUID
    slug: str
    unchanged: bool = False


async def onboard(
    installation: Installation, tenancy: Tenancy, profile: Profile, *, progress: Progress | None = None
) -> Onboarded:
    """Make the district what its profile says, and open it. Safe to repeat, and to resume after a failure.

    A district that was suspended stays so. Raises ``ApplicationWaiting`` where somebody's application for
    the slug is not through yet, Unavailable where it may be tried again in a moment, and whatever a step refuses;
    the step is then marked as failed.
    """
    digest = profile_digest(profile)

    async def told(name: str, done: int, total: int) -> None:
        if progress is not None:
            progress(name, done, total)

    async with alone(installation, profile.slug):
        row = await _row_of(tenancy, profile)
        if await is_as_said(tenancy, profile):
            await _opened(tenancy, row)
            return Onboarded(row.id, profile.slug, unchanged=True)
        steps = [
            *making_steps(installation, tenancy, profile, digest),
            _live(installation, tenancy, profile.slug),
        ]
        assert tuple(step.name for step in steps) == STEPS
        await run_steps(tenancy, row, steps, digest=digest, over=OnboardingState.LIVE, told=told)
        return Onboarded(row.id, profile.slug)


async def is_as_said(tenancy: Tenancy, profile: Profile) -> bool | None:
    """Whether a district that was opened is as its profile says; None where it is still to be opened.

    It is not where the profile has changed since, or where an administrator has set anything otherwise.
    """
    district = await known(tenancy, profile.slug)
    if district is None or district.status is DistrictStatus.PROVISIONING:
        return None
    tenancy.forget(profile.slug)
    return (await tenancy.rules(district)).settings.get(HASH) == profile_digest(profile)


# ---------------------------------------------------------------------- the steps


def _live(installation: Installation, tenancy: Tenancy, slug: str) -> Step:
    async def live() -> int:
        if tenancy.registry.get(slug).status is DistrictStatus.PROVISIONING:
            await installation.set_status(slug, DistrictStatus.LIVE)
            await tenancy.registry.refresh(slug)
        return 1

    return Step("live", 1, live)


async def _opened(tenancy: Tenancy, row: OnboardingRow) -> None:
    if row.state is OnboardingState.LIVE:
        return
    async with tenancy.platform() as db:
        await db.execute(
            update(OnboardingRow).where(OnboardingRow.id == row.id).values(state=OnboardingState.LIVE)
        )
        await tell(db, tenancy.names.channel, slug=row.slug, kind="onboarding.changed", reference=str(row.id))


async def _row_of(tenancy: Tenancy, profile: Profile) -> OnboardingRow:
    """The onboarding of the profile's slug: the live one, or the failed one to resume, or a new one."""
    async with tenancy.platform() as db:
        row = await live_row_of(db, profile.slug) or await failed_row_of(db, profile.slug)
        if row is not None and row.template != PROFILE and row.state in _BEFORE:
            raise ApplicationWaiting(slug=row.slug, id=row.id)
        if row is not None:
            return row
        admins = (
            person.key
            for person in profile.staff
            if person.login and any(held.role is Role.ADMIN for held in person.assignments)
        )
        return await new_onboarding(
            db,
            slug=profile.slug,
            name=profile.name.zh,
            division_code=profile.division_code,
            brand=profile.brand.zh,
            template=PROFILE,
            levels=profile.levels,
            admin_login=next(admins, ""),
            contact_sealed=seal_contact(tenancy.ring, NOBODY),
            ticket_hash=secrets.token_bytes(32),  # nobody holds the ticket
            state=OnboardingState.PROVISIONING,
            applied_at=datetime.now(UTC),
        )
