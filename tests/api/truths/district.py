"""The district and its areas, in plain Python."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.api.truth import Page, Part, Truth
from tests.api.truths.saying import Said, has

from bangban.features.areas.tables import AreaRow
from bangban.features.profiles.level_names import USUAL_NAMES
from bangban.features.profiles.models_bookings import BOOKINGS, BookingsFile
from bangban.features.profiles.models_places import NetworkFile
from bangban.features.profiles.models_seal import SEAL
from bangban.kernel.tenancy.tables import ProfileRow


class DistrictFields(Truth):
    """Named ``Type_field``."""

    def Query_district(self, _: Part) -> Any:
        return self.one(ProfileRow)

    def District_status(self, _: Any) -> str:
        return self.district.status.value

    def _said(self, *path: str) -> Any:
        found: Any = self.one(ProfileRow).settings
        for name in path:
            found = None if found is None else found.get(name)
        return found

    def District_name_en(self, _: Any) -> Any:
        return self._said("name_en")

    def District_brand_en(self, _: Any) -> Any:
        return self._said("brand_en")

    def District_contact_phone(self, _: Any) -> Any:
        return self._said("contact_phone")

    def District_project_lead(self, _: Any) -> Any:
        return self._said("project_lead", "zh")

    def District_project_lead_en(self, _: Any) -> Any:
        return self._said("project_lead", "en")

    def District_hard_case_channel(self, _: Any) -> Any:
        return self._said("hard_case_channel", "zh")

    def District_hard_case_channel_en(self, _: Any) -> Any:
        return self._said("hard_case_channel", "en")

    def District_modes(self, _: Any) -> list[Said]:
        return [Said(each) for each in self._said("modes")]

    def District_phrases(self, _: Any) -> list[Said]:
        return [Said(each) for each in self._said("assistance", "phrases") or ()]

    def District_order_kinds(self, _: Any) -> list[Said]:
        kinds = self._said("orders", "kinds") or ()
        return [Said({"name": {"zh": None, "en": None}, "claim_minutes": None, **each}) for each in kinds]

    def District_bookings(self, _: Any) -> Said:
        usual: dict[str, Any] = BookingsFile().model_dump(mode="json")
        return Said({**usual, **(self._said(BOOKINGS) or {})})

    def District_seal(self, _: Any) -> Any:
        found = self._said(SEAL)
        return None if found is None else Said(found)

    def District_network(self, _: Any) -> Said:
        usual: dict[str, Any] = NetworkFile().model_dump(mode="json")
        return Said({**usual, **(self._said("network") or {})})

    def NetworkSettings_assessments(self, said: Said) -> list[Said]:
        usual = {"kinds": [], "specialties": [], "valid_days": 365}
        return [Said({**usual, **each}) for each in said.document["assessments"]]

    def NetworkSettings_specialty_coverage(self, said: Said) -> list[Said]:
        told = said.document["specialty_coverage"]
        return [Said({"specialty": key, "percent": int(told[key])}) for key in sorted(told)]

    def District_rating(self, _: Any) -> Said:
        return Said(self._said("rating"))

    def District_level_names(self, row: Any) -> list[Said]:
        own = self._said("level_names") or {}
        usual = {level.value: {"zh": text.zh, "en": text.en} for level, text in USUAL_NAMES.items()}
        return [
            Said({"level": each.value, "name": own.get(each.value, usual[each.value])}) for each in row.levels
        ]

    def Query_area(self, _: Part, id: str | None = None, code: str | None = None) -> Any:  # noqa: A002 - the contract's name
        if id is None and code is None:
            return None
        tests = [lambda r: str(r.id) == id] if id is not None else []
        tests += [lambda r: r.code == code] if code is not None else []
        return next((r for r in self.rows[AreaRow] if all(test(r) for test in tests)), None)

    def Query_areas(
        self,
        _: Part,
        under: str | None = None,
        level: str | None = None,
        search: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        found = [
            r
            for r in self.rows[AreaRow]
            if r.retired_on is None
            and (under is None or (self.below(r.id, under) and str(r.id) != under))
            and (level is None or r.level == level)
            and (search is None or has(r.name, search) or has(r.full_name, search))
        ]
        return self.page(found, "tree", lambda r: (r.path, r.id), first, after)

    def Area_retired(self, row: AreaRow) -> bool:
        return row.retired_on is not None

    def Area_parent(self, row: AreaRow) -> Any:
        return self.area(row.parent_id) if row.parent_id else None

    def Area_ancestors(self, row: AreaRow) -> list[Any]:
        return [self.area(UUID(label)) for label in row.path.split(".")[:-1]]

    def Area_children(self, row: AreaRow, first: int | None = None, after: str | None = None) -> Page:
        found = self.of(AreaRow, parent_id=row.id, retired_on=None)
        return self.page(found, "position", lambda r: (r.position, r.id), first, after)
