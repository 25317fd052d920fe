"""Delegations of a profile: which items go down from whom to whom, and whether who takes them on works there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product

from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_places import DelegationFile, PlacesFile
from bangban.features.profiles.place_references import PlaceReferences
from bangban.features.profiles.profile import ProfileArea, ProfileDelegation
from bangban.features.profiles.profile_people import ProfileStaff


def build_delegations(
    given: DelegationFile, points: Collection[str], refs: PlaceReferences, loc: Loc
) -> Iterator[ProfileDelegation]:
    """Each item of one entry, to each area, point and person that it names; ``points`` are those that exist."""
    owner = _owner(given, refs, loc)
    refs.check_codes(given.services, loc)
    units: list[tuple[str | None, str | None]] = [
        (area.key, None) for ref in given.areas if (area := refs.area(ref, (*loc, "areas")))
    ]
    units += [(None, key) for key in given.points]
    for key in given.points:
        if key not in points:
            refs.fault((*loc, "points"), f"没有服务点“{key}”。", f"There is no service point {key!r}.")
    if not given.areas and not given.points:
        refs.fault(loc, "应写明承接单位。", "Say to which areas or points.")
    if given.until is not None and given.until < given.since:
        refs.fault(loc, "截止日期早于起始日期。", "It ends before it begins.")
    if owner is None:
        return
    for code in given.services:
        item = refs.items.get(code)
        if item is not None and item.level is not owner.level:
            refs.fault(
                loc,
                f"事项 {code} 的行使层级是 {item.level},应由该层级下放。",
                f"The power of {code} is exercised at {item.level}; that level delegates it.",
            )
    for code in given.services:
        for (to_area, to_point), person in product(units, given.staff or (None,)):
            yield ProfileDelegation(
                service=code,
                owner=owner.key,
                area=to_area,
                point=to_point,
                scope=given.scope,
                since=given.since,
                until=given.until,
                basis=given.basis,
                provenance=given.provenance,
                staff=person,
            )


def _owner(given: DelegationFile, refs: PlaceReferences, loc: Loc) -> ProfileArea | None:
    if given.owner is not None:
        return refs.area(given.owner, (*loc, "owner"))
    return next((area for area in refs.tree.areas.values() if area.parent is None), None)


def check_representatives(
    file: PlacesFile, *, people: Iterable[ProfileStaff], tree: AreaTree, document: Document, faults: FaultList
) -> None:
    """Whoever takes on items 首席代表 works for the area, or at the point, at which they take them on."""
    staff = {person.key: person for person in people}
    for index, given in enumerate(file.delegations):
        units = {area.key for ref in given.areas if (area := tree.find(ref))} | set(given.points)
        for key in given.staff:
            person = staff.get(key)
            posts = () if person is None else person.assignments
            there = {place for held in posts for place in (held.point, *_upwards(tree, held.area))}
            if not units <= there:
                faults.error(
                    document.path,
                    document.line(("delegations", index, "staff")),
                    f"“{key}”未在所写的区域任职,也未派驻所写的服务点。",
                    f"{key!r} works neither for the areas nor at the points that are named.",
                )


def _upwards(tree: AreaTree, key: str | None) -> Iterator[str]:
    """An area and those above it."""
    while key is not None:
        yield key
        key = tree.areas[key].parent
