"""Planning, reporting and cancelling outreach, and residents' consent to be told of offers (DOMAIN G13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.catalog.service.offered import offered_of
from bangban.features.outreach.problems import no_such_outreach
from bangban.features.outreach.rules import (
    Held,
    Plan,
    check_cancelling,
    check_interests,
    check_plan,
    check_report,
)
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.profiles.values import CareNeed
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotAuthenticated
from bangban.kernel.tenancy.work import Work

_INTERESTS: Final = cast("Table", InterestRow.__table__)


async def plan_outreach(work: Work, plan: Plan) -> UUID:
    """Plan an outreach at an area; its id.

    Raises Forbidden, AreaOutsideGrant, AreaUnknown, AreaRetired, ``OutreachFaulty`` with every fault.
    """
    work.grants.require(Permission.OUTREACH_HOLD)
    await _standing_area(work, plan.area_id, Permission.OUTREACH_HOLD)
    items = await offered_of(work, codes=plan.codes)
    bundles = await work.db.scalars(
        select(BundleRow.code).where(
            BundleRow.code.in_(list(plan.codes)),
            or_(BundleRow.effective_to.is_(None), BundleRow.effective_to > work.today),
        )
    )
    check_plan(plan, known=items.codes | set(bundles), today=work.today)
    row = OutreachRow(
        id=new_id(),
        area_id=plan.area_id,
        kind=plan.kind,
        place=plan.place,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        codes=list(plan.codes),
        audience=plan.audience,
        care_needs=list(plan.care_needs),
        planned_at=work.now,
        planned_by=_me(work),
    )
    work.db.add(row)
    await work.db.flush()
    work.record(
        action=Permission.OUTREACH_HOLD,
        object=f"outreach:{row.id}",
        area_id=plan.area_id,
        details={"kind": plan.kind.value, "codes": list(plan.codes)},
    )
    return row.id


async def report_outreach(work: Work, *, outreach_id: UUID, reached: int, questions: int) -> UUID:
    """Report how many people were reached and how many questions they had, once; of two at once, one does.

    Raises NotFound also to whoever holds none there; Forbidden, ``OutreachReported``, ``OutreachIsCancelled``,
    ``OutreachNotHeld``, ``OutreachFaulty``.
    """
    row, held = await _held(work, outreach_id)
    check_report(held, reached=reached, questions=questions, today=work.today)
    row.reached, row.questions = reached, questions
    row.reported_at, row.reported_by = work.now, _me(work)
    await work.db.flush()
    work.record(
        action=Permission.OUTREACH_HOLD,
        object=f"outreach:{row.id}",
        area_id=row.area_id,
        details={"reached": reached, "questions": questions},
    )
    return row.id


async def cancel_outreach(work: Work, *, outreach_id: UUID, reason: str) -> UUID:
    """Cancel what is not held, until its first day is over; of a report and a cancelling at once, one counts. Its id.

    Raises NotFound also to whoever holds none there; Forbidden, ``OutreachReported``, ``OutreachIsCancelled``,
    ``OutreachBegan``, ``OutreachFaulty``.
    """
    row, held = await _held(work, outreach_id)
    row.cancel_reason = check_cancelling(held, reason=reason, today=work.today)
    row.cancelled_at, row.cancelled_by = work.now, _me(work)
    await work.db.flush()
    work.record(
        action=Permission.OUTREACH_HOLD,
        object=f"outreach:{row.id}",
        area_id=row.area_id,
        details={"cancelled": True},
    )
    return row.id


async def set_interests(
    work: Work, *, area_id: UUID, themes: Sequence[str], care_needs: Sequence[CareNeed]
) -> UUID:
    """The caller, a resident, agrees to be told of offers at an area; replaces what they said before. Their id.

    Raises Forbidden, AreaUnknown, AreaRetired, ``OutreachFaulty``.
    """
    work.grants.require(Permission.PERSONAL_DATA_CORRECT)
    await _standing_area(work, area_id, None)
    check_interests(themes, known=(await offered_of(work, themes=themes)).themes)
    said = {
        "area_id": area_id,
        "themes": list(themes),
        "care_needs": list(care_needs),
        "since": work.now,
    }
    wanted = insert(_INTERESTS).values(resident_id=_me(work), **said)
    named = {name: wanted.excluded[name] for name in said}
    await work.db.execute(wanted.on_conflict_do_update(index_elements=["resident_id"], set_=named))
    work.record(
        action=Permission.PERSONAL_DATA_CORRECT, object="personal-data:interests", details={"consent": True}
    )
    return _me(work)


async def withdraw_interests(work: Work) -> UUID:
    """The caller, a resident, is told of nothing any more; what they had said is deleted. Their id."""
    work.grants.require(Permission.PERSONAL_DATA_CORRECT)
    await forget_interests(work, [_me(work)])
    work.record(
        action=Permission.PERSONAL_DATA_CORRECT, object="personal-data:interests", details={"consent": False}
    )
    return _me(work)


async def forget_interests(work: Work, residents: Sequence[UUID]) -> None:
    """Delete what these residents wished to be told."""
    await work.db.execute(delete(_INTERESTS).where(_INTERESTS.c.resident_id.in_(residents)))


async def _held(work: Work, outreach_id: UUID) -> tuple[OutreachRow, Held]:
    """An outreach where the caller holds them, locked, and how far it is. Raises NotFound, Forbidden."""
    scope = work.grants.require(Permission.OUTREACH_HOLD)
    found = await work.db.execute(
        select(OutreachRow, AreaRow.path)
        .join(AreaRow, AreaRow.id == OutreachRow.area_id)
        .where(OutreachRow.id == outreach_id)
        .with_for_update(of=OutreachRow.__table__)
    )
    known = found.one_or_none()
    if known is None or not scope.covers(known.path):
        raise no_such_outreach()
    row: OutreachRow = known[0]
    return row, Held(
        starts_on=row.starts_on,
        reported=row.reported_at is not None,
        cancelled=row.cancelled_at is not None,
    )


async def _standing_area(work: Work, area_id: UUID, permission: Permission | None) -> None:
    area = await get_area(work.db, area_id)
    if permission is not None:
        work.grants.require_at(permission, area.path)
    if area.retired_on is not None and area.retired_on <= work.today:
        raise AreaRetired(fields=("input.areaId",), name=area.name, on=area.retired_on)


def _me(work: Work) -> UUID:
    if work.principal.id is None:
        raise NotAuthenticated
    return work.principal.id
