"""Taking over service points from a file: what it would do, then doing it, all or nothing.

A file says nothing of windows, terminals, amenities, crowds and agreements: points keep those that they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.files.problems import ImportRefused
from bangban.features.places.drafts import PointDraft
from bangban.features.places.finding import find_areas
from bangban.features.places.hours import read_hours
from bangban.features.places.service import LATCH, put_points
from bangban.features.places.sheet import read_points
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.sheets import LineFault, Sheet
from bangban.kernel.tenancy.work import Work

MOST_NAMED: Final = 500  # of the points that change; all are counted


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsImported:
    """What an import does, or would do; ``changed_keys`` are of new and changed points, so many as are named."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    changed_keys: tuple[str, ...] = ()
    faults: tuple[LineFault, ...] = ()
    applied: bool = False


async def import_points(work: Work, sheet: Sheet, *, apply: bool) -> PointsImported:
    """Make points what a file says; without ``apply`` only tell what that would change. Idempotent.

    Raises ``ImportRefused`` where lines are at fault and it was to be applied; Forbidden, AreaOutsideGrant.
    """
    work.grants.require(Permission.PLACE_MANAGE)
    await take_latch(work, LATCH)
    read = read_points(sheet)
    areas = await find_areas(work, {draft.area for draft in read.drafts})
    stored = {row.key: row for row in await _stored(work, [draft.key for draft in read.drafts])}
    faults = list(read.faults)
    drafts = []
    for draft in read.drafts:
        if draft.area in areas:
            work.grants.require_at(Permission.PLACE_MANAGE, areas[draft.area].path)
            drafts.append(_kept(draft, stored.get(draft.key)))
        else:
            faults.append(
                LineFault(
                    read.lines[draft.key],
                    sheet.headers.get("area"),
                    f"没有区域“{draft.area}”。",
                    f"There is no area {draft.area}.",
                )
            )
    faults.sort(key=lambda fault: fault.line)
    if faults and apply:
        raise ImportRefused(faults)
    if apply:
        placed = await put_points(work, drafts)
        created, changed = placed.created, placed.changed
    else:
        created = [draft.key for draft in drafts if draft.key not in stored]
        changed = [
            each.key for each in drafts if each.key in stored and _differs(each, stored[each.key], areas)
        ]
    return PointsImported(
        created=len(created),
        changed=len(changed),
        unchanged=len(drafts) - len(created) - len(changed),
        changed_keys=(*created, *changed)[:MOST_NAMED],
        faults=tuple(faults),
        applied=apply,
    )


async def _stored(work: Work, keys: Iterable[str]) -> Iterable[ServicePointRow]:
    return (await work.db.scalars(select(ServicePointRow).where(ServicePointRow.key.in_(list(keys))))).all()


def _kept(draft: PointDraft, row: ServicePointRow | None) -> PointDraft:
    if row is None:
        return draft
    return replace(
        draft,
        amenities=tuple(row.amenities),
        specialties=tuple(row.specialties),
        provenance=row.provenance,
    )


def _differs(draft: PointDraft, row: ServicePointRow, areas: Mapping[str, AreaRow]) -> bool:
    same: dict[str, Any] = {
        name: getattr(draft, name)
        for name in ("kind", "name", "address", "longitude", "latitude", "since", "until")
    }
    same |= {"area_id": areas[draft.area].id, "hours": read_hours(draft.hours)}
    return any(getattr(row, name) != value for name, value in same.items())
