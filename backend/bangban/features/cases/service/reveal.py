"""查看未脱敏信息: an applicant in the clear, with permission, reason, record and limit (DESIGN 7)."""

from __future__ import annotations

from typing import Final, NamedTuple

from bangban.features.accounts.limits import Limit, Window, take_turn
from bangban.features.accounts.tables import AttemptRow
from bangban.features.cases.problems import DataErased
from bangban.features.cases.rules.transition import Audit
from bangban.features.cases.service.applicant import IDENTITY_CONTEXT, PHONE_CONTEXT
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.service.mode_fields import open_mode_fields
from bangban.features.cases.service.saving import record
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput, RateLimited
from bangban.kernel.tenancy.work import Work

REVEAL: Final = Limit("reveal", (Window(most=20, seconds=3600),))
SHORTEST_REASON = 5  # characters


class Revealed(NamedTuple):
    """An applicant in the clear."""

    identity_number: str
    phone: str
    name: str
    mode_details: list[dict[str, str]]


async def reveal_applicant(work: Work, *, number: str, reason: str) -> Revealed:
    """The applicant of a case, unmasked. The reason goes into the audit trail.

    Raises:
        NotFound, Forbidden: The caller may not see the case, or not reveal it.
        InvalidInput: The reason is shorter than five characters.
        DataErased: The retention period of the case is over.
        RateLimited: The caller revealed 20 cases within the hour.
    """
    why = reason_to_reveal(reason)
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_REVEAL,))
    loaded.authorise(Permission.CASE_REVEAL)
    identity, phone = loaded.row.identity_sealed, loaded.row.phone_sealed
    if identity is None or phone is None:
        raise DataErased
    await count_reveal(work)
    record(work, loaded.row, Audit(action=Permission.CASE_REVEAL, details={"reason": why}))
    return Revealed(
        identity_number=work.vault.open(identity, context=IDENTITY_CONTEXT),
        phone=work.vault.open(phone, context=PHONE_CONTEXT),
        name=loaded.row.applicant_name,
        mode_details=open_mode_fields(work, loaded.row.mode_fields_sealed),
    )


def reason_to_reveal(reason: str) -> str:
    """The reason as it is recorded. Raises InvalidInput for one that says nothing or too much, ``NumberInText``."""
    why = free_words(reason, fields=("input.reason",))
    if why is None or len(why) < SHORTEST_REASON:
        raise InvalidInput(
            f"State why you need this, in at least {SHORTEST_REASON} characters.",
            f"请说明查看理由,不少于 {SHORTEST_REASON} 个字。",
            fields=("input.reason",),
        )
    return why


async def count_reveal(work: Work) -> None:
    """Count one reveal of the caller, or refuse it. Only reveals that succeed stay counted."""
    subject = work.vault.lookup_hash(work.actor, purpose=REVEAL.kind)
    turn = await take_turn(work.db, AttemptRow, REVEAL, subject=subject, now=work.now)
    if turn.attempt is None:
        raise RateLimited(seconds=turn.seconds)
