"""接待: somebody was asked. Whoever it is owns the record from that moment (DOMAIN B01)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import no_such_case
from bangban.features.cases.service.applicant import LONGEST_NAME
from bangban.features.cases.tables import CaseRow
from bangban.features.first_asks import rules
from bangban.features.first_asks.rules import Ask
from bangban.features.first_asks.service.loading import caller_of, record
from bangban.features.first_asks.tables import ASKER_CONTEXT, FirstAskRow
from bangban.features.first_asks.values import AskChannel
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import mask_name, mask_phone, normalise_phone
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asked, as far as they said. Personal data: kept out of logs and tracebacks."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


async def record_first_ask(
    work: Work,
    *,
    channel: AskChannel,
    area_id: UUID,
    matter: str,
    within_duty: bool,
    asker: Asker | None = None,
    case_number: str | None = None,
) -> UUID:
    """接待: the caller was asked, and owns it from now on.

    Raises:
        NotFound: No such area, or no such case that the caller may see.
        Forbidden: The caller does not work in this area.
        InvalidInput, InvalidPhone, PhraseBanned.
    """
    work.grants.require(Permission.ASKING_RECORD)
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.ASKING_RECORD, area.path)
    if channel is AskChannel.GROUP:
        raise InvalidInput(
            "What was asked in a work group is taken over from its log.",
            "工作群中的咨询请通过群消息导入登记。",
            fields=("input.channel",),
        )
    ask = rules.receive(owner_id=caller_of(work), within_duty=within_duty)
    row = await file_ask(
        work,
        ask,
        channel=channel,
        area_id=area_id,
        matter=matter,
        case_number=case_number,
        **asker_columns(work, asker or Asker()),
    )
    record(work, row, Permission.ASKING_RECORD, channel=channel.value, within_duty=within_duty)
    return row.id


async def file_ask(
    work: Work,
    ask: Ask,
    *,
    channel: AskChannel,
    area_id: UUID,
    matter: str,
    case_number: str | None = None,
    **columns: Any,
) -> FirstAskRow:
    """Write a fresh record, which has its number then.

    Raises:
        InvalidInput: Nothing was asked, or too much.
        NotFound: No such case that the caller may see.
    """
    row = FirstAskRow(
        id=new_id(),
        stem=f"{work.number_prefix}{work.today:%Y%m%d}-Q",
        channel=channel,
        state=ask.state,
        matter=rules.stated(matter, field="input.matter"),
        within_duty=ask.within_duty,
        owner_id=ask.owner_id,
        handler_id=ask.handler_id,
        area_id=area_id,
        asked_at=work.now,
        case_id=None if case_number is None else await _case_of(work, case_number),
        **columns,
    )
    work.db.add(row)
    await work.db.flush()
    await work.db.refresh(row, ["number"])
    return row


async def number_of(work: Work, ask_id: UUID) -> str:
    """The number that the asker was given."""
    return (await work.db.scalars(select(FirstAskRow.number).where(FirstAskRow.id == ask_id))).one()


async def _case_of(work: Work, number: str) -> UUID:
    """The case that it is about. Raises NotFound where the caller may not see it."""
    found = await visible_cases(work, {number.strip()})
    if not found:
        raise no_such_case(field="input.caseNumber")
    return next(iter(found.values()))


async def visible_cases(work: Work, numbers: Collection[str]) -> dict[str, UUID]:
    """Those of the cases with these numbers that the caller may see."""
    rows = await work.db.execute(
        select(
            CaseRow.number,
            CaseRow.id,
            AreaRow.path,
            CaseRow.holder_id,
            CaseRow.first_asked_id,
            CaseRow.resident_id,
        )
        .join(AreaRow, AreaRow.id == CaseRow.area_id)
        .where(CaseRow.number.in_(numbers))
    )
    me, scope = caller_of(work), work.grants.scope(Permission.CASE_READ)
    return {
        row.number: row.id
        for row in rows
        if scope.covers(row.path, owned=me in (row.holder_id, row.first_asked_id, row.resident_id))
    }


def asker_columns(work: Work, asker: Asker) -> dict[str, Any]:
    """Who asked, sealed and masked; nothing where nothing was said, as in an anonymous call."""
    name, number = ((each or "").strip() or None for each in (asker.name, asker.phone))
    if name is not None and (shown_name(name) is None or len(name) > LONGEST_NAME):
        raise InvalidInput(
            f"Give the name, in at most {LONGEST_NAME} characters, on one line and without invisible ones.",
            f"姓名不超过 {LONGEST_NAME} 个字,不含换行和不可见字符。",
            fields=("input.asker.name",),
        )
    phone = None if number is None else normalise_phone(number, fields=("input.asker.phone",))
    masked = " ".join(filter(None, (name and mask_name(name), phone and mask_phone(phone))))
    if not masked:
        return {}
    sealed = work.vault.seal(
        json.dumps({"name": name, "phone": phone}, ensure_ascii=False), context=ASKER_CONTEXT
    )
    return {"asker_sealed": sealed, "asker_masked": masked}
