"""What papers of cases and of visits say alike: the matter, where to bring something, who it was, and the code."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.people.tables import StaffRow
from bangban.features.places.hours import TEXT
from bangban.features.places.tables import ServicePointRow
from bangban.features.receipts.facts import PaperPlace
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.papers import paper_code

SETTING: Final = "receipts"
"""Key in the profile's settings."""


def matter_of(item: ServiceItemRow) -> dict[str, Any]:
    """What the catalog says of the item, as fields of ``PaperFacts``."""
    return {
        "item": item.name,
        "item_code": item.code,
        "legal_days": item.legal_working_days,
        "fee": item.fee_amount,
        "fee_basis": item.fee_basis,
        "legal_basis": tuple(item.legal_basis),
        "result_name": item.result_name,
        "conditions": item.conditions,
        "on_a_phone": tuple((item.details.get("mobile") or {}).get("steps", ())),
    }


def code_for(work: Work, number: str, mark: str) -> dict[str, Any]:
    """The paper's code, and what its QR code says."""
    code = paper_code(work.vault, number=number, mark=mark)
    template = work.settings.get(SETTING, {}).get("check_address")
    return {"code": code, "check_at": template.replace("{code}", code) if template else code}


async def staff_name(work: Work, staff_id: UUID | None) -> str | None:
    """Somebody of the staff by name."""
    if staff_id is None:
        return None
    return await work.db.scalar(select(StaffRow.name).where(StaffRow.id == staff_id))


async def place_of(work: Work, point_id: UUID | None) -> PaperPlace | None:
    """A service point, as a paper names it."""
    if point_id is None:
        return None
    found = (
        await work.db.execute(
            select(ServicePointRow.name, ServicePointRow.address, ServicePointRow.hours).where(
                ServicePointRow.id == point_id
            )
        )
    ).one()
    return PaperPlace(name=found.name, address=found.address, hours=found.hours.get(TEXT, ""))


async def joint_departments(work: Work, case_id: UUID) -> tuple[str, ...]:
    """The departments of the bundle that a case belongs to, the leading one first; none where it belongs to none."""
    mine = select(BundleMemberRow.application_id).where(BundleMemberRow.case_id == case_id).scalar_subquery()
    rows = (
        await work.db.execute(
            select(BundleRow.lead_department, ServiceItemRow.department)
            .select_from(BundleMemberRow)
            .join(BundleApplicationRow, BundleApplicationRow.id == BundleMemberRow.application_id)
            .join(BundleRow, BundleRow.id == BundleApplicationRow.bundle_id)
            .join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .where(BundleMemberRow.application_id == mine)
            .order_by(BundleMemberRow.position)
        )
    ).all()
    named = [each.lead_department for each in rows[:1]] + [each.department for each in rows]
    return tuple(dict.fromkeys(each for each in named if each))
