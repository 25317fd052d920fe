"""Keeping service points, their windows and terminals, and partners' agreements: by key, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from bangban.features.areas.latch import take_latch
from bangban.features.areas.tables import AreaRow
from bangban.features.places.drafts import AgreementDraft, PointDraft
from bangban.features.places.finding import find_areas
from bangban.features.places.problems import PlacesFaulty
from bangban.features.places.rows import (
    agreement_values,
    assign,
    check_kinds,
    check_terminals,
    point_values,
    put_terminals,
    put_windows,
    windows_of,
)
from bangban.features.places.rules import Offered, check_agreements, check_points, wrong_location
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow, TerminalRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.faulty import PlacedFault
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LATCH: Final = "places"
HOURS_CHANGED: Final = "point.hours"
"""Announced of a point that may be closed when it was to be open."""
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
    check_kinds(drafts, stored)
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
        # The kind as well: what becomes a partner's serves nobody until an agreement names it.
        opened = (row.kind, row.hours, row.since, row.until)
        changed = assign(row, values)
        if opened != (row.kind, row.hours, row.since, row.until):
            work.announce(HOURS_CHANGED, str(row.id))
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
        agreed = assign(row, values)
        await work.db.flush()
        # Locked, as whoever books locks them: a booking either is there before this, or looks at what is agreed by now.
        held = (
            select(ServicePointRow)
            .where(ServicePointRow.agreement_id == row.id)
            .order_by(ServicePointRow.key)
            .with_for_update(key_share=True)
        )
        given_up = [each for each in await work.db.scalars(held) if each.key not in draft.points]
        named = [points[key] for key in draft.points]
        # A point that nobody had agreed on was closed until now, so nothing is booked there.
        had_one = [each for each in named if each.agreement_id is not None]
        narrowed = [*given_up, *(each for each in had_one if agreed or each.agreement_id != row.id)]
        moved = [each for each in given_up if assign(each, {"agreement_id": None})]
        moved += [each for each in named if assign(each, {"agreement_id": row.id})]
        for each in narrowed:
            work.announce(HOURS_CHANGED, str(each.id))
        placed.note(draft.key, new=new, changed=agreed or bool(moved))
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
        PlacedFault(each.area, ("location",), zh, en)
        for each in places
        for zh, en in wrong_location(each.longitude, each.latitude)
    ]
    faults += [
        PlacedFault(each.area, ("population",), "人口数有误。", "the population cannot be right.")
        for each in places
        if each.population is not None and not 0 <= each.population <= MOST_PEOPLE
    ]
    if faults:
        raise PlacesFaulty(faults)
    changed = 0
    for each in places:
        known = {"longitude": each.longitude, "latitude": each.latitude, "population": each.population}
        changed += assign(areas[each.area], known)
    if changed:
        await work.db.flush()
        work.record(action=Permission.PLACE_MANAGE, object="area:places", details={"changed": changed})
    return changed


async def _rows(work: Work, table: Any, keys: Iterable[str]) -> Sequence[Any]:
    wanted = sorted(keys)
    return (await work.db.scalars(select(table).where(table.key.in_(wanted)))).all() if wanted else ()


async def _areas(work: Work, refs: set[str]) -> dict[str, AreaRow]:
    found = await find_areas(work, refs)
    if lacking := sorted(refs - set(found)):
        raise PlacesFaulty(
            [
                PlacedFault(key, ("area",), "没有此在用区域。", "there is no such area in use.")
                for key in lacking
            ]
        )
    return found


async def _wrote(work: Work, placed: Placed, what: str) -> None:
    await work.db.flush()
    named = [*placed.created, *placed.changed]
    if named:
        shown = f"{what}:{named[0]}" if len(named) == 1 else f"{what}:import"
        work.record(action=Permission.PLACE_MANAGE, object=shown, details=placed.counts)
