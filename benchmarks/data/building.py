"""From nothing to a server full of districts: onboarded, filled, sealed, described. An unfinished build begins anew."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.data import tables_sql
from benchmarks.data.description import FILE, describe_district, is_built, note_addresses, write_description
from benchmarks.data.filling import fill, filling_of
from benchmarks.data.parameters import PASSWORD, Parameters
from benchmarks.data.profile import made_profile
from benchmarks.data.server import LOADING, running, settings_of

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.features.accounts.passwords import Passwords
from bangban.features.districts.onboarding import onboard
from bangban.features.profiles.profile import Template
from bangban.features.profiles.reader import TEMPLATE, read_template
from bangban.kernel.audit.sealing import seal_district
from bangban.kernel.database.embedded import discard
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import load_ring, make_file
from bangban.kernel.vault.keyring import KeyRing

Progress = Callable[[str, str, int, int], None]
"""Told district, step, how much of it is done, and of how much."""

AT_ONCE: Final = 2  # districts filled at the same time, each by a server process of its own


async def build(folder: Path, parameters: Parameters, *, progress: Progress) -> Path:
    """The finished build's description; made now, unless ``folder`` holds it already.

    A build with other parameters, or one that was interrupted, is deleted first. Nobody else may be using it.
    """
    if is_built(folder, parameters):
        async with running(folder) as admin:
            note_addresses(folder, admin)
        return folder / FILE
    ring = _emptied(folder)
    template = read_template(settings_of(folder).tenants / TEMPLATE)
    async with running(folder, LOADING) as admin:
        installation = await Installation.prepare(admin, ring)
        limits = Limits(statement_timeout_ms=600_000)
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=ring, limits=limits
        )
        try:
            await _districts(installation, tenancy, template, parameters, progress)
        finally:
            await tenancy.close()
        async with installation.connection() as connection:
            districts = [
                await describe_district(connection, installation.names, slug) for slug in parameters.sizes()
            ]
    return write_description(folder, installation, parameters, districts)


def _emptied(folder: Path) -> KeyRing:
    """The folder's keys, once nothing is left in it of an earlier build."""
    (folder / FILE).unlink(missing_ok=True)
    discard(folder / "postgres")
    folder.mkdir(parents=True, exist_ok=True)
    keys = settings_of(folder).key_file
    return load_ring(file=keys) if keys.exists() else make_file(keys)


async def _districts(
    installation: Installation,
    tenancy: Tenancy,
    template: Template,
    parameters: Parameters,
    progress: Progress,
) -> None:
    passwords = Passwords()
    try:
        hashed = await passwords.hash(PASSWORD)
    finally:
        passwords.close()
    waiting = deque(parameters.sizes().items())

    async def work() -> None:
        while waiting:
            slug, cases = waiting.popleft()
            await make_district(
                installation,
                tenancy,
                template,
                slug=slug,
                cases=cases,
                parameters=parameters,
                password_hash=hashed,
                progress=progress,
            )

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())


async def make_district(
    installation: Installation,
    tenancy: Tenancy,
    template: Template,
    *,
    slug: str,
    cases: int,
    parameters: Parameters,
    password_hash: str,
    progress: Progress,
) -> None:
    """One district: onboarded from a made-up profile, filled with cases, its trail sealed."""
    profile = made_profile(slug, template)
    await onboard(
        installation,
        tenancy,
        profile,
        progress=lambda step, done, total: progress(slug, step, done, total),
    )
    district = tenancy.registry.get(slug)
    filling = await filling_of(tenancy, district, cases=cases, seed=parameters.seed)
    async with installation.connection() as connection:
        await connection.execute(
            tables_sql.PASSWORDS.format(s=quoted(district.schema)), password_hash, datetime.now(UTC)
        )
        await fill(connection, filling, progress=lambda done, total: progress(slug, "cases", done, total))
    if parameters.seal:
        progress(slug, "seals", 0, 1)
        await seal_district(tenancy, district)
        progress(slug, "seals", 1, 1)
