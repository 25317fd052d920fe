"""Messages to the applicant of a case: what they say of it, and to whom they go."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, select

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import EventKind
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.jobs.letters import letter
from bangban.kernel.messenger import Message, Template
from bangban.kernel.tenancy.work import Work

_CASE: Final = Written(
    select(
        CaseRow.id,
        CaseRow.number,
        CaseRow.phone_sealed,
        CaseRow.due_on,
        CaseRow.counts_from,
        CaseRow.opinion,
        CaseRow.outcome,
        CaseRow.decision_basis,
        CaseRow.result_held,
        CaseRow.state,
        CaseRow.check_in_due_on,
        CaseRow.result_standing,
        ServiceItemRow.name.label("item"),
        RESIDENT_LANGUAGE,
        ResidentRow.wechat_sealed,
    )
    .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
    .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
    .where(CaseRow.id == Given("case_id", Uuid()))
)
LATEST: Final = Written(
    select(CaseEventRow.actor, CaseEventRow.note)
    .where(CaseEventRow.case_id == Given("case_id", Uuid()), CaseEventRow.kind == Given("kind", Text()))
    .order_by(CaseEventRow.id.desc())
    .limit(1)
)


async def find_told(work: Work, delivery: Delivery) -> Any | None:
    """What messages say of the case and its item; None where nobody is told any more."""
    found = await work.run(_CASE, case_id=UUID(delivery.reference))
    if not found or found[0].phone_sealed is None:  # gone, or its applicant was erased
        return None
    return found[0]


def to_applicant(work: Work, delivery: Delivery, case: Any, template: Template, **facts: object) -> Message:
    """To whoever applied, with the number and the item of the case beside the ``facts``."""
    return letter(
        work,
        delivery,
        template,
        to=ways_to_resident(
            work.vault,
            wechat=case.wechat_sealed,
            phone=work.vault.open(case.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=case.language,
        number=case.number,
        item=case.item,
        **facts,
    )


async def case_and_event(work: Work, delivery: Delivery, kind: EventKind) -> tuple[Any, Any] | None:
    """The case, and the latest event of a kind; None where either is not there."""
    case = await find_told(work, delivery)
    found = await work.run(LATEST, case_id=UUID(delivery.reference), kind=kind.value)
    return None if case is None or not found else (case, found[0])
