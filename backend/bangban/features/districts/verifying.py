"""The code that shows that an applicant's contact is theirs: sending it, trying it, sending another.

It is stored as a keyed hash, ends after ``code_lifetime``, after five wrong tries, or when another is sent.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.limits import Limit, Window, take_turn
from bangban.features.accounts.tables import PlatformAttemptRow
from bangban.features.districts.contact import Contact, code_hash, open_contact, phone_subject
from bangban.features.districts.deciding import begin
from bangban.features.districts.problems import OnboardingDecided, OnboardingExpired, OnboardingUnknown
from bangban.features.districts.rules import Terms
from bangban.features.districts.service import get_row, is_served
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.identifiers.text import plain
from bangban.kernel.messenger.message import Message
from bangban.kernel.messenger.templates import Template
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.tenancy import Tenancy

MOST_TRIES: Final = 5
DAY: Final = 24 * 3600
_DIGITS: Final = 6
_FORM: Final = re.compile(rf"[0-9]{{{_DIGITS}}}")

CODES: Final = Limit("onboarding-code", (Window(most=1, seconds=60), Window(most=10, seconds=DAY)))


async def own_row(db: AsyncSession, onboarding_id: UUID, ticket: bytes | None) -> OnboardingRow:
    """The row, locked, for whoever holds its ticket; raises ``OnboardingUnknown`` for anybody else."""
    row = await get_row(db, onboarding_id)
    if ticket is None or not compare_digest(row.ticket_hash, ticket):
        raise OnboardingUnknown
    return row


async def verify_in(
    db: AsyncSession,
    tenancy: Tenancy,
    row: OnboardingRow,
    code: str,
    *,
    terms: Terms,
    now: datetime,
    request_id: str = "-",
) -> bool:
    """Whether the code was right; the contact then is verified, and the application goes on as ``terms`` say.

    The caller holds the row's lock, commits, and refuses after the commit: a wrong try must stay counted.
    Raises ``OnboardingExpired``, ``OnboardingDecided`` once it is verified.
    """
    _check_unverified(row, now)
    typed = plain(code)
    given = code_hash(tenancy.ring, row.id, typed if _FORM.fullmatch(typed) else "")
    valid = row.code_ends_at is not None and row.code_ends_at > now and row.code_tries < MOST_TRIES
    right = row.code_hash is not None and compare_digest(row.code_hash, given) and valid
    actor, object_ = f"applicant:{row.id}", f"onboarding:{row.id}"
    if not right:
        row.code_tries += 1
    await record_platform(
        db,
        actor=actor,
        action=Permission.ONBOARDING_APPLY,
        object=object_,
        details={"contact": "verified"} if right else {"refused": "code"},
        request_id=request_id,
        now=now,
    )
    if right:
        row.state, row.code_hash, row.code_ends_at = OnboardingState.VERIFIED, None, None
        served = await is_served(db, row.division_code, slug=row.slug)
        if terms.approval.waived(row.division_code, served=served):
            await begin(db, tenancy, row, actor=actor, now=now)
        await tell(db, tenancy.names.channel, slug=row.slug, kind="onboarding.changed", reference=str(row.id))
    await db.flush()
    return right


async def resend_in(
    db: AsyncSession, tenancy: Tenancy, row: OnboardingRow, *, terms: Terms, now: datetime
) -> Message:
    """Another code in the place of the one before; the message is sent after the commit.

    Raises ``RateLimited`` (one a minute and ten a day for a phone), ``OnboardingExpired``, ``OnboardingDecided``.
    """
    _check_unverified(row, now)
    contact = open_contact(tenancy.ring, row.contact_sealed)
    subject = phone_subject(tenancy.ring, contact.phone)
    turn = await take_turn(db, PlatformAttemptRow, CODES, subject=subject, now=now)
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)
    code = Code.fresh(tenancy, row.id, terms=terms, now=now)
    row.code_hash, row.code_ends_at, row.code_tries = code.hash, code.ends_at, 0
    await db.flush()
    return code.message(row, contact)


def _check_unverified(row: OnboardingRow, now: datetime) -> None:
    if row.state is not OnboardingState.APPLIED:
        raise OnboardingDecided(state=row.state)
    if row.held_until is not None and row.held_until <= now:
        raise OnboardingExpired


@dataclass(frozen=True)
class Code:
    """A code on its way: what is kept of it, and what is sent."""

    digits: str = field(repr=False)
    hash: bytes
    made_at: datetime
    ends_at: datetime

    @classmethod
    def fresh(cls, tenancy: Tenancy, onboarding_id: UUID, *, terms: Terms, now: datetime) -> Code:
        """A new one for an application."""
        digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        return cls(digits, code_hash(tenancy.ring, onboarding_id, digits), now, now + terms.code_lifetime)

    def message(self, row: OnboardingRow, contact: Contact) -> Message:
        """The code in the applicant's language."""
        return Message.of(
            Template.ONBOARDING_CODE,
            to=contact.phone,
            district=None,
            at=self.made_at,
            language=row.language,
            slug=row.slug,
            code=self.digits,
            minutes=max(1, (self.ends_at - self.made_at) // timedelta(minutes=1)),
        )
