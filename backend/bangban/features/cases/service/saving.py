"""Writing a transition: state, event, audit entry and outbox rows in the one transaction of the work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from bangban.features.cases.rules.transition import Audit, Transition
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.service.statement import writing
from bangban.features.cases.service.written_values import changes_of, event_values
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work


async def save(loaded: Loaded, transition: Transition, *, under: UUID | None = None) -> CaseId:
    """Write what the act changed, in one statement, and record it; ``under``: the delegation that allowed it."""
    transition = transition.under(under)
    row = loaded.row
    values: dict[str, Any] = {"case_id": row.id, **event_values(transition.event, loaded.work)}
    parts = ["event"]
    for part, given in changes_of(loaded, transition):
        if given:
            parts.append(part)
            values |= given
    await loaded.work.run(writing(tuple(parts)), **values)
    keep_record(loaded.work, row, transition)
    return CaseId(row.id)


def keep_record(work: Work, row: Any, transition: Transition) -> None:
    """The trail's entry and the outbox's kinds of one transition, on a row with ``id``, ``number``, ``area_id``."""
    record(work, row, transition.audit)
    for kind in transition.announce:
        work.announce(kind.value, str(row.id))


def record(work: Work, row: Any, audit: Audit) -> None:
    """One entry of the audit trail about a case."""
    work.record(
        action=audit.action,
        object=f"case:{row.number}",
        area_id=row.area_id,
        details=dict(audit.details),
    )
