"""What is on offer where somebody applies: the item in force with its materials, and the area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, literal_column, or_, select

from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import Material
from bangban.features.cases.values import MaterialState
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.kernel.database.written import Given, Written, labelled
from bangban.kernel.problems import Conflict
from bangban.kernel.tenancy.work import Work

SHARED_DATA = "SHARED_DATA"  # a material's source: fetched by the office, so nobody hands it in (DOMAIN 3.15)


def _offered() -> Written:
    today = Given("today", Date())
    in_force = (
        select(ServiceItemRow.id)
        .where(
            ServiceItemRow.code == Given("code", Text()),
            ServiceItemRow.effective_from <= today,
            or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > today),
        )
        .order_by(ServiceItemRow.version.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return Written(
        select(
            ServiceItemRow.id,
            ServiceItemRow.audience,
            ServiceItemRow.promised_working_days,
            ServiceItemRow.code.label("service_code"),
            ServiceItemRow.level,
            ServiceItemRow.details,
            ServiceItemRow.pre_checked_at,
            ServiceItemRow.handled_at,
            ServiceItemRow.department,
            AreaRow.path.label("area_path"),
            AreaRow.name.label("area_name"),
            AreaRow.retired_on.label("area_retired_on"),
            *labelled(ServiceMaterialRow, "material"),
        )
        .select_from(ServiceItemRow)
        .join(AreaRow, AreaRow.id == Given("area_id", Uuid()))
        .outerjoin(ServiceMaterialRow, ServiceMaterialRow.item_id == ServiceItemRow.id)
        .where(ServiceItemRow.id == in_force)
        .order_by(ServiceMaterialRow.position)
    )


_OFFERED: Final = _offered()


async def offered_item(work: Work, *, service_code: str, area_id: UUID) -> Sequence[Any]:
    """The item in force with its materials, and the area, in one statement: a row for each material, or one.

    Raises:
        ItemUnknown, AreaUnknown, AreaRetired.
    """
    today = work.today
    found = await work.run(_OFFERED, code=service_code, today=today, area_id=area_id)
    if not found:  # which of the two it was is worth a statement more
        await current_item(work.db, service_code, today)
        await get_area(work.db, area_id)
        raise Conflict
    first = found[0]
    if first.area_retired_on is not None and first.area_retired_on <= today:
        raise AreaRetired(fields=("input.areaId",), name=first.area_name, on=first.area_retired_on)
    return found


def material_of(row: Any) -> Material:
    """A row's material, as the case begins with it."""
    return Material(
        code=row.material_code,
        name=row.material_name,
        required=row.material_required,
        # Invariant 11: a core material is never tolerated.
        tolerable=row.material_tolerable and not row.material_core,
        state=MaterialState.EXEMPT if row.material_source == SHARED_DATA else MaterialState.MISSING,
    )
