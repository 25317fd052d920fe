"""The catalog, in plain Python."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.api.truth import Page, Part, Truth
from tests.api.truths.saying import has

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow


class CatalogFields(Truth):
    """Named ``Type_field``."""

    def _in_force(self, on: str | None = None) -> list[Any]:
        day = self.moment.day if on is None else date.fromisoformat(on)
        return [
            r
            for r in self.rows[ServiceItemRow]
            if r.effective_from <= day and (r.effective_to is None or r.effective_to > day)
        ]

    def Query_service(self, _: Part, code: str, on: str | None = None) -> Any:
        return next((r for r in self._in_force(on) if r.code == code), None)

    def Query_services(
        self,
        _: Part,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
        on: str | None = None,
    ) -> Page:
        asked = {key: value for key, value in (filter or {}).items() if value is not None}
        found = [
            r
            for r in self._in_force(on)
            if ("search" not in asked or has(r.name, asked["search"]) or has(r.code, asked["search"]))
            and ("audience" not in asked or asked["audience"] in r.audience)
            and ("kind" not in asked or asked["kind"] == r.kind)
            and ("level" not in asked or asked["level"] == r.level)
            and (
                "handledIn" not in asked
                or any(
                    str(a.id) == asked["handledIn"] and a.level in r.handled_at for a in self.rows[AreaRow]
                )
            )
        ]
        return self.page(found, "service", lambda r: (r.code, r.id), first, after)

    def ServiceItem_fee(self, row: ServiceItemRow) -> Part | None:
        return Part(row) if row.fee_amount is not None else None

    def Fee_amount(self, part: Part) -> Any:
        return part.of.fee_amount

    def Fee_basis(self, part: Part) -> Any:
        return part.of.fee_basis

    def ServiceItem_mobile(self, row: ServiceItemRow) -> Part | None:
        return Part(row) if "mobile" in row.details else None

    def MobileGuide_app(self, part: Part) -> Any:
        return part.of.details["mobile"]["app"]

    def MobileGuide_name(self, part: Part) -> Any:
        return part.of.details["mobile"]["name"]

    def MobileGuide_link(self, part: Part) -> Any:
        return part.of.details["mobile"]["link"]

    def MobileGuide_steps(self, part: Part) -> Any:
        return part.of.details["mobile"]["steps"]

    def MobileGuide_steps_en(self, part: Part) -> Any:
        return part.of.details["mobile"].get("stepsEn")

    def MobileGuide_validated_on(self, part: Part) -> Any:
        told = part.of.details["mobile"].get("validatedOn")
        return None if told is None else date.fromisoformat(told)

    def ServiceItem_name_en(self, row: ServiceItemRow) -> str | None:
        return row.details.get("name_en")

    def ServiceItem_legal_limit_note(self, row: ServiceItemRow) -> str | None:
        return row.details.get("legal_limit_note")

    def ServiceItem_no_materials_reason(self, row: ServiceItemRow) -> str | None:
        return row.details.get("no_materials_reason")

    def ServiceItem_online_not_offered_reason(self, row: ServiceItemRow) -> str | None:
        return row.details.get("online_not_offered_reason")

    def _of_material(self, row: ServiceMaterialRow, name: str) -> Any:
        (item,) = self.of(ServiceItemRow, id=row.item_id)
        return (item.details.get("materials") or {}).get(row.code, {}).get(name)

    def ServiceMaterial_name_en(self, row: ServiceMaterialRow) -> str | None:
        return self._of_material(row, "name_en")

    def ServiceMaterial_tolerable_days(self, row: ServiceMaterialRow) -> int | None:
        return self._of_material(row, "tolerable_days")

    def ServiceItem_theme(self, row: ServiceItemRow) -> str | None:
        return row.details.get("theme")

    def ServiceItem_delegated_only(self, row: ServiceItemRow) -> bool:
        return bool(row.details.get("delegated_only"))

    def ServiceItem_result_before_supplied(self, row: ServiceItemRow) -> bool:
        return bool(row.details.get("result_before_supplied"))

    def ServiceItem_materials(self, row: ServiceItemRow) -> list[Any]:
        return sorted(self.of(ServiceMaterialRow, item_id=row.id), key=lambda r: (r.position, r.code))
