"""The steps that make a district, in their order, and one maker of a slug at a time."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bangban.features.districts.own_rules import take_over_closures, take_over_policy, take_over_profile
from bangban.features.districts.platform import platform_work
from bangban.features.districts.running import Step
from bangban.features.districts.steps import (
    take_over_areas,
    take_over_catalog,
    take_over_people,
    take_over_places,
)
from bangban.features.profiles.profile import Profile
from bangban.kernel.database.telling import tell
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def making_steps(installation: Installation, tenancy: Tenancy, profile: Profile, digest: str) -> list[Step]:
    """All steps but the last, by which an onboarding ends. ``digest`` is the profile's."""

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


async def _provision(installation: Installation, tenancy: Tenancy, profile: Profile) -> None:
    """Schema, roles and registry entry; where they exist, the registry's facts are brought up to date."""
    if await known(tenancy, profile.slug) is None:
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


async def known(tenancy: Tenancy, slug: str) -> District | None:
    """The district as the registry has it now, whatever its status."""
    await tenancy.registry.refresh(slug)
    return tenancy.registry.find(slug)


@asynccontextmanager
async def alone(installation: Installation, slug: str) -> AsyncIterator[None]:
    """One onboarding of a slug at a time in the installation; the second waits and finds it done."""
    key = (zlib.crc32(b"onboarding") << 31) | (zlib.crc32(f"{installation.names.tag} {slug}".encode()) >> 1)
    async with installation.connection() as connection:
        # Held by the session, across the steps' own transactions; closing the connection lets it go.
        await connection.execute("SELECT pg_advisory_lock($1)", key)
        yield
