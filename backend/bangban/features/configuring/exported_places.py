"""A district's service points, agreements and delegations as ``places.yaml``: what holds now or later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import DelegationRow
from bangban.features.places.hours import TEXT
from bangban.features.places.rules import natural
from bangban.features.places.tables import (
    PartnerAgreementRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.places.values import WindowKind
from bangban.features.profiles.values import Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceRows:
    """The rows of a district's places. ``areas`` are those in the files, ``codes`` those of the items there."""

    areas: Mapping[UUID, AreaRow]
    codes: frozenset[str]
    points: Sequence[ServicePointRow]
    windows: Sequence[ServiceWindowRow]
    terminals: Sequence[TerminalRow]
    agreements: Sequence[PartnerAgreementRow]
    delegations: Sequence[DelegationRow]
    staff: Mapping[UUID, str]  # keys of those who are in the files


@dataclass(slots=True)
class PlacesLeftOut:
    """How much is not in the file: points, closed windows, agreements, delegations."""

    points: int = 0
    windows: int = 0
    agreements: int = 0
    delegations: int = 0


def places_document(rows: PlaceRows, *, today: date) -> tuple[dict[str, Any], PlacesLeftOut]:
    """``places.yaml``, empty where there is nothing, and what it leaves out."""
    left = PlacesLeftOut()
    points = [
        each
        for each in sorted(rows.points, key=lambda each: each.key)
        if each.area_id in rows.areas and (each.until is None or each.until >= today)
    ]
    left.points = len(rows.points) - len(points)
    windows: dict[UUID, list[ServiceWindowRow]] = defaultdict(list)
    for window in sorted(rows.windows, key=lambda each: natural(each.number)):
        # A special window is left out, too, where none of its items is in the files.
        served = (
            window.kind is WindowKind.COMPREHENSIVE or window.themes or _known(window.service_codes, rows)
        )
        closed = window.closed_on is not None and window.closed_on <= today
        left.windows += closed or not served
        if served and not closed:
            windows[window.point_id].append(window)
    terminals: dict[UUID, list[TerminalRow]] = defaultdict(list)
    for terminal in sorted(rows.terminals, key=lambda each: each.key):
        terminals[terminal.point_id].append(terminal)
    keys = {each.id: each.key for each in points}
    agreements = [
        each
        for each in sorted(rows.agreements, key=lambda each: each.key)
        if each.until >= today
        and any(point.agreement_id == each.id for point in points)
        and rows.codes.issuperset(each.service_codes)
    ]
    left.agreements = len(rows.agreements) - len(agreements)
    delegations = [each for each in rows.delegations if _stands(each, rows, keys, today)]
    left.delegations = len(rows.delegations) - len(delegations)
    document = {
        "areas": [_area(each) for each in rows.areas.values() if each.longitude is not None],
        "points": [_point(each, rows, windows[each.id], terminals[each.id]) for each in points],
        "agreements": [_agreement(each, points) for each in agreements],
        "delegations": _delegations(delegations, rows, keys),
    }
    return {name: listed for name, listed in document.items() if listed}, left


def _stands(row: DelegationRow, rows: PlaceRows, points: Mapping[UUID, str], today: date) -> bool:
    known = row.to_area_id in rows.areas or row.to_point_id in points
    known = known and (row.staff_id is None or row.staff_id in rows.staff)
    over = row.withdrawn_on is not None or (row.until is not None and row.until < today)
    return known and not over and row.from_area_id in rows.areas and row.service_code in rows.codes


def _area(row: AreaRow) -> dict[str, Any]:
    said = {"at": row.key, "longitude": row.longitude, "latitude": row.latitude}
    return said | ({} if row.population is None else {"population": row.population})


def _point(
    row: ServicePointRow,
    rows: PlaceRows,
    windows: Sequence[ServiceWindowRow],
    terminals: Sequence[TerminalRow],
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": row.key,
        "kind": row.kind,
        "at": rows.areas[row.area_id].key,
        "name": row.name,
        "address": row.address,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "hours": row.hours[TEXT],
        "amenities": row.amenities,
        "specialties": row.specialties,
        "from": row.since,
        "to": row.until,
        "windows": [_window(each, rows) for each in windows],
        "terminals": [
            {"key": each.key, "name": each.name, "services": _known(each.service_codes, rows)}
            for each in terminals
        ],
        "crowd": _without_nothing({"queue_length": row.queue_length, "wait_minutes": row.wait_minutes}),
    }
    return _without_nothing(said) | _provenance(row.provenance)


def _window(row: ServiceWindowRow, rows: PlaceRows) -> dict[str, Any]:
    return _without_nothing(
        {
            "number": row.number,
            "name": row.name,
            "kind": None if row.kind is WindowKind.COMPREHENSIVE else row.kind,
            "services": _known(row.service_codes, rows),
            "themes": row.themes,
        }
    )


def _agreement(row: PartnerAgreementRow, points: Sequence[ServicePointRow]) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.partner_kind,
        "partner": row.partner,
        "services": row.service_codes,
        "points": [each.key for each in points if each.agreement_id == row.id],
        "from": row.since,
        "to": row.until,
    } | _provenance(row.provenance)


def _delegations(
    delegations: Sequence[DelegationRow], rows: PlaceRows, points: Mapping[UUID, str]
) -> list[dict[str, Any]]:
    """One entry for each unit, items that it has on the same terms together."""
    terms: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in delegations:
        unit = (
            ("areas", rows.areas[row.to_area_id].key)
            if row.to_area_id is not None
            else ("points", points[row.to_point_id])  # type: ignore[index]  # it is one or the other
        )
        owner = rows.areas[row.from_area_id]
        shown = "" if owner.parent_id is None else owner.key
        until = row.until or date.max
        person = "" if row.staff_id is None else rows.staff[row.staff_id]
        held = (unit, person, shown, row.scope.value, row.since, until, row.basis, row.provenance)
        terms[held].append(row.service_code)
    made = []
    for (unit, person, owner_key, scope, since, until, basis, provenance), codes in sorted(terms.items()):
        said = {
            "services": sorted(codes),
            "owner": owner_key,
            unit[0]: [unit[1]],
            "staff": [person] if person else [],
            "scope": scope,
            "from": since,
            "to": None if until == date.max else until,
            "basis": basis,
        }
        made.append(_without_nothing(said) | _provenance(provenance))
    return made


def _known(codes: Sequence[str], rows: PlaceRows) -> list[str]:
    return [code for code in codes if code in rows.codes]


def _without_nothing(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, [], {}, "")}


def _provenance(value: str) -> dict[str, Any]:
    """What a file leaves out is sample."""
    return {} if value == Provenance.SAMPLE else {"provenance": value}
