"""Recording a proxy use: of a case with its timeline, or of an item alone (DOMAIN C16)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import Text, Uuid, select, update

from bangban.features.areas.service import get_area
from bangban.features.cases.rules.transition import Announcement, Audit
from bangban.features.cases.service.loading import load_case
from bangban.features.cases.service.saving import record
from bangban.features.cases.service.statement import inserted
from bangban.features.cases.service.written_values import event_values
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.service.reading import current_item
from bangban.features.catalog.values import Channel
from bangban.features.proxy_use.rules import Use, check_use, lists_of, used_on
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written, together
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput, NotAuthenticated
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

_EVENT: Final = together({"event": inserted(CaseEventRow, "event")})
_CHANNEL: Final = Written(select(CaseRow.channel).where(CaseRow.id == Given("case_id", Uuid())))
_APPLIED: Final = Written(
    update(CaseRow).where(CaseRow.id == Given("case_id", Uuid())).values(channel=Given("channel", Text()))
)


async def record_proxy_use(
    work: Work,
    use: Use,
    *,
    number: str | None,
    service_code: str | None,
    area_id: UUID | None,
    elderly: bool = False,
) -> UUID:
    """Record it, for the case ``number`` or for an item in an area; the id of the record.

    On a case it is an event and an entry of the trail, and where the case was applied for by it, its channel is PROXY.

    Raises:
        Forbidden: The caller records no proxy use there.
        NotFound: No such case, area or item.
        InvalidInput: Neither case nor item with its area, or both.
        And what ``check_use`` and ``used_on`` raise.
    """
    work.grants.require(Permission.PROXY_RECORD)
    check_storage(work.district.quotas, work.district.storage_bytes)
    agent = work.principal.id
    if agent is None:
        raise NotAuthenticated
    check_use(use, lists_of(work.settings), now=work.now)
    if number is not None and service_code is None and area_id is None:
        case_id, code, place = await _on_case(work, use, number)
    elif number is None and service_code is not None and area_id is not None:
        case_id, (code, place) = None, await _on_item(work, use, service_code, area_id)
    else:
        raise InvalidInput(
            "Name a case, or else an item and an area.",
            "请填写办件编号,或者填写事项与区域。",
            fields=("input.number", "input.serviceCode", "input.areaId"),
        )
    row = ProxyUseRow(
        id=new_id(),
        case_id=case_id,
        service_code=code,
        area_id=place,
        staff_id=agent,
        at=work.now,
        step=use.step,
        consent=use.consent,
        consented_at=use.consented_at,
        app=use.app,
        entered=list(use.entered),
        shown=list(use.shown),
        elderly=elderly,
    )
    work.db.add(row)
    return row.id


async def _on_case(work: Work, use: Use, number: str) -> tuple[UUID, str, UUID]:
    loaded = await load_case(work, number=number, one_of=(Permission.PROXY_RECORD,))
    loaded.authorise(Permission.PROXY_RECORD)
    ((channel,),) = await work.run(_CHANNEL, case_id=loaded.row.id)
    event, applied = used_on(
        loaded.facts, use, channel=Channel(channel), actor=loaded.actor, today=work.today
    )
    await work.run(_EVENT, case_id=loaded.row.id, **event_values(event, work))
    details = {"step": use.step.value, "consent": use.consent.value}
    if applied:
        await work.run(_APPLIED, case_id=loaded.row.id, channel=Channel.PROXY.value)
        details["channel_before"] = Channel(channel).value
    record(work, loaded.row, Audit(action=Permission.PROXY_RECORD, details=details))
    work.announce(Announcement.CHANGED.value, str(loaded.row.id))
    return loaded.row.id, loaded.row.service_code, loaded.row.area_id


async def _on_item(work: Work, use: Use, service_code: str, area_id: UUID) -> tuple[str, UUID]:
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.PROXY_RECORD, area.path)
    item = await current_item(work.db, service_code.strip(), work.today)
    work.record(
        action=Permission.PROXY_RECORD,
        object=f"service:{item.code}",
        area_id=area.id,
        details={"step": use.step.value, "consent": use.consent.value},
    )
    return item.code, area.id
