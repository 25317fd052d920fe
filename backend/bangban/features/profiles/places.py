"""``places.yaml`` checked against the area tree and the catalog, sets made point by point."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from bangban.features.catalog.drafts import ItemDraft
from bangban.features.places.problems import PlacesFaulty
from bangban.features.places.rules import (
    AgreementDraft,
    PointDraft,
    TerminalDraft,
    WindowDraft,
    check_agreements,
    wrong_location,
    wrong_with,
)
from bangban.features.profiles.area_sets import even_shares
from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_places import (
    AgreementFile,
    AreaPlaceSetFile,
    DelegationFile,
    PlacesFile,
    PointFile,
    PointSetFile,
)
from bangban.features.profiles.profile import AreaPlace, Places, ProfileArea, ProfileDelegation, ProfileStaff
from bangban.kernel.levels import AreaLevel

METRES_OF_A_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371,008.8 m
MOST_POINTS = 20_000


def build_places(
    file: PlacesFile, *, tree: AreaTree, items: Iterable[ItemDraft], document: Document, faults: FaultList
) -> Places:
    """Everything of the file; what is at fault is named in ``faults`` and left out."""
    return _Builder(
        file=file, tree=tree, items={item.code: item for item in items}, document=document, faults=faults
    ).build()


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


def spiral(count: int) -> Iterator[tuple[int, int]]:
    """The first places of a square spiral around (0, 0), which is the first."""
    x = y = 0
    dx, dy = 1, 0
    steps, taken, turns = 1, 0, 0
    for _ in range(count):
        yield x, y
        x, y, taken = x + dx, y + dy, taken + 1
        if taken == steps:
            dx, dy, taken, turns = -dy, dx, 0, turns + 1
            steps += turns % 2 == 0


@dataclass(kw_only=True)
class _Builder:
    file: PlacesFile
    tree: AreaTree
    items: dict[str, ItemDraft]
    document: Document
    faults: FaultList
    placed: dict[str, AreaPlace] = field(default_factory=dict)
    points: dict[str, PointDraft] = field(default_factory=dict)

    def build(self) -> Places:
        self._areas()
        for index, point in enumerate(self.file.points):
            self._point(point, ("points", index))
        for index, made in enumerate(self.file.point_sets):
            self._set(made, ("point_sets", index))
        agreements = [self._agreement(each, index) for index, each in enumerate(self.file.agreements)]
        return Places(
            areas=tuple(self.placed.values()),
            points=tuple(self.points.values()),
            agreements=tuple(each for each in agreements if each is not None),
            delegations=tuple(
                made
                for index, each in enumerate(self.file.delegations)
                for made in self._delegations(each, ("delegations", index))
            ),
        )

    # ------------------------------------------------------------------ where people live

    def _areas(self) -> None:
        for index, given in enumerate(self.file.areas):
            loc: Loc = ("areas", index)
            area = self._area(given.at, (*loc, "at"))
            self._say(loc, wrong_location(given.longitude, given.latitude))
            if area is not None:
                self._place(
                    AreaPlace(
                        area=area.key,
                        longitude=given.longitude,
                        latitude=given.latitude,
                        population=given.population,
                    ),
                    loc,
                )
        for index, made in enumerate(self.file.area_sets):
            for place in self._spread(made, ("area_sets", index)):
                self.placed.setdefault(place.area, place)  # one that is placed by itself stays there

    def _place(self, place: AreaPlace, loc: Loc) -> None:
        if place.area in self.placed:
            self._fault(loc, f"区域“{place.area}”重复。", f"The area {place.area!r} stands here twice.")
        self.placed[place.area] = place

    def _spread(self, made: AreaPlaceSetFile, loc: Loc) -> Iterator[AreaPlace]:
        areas = self._under(made.level, made.under, loc)
        self._say(loc, wrong_location(made.longitude, made.latitude))
        shares = even_shares(made.population, len(areas)) if made.population is not None and areas else None
        east = METRES_OF_A_DEGREE * math.cos(math.radians(made.latitude))
        for index, (area, (x, y)) in enumerate(zip(areas, spiral(len(areas)), strict=True)):
            yield AreaPlace(
                area=area.key,
                longitude=round(made.longitude + x * made.spacing / east, 6),
                latitude=round(made.latitude + y * made.spacing / METRES_OF_A_DEGREE, 6),
                population=None if shares is None else shares[index],
            )

    # ------------------------------------------------------------------ points

    def _point(self, given: PointFile, loc: Loc) -> None:
        area = self._area(given.at, (*loc, "at"))
        for index, window in enumerate(given.windows):
            self._codes(window.services, (*loc, "windows", index))
            self._themes(window.themes, (*loc, "windows", index))
        for index, terminal in enumerate(given.terminals):
            self._codes(terminal.services, (*loc, "terminals", index))
        if area is None:
            return
        self._keep(
            PointDraft(
                key=given.key,
                area=area.key,
                kind=given.kind,
                name=given.name,
                address=given.address,
                longitude=given.longitude,
                latitude=given.latitude,
                hours=given.hours,
                amenities=given.amenities,
                specialties=given.specialties,
                since=given.since,
                until=given.until,
                windows=tuple(
                    WindowDraft(
                        number=each.number,
                        name=each.name,
                        kind=each.kind,
                        service_codes=each.services,
                        themes=each.themes,
                    )
                    for each in given.windows
                ),
                terminals=tuple(
                    TerminalDraft(key=each.key, name=each.name, service_codes=each.services)
                    for each in given.terminals
                ),
                provenance=given.provenance.value,
            ),
            loc,
        )

    def _set(self, made: PointSetFile, loc: Loc) -> None:
        areas = self._under(made.level, made.under, loc)
        width = max(3, len(str(len(areas))))
        for index, area in enumerate(areas[: made.first], 1):
            place = self.placed.get(area.key)
            if place is None:
                self._fault(loc, f"“{area.name}”没有位置。", f"It is not said where {area.name} is.")
                return
            self._keep(
                PointDraft(
                    key=f"{made.key}-{index:0{width}}",
                    area=area.key,
                    kind=made.kind,
                    name=made.name.replace("{area}", area.name),
                    longitude=place.longitude,
                    latitude=place.latitude,
                    hours=made.hours,
                    amenities=made.amenities,
                    specialties=made.specialties,
                    windows=(),
                    terminals=(),
                    provenance=made.provenance.value,
                ),
                loc,
            )

    def _keep(self, draft: PointDraft, loc: Loc) -> None:
        if draft.key in self.points:
            self._fault(loc, f"服务点“{draft.key}”重复。", f"The point {draft.key!r} stands here twice.")
        if len(self.points) >= MOST_POINTS:
            self._fault(loc, f"服务点超过 {MOST_POINTS} 个。", f"There are more than {MOST_POINTS} points.")
            return
        self._say(loc, wrong_with(draft))
        self.points.setdefault(draft.key, draft)

    # ------------------------------------------------------------------ agreements and delegations

    def _agreement(self, given: AgreementFile, index: int) -> AgreementDraft | None:
        loc: Loc = ("agreements", index)
        self._codes(given.services, loc)
        draft = AgreementDraft(
            key=given.key,
            partner_kind=given.kind,
            partner=given.partner,
            service_codes=given.services,
            points=given.points,
            since=given.since,
            until=given.until,
            provenance=given.provenance.value,
        )
        others = self.file.agreements[:index]
        if any(other.key == given.key or set(other.points) & set(given.points) for other in others):
            self._fault(
                loc,
                f"协议“{given.key}”或其服务点已列出。",
                f"The agreement {given.key!r}, or one of its points, stands here already.",
            )
        try:
            check_agreements([draft], {key: point.kind for key, point in self.points.items()})
        except PlacesFaulty as faulty:
            self._say(loc, [(each.zh, each.en) for each in faulty.faults])
            return None
        return draft

    def _delegations(self, given: DelegationFile, loc: Loc) -> Iterator[ProfileDelegation]:
        owner = self._owner(given, loc)
        self._codes(given.services, loc)
        units: list[tuple[str | None, str | None]] = [
            (area.key, None) for ref in given.areas if (area := self._area(ref, (*loc, "areas")))
        ]
        units += [(None, key) for key in given.points]
        for key in given.points:
            if key not in self.points:
                self._fault((*loc, "points"), f"没有服务点“{key}”。", f"There is no service point {key!r}.")
        if not given.areas and not given.points:
            self._fault(loc, "应写明承接单位。", "Say to which areas or points.")
        if given.until is not None and given.until < given.since:
            self._fault(loc, "截止日期早于起始日期。", "It ends before it begins.")
        if owner is None:
            return
        for code in given.services:
            item = self.items.get(code)
            if item is not None and item.level is not owner.level:
                self._fault(
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

    def _owner(self, given: DelegationFile, loc: Loc) -> ProfileArea | None:
        if given.owner is not None:
            return self._area(given.owner, (*loc, "owner"))
        return next((area for area in self.tree.areas.values() if area.parent is None), None)

    # ------------------------------------------------------------------ references

    def _area(self, ref: str, loc: Loc) -> ProfileArea | None:
        area = self.tree.find(ref)
        if area is None and self.tree.unknown(ref):
            self._fault(loc, f"没有区域“{ref}”。", f"There is no area {ref!r}.")
        return area

    def _under(self, level: AreaLevel, ref: str, loc: Loc) -> Sequence[ProfileArea]:
        under = self._area(ref, loc)
        if under is None:
            return ()
        areas = self.tree.at_level(level, under=under)
        if not areas and not self.tree.broken:
            self._fault(
                loc,
                f"“{ref}”之下没有 {level} 层级的区域。",
                f"There is no area of level {level} under {ref!r}.",
            )
        return areas

    def _codes(self, codes: Collection[str], loc: Loc) -> None:
        for code in codes:
            if self.items and code not in self.items:
                self._fault(loc, f"没有事项“{code}”。", f"There is no item {code!r}.")

    def _themes(self, themes: Collection[str], loc: Loc) -> None:
        known = {item.theme for item in self.items.values()}
        for theme in themes:
            if self.items and theme not in known:
                # A warning: the theme's last item may have ended after the window was set up.
                self.faults.warning(
                    self.document.path,
                    self.document.line(loc),
                    f"没有服务主题“{theme}”的事项。",
                    f"There is no item of the theme {theme!r}.",
                )

    def _say(self, loc: Loc, wrong: Iterable[tuple[str, str]]) -> None:
        for zh, en in wrong:
            self._fault(loc, zh, en)

    def _fault(self, loc: Loc, zh: str, en: str) -> None:
        self.faults.error(self.document.path, self.document.line(loc), zh, en)
