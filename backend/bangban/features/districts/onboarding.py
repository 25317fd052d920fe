"""Bringing a district onto the platform, step by step: resumable, and at once done where nothing changed."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.accounts.credentials import set_password
from bangban.features.accounts.passwords import Passwords
from bangban.features.districts.contact import Contact, open_contact, seal_contact
from bangban.features.districts.platform import notify, platform_work
from bangban.features.districts.problems import ApplicationWaiting, OnboardingDecided, SlugTaken
from bangban.features.districts.service import (
    INVITATION,
    OPEN_STATES,
    STEPS,
    failed_row_of,
    get_row,
    live_row_of,
    new_onboarding,
    write_steps,
)
from bangban.features.districts.steps import (
    HASH,
    profile_digest,
    take_over_areas,
    take_over_catalog,
    take_over_people,
    take_over_policy,
    take_over_profile,
)
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.features.districts.templates import profile_of_application
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.profile import Profile
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.messenger.message import Message, Messenger
from bangban.kernel.messenger.templates import Template
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Progress = Callable[[str, int, int], None]
"""Told of each step's name, how much of it is done, and of how much."""

INVITATION_HOURS = 72
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read for one another


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The outcome. ``unchanged`` says that the district already was as its profile says."""

    id: UUID
    slug: str
    unchanged: bool = False


@dataclass(frozen=True)
class _Step:
    name: str
    total: int
    do: Callable[[], Awaitable[int]]
    state: OnboardingState = OnboardingState.CONFIGURING


async def onboard(
    installation: Installation, tenancy: Tenancy, profile: Profile, *, progress: Progress | None = None
) -> Onboarded:
    """Make the district what its profile says, and open it. Safe to repeat, and to resume after a failure.

    A district that was suspended stays so. Raises ``ApplicationWaiting`` where somebody's application for
    the slug is undecided, and whatever a step refuses; the step is then marked as failed.
    """
    digest = profile_digest(profile)
    async with _alone(installation, profile.slug):
        row = await _row_of(tenancy, profile)
        if await _is_current(tenancy, profile.slug, digest):
            await _set_state(tenancy, row, OnboardingState.LIVE)
            return Onboarded(row.id, profile.slug, unchanged=True)
        await _run(tenancy, row, _steps(installation, tenancy, profile, digest), progress)
        await _set_state(tenancy, row, OnboardingState.LIVE)
        return Onboarded(row.id, profile.slug)


async def approve(
    installation: Installation,
    tenancy: Tenancy,
    onboarding_id: UUID,
    *,
    templates: dict[str, Path],
    messenger: Messenger,
    passwords: Passwords,
    progress: Progress | None = None,
) -> Onboarded:
    """Grant an application: make the district from its template, and invite its administrator.

    The first password goes to the contact's phone, once everything else is in place. Approving again after
    a failure resumes. Raises ``OnboardingUnknown``, ``OnboardingDecided``, or what a step refuses.
    """
    async with tenancy.platform() as db:
        slug = (await get_row(db, onboarding_id)).slug
    async with _alone(installation, slug):
        async with tenancy.platform() as db:
            row = await get_row(db, onboarding_id)
            if row.state not in OPEN_STATES | {OnboardingState.PROVISIONING, OnboardingState.CONFIGURING}:
                raise OnboardingDecided(state=row.state)
            if row.state is OnboardingState.FAILED and await live_row_of(db, slug) is not None:
                raise SlugTaken(slug)  # asked for anew since it failed
        await _set_state(tenancy, row, OnboardingState.VERIFIED)
        contact = open_contact(tenancy.ring, row.contact_sealed)
        profile = profile_of_application(row, contact, templates=templates)
        steps = [
            *_steps(installation, tenancy, profile, profile_digest(profile)),
            _Step(INVITATION, 1, lambda: _invite(tenancy, row, contact, messenger, passwords)),
        ]
        await _run(tenancy, row, steps, progress)
        await _set_state(tenancy, row, OnboardingState.LIVE)
        return Onboarded(row.id, slug)


# ---------------------------------------------------------------------- the steps


def _steps(installation: Installation, tenancy: Tenancy, profile: Profile, digest: str) -> list[_Step]:
    async def in_district(do: Callable[[Work], Awaitable[int]]) -> int:
        async with platform_work(tenancy, tenancy.registry.get(profile.slug)) as work:
            done = await do(work)
        tenancy.forget(profile.slug)
        return done

    async def provision() -> int:
        await _provision(installation, tenancy, profile)
        return 1

    async def live() -> int:
        if tenancy.registry.get(profile.slug).status is DistrictStatus.PROVISIONING:
            await installation.set_status(profile.slug, DistrictStatus.LIVE)
            await tenancy.registry.refresh(profile.slug)
        return 1

    made = (
        _Step("provision", 1, provision, OnboardingState.PROVISIONING),
        _Step("areas", len(profile.areas), lambda: in_district(lambda work: take_over_areas(work, profile))),
        _Step(
            "catalog", len(profile.items), lambda: in_district(lambda work: take_over_catalog(work, profile))
        ),
        _Step(
            "people", len(profile.staff), lambda: in_district(lambda work: take_over_people(work, profile))
        ),
        _Step(
            "policy", len(profile.policy), lambda: in_district(lambda work: take_over_policy(work, profile))
        ),
        _Step(
            "profile",
            1,
            lambda: in_district(lambda work: take_over_profile(work, profile, digest=digest)),
        ),
        _Step("live", 1, live),
    )
    assert tuple(step.name for step in made) == STEPS
    return list(made)


async def _provision(installation: Installation, tenancy: Tenancy, profile: Profile) -> None:
    """Schema, roles and registry entry; where they exist, the registry's facts are brought up to date."""
    if tenancy.registry.find(profile.slug) is None:
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
            await notify(db, tenancy, slug=profile.slug, kind="registry.changed")
    await tenancy.registry.refresh(profile.slug)


async def _invite(
    tenancy: Tenancy, row: OnboardingRow, contact: Contact, messenger: Messenger, passwords: Passwords
) -> int:
    """A first password for the administrator; it is known to the message alone."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    async with platform_work(tenancy, tenancy.registry.get(row.slug)) as work:
        staff_id = (await work.db.scalars(select(StaffRow.id).where(StaffRow.login == row.admin_login))).one()
        await set_password(work, passwords=passwords, staff_id=staff_id, password=password)
        work.record(action="district:invite", object=f"staff:{staff_id}")
        message = Message.of(
            Template.INVITATION,
            to=contact.phone,
            district=row.slug,
            at=work.now,
            brand=row.brand,
            login=row.admin_login,
            password=password,
            hours=INVITATION_HOURS,
        )
    await messenger.send(message)
    return 1


# ---------------------------------------------------------------------- running them


async def _run(
    tenancy: Tenancy, row: OnboardingRow, steps: Sequence[_Step], progress: Progress | None
) -> None:
    async with tenancy.platform() as db:
        await write_steps(db, row.id, [step.name for step in steps])
    tell = progress or (lambda _name, _done, _total: None)
    for step in steps:
        tell(step.name, 0, step.total)
        if row.state is not step.state:
            await _set_state(tenancy, row, step.state)
        await _mark(
            tenancy,
            row,
            step,
            state=StepState.RUNNING,
            done=0,
            started_at=datetime.now(UTC),
            finished_at=None,
            problem=None,
        )
        try:
            done = await step.do()
        except Exception as error:
            await _mark(
                tenancy,
                row,
                step,
                state=StepState.FAILED,
                finished_at=datetime.now(UTC),
                problem=_sentence(error),
            )
            await _set_state(tenancy, row, OnboardingState.FAILED)
            raise
        await _mark(tenancy, row, step, state=StepState.DONE, done=done, finished_at=datetime.now(UTC))
        tell(step.name, done, step.total)


async def _mark(tenancy: Tenancy, row: OnboardingRow, step: _Step, **values: object) -> None:
    async with tenancy.platform() as db:
        await db.execute(
            update(OnboardingStepRow)
            .where(OnboardingStepRow.onboarding_id == row.id, OnboardingStepRow.name == step.name)
            .values(total=step.total, **values)
        )
        await notify(db, tenancy, slug=row.slug, kind="onboarding.changed", reference=str(row.id))


async def _set_state(tenancy: Tenancy, row: OnboardingRow, state: OnboardingState) -> None:
    if row.state is state:
        return
    async with tenancy.platform() as db:
        await db.execute(update(OnboardingRow).where(OnboardingRow.id == row.id).values(state=state))
        await notify(db, tenancy, slug=row.slug, kind="onboarding.changed", reference=str(row.id))
    row.state = state


def _sentence(error: Exception) -> str:
    """What is kept of a failure: a refusal in both languages, of anything else no more than its kind."""
    if isinstance(error, Problem):
        return f"{error.message('zh')}\n{error.message('en')}"
    return f"内部错误({type(error).__name__})。\nInternal error ({type(error).__name__})."


async def _is_current(tenancy: Tenancy, slug: str, digest: str) -> bool:
    district = await _known(tenancy, slug)
    if district is None or district.status is DistrictStatus.PROVISIONING:
        return False
    tenancy.forget(slug)
    return (await tenancy.rules(district)).settings.get(HASH) == digest


async def _known(tenancy: Tenancy, slug: str) -> District | None:
    await tenancy.registry.refresh(slug)
    return tenancy.registry.find(slug)


async def _row_of(tenancy: Tenancy, profile: Profile) -> OnboardingRow:
    """The onboarding of the profile's slug: the live one, or the failed one to resume, or a new one."""
    async with tenancy.platform() as db:
        row = await live_row_of(db, profile.slug) or await failed_row_of(db, profile.slug)
        if row is not None and row.state in {OnboardingState.APPLIED, OnboardingState.VERIFIED}:
            raise ApplicationWaiting(slug=row.slug, id=row.id)
        if row is not None:
            return row
        admins = (
            person.key
            for person in profile.staff
            if person.login and any(held.role is Role.ADMIN for held in person.assignments)
        )
        nobody = Contact(name="", phone="", email="")
        return await new_onboarding(
            db,
            slug=profile.slug,
            name=profile.name.zh,
            division_code=profile.division_code,
            brand=profile.brand.zh,
            template="profile",
            levels=profile.levels,
            admin_login=next(admins, ""),
            contact_sealed=seal_contact(tenancy.ring, nobody),
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
