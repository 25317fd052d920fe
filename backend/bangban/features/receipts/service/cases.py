"""The facts that papers of a case are made of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import DataErased
from bangban.features.cases.tables import CaseEventRow, CaseMaterialRow, CaseRow, NoticeRow, ToleranceRow
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.receipts.facts import (
    PaperBatch,
    PaperFacts,
    PaperMaterial,
    PaperMove,
    PaperNotice,
    form_in,
)
from bangban.features.receipts.service.matters import (
    code_for,
    joint_departments,
    matter_of,
    place_of,
    staff_name,
)
from bangban.features.receipts.values import MARKS, ReceiptKind
from bangban.kernel.tenancy.work import Work


async def facts_of_case(work: Work, case_id: UUID, kind: ReceiptKind) -> PaperFacts:
    """What papers of a case may say, as it is now. Raises DataErased."""
    row = (await work.db.execute(_case(case_id))).one()
    case, item, zone = row.CaseRow, row.ServiceItemRow, work.district.zone
    if case.identity_sealed is None:
        raise DataErased
    told = kind is ReceiptKind.NOTICE
    return PaperFacts(
        district=work.district.name,
        brand=work.district.brand,
        number=case.number,
        unit=item.department or row.area,
        **matter_of(item),
        applicant=case.applicant_name,
        identity_masked=case.identity_masked,
        phone_masked=case.phone_masked,
        helper=row.helper,
        contact_phone=work.settings.get("contact_phone"),
        promised_days=case.promised_days,
        submitted_at=case.submitted_at.astimezone(zone),
        accepted_at=case.accepted_at and case.accepted_at.astimezone(zone),
        due_on=case.due_on,
        due_provisional=case.due_provisional,
        promised_by=row.promised_by,
        completed_at=case.completed_at and case.completed_at.astimezone(zone),
        outcome=case.outcome,
        standing=case.result_standing,
        held=bool(case.result_held),
        counts_from=case.counts_from,
        opinion=case.opinion,
        result_number=case.result_number,
        decision_basis=case.decision_basis,
        seal=await _seal(work, case_id) if kind is ReceiptKind.RESULT else None,
        materials=await _materials(work, case_id, item.id),
        notice=await _notice(work, case_id) if told else None,
        joint=await joint_departments(work, case_id) if told else (),
        moves=await _moves(work, case_id) if kind is ReceiptKind.CUSTODY else (),
        batch=await _batch(work, case_id) if kind is ReceiptKind.BATCH else None,
        **code_for(work, case.number, MARKS[kind]),
    )


async def _notice(work: Work, case_id: UUID) -> PaperNotice | None:
    """The latest one."""
    notice = await work.db.scalar(
        select(NoticeRow).where(NoticeRow.case_id == case_id).order_by(NoticeRow.ordinal.desc()).limit(1)
    )
    if notice is None:
        return None
    zone = work.district.zone
    return PaperNotice(
        missing=tuple(notice.missing),
        reasons=notice.reasons,
        issued_at=notice.issued_at.astimezone(zone),
        deadline=notice.deadline,
        issuer=await staff_name(work, notice.issued_by),
        channel=notice.channel,
        how=notice.how,
        where=await place_of(work, notice.where_id),
        signed_at=notice.acknowledged_at and notice.acknowledged_at.astimezone(zone),
        signed_by=notice.acknowledged_by,
        signed_to=await staff_name(work, notice.acknowledged_to),
    )


async def _seal(work: Work, case_id: UUID) -> str | None:
    """The seal under which the result went out, as it was called then, and its number in the year."""
    found = await work.db.scalar(
        select(CaseEventRow).where(CaseEventRow.case_id == case_id, CaseEventRow.seal_number.is_not(None))
    )
    if found is None or found.seal is None:
        return None
    return f"{found.seal['name']['zh']}〔{found.seal_year}〕第{found.seal_number}号"


def _case(case_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CaseRow,
            ServiceItemRow,
            AreaRow.full_name.label("area"),
            StaffRow.name.label("helper"),
            ToleranceRow.promised_by,
        )
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .join(AreaRow, AreaRow.id == CaseRow.area_id)
        .join(StaffRow, StaffRow.id == CaseRow.holder_id)
        .outerjoin(ToleranceRow, ToleranceRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id)
    )


async def _materials(work: Work, case_id: UUID, item_id: UUID) -> tuple[PaperMaterial, ...]:
    of_item = (ServiceMaterialRow.item_id == item_id) & (ServiceMaterialRow.code == CaseMaterialRow.code)
    rows = await work.db.execute(
        select(
            CaseMaterialRow.code,
            CaseMaterialRow.name,
            CaseMaterialRow.required,
            CaseMaterialRow.state,
            ServiceMaterialRow.originals,
            ServiceMaterialRow.copies,
            ServiceMaterialRow.issuer,
            ServiceMaterialRow.form,
        )
        .outerjoin(ServiceMaterialRow, of_item)
        .where(CaseMaterialRow.case_id == case_id)
        .order_by(CaseMaterialRow.position, CaseMaterialRow.code)
    )
    return tuple(
        PaperMaterial(
            code=each.code,
            name=each.name,
            required=each.required,
            state=each.state,
            originals=each.originals or 0,
            copies=each.copies or 0,
            issuer=each.issuer,
            form=form_in(each.form),
        )
        for each in rows
    )


async def _moves(work: Work, case_id: UUID) -> tuple[PaperMove, ...]:
    giver, receiver = aliased(StaffRow), aliased(StaffRow)
    given_by, given_to = aliased(AreaRow), aliased(AreaRow)
    rows = await work.db.execute(
        select(
            CustodyEntryRow,
            giver.name.label("giver"),
            given_by.name.label("given_by"),
            receiver.name.label("receiver"),
            given_to.name.label("given_to"),
        )
        .outerjoin(giver, giver.id == CustodyEntryRow.from_staff_id)
        .outerjoin(given_by, given_by.id == CustodyEntryRow.from_area_id)
        .outerjoin(receiver, receiver.id == CustodyEntryRow.to_staff_id)
        .outerjoin(given_to, given_to.id == CustodyEntryRow.to_area_id)
        .where(CustodyEntryRow.case_id == case_id)
        .order_by(CustodyEntryRow.id)
    )
    return tuple(
        PaperMove(
            at=row.CustodyEntryRow.at.astimezone(work.district.zone),
            kind=row.CustodyEntryRow.kind,
            code=row.CustodyEntryRow.code,
            originals=row.CustodyEntryRow.originals,
            copies=row.CustodyEntryRow.copies,
            giver=row.giver or row.given_by,
            receiver=row.receiver or row.given_to,
        )
        for row in rows
    )


async def _batch(work: Work, case_id: UUID) -> PaperBatch | None:
    mine = select(IntakeBatchCaseRow.batch_id).where(IntakeBatchCaseRow.case_id == case_id).scalar_subquery()
    rows = (
        await work.db.execute(
            select(
                IntakeBatchRow,
                ServicePointRow.name.label("point"),
                StaffRow.name.label("collector"),
                CaseRow.number,
                ServiceItemRow.name.label("item"),
                CaseRow.applicant_name_masked,
            )
            .join(ServicePointRow, ServicePointRow.id == IntakeBatchRow.point_id)
            .join(StaffRow, StaffRow.id == IntakeBatchRow.collector_id)
            .join(IntakeBatchCaseRow, IntakeBatchCaseRow.batch_id == IntakeBatchRow.id)
            .join(CaseRow, CaseRow.id == IntakeBatchCaseRow.case_id)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .where(IntakeBatchRow.id == mine)
            .order_by(IntakeBatchCaseRow.position)
        )
    ).all()
    if not rows:
        return None
    batch = rows[0].IntakeBatchRow
    return PaperBatch(
        number=batch.number,
        point=rows[0].point,
        collector=rows[0].collector,
        received_at=batch.received_at.astimezone(work.district.zone),
        due_on=batch.due_on,
        cases=tuple((row.number, row.item, row.applicant_name_masked) for row in rows),
    )
