"""Bundles, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.api.truth import Page, Part
from tests.api.truths.casework import CaseFields
from tests.api.truths.saying import Said, has

from bangban.features.bundles.tables import BundleRow
from bangban.features.catalog.tables import ServiceMaterialRow


@dataclass
class Paper:
    """A paper under its key, and whoever needs it."""

    key: str
    name: str
    place: int
    required: bool = False
    rank: int = 9  # how far it is; beyond any
    wanted: int = 0
    of: set[str] = None  # type: ignore[assignment]  # filled in below

    def __post_init__(self) -> None:
        self.of = set()

    def add(self, row: Any, who: str, place: int) -> None:
        self.place, self.required = min(self.place, place), self.required or row.required
        self.wanted += 1
        self.of.add(who)


class BundleFields(CaseFields):
    """Named ``Type_field``."""

    def Query_bundles(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
        on: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        day = self.moment.day if on is None else date.fromisoformat(on)
        found = [
            r
            for r in self.rows[BundleRow]
            if r.effective_from <= day
            and (r.effective_to is None or r.effective_to > day)
            and ("code" not in asked or r.code == asked["code"])
            and ("search" not in asked or has(r.name, asked["search"]))
            and ("serviceCode" not in asked or asked["serviceCode"] in r.items)
        ]
        return self.page(found, "bundle", lambda r: (r.code, r.id), first, after)

    def Bundle_services(self, row: BundleRow) -> list[Any]:
        found = [each for each in self._in_force() if each.code in row.items]
        return sorted(found, key=lambda each: row.items.index(each.code))

    def Bundle_fields(self, row: BundleRow) -> list[Said]:
        return [Said({**each, "label": {"zh": each["zh"], "en": each["en"]}}) for each in row.fields]

    def _key(self, bundle: BundleRow | None, item: str, paper: Any) -> tuple[str, str]:
        """The key and the name under which a paper is given."""
        for each in bundle.materials if bundle else ():
            if each["of"].get(item) == paper.code:
                return each["key"], each["name"]
        return f"{item}/{paper.code}", paper.name

    def _papers(self, row: BundleRow) -> list[Paper]:
        found: dict[str, Paper] = {}
        for item in self.Bundle_services(row):
            for paper in self.of(ServiceMaterialRow, item_id=item.id):
                if paper.source == "SHARED_DATA":
                    continue
                place = (row.items.index(item.code) + 1) * 1000 + paper.position
                key, name = self._key(row, item.code, paper)
                found.setdefault(key, Paper(key, name, place)).add(paper, item.code, place)
        return sorted(found.values(), key=lambda each: each.place)

    def Bundle_materials(self, row: BundleRow) -> list[Paper]:
        return self._papers(row)

    def BundleMaterial_services(self, paper: Paper) -> list[str]:
        return sorted(paper.of)

    def Bundle_materials_once(self, row: BundleRow) -> int:
        return len(self._papers(row))

    def Bundle_materials_separately(self, row: BundleRow) -> int:
        return sum(each.wanted for each in self._papers(row))

    def Bundle_promised_working_days(self, row: BundleRow) -> int:
        return max((each.promised_working_days for each in self.Bundle_services(row)), default=0)
