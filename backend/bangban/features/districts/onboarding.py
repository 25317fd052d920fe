"""Bringing a district onto the platform, step by step: resumable, and at once done where nothing changed."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.accounts.invitations import invite_staff
from bangban.features.districts.contact import NOBODY, Contact, open_contact, seal_contact
from bangban.features.districts.deciding import PROFILE
from bangban.features.districts.platform import platform_work
from bangban.features.districts.problems import ApplicationWaiting
from bangban.features.districts.running import Step, Told, run_steps
from bangban.features.districts.service import (
    APPLICATION_STEPS,
    INVITATION,
    STEPS,
    failed_row_of,
    get_row,
    live_row_of,
    new_onboarding,
)
from bangban.features.districts.steps import (
    HASH,
    profile_digest,
    take_over_areas,
    take_over_catalog,
    take_over_closures,
    take_over_people,
    take_over_places,
    take_over_policy,
    take_over_profile,
)
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.districts.templates import profile_of_application
from bangban.features.people.contacts import set_contact
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.database.telling import tell
from bangban.kernel.jobs.tasks import Handler, Task
from bangban.kernel.messenger.channel import hand_over
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

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

    async with _alone(installation, profile.slug):
        row = await _row_of(tenancy, profile)
        if await _is_current(tenancy, profile.slug, digest):
            await _opened(tenancy, row)
            return Onboarded(row.id, profile.slug, unchanged=True)
        steps = [*_steps(installation, tenancy, profile, digest), _live(installation, tenancy, profile.slug)]
        assert tuple(step.name for step in steps) == STEPS
        await run_steps(tenancy, row, steps, digest=digest, over=OnboardingState.LIVE, told=told)
        return Onboarded(row.id, profile.slug)


def provisioning(
    installation: Installation, tenancy: Tenancy, *, templates: dict[str, Path], messenger: Messenger
) -> Handler:
    """Does ``PROVISION``: the district of an application, from its template, and its administrator's invitation.

    The invitation goes out once everything else is in place. One that was begun before is replaced, so that one
    counts, however often this was interrupted.
    """

    async def provision(task: Task) -> dict[str, Any]:
        async with tenancy.platform() as db:
            row = await get_row(db, UUID(task.given["onboarding"]))
        async with _alone(installation, row.slug):
            async with tenancy.platform() as db:
                row = await get_row(db, row.id)
            if row.state not in (OnboardingState.PROVISIONING, OnboardingState.FAILED):
                return {"slug": row.slug}  # all was done when the one before was interrupted
            contact = open_contact(tenancy.ring, row.contact_sealed)
            profile = profile_of_application(row, contact, templates=templates)
            digest = profile_digest(profile)
            steps = [
                *_steps(installation, tenancy, profile, digest),
                Step(INVITATION, 1, lambda: _invite(tenancy, row, contact, messenger)),
            ]
            assert tuple(step.name for step in steps) == APPLICATION_STEPS
            await run_steps(
                tenancy, row, steps, digest=digest, over=OnboardingState.CONFIGURING, told=_telling(task)
            )
        return {"slug": row.slug}

    return provision


def discarding(installation: Installation, tenancy: Tenancy) -> Handler:
    """Does ``DISCARD``: removes the district that a rejected application left half made."""

    async def discard(task: Task) -> dict[str, Any]:
        async with tenancy.platform() as db:
            row = await get_row(db, UUID(task.given["onboarding"]))
        async with _alone(installation, row.slug):
            district = await _known(tenancy, row.slug)
            half_made = district is not None and district.status is DistrictStatus.PROVISIONING
            if row.state is OnboardingState.REJECTED and half_made:
                await installation.drop_district(row.slug)
                await tenancy.registry.refresh(row.slug)
        return {"slug": row.slug}

    return discard


def _telling(task: Task) -> Told:
    async def told(name: str, done: int, total: int) -> None:
        if done < total:
            task.tell(name, done, total)
        else:
            await task.step(name, done, total)

    return told


# ---------------------------------------------------------------------- the steps


def _steps(installation: Installation, tenancy: Tenancy, profile: Profile, digest: str) -> list[Step]:
    async def in_district(do: Callable[[Work], Awaitable[int]]) -> int:
        async with platform_work(tenancy, tenancy.registry.get(profile.slug)) as work:
            done = await do(work)
        tenancy.forget(profile.slug)
        return done

    async def provision() -> int:
        await _provision(installation, tenancy, profile)
        return 1

    return [
        Step("provision", 1, provision),
        Step("areas", len(profile.areas), lambda: in_district(lambda work: take_over_areas(work, profile))),
        Step(
            "catalog", len(profile.items), lambda: in_district(lambda work: take_over_catalog(work, profile))
        ),
        Step(
            "places",
            len(profile.places.points),
            lambda: in_district(lambda work: take_over_places(work, profile)),
        ),
        Step("people", len(profile.staff), lambda: in_district(lambda work: take_over_people(work, profile))),
        Step(
            "policy", len(profile.policy), lambda: in_district(lambda work: take_over_policy(work, profile))
        ),
        Step(
            "calendar",
            len(profile.closures),
            lambda: in_district(lambda work: take_over_closures(work, profile)),
        ),
        Step(
            "profile",
            1,
            lambda: in_district(lambda work: take_over_profile(work, profile, digest=digest)),
        ),
    ]


def _live(installation: Installation, tenancy: Tenancy, slug: str) -> Step:
    async def live() -> int:
        if tenancy.registry.get(slug).status is DistrictStatus.PROVISIONING:
            await installation.set_status(slug, DistrictStatus.LIVE)
            await tenancy.registry.refresh(slug)
        return 1

    return Step("live", 1, live)


async def _provision(installation: Installation, tenancy: Tenancy, profile: Profile) -> None:
    """Schema, roles and registry entry; where they exist, the registry's facts are brought up to date."""
    if await _known(tenancy, profile.slug) is None:
        await installation.create_district(
            NewDistrict(
                slug=profile.slug,
                name=profile.name.zh,
                brand=profile.brand.zh,
                division_code=profile.division_code,
                levels=profile.levels,
                circle_minutes=profile.circle_minutes,
                timezone=profile.timezone,
                allowed_origins=profile.allowed_origins,
                trusted_documents_only=bool(profile.trusted_documents_only),
            )
        )
    else:
        async with tenancy.platform() as db:
            row = await db.get(DistrictRow, profile.slug, with_for_update=True, populate_existing=True)
            assert row is not None  # the registry has just been read
            row.name = profile.name.zh
            row.brand = profile.brand.zh
            row.division_code = profile.division_code
            row.levels = list(profile.levels)
            row.circle_minutes = profile.circle_minutes
            row.timezone = profile.timezone
            row.allowed_origins = list(profile.allowed_origins)
            if profile.trusted_documents_only is not None:
                row.trusted_documents_only = profile.trusted_documents_only
            await tell(db, tenancy.names.channel, slug=profile.slug, kind="registry.changed")
    await tenancy.registry.refresh(profile.slug)


async def _invite(tenancy: Tenancy, row: OnboardingRow, contact: Contact, messenger: Messenger) -> int:
    """An invitation for the administrator, whose contact is the applicant's until they change it."""
    async with platform_work(tenancy, tenancy.registry.get(row.slug)) as work:
        staff = (await work.db.scalars(select(StaffRow).where(StaffRow.login == row.admin_login))).one()
        staff.language = row.language
        set_contact(work.vault, staff, "phone", contact.phone or None)
        set_contact(work.vault, staff, "email", contact.email or None)
        message = await invite_staff(work, staff.id)
        work.record(action="district:invite", object=f"staff:{staff.id}")
    await hand_over(messenger, message)
    return 1


async def _is_current(tenancy: Tenancy, slug: str, digest: str) -> bool:
    district = await _known(tenancy, slug)
    if district is None or district.status is DistrictStatus.PROVISIONING:
        return False
    tenancy.forget(slug)
    return (await tenancy.rules(district)).settings.get(HASH) == digest


async def _known(tenancy: Tenancy, slug: str) -> District | None:
    await tenancy.registry.refresh(slug)
    return tenancy.registry.find(slug)


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


@asynccontextmanager
async def _alone(installation: Installation, slug: str) -> AsyncIterator[None]:
    """One onboarding of a slug at a time in the installation; the second waits and finds it done."""
    key = (zlib.crc32(b"onboarding") << 31) | (zlib.crc32(f"{installation.names.tag} {slug}".encode()) >> 1)
    async with installation.connection() as connection:
        # Held by the session, across the steps' own transactions; closing the connection lets it go.
        await connection.execute("SELECT pg_advisory_lock($1)", key)
        yield
