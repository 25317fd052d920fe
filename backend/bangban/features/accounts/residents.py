"""Residents and firms' contacts, known by their phone 申请人账户."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.accounts.tables import ResidentRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.identifiers.masks import mask_phone
from bangban.kernel.ids import new_id
from bangban.kernel.messenger.routing import Form
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.district import DistrictVault

PHONE_CONTEXT = "resident.phone"
WECHAT_CONTEXT = "resident.wechat"


def phone_hash(vault: DistrictVault, phone: str) -> bytes:
    """The look-up hash of a normalised phone, the same for residents, codes and their limits."""
    return vault.lookup_hash(phone, purpose="phone")


def ways_to_resident(vault: DistrictVault, *, wechat: bytes | None, phone: str) -> tuple[str, ...]:
    """Where messages go, in the order in which to try: WeChat, where they have bound it (sealed), then the phone."""
    return (
        (phone,) if wechat is None else (f"{Form.WECHAT}:{vault.open(wechat, context=WECHAT_CONTEXT)}", phone)
    )


_HOLD = Written(
    select(ResidentRow.phone_masked)
    .where(ResidentRow.id == Given("resident_id", Uuid()))
    .with_for_update(key_share=True)
)


async def hold_resident(work: Work, resident_id: UUID) -> str:
    """Lock a resident until the transaction ends, so that what is theirs can be counted; their masked phone."""
    (row,) = await work.run(_HOLD, resident_id=resident_id)
    shown: str = row.phone_masked
    return shown


async def find_resident(work: Work, phone: str) -> ResidentRow | None:
    """The resident with this normalised phone, or None."""
    found = select(ResidentRow).where(ResidentRow.phone_hash == phone_hash(work.vault, phone))
    resident: ResidentRow | None = await work.db.scalar(found)
    return resident


async def resident_of_phone(work: Work, phone: str, *, language: str = "zh-CN") -> ResidentRow:
    """The resident with this normalised phone; made now if it is the first time, with ``language`` as a guess.

    Safe to race.
    """
    known = await find_resident(work, phone)
    if known is not None:
        return known
    await work.db.execute(
        insert(ResidentRow)
        .values(
            id=new_id(),
            phone_sealed=work.vault.seal(phone, context=PHONE_CONTEXT),
            phone_hash=phone_hash(work.vault, phone),
            phone_masked=mask_phone(phone),
            created_at=work.now,
            language=language,
        )
        .on_conflict_do_nothing(index_elements=[ResidentRow.phone_hash])
    )
    made = await find_resident(work, phone)
    if made is None:
        raise LookupError("a resident was written and is not there")
    return made
