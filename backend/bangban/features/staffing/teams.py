"""Keeping teams 帮办队伍 and who belongs to them: by key, from day to day, and never deleted (DOMAIN C06).

Whoever keeps posts at a team's seat keeps the team. What it did stays on record under it, so it ends by a last day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.rules import AreaNode, check_in_use
from bangban.features.areas.service import LATCH as AREAS
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.first_asks.tables import FirstAskTransferRow
from bangban.features.people.problems import PlaceOnly
from bangban.features.people.rules import TeamKind
from bangban.features.people.service import LATCH
from bangban.features.people.tables import TeamRow
from bangban.features.people.team_ends import end_memberships
from bangban.features.people.team_problems import TeamKeyWrong, TeamNameWrong, TeamStillAsked
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LONGEST_NAME: Final = 100
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")  # as in people.yaml, where the key comes back
_WORDS: Final = {"name_en": "nameEn", "brand": "brand", "department": "department"}


async def set_team(
    work: Work, *, key: str, name: str, kind: TeamKind, area_id: UUID, changes: Mapping[str, Any]
) -> UUID:
    """Make the team with ``key`` what is said of it, or a new one. Safe to repeat: nothing new is said, or written.

    ``changes`` are any of name_en, brand, department and until; what is left out stays, None takes it away. With
    ``until`` all memberships that run on end by that day.

    Raises:
        Forbidden, AreaOutsideGrant: The caller does not keep posts where the team has its seat, or had it.
        AreaUnknown, AreaRetired, PlaceOnly: Where a team can have no seat.
        TeamKeyWrong, TeamNameWrong.
        TeamStillAsked: It would be over by tomorrow and is still offered first-asked records.
        And what ``end_memberships`` raises.
    """
    work.grants.require(Permission.STAFF_MANAGE)
    for latch in (AREAS, LATCH):  # an area that is merged takes its teams along before this, or after
        await take_latch(work, latch)
    row = await hold(work, TeamRow.key == key)
    if row is not None:
        await require_seat(work, row)
    # The seat that a team has stays good for it, even where nobody could be posted any more.
    if row is None or row.area_id != area_id:
        _check_seat(work, await get_area(work.db, area_id))
    values = {"name": _words(name, "name"), "kind": kind.value, "area_id": area_id, **changes}
    for column, field in _WORDS.items():
        if values.get(column) is not None:
            values[column] = _words(values[column], field)
    if row is None:
        if not _KEY.fullmatch(key):
            raise TeamKeyWrong(fields=("input.key",))
        row, changed = TeamRow(id=new_id(), key=key, **values), ["created"]
        work.db.add(row)
    else:
        changed = [column for column, value in values.items() if getattr(row, column) != value]
        for column in changed:
            setattr(row, column, values[column])
    if not changed:
        return row.id
    await work.db.flush()
    ended = await _end(work, row)
    details = {"changed": sorted(changed), "until": str(row.until or ""), "memberships_ended": ended}
    work.record(
        action=Permission.STAFF_MANAGE, object=f"team:{row.key}", area_id=row.area_id, details=details
    )
    return row.id


async def hold(work: Work, which: Any) -> TeamRow | None:
    """The team, which nobody else changes until this transaction ends."""
    held = select(TeamRow).where(which).with_for_update().execution_options(populate_existing=True)
    found: TeamRow | None = await work.db.scalar(held)
    return found


async def require_seat(work: Work, team: TeamRow) -> None:
    """Whoever keeps posts at the team's seat keeps the team; one without a seat is the whole district's."""
    if team.area_id is None:
        work.grants.require_whole(Permission.STAFF_MANAGE)
        return
    path = (await work.db.scalars(select(AreaRow.path).where(AreaRow.id == team.area_id))).one()
    work.grants.require_at(Permission.STAFF_MANAGE, path)


def _check_seat(work: Work, area: AreaNode) -> None:
    work.grants.require_at(Permission.STAFF_MANAGE, area.path)
    check_in_use(area)
    if area.level not in work.district.levels:
        raise PlaceOnly(name=area.name, level=area.level, fields=("input.areaId",))


async def _end(work: Work, row: TeamRow) -> int:
    ended = await end_memberships(work, row)
    if row.until is not None and row.until <= work.today:
        offer = FirstAskTransferRow
        waiting = select(func.count()).where(
            offer.to_team_id == row.id, offer.taken_at.is_(None), offer.returned_at.is_(None)
        )
        if count := await work.db.scalar(waiting):
            raise TeamStillAsked(name=row.name, count=count, fields=("input.until",))
    return ended


def _words(text: str, field: str) -> str:
    words = shown_name(text)
    if words is None or len(words) > LONGEST_NAME:
        raise TeamNameWrong(most=LONGEST_NAME, fields=(f"input.{field}",))
    return words
