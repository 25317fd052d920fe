"""一次性告知: how it is given, and that it was acknowledged (DOMAIN B03)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from bangban.features.cases import rules
from bangban.features.cases.rules.assistance import assistance_of, check_phrases
from bangban.features.cases.rules.facts import Supplying
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.values import NoticeChannel, NoticeSigner
from bangban.features.catalog.service.taking import require_taken_at
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

LONGEST_HOW: Final = 300  # characters


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What somebody says of a notice as they give it: by which way, and how and where to supply what is missing."""

    channel: NoticeChannel | None = None
    how: str | None = field(default=None, repr=False)
    where_id: UUID | None = None


NOTHING_TOLD: Final = Telling()


async def supplying_of(work: Work, telling: Telling, *, service_code: str, usual: NoticeChannel) -> Supplying:
    """The same as it may stand in a notice for this item. ``usual``: the channel where none is said.

    Raises:
        InvalidInput: ``how`` is too long.
        PhraseBanned, NumberInText: It says what may not be written, or somebody's number.
        PointUnknown, ItemNotTakenThere: There is no such point, or it does not take the item.
    """
    how = free_words(telling.how, fields=("input.how",), longest=LONGEST_HOW)
    check_phrases(assistance_of(work.settings).phrases, how=how)
    if telling.where_id is not None:
        await require_taken_at(work, telling.where_id, service_code, field="input.whereId")
    return Supplying(channel=telling.channel or usual, how=how, where_id=telling.where_id)


async def acknowledge_notice(work: Work, *, number: str, signer: NoticeSigner | None = None) -> CaseId:
    """签收告知, by whoever may hand in what it names. Raises as ``rules.acknowledge_notice``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_SUPPLY,))
    loaded.authorise(Permission.CASE_SUPPLY)
    acknowledged = rules.acknowledge_notice(
        loaded.facts, signer=signer, actor=loaded.actor, occasion=loaded.occasion
    )
    return await save(loaded, acknowledged)
