"""查看未脱敏信息: an applicant in the clear, with permission, reason, record and limit (DESIGN 7)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from bangban.features.accounts.tables import AttemptRow
from bangban.features.cases.rules.facts import said
from bangban.features.cases.rules.transition import Audit
from bangban.features.cases.service.applicant import IDENTITY_CONTEXT, PHONE_CONTEXT
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.service.saving import record
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput, RateLimited
from bangban.kernel.tenancy.work import Work

ATTEMPT_KIND = "reveal"
MOST_AN_HOUR = 20
WINDOW = timedelta(hours=1)
SHORTEST_REASON = 5  # characters


class Revealed(NamedTuple):
    """An applicant in the clear."""

    identity_number: str
    phone: str
    name: str


async def reveal_applicant(work: Work, *, number: str, reason: str) -> Revealed:
    """The applicant of a case, unmasked. The reason goes into the audit trail.

    Raises:
        NotFound, Forbidden: The caller may not see the case, or not reveal it.
        InvalidInput: The reason is shorter than five characters.
        RateLimited: The caller revealed 20 cases within the hour.
    """
    why = said(reason)
    if why is None or len(why) < SHORTEST_REASON:
        raise InvalidInput(
            "State why you need this, in at least five characters.",
            "请说明查看理由,不少于五个字。",
            fields=("input.reason",),
        )
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_REVEAL,))
    loaded.authorise(Permission.CASE_REVEAL)
    await _count(work)
    record(work, loaded.row, Audit(action=Permission.CASE_REVEAL, details={"reason": why}))
    return Revealed(
        identity_number=work.vault.open(loaded.row.identity_sealed, context=IDENTITY_CONTEXT),
        phone=work.vault.open(loaded.row.phone_sealed, context=PHONE_CONTEXT),
        name=loaded.row.applicant_name,
    )


async def _count(work: Work) -> None:
    """Count one reveal of the caller, or refuse it. Their own row is locked, so that two count as two."""
    await work.db.execute(select(StaffRow.id).where(StaffRow.id == work.principal.id).with_for_update())
    subject = work.vault.lookup_hash(work.actor, purpose="attempt.reveal")
    since = work.now - WINDOW
    latest = (
        await work.db.scalars(
            select(AttemptRow.at)
            .where(AttemptRow.kind == ATTEMPT_KIND, AttemptRow.subject == subject, AttemptRow.at > since)
            .order_by(AttemptRow.at.desc())
            .limit(MOST_AN_HOUR)
        )
    ).all()
    if len(latest) >= MOST_AN_HOUR:
        raise RateLimited(seconds=math.ceil((latest[-1] - since).total_seconds()))
    work.db.add(AttemptRow(kind=ATTEMPT_KIND, subject=subject, at=work.now))
