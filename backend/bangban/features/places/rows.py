"""Rows of points from their drafts: what differs is written, and whether anything did is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.places.drafts import AgreementDraft, PointDraft, TerminalDraft, WindowDraft
from bangban.features.places.hours import read_hours
from bangban.features.places.problems import PlacesFaulty
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow, TerminalRow
from bangban.kernel.faulty import PlacedFault
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


async def windows_of(work: Work, points: Sequence[UUID]) -> dict[UUID, dict[str, ServiceWindowRow]]:
    """The windows of points, by point and number."""
    found: dict[UUID, dict[str, ServiceWindowRow]] = {}
    if points:
        rows = await work.db.scalars(select(ServiceWindowRow).where(ServiceWindowRow.point_id.in_(points)))
        for row in rows:
            found.setdefault(row.point_id, {})[row.number] = row
    return found


def check_kinds(drafts: Sequence[PointDraft], points: Mapping[str, ServicePointRow]) -> None:
    """A partner's point stays of its partner's kind while an agreement names it (DOMAIN G09)."""
    faults = [
        PlacedFault(
            draft.key,
            ("kind",),
            "该网点在合作协议中,不能改为其他类型;请先将其从协议中移除。",
            "an agreement names this point as of its kind; take it out of the agreement first.",
        )
        for draft in drafts
        if (point := points.get(draft.key)) is not None
        and point.agreement_id is not None
        and point.kind is not draft.kind
    ]
    if faults:
        raise PlacesFaulty(faults)


def check_terminals(
    drafts: Sequence[PointDraft],
    points: Mapping[str, ServicePointRow],
    terminals: Mapping[str, TerminalRow],
) -> None:
    """Terminals stay where they are: their history is that of one place."""
    faults = []
    for draft in drafts:
        point = points.get(draft.key)
        for index, each in enumerate(draft.terminals or ()):
            known = terminals.get(each.key)
            if known is not None and (point is None or known.point_id != point.id):
                faults.append(
                    PlacedFault(
                        draft.key,
                        ("terminals", index, "key"),
                        f"终端 {each.key} 属于其他服务点。",
                        f"the terminal {each.key} belongs to another service point.",
                    )
                )
    if faults:
        raise PlacesFaulty(faults)


def point_values(draft: PointDraft, area_id: UUID) -> dict[str, Any]:
    """The columns of a point that its draft decides."""
    crowd = draft.crowd
    said = {} if crowd is None else {"queue_length": crowd.queue_length, "wait_minutes": crowd.wait_minutes}
    return said | {
        "area_id": area_id,
        "kind": draft.kind,
        "name": draft.name.strip(),
        "address": draft.address,
        "longitude": draft.longitude,
        "latitude": draft.latitude,
        "hours": read_hours(draft.hours),
        "amenities": list(draft.amenities),
        "specialties": list(draft.specialties),
        "since": draft.since,
        "until": draft.until,
        "provenance": draft.provenance,
    }


def agreement_values(draft: AgreementDraft) -> dict[str, Any]:
    """The columns of an agreement that its draft decides."""
    return {
        "partner_kind": draft.partner_kind,
        "partner": draft.partner.strip(),
        "service_codes": list(draft.service_codes),
        "since": draft.since,
        "until": draft.until,
        "provenance": draft.provenance,
    }


def put_windows(
    work: Work,
    point_id: UUID,
    drafts: Sequence[WindowDraft] | None,
    stored: Mapping[str, ServiceWindowRow],
) -> bool:
    """Write a point's windows; those that are named no more close today. Whether anything changed."""
    if drafts is None:
        return False
    changed = False
    for draft in drafts:
        values: dict[str, Any] = {
            "name": draft.name.strip(),
            "kind": draft.kind,
            # In one order: windows of the same items are one queue, whatever order they were named in.
            "service_codes": sorted(set(draft.service_codes)),
            "themes": sorted(set(draft.themes)),
            "closed_on": None,
        }
        row = stored.get(draft.number)
        if row is None:
            work.db.add(ServiceWindowRow(id=new_id(), point_id=point_id, number=draft.number, **values))
            changed = True
        else:
            changed |= assign(row, values)
    named = {draft.number for draft in drafts}
    for number, row in stored.items():
        if number not in named and row.closed_on is None:
            changed |= assign(row, {"closed_on": work.today})
    return changed


def put_terminals(
    work: Work,
    point_id: UUID,
    drafts: Sequence[TerminalDraft] | None,
    stored: Mapping[str, TerminalRow],
) -> bool:
    """Write a point's terminals. Whether anything changed."""
    changed = False
    for draft in drafts or ():
        values: dict[str, Any] = {"name": draft.name.strip(), "service_codes": list(draft.service_codes)}
        row = stored.get(draft.key)
        if row is None:
            work.db.add(
                TerminalRow(id=new_id(), point_id=point_id, key=draft.key, installed_at=work.now, **values)
            )
            changed = True
        else:
            changed |= assign(row, values)
    return changed


def assign(row: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed
