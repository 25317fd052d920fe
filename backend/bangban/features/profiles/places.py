"""``places.yaml`` checked against the area tree and the catalog, sets made point by point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bangban.features.catalog.drafts import ItemDraft
from bangban.features.places.drafts import AgreementDraft, CrowdDraft, PointDraft, TerminalDraft, WindowDraft
from bangban.features.places.problems import PlacesFaulty
from bangban.features.places.rules import check_agreements, wrong_with
from bangban.features.profiles.area_places import build_area_places
from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.delegations import build_delegations
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models_places import AgreementFile, PlacesFile, PointFile, PointSetFile
from bangban.features.profiles.place_references import PlaceReferences
from bangban.features.profiles.profile import AreaPlace, Places

MOST_POINTS = 20_000


def build_places(
    file: PlacesFile, *, tree: AreaTree, items: Iterable[ItemDraft], document: Document, faults: FaultList
) -> Places:
    """Everything of the file; what is at fault is named in ``faults`` and left out."""
    refs = PlaceReferences(
        tree=tree, items={item.code: item for item in items}, document=document, faults=faults
    )
    return _Builder(file=file, refs=refs, placed=build_area_places(file, refs)).build()


@dataclass(kw_only=True)
class _Builder:
    file: PlacesFile
    refs: PlaceReferences
    placed: dict[str, AreaPlace]
    points: dict[str, PointDraft] = field(default_factory=dict)

    def build(self) -> Places:
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
                for made in build_delegations(each, self.points, self.refs, ("delegations", index))
            ),
        )

    # ------------------------------------------------------------------ points

    def _point(self, given: PointFile, loc: Loc) -> None:
        area = self.refs.area(given.at, (*loc, "at"))
        for index, window in enumerate(given.windows):
            self.refs.check_codes(window.services, (*loc, "windows", index))
            self.refs.check_themes(window.themes, (*loc, "windows", index))
        for index, terminal in enumerate(given.terminals):
            self.refs.check_codes(terminal.services, (*loc, "terminals", index))
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
                crowd=CrowdDraft(
                    queue_length=given.crowd.queue_length, wait_minutes=given.crowd.wait_minutes
                ),
                provenance=given.provenance.value,
            ),
            loc,
        )

    def _set(self, made: PointSetFile, loc: Loc) -> None:
        areas = self.refs.under(made.level, made.under, loc)
        width = max(3, len(str(len(areas))))
        for index, area in enumerate(areas[: made.first], 1):
            place = self.placed.get(area.key)
            if place is None:
                self.refs.fault(loc, f"“{area.name}”没有位置。", f"It is not said where {area.name} is.")
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
                    crowd=CrowdDraft(),
                    provenance=made.provenance.value,
                ),
                loc,
            )

    def _keep(self, draft: PointDraft, loc: Loc) -> None:
        if draft.key in self.points:
            self.refs.fault(loc, f"服务点“{draft.key}”重复。", f"The point {draft.key!r} stands here twice.")
        if len(self.points) >= MOST_POINTS:
            self.refs.fault(
                loc, f"服务点超过 {MOST_POINTS} 个。", f"There are more than {MOST_POINTS} points."
            )
            return
        self.refs.say(loc, ((each.zh, each.en) for each in wrong_with(draft)))
        self.points.setdefault(draft.key, draft)

    # ------------------------------------------------------------------ agreements and delegations

    def _agreement(self, given: AgreementFile, index: int) -> AgreementDraft | None:
        loc: Loc = ("agreements", index)
        self.refs.check_codes(given.services, loc)
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
            self.refs.fault(
                loc,
                f"协议“{given.key}”或其服务点已列出。",
                f"The agreement {given.key!r}, or one of its points, stands here already.",
            )
        try:
            check_agreements([draft], {key: point.kind for key, point in self.points.items()})
        except PlacesFaulty as faulty:
            self.refs.say(loc, [(each.zh, each.en) for each in faulty.placed])
            return None
        return draft
