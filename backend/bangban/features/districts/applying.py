"""Applying to join: made by anybody, verified by a code that goes to the contact's phone (see ``verifying``).

Whoever does not verify in time loses the slug: nobody can sit on the names of others.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.limits import Limit, Window, take_turn
from bangban.features.accounts.tables import PlatformAttemptRow
from bangban.features.districts.contact import (
    NOBODY,
    Contact,
    address_subject,
    mask_contact,
    phone_subject,
    seal_contact,
)
from bangban.features.districts.problems import OnboardingExpired, SlugTaken
from bangban.features.districts.rules import Application, Terms, check_application
from bangban.features.districts.service import (
    APPLICATION_STEPS,
    hash_ticket,
    is_served,
    new_onboarding,
    write_steps,
)
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.features.districts.verifying import CODES, DAY, Code
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id
from bangban.kernel.messenger.message import Message
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy

OF_PHONE: Final = Limit("onboarding", (Window(most=5, seconds=DAY),))
_TOO_LATE: Final = OnboardingExpired()


class Applied(NamedTuple):
    """An application that was taken. Only the ticket's hash is kept; the message is sent after the commit."""

    row: OnboardingRow
    ticket: str
    message: Message


async def apply_for_onboarding(
    tenancy: Tenancy,
    application: Application,
    *,
    templates: Collection[str],
    terms: Terms | None = None,
    address: str = "",
    now: datetime | None = None,
) -> Applied:
    """Take an application in transactions of its own. The caller sends the message.

    Raises ``ApplicationFaulty`` with every fault, ``RateLimited`` after five applications of one phone, or too many
    of one address, in a day, ``SlugTaken``.
    """
    at, held = now or datetime.now(UTC), terms or Terms()
    wished = check_application(application, templates=templates)
    await count_application(tenancy, wished, terms=held, address=address, now=at)
    async with tenancy.platform() as db:
        return await apply_in(db, tenancy, wished, terms=held, now=at)


async def count_application(
    tenancy: Tenancy, application: Application, *, terms: Terms, address: str, now: datetime
) -> None:
    """Count a try of the contact's phone and of the client's address, in a transaction of its own, so that a refused
    one counts too.

    Raises ``RateLimited``.
    """
    of_address = Limit("onboarding-address", (Window(most=terms.address_daily, seconds=DAY),))
    async with tenancy.platform() as db:
        subject = address_subject(tenancy.ring, address)
        turn = await take_turn(db, PlatformAttemptRow, of_address, subject=subject, now=now)
        if turn.attempt is not None:
            subject = phone_subject(tenancy.ring, application.contact_phone)
            turn = await take_turn(db, PlatformAttemptRow, OF_PHONE, subject=subject, now=now)
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)


async def apply_in(
    db: AsyncSession,
    tenancy: Tenancy,
    application: Application,
    *,
    terms: Terms,
    now: datetime,
    language: str = "zh-CN",
    request_id: str = "-",
) -> Applied:
    """The same inside the caller's platform transaction, for a checked and counted application."""
    if await db.scalar(select(DistrictRow.slug).where(DistrictRow.slug == application.slug)) is not None:
        raise SlugTaken(application.slug)
    await expire(db, tenancy, now=now, slug=application.slug)
    ticket, onboarding_id = secrets.token_urlsafe(32), new_id()
    contact = Contact(
        name=application.contact_name, phone=application.contact_phone, email=application.contact_email
    )
    code = Code.fresh(tenancy, onboarding_id, terms=terms, now=now)
    row = await new_onboarding(
        db,
        id=onboarding_id,
        slug=application.slug,
        name=application.name,
        division_code=application.division_code,
        brand=application.brand or application.name,
        template=application.template,
        levels=application.levels,
        admin_login=application.admin_login,
        contact_sealed=seal_contact(tenancy.ring, contact),
        contact_masked=mask_contact(contact),
        language=language,
        ticket_hash=hash_ticket(ticket),
        state=OnboardingState.APPLIED,
        applied_at=now,
        held_until=now + terms.unverified_lifetime,
        code_hash=code.hash,
        code_ends_at=code.ends_at,
    )
    await write_steps(db, row.id, APPLICATION_STEPS)
    # Counted, so that another one has to wait for its minute; the first is never refused.
    await take_turn(
        db, PlatformAttemptRow, CODES, subject=phone_subject(tenancy.ring, contact.phone), now=now
    )
    await record_platform(
        db,
        actor=f"applicant:{row.id}",
        action=Permission.ONBOARDING_APPLY,
        object=f"onboarding:{row.id}",
        details={
            "slug": row.slug,
            "division_code_served": await is_served(db, row.division_code, slug=row.slug),
        },
        request_id=request_id,
        now=now,
    )
    return Applied(row, ticket, code.message(row, contact))


async def expire(db: AsyncSession, tenancy: Tenancy, *, now: datetime, slug: str | None = None) -> int:
    """End applications, or the one for ``slug``, whose contact was not verified in time; how many there were.

    Nobody showed that the contact is theirs, so it is forgotten.
    """
    over = [OnboardingRow.state == OnboardingState.APPLIED, OnboardingRow.held_until <= now]
    if slug is not None:
        over.append(OnboardingRow.slug == slug)
    rows = (await db.scalars(select(OnboardingRow).where(*over).with_for_update())).all()
    for row in rows:
        row.state = OnboardingState.REJECTED
        row.reason = f"{_TOO_LATE.message('zh')}\n{_TOO_LATE.message('en')}"
        row.contact_sealed, row.contact_masked, row.code_hash = seal_contact(tenancy.ring, NOBODY), "", None
        await tell(db, tenancy.names.channel, slug=row.slug, kind="onboarding.changed", reference=str(row.id))
    await db.flush()
    return len(rows)


async def sweep_applications(tenancy: Tenancy, *, now: datetime | None = None) -> None:
    """``expire`` all that is over; for the background."""
    async with tenancy.platform() as db:
        await expire(db, tenancy, now=now or datetime.now(UTC))
