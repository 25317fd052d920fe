"""Recording recognitions, and forgetting who gave them (DOMAIN C18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.areas.service import get_area
from bangban.features.people.service import get_staff
from bangban.features.people.tables import TeamRow
from bangban.features.recognitions.tables import GIVER_CONTEXT, RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers.masks import mask_name
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput, NotAuthenticated, NotFound
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

ERASED: Final = "***"
"""What stands where the giver was."""

LONGEST_GIVER: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What was given, by whom, to a person or to a team, on which day; ``area_id`` is where it counts."""

    kind: RecognitionKind
    giver: str
    on: date
    area_id: UUID
    staff_id: UUID | None = None
    team_id: UUID | None = None


async def record_recognition(work: Work, given: Given) -> UUID:
    """Record it; its id. Nothing else looks at it but its own list.

    Raises:
        Forbidden, AreaOutsideGrant: The caller records none for that area.
        NotFound, StaffUnknown: No such area, person or team.
        InvalidInput: Not exactly one receiver, no giver or too long a name, or a day to come.
    """
    work.grants.require(Permission.RECOGNITION_RECORD)
    check_storage(work.district.quotas, work.district.storage_bytes)
    recorder = work.principal.id
    if recorder is None:
        raise NotAuthenticated
    area = await get_area(work.db, given.area_id)
    work.grants.require_at(Permission.RECOGNITION_RECORD, area.path)
    giver = given.giver.strip()
    if (given.staff_id is None) is (given.team_id is None):
        raise InvalidInput(
            "Name either a person or a team.",
            "受表扬的人员与队伍应恰好填写一项。",
            fields=("input.staffId", "input.teamId"),
        )
    if not 0 < len(giver) <= LONGEST_GIVER or given.on > work.today:
        raise InvalidInput(
            f"Name the giver in {LONGEST_GIVER} characters at most, and a day that is not to come.",
            f"请填写赠予人(不超过 {LONGEST_GIVER} 字),日期不能晚于今天。",
            fields=("input.giver", "input.on"),
        )
    if given.staff_id is not None:
        await get_staff(work.db, given.staff_id)
    elif await work.db.scalar(select(TeamRow.id).where(TeamRow.id == given.team_id)) is None:
        raise NotFound("team", "该队伍", fields=("input.teamId",))
    row = RecognitionRow(
        id=new_id(),
        kind=given.kind,
        on_date=given.on,
        area_id=area.id,
        staff_id=given.staff_id,
        team_id=given.team_id,
        giver_sealed=work.vault.seal(giver, context=GIVER_CONTEXT),
        giver_masked=mask_name(giver),
        recorded_by=recorder,
        recorded_at=work.now,
    )
    work.db.add(row)
    work.record(
        action=Permission.RECOGNITION_RECORD,
        object=f"recognition:{row.id}",
        area_id=area.id,
        details={"kind": given.kind.value, "on": given.on.isoformat()},
    )
    return row.id


async def forget_givers(work: Work, *, recorded_before: datetime, most: int) -> int:
    """Erase the givers of up to ``most`` recognitions; how many. They still count. Safe to repeat."""
    due = (
        select(RecognitionRow.id)
        .where(RecognitionRow.recorded_at < recorded_before, RecognitionRow.giver_sealed.is_not(None))
        .order_by(RecognitionRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = list(await work.db.scalars(due))
    if found:
        gone = {"giver_sealed": None, "giver_masked": ERASED}
        await work.db.execute(update(RecognitionRow).where(RecognitionRow.id.in_(found)).values(gone))
    return len(found)
