"""Keeping service points, their windows and terminals, and partners' agreements: by key, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.places.problems import (
    PlaceFault,
    PlacesFaulty,
    PointUnknown,
    PostedElsewhere,
    TerminalUnknown,
)
from bangban.features.places.rows import (
    agreement_values,
    assign,
    check_terminals,
    point_values,
    put_terminals,
    put_windows,
    windows_of,
)
from bangban.features.places.rules import (
    AgreementDraft,
    Offered,
    PointDraft,
    check_agreements,
    check_points,
    wrong_location,
)
from bangban.features.places.settings import NETWORK, SILENCE_MINUTES
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    TerminalRow,
)
from bangban.features.places.terminals import Life
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LATCH: Final = "places"
LONGEST_FAULT: Final = 200
MOST_PEOPLE: Final = 100_000_000  # in one area


@dataclass(kw_only=True)
class Placed:
    """What was written: keys of points and agreements that are new, that changed, and that were so already."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def note(self, key: str, *, new: bool, changed: bool) -> None:
        """Remember what became of one."""
        (self.created if new else self.changed if changed else self.unchanged).append(key)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(keys) for name, keys in vars(self).items()}


async def put_points(work: Work, drafts: Sequence[PointDraft], *, offered: Offered | None = None) -> Placed:
    """Make points what the drafts say, by their keys. Idempotent; points that no draft names stay.

    ``offered`` are the items and themes that drafts may name; None leaves that to whoever made the drafts.

    A window that its point's draft leaves out is closed from today; a terminal that is left out stays.

    Raises:
        PlacesFaulty: With every fault of every draft; nothing was written.
        Forbidden, AreaOutsideGrant: The caller does not keep the areas where a point is, or was.
    """
    work.grants.require(Permission.PLACE_MANAGE)
    await take_latch(work, LATCH)
    areas = await _areas(work, {draft.area for draft in drafts})
    for area in areas.values():
        work.grants.require_at(Permission.PLACE_MANAGE, area.path)
    check_points(drafts, offered)
    stored = {row.key: row for row in await _rows(work, ServicePointRow, {draft.key for draft in drafts})}
    windows = await windows_of(work, [row.id for row in stored.values()])
    terminals = {
        row.key: row
        for row in await _rows(work, TerminalRow, {each.key for d in drafts for each in d.terminals or ()})
    }
    check_terminals(drafts, stored, terminals)
    if moved := {row.area_id for row in stored.values()}:
        paths = await work.db.scalars(select(AreaRow.path).where(AreaRow.id.in_(moved)))
        for path in paths:
            work.grants.require_at(Permission.PLACE_MANAGE, path)
    placed = Placed()
    for draft in drafts:
        row, values = stored.get(draft.key), point_values(draft, areas[draft.area].id)
        new = row is None
        if row is None:
            row = ServicePointRow(id=new_id(), key=draft.key, **values)
            work.db.add(row)
        changed = assign(row, values)
        changed |= put_windows(work, row.id, draft.windows, windows.get(row.id, {}))
        changed |= put_terminals(work, row.id, draft.terminals, terminals)
        placed.note(draft.key, new=new, changed=changed)
    await _wrote(work, placed, "point")
    return placed


async def put_agreements(
    work: Work, drafts: Sequence[AgreementDraft], *, offered: Offered | None = None
) -> Placed:
    """Make agreements what the drafts say, by their keys; each point goes over to the agreement that names it.

    ``offered`` as for ``put_points``.

    Raises ``PlacesFaulty``, Forbidden, and AreaOutsideGrant to whoever keeps a part of the district only.
    """
    work.grants.require_whole(Permission.PLACE_MANAGE)
    await take_latch(work, LATCH)
    wanted = {point for draft in drafts for point in draft.points}
    points = {row.key: row for row in await _rows(work, ServicePointRow, wanted)}
    check_agreements(drafts, {key: row.kind for key, row in points.items()}, offered)
    stored = {row.key: row for row in await _rows(work, PartnerAgreementRow, {each.key for each in drafts})}
    placed = Placed()
    for draft in drafts:
        row, values = stored.get(draft.key), agreement_values(draft)
        new = row is None
        if row is None:
            row = PartnerAgreementRow(id=new_id(), key=draft.key, **values)
            work.db.add(row)
        changed = assign(row, values)
        await work.db.flush()
        held = await work.db.scalars(select(ServicePointRow).where(ServicePointRow.agreement_id == row.id))
        for point in held:
            if point.key not in draft.points:
                changed |= assign(point, {"agreement_id": None})
        for key in draft.points:
            changed |= assign(points[key], {"agreement_id": row.id})
        placed.note(draft.key, new=new, changed=changed)
    await _wrote(work, placed, "agreement")
    return placed


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedArea:
    """Where most people of an area live, in degrees of WGS-84, and how many; ``area`` is an area's key."""

    area: str
    longitude: float
    latitude: float
    population: int | None = None


async def place_areas(work: Work, places: Sequence[PlacedArea]) -> int:
    """Note where areas are and how many live there; how many areas changed. Idempotent.

    Raises ``PlacesFaulty``, Forbidden, and AreaOutsideGrant for an area that the caller does not keep.
    """
    work.grants.require(Permission.PLACE_MANAGE)
    areas = await _areas(work, {each.area for each in places})
    for row in areas.values():
        work.grants.require_at(Permission.PLACE_MANAGE, row.path)
    faults = [
        PlaceFault(each.area, zh, en)
        for each in places
        for zh, en in wrong_location(each.longitude, each.latitude)
    ]
    faults += [
        PlaceFault(each.area, "人口数有误。", "the population cannot be right.")
        for each in places
        if each.population is not None and not 0 <= each.population <= MOST_PEOPLE
    ]
    if faults:
        raise PlacesFaulty(tuple(faults))
    changed = 0
    for each in places:
        known = {"longitude": each.longitude, "latitude": each.latitude, "population": each.population}
        changed += assign(areas[each.area], known)
    if changed:
        await work.db.flush()
        work.record(action=Permission.PLACE_MANAGE, object="area:places", details={"changed": changed})
    return changed


async def report_terminal(work: Work, *, key: str, fault: str | None) -> UUID:
    """Note that a terminal was heard of, and what is wrong with it; its id.

    Raises ``TerminalUnknown`` also to whoever may not report on terminals of its area.
    """
    work.grants.require(Permission.TERMINAL_REPORT)
    found = await work.db.execute(
        select(TerminalRow, AreaRow.path)
        .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(TerminalRow.key == key.strip())
        .with_for_update(of=TerminalRow.__table__)
    )
    known = found.one_or_none()
    if known is None or not work.grants.scope(Permission.TERMINAL_REPORT).covers(known.path):
        raise TerminalUnknown
    row: TerminalRow = known[0]
    why = (fault or "").strip() or None
    if why is not None and len(why) > LONGEST_FAULT:
        raise InvalidInput(
            f"A fault has {LONGEST_FAULT} characters at most.",
            f"故障说明不能超过 {LONGEST_FAULT} 字。",
            fields=("input.fault",),
        )
    minutes = work.settings.get(NETWORK, {}).get("terminal_silence_minutes", SILENCE_MINUTES)
    before = Life(**{each.name: getattr(row, each.name) for each in fields(Life)})
    after = before.reported(work.now, why, silence=timedelta(minutes=minutes))
    assign(row, {each.name: getattr(after, each.name) for each in fields(Life)})
    await work.db.flush()
    if before.fault != after.fault:  # heartbeats by themselves are no news
        work.record(
            action=Permission.TERMINAL_REPORT,
            object=f"terminal:{row.key}",
            details={"working": after.fault is None},
        )
    return row.id


async def get_point(work: Work, point_id: UUID, *, field: str = "input.pointId") -> Any:
    """The point with its area's path and level. Raises ``PointUnknown``."""
    found = await work.db.execute(
        select(
            ServicePointRow.id,
            ServicePointRow.key,
            ServicePointRow.name,
            ServicePointRow.kind,
            ServicePointRow.area_id,
            AreaRow.path.label("area_path"),
            AreaRow.level.label("area_level"),
        )
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(ServicePointRow.id == point_id)
    )
    row = found.one_or_none()
    if row is None:
        raise PointUnknown(field=field)
    return row


async def check_posted_at(work: Work, point_id: UUID, area_path: str, *, field: str) -> None:
    """Whether somebody with a role at the area can be posted at the point.

    Raises ``PointUnknown``, ``PostedElsewhere``.
    """
    point = await get_point(work, point_id, field=field)
    if not is_within(point.area_path, area_path):
        raise PostedElsewhere(fields=(field,), point=point.name)


async def point_ids(work: Work) -> dict[str, UUID]:
    """The id of every point by its key."""
    rows = await work.db.execute(select(ServicePointRow.key, ServicePointRow.id))
    return {row.key: row.id for row in rows}


# ---------------------------------------------------------------------- rows


async def _rows(work: Work, table: Any, keys: Iterable[str]) -> Sequence[Any]:
    wanted = sorted(keys)
    return (await work.db.scalars(select(table).where(table.key.in_(wanted)))).all() if wanted else ()


async def find_areas(work: Work, refs: set[str]) -> dict[str, AreaRow]:
    """The areas in use by what drafts call them: their keys, or else their division codes."""
    wanted = sorted(refs)
    rows = await work.db.scalars(
        select(AreaRow).where(
            or_(AreaRow.key.in_(wanted), AreaRow.code.in_(wanted)), AreaRow.retired_on.is_(None)
        )
    )
    known = list(rows)
    named = {row.code: row for row in known if row.code} | {row.key: row for row in known}
    return {ref: named[ref] for ref in wanted if ref in named}


async def _areas(work: Work, refs: set[str]) -> dict[str, AreaRow]:
    found = await find_areas(work, refs)
    if lacking := sorted(refs - set(found)):
        raise PlacesFaulty(
            tuple(PlaceFault(key, "没有此在用区域。", "there is no such area in use.") for key in lacking)
        )
    return found


async def _wrote(work: Work, placed: Placed, what: str) -> None:
    await work.db.flush()
    named = [*placed.created, *placed.changed]
    if named:
        shown = f"{what}:{named[0]}" if len(named) == 1 else f"{what}:import"
        work.record(action=Permission.PLACE_MANAGE, object=shown, details=placed.counts)
