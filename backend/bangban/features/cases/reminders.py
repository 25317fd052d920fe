"""What is told of assistance: a hand-over that nobody took, the matters that follow; and the timer of hand-overs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, any_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.service.next_steps import TOLD
from bangban.features.cases.service.relay import expire_handover
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.districts.platform import PLATFORM
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_of
from bangban.features.people.tables import StaffRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of assistance, by kind."""
    told = tellers(
        tenancy,
        messenger,
        {Announcement.HANDOVER_EXPIRED: _expired, Announcement.NEXT_STEPS: _next_steps},
    )
    return {**told, str(Announcement.HANDOVER_DUE): partial(_handover_due, tenancy)}


async def _handover_due(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(
        delivery.district, PLATFORM, request_id="handover-due", now=delivery.moment()
    ) as work:
        await expire_handover(work, case_id=UUID(delivery.reference))


async def _expired(work: Work, delivery: Delivery) -> Sequence[Message]:
    """交接超时: to the sender, who has the case, and to the sender's lead."""
    receiver = aliased(StaffRow)
    found = (
        await work.db.execute(
            select(CaseRow.number, ServiceItemRow.name, StaffRow, receiver.name)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(HandoverRow, HandoverRow.case_id == CaseRow.id)
            .join(StaffRow, StaffRow.id == HandoverRow.from_id)
            .join(receiver, receiver.id == HandoverRow.to_id)
            .where(CaseRow.id == UUID(delivery.reference), HandoverRow.returned_at.is_not(None))
            .order_by(HandoverRow.returned_at.desc())
            .limit(1)
        )
    ).one_or_none()
    if found is None:
        return ()
    number, item, sender, to_name = found
    return [
        letter(
            work,
            delivery,
            Template.HANDOVER_EXPIRED,
            f"-{staff.id}",
            to=to,
            language=staff.language,
            number=number,
            item=item,
            sender=sender.name,
            receiver=to_name,
        )
        for staff in (sender, *await leads_of(work, sender.id))
        if (to := ways_to(work.vault, staff))
    ]


_CASE = Written(
    select(
        CaseRow.number,
        CaseRow.phone_sealed,
        CaseRow.state,
        CaseRow.next_acknowledged_at,
        ServiceItemRow.name.label("item"),
        ServiceItemRow.code,
        RESIDENT_LANGUAGE,
        ResidentRow.wechat_sealed,
    )
    .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
    .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
    .where(CaseRow.id == Given("case_id", Uuid()))
)
_TODAY = Given("today", Date())
_FOLLOWING = Written(
    select(
        ServiceItemRow.code,
        ServiceItemRow.name,
        func.array_remove(
            func.array_agg(ServiceMaterialRow.name, type_=ARRAY(Text())), None, type_=ARRAY(Text())
        ).label("papers"),
    )
    .outerjoin(ServiceMaterialRow, ServiceMaterialRow.item_id == ServiceItemRow.id)
    .where(
        ServiceItemRow.code == any_(Given("codes", ARRAY(Text()))),
        ServiceItemRow.effective_from <= _TODAY,
        or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > _TODAY),
    )
    .group_by(ServiceItemRow.id)
    .order_by(ServiceItemRow.code)
)


async def _next_steps(work: Work, delivery: Delivery) -> Message | None:
    """主动告知: the matters that usually follow, each with its papers; nothing, once the applicant knows."""
    found = await work.run(_CASE, case_id=UUID(delivery.reference))
    case = found[0] if found else None
    if case is None or case.phone_sealed is None or case.state not in TOLD or case.next_acknowledged_at:
        return None
    codes = list(assistance_of(work.settings).following(case.code))
    steps = await work.run(_FOLLOWING, codes=codes, today=work.today)
    if not steps:
        return None
    return letter(
        work,
        delivery,
        Template.NEXT_STEPS,
        to=ways_to_resident(
            work.vault,
            wechat=case.wechat_sealed,
            phone=work.vault.open(case.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=case.language,
        number=case.number,
        item=case.item,
        steps=[f"{each.name}({'、'.join(each.papers)})" if each.papers else each.name for each in steps],
    )
