"""The facts of the notice that a visitor to a hall was given, as it was given (DOMAIN A06, B03)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import DataErased
from bangban.features.cases.values import MaterialState, NoticeSigner
from bangban.features.catalog.service.reading import materials_of
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.values import PaperState
from bangban.features.places.tables import ServicePointRow
from bangban.features.receipts.facts import PaperFacts, PaperMaterial, PaperNotice, form_in
from bangban.features.receipts.problems import NothingToReceipt
from bangban.features.receipts.service.matters import code_for, matter_of, place_of, staff_name
from bangban.features.receipts.values import VISIT_MARK, ReceiptKind
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.papers import number_of

NAMELESS: Final = "来访群众"
"""Whoever comes without giving a number."""

_REASONS: Final = {PaperState.MISSING: "未携带", PaperState.WRONG_FORM: "不符合要求的形式"}


async def facts_of_visit(work: Work, visit_id: UUID) -> PaperFacts:
    """What the notice of a visit may say; what was told then, whatever was found later.

    Raises:
        DataErased: The visit was forgotten.
        NothingToReceipt: Nothing was told, or before notices were kept whole.
    """
    visit = await work.db.get_one(VisitRow, visit_id)
    if visit.forgotten:
        raise DataErased
    if visit.told_at is None or visit.told_papers is None or visit.service_item_id is None:
        raise NothingToReceipt(ReceiptKind.NOTICE)
    item = await work.db.get_one(ServiceItemRow, visit.service_item_id)
    zone, number = work.district.zone, number_of(visit.id)
    visitor = visit.visitor_masked or NAMELESS
    guide = await staff_name(work, visit.told_by)
    return PaperFacts(
        district=work.district.name,
        brand=work.district.brand,
        number=number,
        unit=item.department or await _area(work, visit.point_id),
        applicant=visitor,
        identity_masked="",
        phone_masked=visitor,
        helper=guide or "",
        contact_phone=work.settings.get("contact_phone"),
        promised_days=item.promised_working_days,
        submitted_at=visit.greeted_at.astimezone(zone),
        accepted_at=None,
        due_on=None,
        due_provisional=False,
        promised_by=None,
        completed_at=None,
        outcome=None,
        opinion=None,
        result_number=None,
        decision_basis=None,
        seal=None,
        materials=await _materials(work, item.id, visit.told_papers),
        notice=PaperNotice(
            missing=tuple(each["code"] for each in visit.told_papers),
            reasons={
                each["code"]: each["note"] or _REASONS[PaperState(each["state"])]
                for each in visit.told_papers
            },
            issued_at=visit.told_at.astimezone(zone),
            deadline=visit.told_until,
            issuer=guide,
            channel=visit.told_channel,
            how=visit.told_how,
            where=await place_of(work, visit.told_where_id),
            signed_at=visit.told_signed_at and visit.told_signed_at.astimezone(zone),
            signed_by=NoticeSigner.AT_COUNTER if visit.told_signed_at else None,
            signed_to=await staff_name(work, visit.told_signed_to),
        ),
        of_visit=True,
        **matter_of(item),
        **code_for(work, number, VISIT_MARK),
    )


async def _area(work: Work, point_id: UUID) -> str:
    of_point = select(AreaRow.full_name).join(ServicePointRow, ServicePointRow.area_id == AreaRow.id)
    return await work.db.scalar(of_point.where(ServicePointRow.id == point_id)) or ""


async def _materials(work: Work, item_id: UUID, told: list[Any]) -> tuple[PaperMaterial, ...]:
    """What was told to be missing, with what the item says of each."""
    by_code = {each.code: each for each in await materials_of(work.db, item_id)}
    return tuple(
        PaperMaterial(
            code=each["code"],
            name=each["name"],
            required=True,
            state=MaterialState.MISSING,
            originals=by_code[each["code"]].originals,
            copies=by_code[each["code"]].copies,
            issuer=by_code[each["code"]].issuer,
            form=form_in(by_code[each["code"]].form),
        )
        for each in told
    )
