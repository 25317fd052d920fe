"""Onboardings as rows: finding them, their steps, and the states of a district that is there already."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.districts.contact import open_contact, seal_contact
from bangban.features.districts.problems import OnboardingUnknown, SlugTaken
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault import KeyRing

STEPS: Final = ("provision", "areas", "catalog", "places", "people", "policy", "calendar", "profile", "live")
"""What onboarding does, in this order."""

INVITATION: Final = "invitation"
"""The last step of an application: the administrator's first password goes out."""

APPLICATION_STEPS: Final = (*(name for name in STEPS if name != "live"), INVITATION)
"""The same for an application: what opens the district is its own administrator's word."""

OPEN_STATES: Final = frozenset({OnboardingState.APPLIED, OnboardingState.VERIFIED, OnboardingState.FAILED})
"""States in which somebody has still to do something: verify, approve, or retry."""

_ONWARD: Final = {
    OnboardingState.CONFIGURING: (OnboardingState.READY,),
    OnboardingState.READY: (OnboardingState.CONFIGURING,),
    OnboardingState.LIVE: (OnboardingState.CONFIGURING, OnboardingState.READY),
}
"""From which states a provisioned district's onboarding comes to another."""


async def new_onboarding(db: AsyncSession, **values: object) -> OnboardingRow:
    """A new row; raises ``SlugTaken`` where a live one has the slug, also one made at this very moment."""
    row: OnboardingRow | None = await db.scalar(
        insert(OnboardingRow)
        .values({"id": new_id(), **values})
        .on_conflict_do_nothing()
        .returning(OnboardingRow)
    )
    if row is None:
        raise SlugTaken(str(values["slug"]))
    return row


async def is_served(db: AsyncSession, division_code: str | None, *, slug: str) -> bool:
    """Whether a district other than ``slug`` has this division code; a zone shares its county's."""
    if division_code is None:
        return False
    same = exists().where(DistrictRow.division_code == division_code, DistrictRow.slug != slug)
    return bool(await db.scalar(select(same)))


async def write_steps(db: AsyncSession, onboarding_id: UUID, names: Sequence[str]) -> None:
    """Give an onboarding that has none its steps, all waiting."""
    await db.execute(
        insert(OnboardingStepRow),
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


async def forget_steps(db: AsyncSession, onboarding_id: UUID) -> None:
    """Take an onboarding's steps away: it begins anew."""
    await db.execute(delete(OnboardingStepRow).where(OnboardingStepRow.onboarding_id == onboarding_id))


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
    await tell(db, tenancy.names.channel, slug=slug, kind="onboarding.changed", reference=str(moved))
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
