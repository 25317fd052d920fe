"""Applications to join: made by anybody, followed with a ticket, decided by an operator."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.limits import Limit, Window, take_turn
from bangban.features.accounts.tables import PlatformAttemptRow
from bangban.features.districts.contact import Contact, open_contact, phone_subject, seal_contact
from bangban.features.districts.platform import notify
from bangban.features.districts.problems import OnboardingDecided, OnboardingUnknown, SlugTaken
from bangban.features.districts.rules import Application, check_application
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.kernel.ids import new_id
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault import KeyRing

STEPS: Final = ("provision", "areas", "catalog", "people", "policy", "profile", "live")
"""What onboarding does, in this order."""

INVITATION: Final = "invitation"
"""The last step of an application: the administrator's first password goes out."""

APPLYING: Final = Limit("onboarding", (Window(most=5, seconds=24 * 3600),))
OPEN_STATES: Final = frozenset({OnboardingState.APPLIED, OnboardingState.VERIFIED, OnboardingState.FAILED})
"""States in which an operator may still decide; a failed one is approved once more and resumes."""

_ONWARD: Final = {
    OnboardingState.CONFIGURING: (OnboardingState.READY,),
    OnboardingState.READY: (OnboardingState.CONFIGURING,),
    OnboardingState.LIVE: (OnboardingState.CONFIGURING, OnboardingState.READY),
}
"""From which states a provisioned district's onboarding comes to another."""


async def apply_for_onboarding(
    tenancy: Tenancy, application: Application, *, templates: Collection[str], now: datetime | None = None
) -> tuple[OnboardingRow, str]:
    """Take an application; the row, and the ticket that its applicant follows it with. Only its hash is kept.

    Raises ``ApplicationFaulty`` with every fault, ``RateLimited`` after five applications of one phone in a
    day, ``SlugTaken``.
    """
    at = now or datetime.now(UTC)
    wished = check_application(application, templates=templates)
    await count_application(tenancy, wished, now=at)
    async with tenancy.platform() as db:
        return await apply_in(db, tenancy, wished, now=at)


async def count_application(tenancy: Tenancy, application: Application, *, now: datetime) -> None:
    """Count a try of the contact's phone, in a transaction of its own, so that a refused one counts too.

    Raises ``RateLimited``.
    """
    async with tenancy.platform() as db:
        subject = phone_subject(tenancy.ring, application.contact_phone)
        turn = await take_turn(db, PlatformAttemptRow, APPLYING, subject=subject, now=now)
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)


async def apply_in(
    db: AsyncSession, tenancy: Tenancy, application: Application, *, now: datetime
) -> tuple[OnboardingRow, str]:
    """The same inside the caller's platform transaction, for a checked and counted application."""
    if await db.get(DistrictRow, application.slug) is not None:
        raise SlugTaken(application.slug)
    ticket = secrets.token_urlsafe(32)
    contact = Contact(
        name=application.contact_name, phone=application.contact_phone, email=application.contact_email
    )
    row = await new_onboarding(
        db,
        slug=application.slug,
        name=application.name,
        division_code=application.division_code,
        brand=application.brand or application.name,
        template=application.template,
        levels=application.levels,
        admin_login=application.admin_login,
        contact_sealed=seal_contact(tenancy.ring, contact),
        ticket_hash=hash_ticket(ticket),
        state=OnboardingState.APPLIED,
        applied_at=now,
    )
    await write_steps(db, row.id, (*STEPS, INVITATION))
    return row, ticket


async def new_onboarding(db: AsyncSession, **values: object) -> OnboardingRow:
    """A new row; raises ``SlugTaken`` where a live one has the slug, also one made at this very moment."""
    onboarding_id = await db.scalar(
        insert(OnboardingRow)
        .values(id=new_id(), **values)
        .on_conflict_do_nothing()
        .returning(OnboardingRow.id)
    )
    if onboarding_id is None:
        raise SlugTaken(str(values["slug"]))
    return await get_row(db, onboarding_id)


async def write_steps(db: AsyncSession, onboarding_id: UUID, names: Sequence[str]) -> None:
    """Give an onboarding its steps, all waiting; those it has are left alone."""
    await db.execute(
        insert(OnboardingStepRow).on_conflict_do_nothing(),
        [
            {
                "id": new_id(),
                "onboarding_id": onboarding_id,
                "position": position,
                "name": name,
                "state": StepState.WAITING,
                "done": 0,
                "total": 0,
            }
            for position, name in enumerate(names)
        ],
    )


async def find_onboarding(tenancy: Tenancy, onboarding_id: UUID, ticket: str) -> OnboardingRow | None:
    """The onboarding that the ticket belongs to, or None; a wrong ticket tells nothing."""
    async with tenancy.platform() as db:
        row = await db.get(OnboardingRow, onboarding_id)
    return row if row is not None and compare_digest(row.ticket_hash, hash_ticket(ticket)) else None


async def get_onboarding(tenancy: Tenancy, onboarding_id: UUID, ticket: str) -> OnboardingRow:
    """The same; raises ``OnboardingUnknown``."""
    row = await find_onboarding(tenancy, onboarding_id, ticket)
    if row is None:
        raise OnboardingUnknown
    return row


async def list_onboardings(
    tenancy: Tenancy, *, states: Collection[OnboardingState] = tuple(OnboardingState)
) -> Sequence[OnboardingRow]:
    """Onboardings in these states, the newest first. For operators."""
    async with tenancy.platform() as db:
        rows = await db.scalars(
            select(OnboardingRow)
            .where(OnboardingRow.state.in_(states))
            .order_by(OnboardingRow.applied_at.desc(), OnboardingRow.id.desc())
        )
        return rows.all()


async def steps_of(tenancy: Tenancy, onboarding_id: UUID) -> Sequence[OnboardingStepRow]:
    """The steps of an onboarding, in their order."""
    async with tenancy.platform() as db:
        rows = await db.scalars(
            select(OnboardingStepRow)
            .where(OnboardingStepRow.onboarding_id == onboarding_id)
            .order_by(OnboardingStepRow.position)
        )
        return rows.all()


async def reject(tenancy: Tenancy, onboarding_id: UUID) -> None:
    """Turn an application down; its slug is free again.

    Raises ``OnboardingUnknown``, ``OnboardingDecided``.
    """
    async with tenancy.platform() as db:
        row = await get_row(db, onboarding_id)
        if row.state not in OPEN_STATES or await db.get(DistrictRow, row.slug) is not None:
            raise OnboardingDecided(state=row.state)
        row.state = OnboardingState.REJECTED
        await notify(db, tenancy, slug=row.slug, kind="onboarding.changed", reference=str(row.id))


async def set_onboarding_state(db: AsyncSession, tenancy: Tenancy, slug: str, state: OnboardingState) -> bool:
    """Move a provisioned district's onboarding on: CONFIGURING to READY and back, either to LIVE; whether it moved.

    In the caller's platform transaction; whoever follows the onboarding is told when it commits. One that is live,
    or not provisioned yet, stays as it is.
    """
    before = _ONWARD[state]
    moved = await db.scalar(
        update(OnboardingRow)
        .where(OnboardingRow.slug == slug, OnboardingRow.state.in_(before))
        .values(state=state)
        .returning(OnboardingRow.id)
    )
    if moved is None:
        return False
    await notify(db, tenancy, slug=slug, kind="onboarding.changed", reference=str(moved))
    return True


async def reseal_contacts(tenancy: Tenancy, ring: KeyRing) -> int:
    """Seal every contact under the ring's current key, as a rotation asks before the former key goes.

    How many there are. Raises ``SealBroken`` where one opens under no key of the ring.
    """
    async with tenancy.platform() as db:
        rows = (await db.scalars(select(OnboardingRow).with_for_update())).all()
        for row in rows:
            row.contact_sealed = seal_contact(ring, open_contact(ring, row.contact_sealed))
    return len(rows)


async def live_row_of(db: AsyncSession, slug: str) -> OnboardingRow | None:
    """The onboarding that holds the slug, or None."""
    over = (OnboardingState.REJECTED, OnboardingState.FAILED)
    return await db.scalar(
        select(OnboardingRow).where(OnboardingRow.slug == slug, OnboardingRow.state.not_in(over))
    )


async def failed_row_of(db: AsyncSession, slug: str) -> OnboardingRow | None:
    """The last onboarding of the slug that failed, or None."""
    return await db.scalar(
        select(OnboardingRow)
        .where(OnboardingRow.slug == slug, OnboardingRow.state == OnboardingState.FAILED)
        .order_by(OnboardingRow.id.desc())
        .limit(1)
    )


async def get_row(db: AsyncSession, onboarding_id: UUID) -> OnboardingRow:
    """The row, locked; raises ``OnboardingUnknown``."""
    row = await db.get(OnboardingRow, onboarding_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise OnboardingUnknown
    return row


def hash_ticket(ticket: str) -> bytes:
    """What is stored of a ticket, and what an onboarding is found by."""
    # The ticket has 256 random bits, so a plain digest cannot be guessed back.
    return hashlib.sha256(ticket.encode()).digest()
