"""Who attended which training, asked of the database."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, exists, select

from bangban.features.people.tables import TrainingRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work

_ATTENDED: Final = Written(
    select(
        exists()
        .where(
            Given("staff_id", Uuid()) == any_(TrainingRow.attendees),
            Given("service_code", Text()) == any_(TrainingRow.services),
        )
        .label("trained")
    )
)


async def has_attended(work: Work, staff_id: UUID, service_code: str) -> bool:
    """Whether somebody attended a training on the item."""
    (found,) = await work.run(_ATTENDED, staff_id=staff_id, service_code=service_code)
    return bool(found.trained)
