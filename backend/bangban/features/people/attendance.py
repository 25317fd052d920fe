"""Who attended which training, asked of the database."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, any_, exists, func, select

from bangban.features.people.tables import TrainingRow
from bangban.features.people.training import TrainingKind
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work


def attended(staff: Any, training: Any) -> ColumnElement[bool]:
    """Whether somebody attended a training, of whose row these are the columns, and passed its test if it had one.

    To coach others is not that.
    """
    return and_(
        staff == any_(func.coalesce(training.passed, training.attendees)),
        training.kind.is_distinct_from(TrainingKind.COACHING.value),
    )


_ATTENDED: Final = Written(
    select(
        exists()
        .where(
            attended(Given("staff_id", Uuid()), TrainingRow),
            Given("service_code", Text()) == any_(TrainingRow.services),
        )
        .label("trained")
    )
)


async def has_attended(work: Work, staff_id: UUID, service_code: str) -> bool:
    """Whether somebody attended a training on the item."""
    (found,) = await work.run(_ATTENDED, staff_id=staff_id, service_code=service_code)
    return bool(found.trained)
