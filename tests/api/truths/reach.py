"""The nearest service points, and who is reached by one, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from types import SimpleNamespace
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.attending import AttendingFields
from tests.api.truths.distances import metres

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission


@dataclass
class Near:
    """A point and how far it is."""

    point: Any
    far: float


@dataclass
class Reach:
    """Whose villages, and within how many minutes of going how."""

    area: Any
    minutes: int
    travel: str


class ReachFields(AttendingFields):
    """Named ``Type_field``."""

    def _set(self, name: str) -> Any:
        return self.District_network(None).document[name]

    def _standing(self) -> list[Any]:
        return [each for each in self.rows[ServicePointRow] if self.stands(each, self.moment.day)]

    # ------------------------------------------------------------------ the nearest

    def Query_nearest_points(
        self,
        _: Part,
        location: dict[str, float],
        first: int = 5,
        service_code: str | None = None,
        open_at: str | None = None,
    ) -> list[Near]:
        here, day = SimpleNamespace(**location), self.moment.day
        found = [
            Near(each, metres(here, each))
            for each in self.rows[ServicePointRow]
            if (
                self.stands(each, day)
                if open_at is None
                else self.is_open(each, datetime.fromisoformat(open_at))
            )
            and (service_code is None or self._offers(each, service_code))
        ]
        found.sort(key=lambda each: (round(each.far, 6), each.point.id))
        return found[:first]

    def _offers(self, point: Any, code: str) -> bool:
        taken: list[Part] = self.Query_point_services(Part(self), str(point.id))
        return any(self._item_code(each) == code for each in taken)

    def _item_code(self, part: Part) -> str:
        item: ServiceItemRow = self.PointService_service(part)
        return item.code

    def NearPoint_point(self, near: Near) -> Any:
        return near.point

    def NearPoint_metres(self, near: Near) -> int:
        return round(near.far)

    def NearPoint_walking_minutes(self, near: Near) -> int:
        return ceil(near.far / self._set("walking_metres_per_minute"))

    def NearPoint_driving_minutes(self, near: Near) -> int:
        return ceil(near.far / self._set("driving_metres_per_minute"))

    # ------------------------------------------------------------------ who is reached

    def usual_minutes(self) -> int:
        return int(self.Query_district(Part(self)).circle_minutes)

    def usual_travel(self) -> str:
        return str(self._set("travel"))

    def metres_in(self, minutes: int, travel: str) -> int:
        """How far somebody comes."""
        return minutes * int(self._set(f"{travel.lower()}_metres_per_minute"))

    def reached(self, village: Any, within: float) -> bool:
        """Whether a lasting point stands within so many metres."""
        return village.longitude is not None and any(
            each.kind != "FIELD" and metres(village, each) <= within for each in self._standing()
        )

    def _below(self, level: str, area: Any) -> list[Any]:
        """The areas of a level in a subtree, as a tree is written."""
        here = self.of(AreaRow, level=level, retired_on=None)
        return [each for each in here if self.below(each.id, str(area.id))]

    def _tree(self, rows: list[Any], first: int | None, after: str | None) -> Page:
        return self.page(rows, "tree", lambda r: (r.path, r.id), first, after)

    def _area_named(self, area_id: str) -> Any:
        """The area, where this caller may look at its network."""
        found = next((each for each in self.rows[AreaRow] if str(each.id) == area_id), None)
        return found if found is not None and self.granted(Permission.NETWORK_READ, found.id) else None

    def Query_coverage(
        self,
        _: Part,
        area_id: str | None = None,
        minutes: int | None = None,
        travel: str | None = None,
    ) -> Reach | None:
        root = next(each for each in self.rows[AreaRow] if each.parent_id is None)
        area = self._area_named(str(root.id) if area_id is None else area_id)
        usual = (self.usual_minutes(), self.usual_travel())
        return None if area is None else Reach(area, minutes or usual[0], travel or usual[1])

    def Coverage_area(self, reach: Reach) -> Any:
        return reach.area

    def Coverage_metres(self, reach: Reach) -> int:
        return self.metres_in(reach.minutes, reach.travel)

    def _villages(self, reach: Reach, *, covered: bool = False) -> list[Any]:
        found = self._below("VILLAGE", reach.area)
        within = self.Coverage_metres(reach)
        return [each for each in found if self.reached(each, within)] if covered else found

    def Coverage_villages(self, reach: Reach) -> int:
        return len(self._villages(reach))

    def Coverage_villages_covered(self, reach: Reach) -> int:
        return len(self._villages(reach, covered=True))

    def Coverage_unplaced(self, reach: Reach) -> int:
        return sum(each.longitude is None for each in self._villages(reach))

    def Coverage_population(self, reach: Reach) -> int:
        return sum(each.population or 0 for each in self._villages(reach))

    def Coverage_population_covered(self, reach: Reach) -> int:
        return sum(each.population or 0 for each in self._villages(reach, covered=True))

    def Coverage_village_share(self, reach: Reach) -> float | None:
        whole = self.Coverage_villages(reach)
        return self.Coverage_villages_covered(reach) / whole if whole else None

    def Coverage_population_share(self, reach: Reach) -> float | None:
        whole = self.Coverage_population(reach)
        return self.Coverage_population_covered(reach) / whole if whole else None

    def Coverage_uncovered(self, reach: Reach, first: int | None = None, after: str | None = None) -> Page:
        covered = {each.id for each in self._villages(reach, covered=True)}
        rest = [
            each for each in self._villages(reach) if each.longitude is not None and each.id not in covered
        ]
        return self._tree(rest, first, after)
