"""What is done about a duty 督办: it is settled with words, or the holder of its case is urged 催办."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.supervision.problems import DutyUnknown
from bangban.features.supervision.rules import Duty, check_settling, check_urging
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

URGED = "duty.urged"
"""Announced with a duty's id: whoever has it in hand is told."""


async def settle_duty(work: Work, *, duty_id: UUID, result: str) -> UUID:
    """Settle a duty with what was done. Of two who do so at once, one does.

    Raises Forbidden, ``DutyUnknown``, ``DutyOver``, InvalidInput.
    """
    duty, about, area_id = await _get(work, duty_id)
    duty.result = check_settling(Duty(state=duty.state, urged_at=duty.urged_at), result=result)
    duty.state, duty.ended_at, duty.settled_by = DutyState.SETTLED, work.now, work.principal.id
    _record(work, duty, about, area_id, "settled")
    work.announce("duty.settled", str(duty.id))
    return duty.id


async def urge_holder(work: Work, *, duty_id: UUID) -> UUID:
    """Remind whoever has it in hand. Raises Forbidden, ``DutyUnknown``, ``DutyOver``, ``UrgedLately``."""
    duty, about, area_id = await _get(work, duty_id)
    check_urging(Duty(state=duty.state, urged_at=duty.urged_at), now=work.now)
    duty.urged_at = work.now
    _record(work, duty, about, area_id, "urged")
    work.announce(URGED, str(duty.id))
    return duty.id


async def _get(work: Work, duty_id: UUID) -> tuple[DutyRow, str, UUID]:
    """The duty, locked, what it is about, and in which area. Raises Forbidden, ``DutyUnknown``."""
    work.grants.require(Permission.DUTY_SETTLE)
    found = (
        await work.db.execute(
            select(DutyRow, CaseRow.number, AreaRow.id, AreaRow.path)
            .outerjoin(CaseRow, CaseRow.id == DutyRow.case_id)
            .join(AreaRow, AreaRow.id == func.coalesce(CaseRow.area_id, DutyRow.area_id))
            .where(DutyRow.id == duty_id)
            .with_for_update(of=DutyRow)
        )
    ).one_or_none()
    if found is None or not work.grants.scope(Permission.DUTY_SETTLE).covers(found[3]):
        raise DutyUnknown
    duty, number, area_id, _ = found
    return duty, f"duty:{duty.id}" if number is None else f"case:{number}", area_id


def _record(work: Work, duty: DutyRow, about: str, area_id: UUID, what: str) -> None:
    work.record(
        action=Permission.DUTY_SETTLE,
        object=about,
        area_id=area_id,
        details={"duty": str(duty.id), "kind": duty.kind.value, "done": what},
    )
