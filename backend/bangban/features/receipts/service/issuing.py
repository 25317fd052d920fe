"""Receipts: who may have one, and the paper when it is fetched."""

from __future__ import annotations

from uuid import UUID

from bangban.features.cases.service.loading import load_case
from bangban.features.hall.service.telling import load_told
from bangban.features.receipts.papers import Paper
from bangban.features.receipts.problems import OnlyTheNotice
from bangban.features.receipts.rules import paper_of
from bangban.features.receipts.service.cases import facts_of_case
from bangban.features.receipts.service.visits import facts_of_visit
from bangban.features.receipts.values import ReceiptKind
from bangban.features.uploads.service import Given, offer_receipt, offer_visit_receipt, require_receiver
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.work import Work


async def issue_receipt(work: Work, desk: FileDesk, *, number: str, kind: ReceiptKind) -> Given:
    """The address of a receipt of the case, as it is when it is fetched.

    Raises:
        Forbidden, NotFound: The caller may not have papers of this case, or not see it; a batch's is for staff.
        NothingToReceipt: What it would say has not happened.
        AuthorisationRequired: A RESULT, for somebody who goes for the applicant and may not receive it.
        ResultHeld: The result waits for those of other cases.
        DataErased: The retention period of the case is over.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.RECEIPT_READ,))
    loaded.authorise(Permission.RECEIPT_READ)
    if kind is ReceiptKind.BATCH and not loaded.actor.is_staff:  # it names others beside the case's applicant
        raise Forbidden(permission=Permission.RECEIPT_READ)
    if kind is ReceiptKind.RESULT:
        require_receiver(loaded, field="input.number")
    await make_paper(work, loaded.row.id, kind)  # so that what cannot be had is refused here, and in words
    return offer_receipt(work, desk, loaded, receipt=kind.value)


async def issue_visit_receipt(work: Work, desk: FileDesk, *, visit_id: UUID, kind: ReceiptKind) -> Given:
    """The address of the notice that a visitor was given, for a guide of the point.

    Raises:
        Forbidden, NotFound, NotOnShift: The caller guides nobody at that point now.
        OnlyTheNotice: Of a visit there is no other paper.
        NothingToReceipt, DataErased.
    """
    work.grants.require(Permission.RECEIPT_READ)
    area_id = await load_told(work, visit_id)
    if kind is not ReceiptKind.NOTICE:
        raise OnlyTheNotice
    await make_visit_paper(work, visit_id)
    return offer_visit_receipt(work, desk, visit_id=visit_id, area_id=area_id, receipt=kind.value)


async def make_paper(work: Work, case_id: UUID, kind: ReceiptKind) -> Paper:
    """The paper of a case as it is now. Raises NothingToReceipt, ResultHeld, DataErased."""
    return paper_of(kind, await facts_of_case(work, case_id, kind))


async def make_visit_paper(work: Work, visit_id: UUID) -> Paper:
    """The notice of a visit. Raises NothingToReceipt, DataErased."""
    return paper_of(ReceiptKind.NOTICE, await facts_of_visit(work, visit_id))
