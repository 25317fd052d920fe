"""The tasks of an application: making its district with an invitation, or removing what is half made."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.accounts.invitations import invite_staff
from bangban.features.districts.contact import Contact, open_contact
from bangban.features.districts.making import alone, known, making_steps
from bangban.features.districts.own_rules import profile_digest
from bangban.features.districts.platform import platform_work
from bangban.features.districts.running import Step, Told, run_steps
from bangban.features.districts.service import APPLICATION_STEPS, INVITATION, get_row
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.districts.templates import profile_of_application
from bangban.features.people.contacts import set_contact
from bangban.features.people.tables import StaffRow
from bangban.kernel.jobs.tasks import Handler, Task
from bangban.kernel.messenger.channel import hand_over
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy


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
        async with alone(installation, row.slug):
            async with tenancy.platform() as db:
                row = await get_row(db, row.id)
            if row.state not in (OnboardingState.PROVISIONING, OnboardingState.FAILED):
                return {"slug": row.slug}  # all was done when the one before was interrupted
            contact = open_contact(tenancy.ring, row.contact_sealed)
            profile = profile_of_application(row, contact, templates=templates)
            digest = profile_digest(profile)
            steps = [
                *making_steps(installation, tenancy, profile, digest),
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
        async with alone(installation, row.slug):
            district = await known(tenancy, row.slug)
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
