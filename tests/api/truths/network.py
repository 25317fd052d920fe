"""What the network of an area lacks, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.reach import ReachFields

from bangban.features.areas.tables import AreaRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import PointAssessmentRow
from bangban.features.places.values import Specialty


@dataclass
class Special:
    """Stations of a specialty below an area."""

    area: Any
    specialty: str


class NetworkFields(ReachFields):
    """Named ``Type_field``."""

    def Query_network_conformance(self, _: Part, area_id: str) -> Part | None:
        area = self._area_named(area_id)
        return None if area is None else Part(area)

    def NetworkConformance_area(self, part: Part) -> Any:
        return part.of

    def NetworkConformance_centres(self, part: Part) -> int:
        return sum(each.kind == "HALL" and each.area_id == part.of.id for each in self._standing())

    def _stations(self, specialty: str | None = None) -> list[Any]:
        return [
            each
            for each in self._standing()
            if each.kind in ("STATION", "STATION_24H")
            and (specialty is None or specialty in each.specialties)
        ]

    def has_station(self, village: Any, specialty: str | None = None) -> bool:
        return any(each.area_id == village.id for each in self._stations(specialty))

    def _without_station(self, area: Any, specialty: str | None = None) -> list[Any]:
        return [each for each in self._below("VILLAGE", area) if not self.has_station(each, specialty)]

    def NetworkConformance_villages(self, part: Part) -> int:
        return len(self._below("VILLAGE", part.of))

    def NetworkConformance_stations_missing(self, part: Part) -> int:
        return len(self._without_station(part.of))

    def NetworkConformance_missing_stations(
        self, part: Part, first: int | None = None, after: str | None = None
    ) -> Page:
        return self._tree(self._without_station(part.of), first, after)

    def _helpers(self, areas: set[Any]) -> set[Any]:
        """Who is posted at one of these areas today."""
        return {
            each.staff_id
            for each in self.of(AssignmentRow, role="helper")
            if each.area_id in areas and self.current(each) and self.one(StaffRow, id=each.staff_id).active
        }

    def manned(self, grid: Any) -> bool:
        """Whether a grid has its agents."""
        inside = {each.id for each in self.rows[AreaRow] if self.below(each.id, str(grid.id))}
        return len(self._helpers(inside)) >= int(self._set("agents_each_grid"))

    def _unmanned(self, area: Any) -> list[Any]:
        return [each for each in self._below("GRID", area) if not self.manned(each)]

    def NetworkConformance_grids(self, part: Part) -> int:
        return len(self._below("GRID", part.of))

    def NetworkConformance_grids_uncovered(self, part: Part) -> int:
        return len(self._unmanned(part.of))

    def NetworkConformance_uncovered_grids(
        self, part: Part, first: int | None = None, after: str | None = None
    ) -> Page:
        return self._tree(self._unmanned(part.of), first, after)

    def NetworkConformance_agents(self, part: Part) -> int:
        low = {
            each.id
            for each in self.rows[AreaRow]
            if each.level in ("GRID", "MICRO_GRID") and self.below(each.id, str(part.of.id))
        }
        return len(self._helpers(low))

    def NetworkConformance_agents_per_grid(self, part: Part) -> float | None:
        grids = self.NetworkConformance_grids(part)
        return self.NetworkConformance_agents(part) / grids if grids else None

    def NetworkConformance_conforms(self, part: Part) -> bool:
        lacking = (self._without_station(part.of), self._unmanned(part.of))
        return self.NetworkConformance_centres(part) > 0 and not any(lacking)

    def NetworkConformance_specialties(self, part: Part) -> list[Special]:
        return [Special(part.of, each.value) for each in Specialty]

    def _specials(self, special: Special) -> list[Any]:
        inside = self._stations(special.specialty)
        return [each for each in inside if self.below(each.area_id, str(special.area.id))]

    def SpecialtyNetwork_stations(self, special: Special) -> int:
        return len(self._specials(special))

    def SpecialtyNetwork_maturity(self, special: Special) -> list[SimpleNamespace]:
        graded: dict[str, list[Any]] = {}
        for point in self._specials(special):
            for each in self.of(PointAssessmentRow, point_id=point.id, scheme="MATURITY"):
                if self.PointAssessment_live(each):
                    graded.setdefault(each.grade, []).append(each)
        mature = sorted(graded.items(), key=lambda each: (-min(row.total for row in each[1]), each[0]))
        return [
            SimpleNamespace(
                grade=grade,
                name=min(map(self.PointAssessment_grade_name, rows)),
                name_en=min(map(self.PointAssessment_grade_name_en, rows)),
                stations=len(rows),
            )
            for grade, rows in mature
        ]

    def SpecialtyNetwork_villages_without(self, special: Special) -> int:
        return len(self._without_station(special.area, special.specialty))

    def SpecialtyNetwork_lacking(
        self, special: Special, first: int | None = None, after: str | None = None
    ) -> Page:
        return self._tree(self._without_station(special.area, special.specialty), first, after)

    def SpecialtyNetwork_coverage(self, special: Special) -> float | None:
        villages = len(self._below("VILLAGE", special.area))
        served = villages - self.SpecialtyNetwork_villages_without(special)
        return served / villages if villages else None

    def SpecialtyNetwork_target_percent(self, special: Special) -> int | None:
        told = self._said("network", "specialty_coverage", special.specialty)
        return None if told is None else int(told)

    def SpecialtyNetwork_on_target(self, special: Special) -> bool | None:
        target, villages = self.SpecialtyNetwork_target_percent(special), self._below("VILLAGE", special.area)
        served = len(villages) - self.SpecialtyNetwork_villages_without(special)
        return None if target is None else served * 100 >= target * len(villages)
