"""Staff accounts as a transaction sees them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.accounts.principals import Duty, staff_principal
from bangban.features.areas.tables import AreaRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.tenancy.work import Work


async def find_staff_principal(work: Work, staff_id: UUID, *, session_id: UUID) -> Principal | None:
    """The account as it stands in this transaction; None if inactive or without an assignment today."""
    staff = await work.db.get(StaffRow, staff_id)
    if staff is None or not staff.active:
        return None
    today = work.today
    duties = await work.db.execute(
        select(
            AssignmentRow.role,
            AssignmentRow.area_id,
            AreaRow.path,
            AreaRow.level,
            AssignmentRow.since,
            AssignmentRow.until,
            AssignmentRow.point_id,
        )
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(
            AssignmentRow.staff_id == staff_id,
            AssignmentRow.since <= today,
            or_(AssignmentRow.until.is_(None), AssignmentRow.until >= today),
        )
        .order_by(AssignmentRow.id)
    )
    return staff_principal(
        slug=work.district.slug,
        staff_id=staff.id,
        name=staff.name,
        language=staff.language,
        duties=[Duty(*row) for row in duties],
        session_id=session_id,
        origins=staff.portal_origins,
        documents_only=bool(staff.portal_documents_only),
    )
