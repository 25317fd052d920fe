"""Use cases of first-asked records: load and lock, authorise, apply the rule, save. Each runs in the caller's work."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import no_such_case
from bangban.features.cases.rules.assistance import assistance_of, check_phrases
from bangban.features.cases.rules.facts import said
from bangban.features.cases.service.applicant import LONGEST_NAME
from bangban.features.cases.tables import CaseRow
from bangban.features.first_asks import rules
from bangban.features.first_asks.problems import TransferReceiverUnfit, no_such_ask
from bangban.features.first_asks.rules import Ask
from bangban.features.first_asks.tables import (
    ASKER_CONTEXT,
    FirstAskAnswerRow,
    FirstAskRow,
    FirstAskTransferRow,
)
from bangban.features.first_asks.values import AskChannel
from bangban.features.people.leads import counts_today
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import mask_name, mask_phone, normalise_phone
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput, NotAuthenticated
from bangban.kernel.tenancy.work import Work

TRANSFERRED: Final = "asking.transferred"
TRANSFER_DUE: Final = "asking.transfer-due"  # a timer
TRANSFER_EXPIRED: Final = "asking.transfer-expired"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asked, as far as they said. Personal data: kept out of logs and tracebacks."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(kw_only=True)
class _Loaded:
    """A record, locked, with the open transfer, for one act of the caller."""

    row: FirstAskRow
    offer: FirstAskTransferRow | None
    area_path: str

    @property
    def ask(self) -> Ask:
        return Ask(
            state=self.row.state,
            within_duty=self.row.within_duty,
            owner_id=self.row.owner_id,
            handler_id=self.row.handler_id,
            offered_to=None if self.offer is None else self.offer.to_id,
            outcome=self.row.outcome,
        )


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
    ask = rules.receive(owner_id=_caller(work), within_duty=within_duty)
    row = FirstAskRow(
        id=new_id(),
        stem=f"{work.number_prefix}{work.today:%Y%m%d}-Q",
        channel=channel,
        state=ask.state,
        matter=rules.stated(matter, field="input.matter"),
        within_duty=within_duty,
        owner_id=ask.owner_id,
        handler_id=ask.handler_id,
        area_id=area_id,
        asked_at=work.now,
        case_id=None if case_number is None else await _case_of(work, case_number),
        **_asker_columns(work, asker or Asker()),
    )
    work.db.add(row)
    await work.db.flush()
    await work.db.refresh(row, ["number"])
    _record(work, row, Permission.ASKING_RECORD, channel=channel.value, within_duty=within_duty)
    return row.id


async def number_of(work: Work, ask_id: UUID) -> str:
    """The number that the asker was given."""
    return (await work.db.scalars(select(FirstAskRow.number).where(FirstAskRow.id == ask_id))).one()


async def transfer_first_ask(work: Work, *, number: str, to_staff_id: UUID, reason: str) -> UUID:
    """内转: to a colleague of the district. Raises as ``rules.transfer``, and ``TransferReceiverUnfit``."""
    loaded = await _load(work, number, Permission.ASKING_TRANSFER)
    after = rules.transfer(
        loaded.ask,
        to_id=to_staff_id,
        by=_caller(work),
        may_manage=_anywhere(work, loaded, Permission.ASKING_TRANSFER),
    )
    why = rules.stated(reason, field="input.reason")
    await _require_in_service(work, to_staff_id)
    offer = FirstAskTransferRow(
        id=new_id(),
        first_ask_id=loaded.row.id,
        from_id=_caller(work),
        to_id=to_staff_id,
        reason=why,
        offered_at=work.now,
    )
    work.db.add(offer)
    await _save(work, loaded, after, Permission.ASKING_TRANSFER, to=str(to_staff_id))
    work.announce(TRANSFERRED, str(offer.id))
    work.announce(TRANSFER_DUE, str(offer.id), due=work.now + assistance_of(work.settings).transfer_wait)
    return loaded.row.id


async def take_first_ask(work: Work, *, number: str, accept: bool, reason: str | None = None) -> UUID:
    """接收 or 退回: by whom it was offered to. Raises ``NoTransfer``, InvalidInput (back without a reason)."""
    loaded = await _load(work, number, Permission.ASKING_TRANSFER)
    me = _caller(work)
    after = rules.take(loaded.ask, by=me) if accept else rules.give_back(loaded.ask, by=me)
    assert loaded.offer is not None  # the rule has seen to it
    if accept:
        loaded.offer.taken_at = work.now
    else:
        loaded.offer.return_reason = rules.stated(reason, field="input.reason")
        loaded.offer.returned_at = work.now
    return await _save(work, loaded, after, Permission.ASKING_TRANSFER, accepted=accept)


async def expire_transfer(work: Work, *, transfer_id: UUID) -> None:
    """转办超时: what nobody accepted in time is where it was. Nothing where there is nothing to give back.

    Called by the timer of a transfer; perhaps twice, or for one that has ended, or after the district has given
    people longer. Then another timer is set.
    """
    of = select(FirstAskTransferRow.first_ask_id).where(FirstAskTransferRow.id == transfer_id)
    loaded = await _locked(work, FirstAskRow.id == of.scalar_subquery())
    if loaded is None or loaded.offer is None or loaded.offer.id != transfer_id:
        return
    due = loaded.offer.offered_at + assistance_of(work.settings).transfer_wait
    if due > work.now:
        work.announce(TRANSFER_DUE, str(transfer_id), due=due)
        return
    after = rules.give_back(loaded.ask, by=None)
    loaded.offer.returned_at, loaded.offer.return_reason = work.now, "逾时未接收,自动退回"
    await _save(work, loaded, after, Permission.ASKING_TRANSFER, expired=True)
    work.announce(TRANSFER_EXPIRED, str(transfer_id))


async def answer_first_ask(work: Work, *, number: str, text: str) -> UUID:
    """答复: by who was asked or who has it. Raises as ``rules.answer``, and ``PhraseBanned``."""
    loaded = await _load(work, number, Permission.ASKING_ANSWER)
    after = rules.answer(loaded.ask, text, by=_caller(work))
    check_phrases(assistance_of(work.settings).phrases, text=text)
    work.db.add(
        FirstAskAnswerRow(
            id=new_id(),
            first_ask_id=loaded.row.id,
            at=work.now,
            author_id=_caller(work),
            text=rules.stated(text, field="input.text"),
        )
    )
    return await _save(work, loaded, after, Permission.ASKING_ANSWER)


async def close_first_ask(work: Work, *, number: str, outcome: str) -> UUID:
    """办结: by who was asked, or a supervisor for them. Raises as ``rules.close``, and ``PhraseBanned``."""
    loaded = await _load(work, number, Permission.ASKING_ANSWER)
    after = rules.close(
        loaded.ask, outcome, by=_caller(work), may_manage=_anywhere(work, loaded, Permission.ASKING_ANSWER)
    )
    check_phrases(assistance_of(work.settings).phrases, outcome=outcome)
    loaded.row.outcome, loaded.row.closed_at = after.outcome, work.now
    return await _save(work, loaded, after, Permission.ASKING_ANSWER, closed=True)


# ---------------------------------------------------------------------- parts


def _caller(work: Work) -> UUID:
    if work.principal.id is None:
        raise NotAuthenticated
    return work.principal.id


async def _load(work: Work, number: str, permission: Permission) -> _Loaded:
    """The record, locked, for whoever may do this with it, which all who have to do with it may.

    Raises:
        NotAuthenticated, Forbidden: The caller holds the permission nowhere; nothing was read.
        NotFound: There is no such record, or the caller may not see it; the two look the same.
    """
    work.grants.require(permission)
    loaded = await _locked(work, FirstAskRow.number == number.strip())
    if loaded is None:
        raise no_such_ask()
    owned = _caller(work) in (loaded.row.owner_id, loaded.row.handler_id, loaded.ask.offered_to)
    if not work.grants.scope(Permission.ASKING_READ).covers(loaded.area_path, owned=owned):
        raise no_such_ask()
    return loaded


async def _locked(work: Work, which: Any) -> _Loaded | None:
    row = await work.db.scalar(select(FirstAskRow).where(which).with_for_update())
    if row is None:
        return None
    found = (
        await work.db.execute(
            select(AreaRow.path, FirstAskTransferRow)
            .outerjoin(
                FirstAskTransferRow,
                (FirstAskTransferRow.first_ask_id == row.id)
                & FirstAskTransferRow.taken_at.is_(None)
                & FirstAskTransferRow.returned_at.is_(None),
            )
            .where(AreaRow.id == row.area_id)
        )
    ).one()
    return _Loaded(row=row, offer=found[1], area_path=found[0])


def _anywhere(work: Work, loaded: _Loaded, permission: Permission) -> bool:
    """Whether the caller may do this with every record of the area, as supervisors may, not only with their own."""
    return work.grants.scope(permission).covers(loaded.area_path)


async def _save(work: Work, loaded: _Loaded, after: Ask, permission: Permission, **details: Any) -> UUID:
    row = loaded.row
    assert after.owner_id == row.owner_id  # invariant 2: no rule changes it, and nothing here writes it
    row.state, row.handler_id = after.state, after.handler_id
    _record(work, row, permission, state=after.state.value, **details)
    return row.id


def _record(work: Work, row: FirstAskRow, permission: Permission, **details: Any) -> None:
    work.record(action=permission, object=f"asking:{row.number}", area_id=row.area_id, details=details)


async def _require_in_service(work: Work, staff_id: UUID) -> None:
    known = (
        select(StaffRow.id)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .where(
            StaffRow.id == staff_id,
            StaffRow.active,
            StaffRow.login.is_not(None),
            counts_today(AssignmentRow, work),
        )
        .limit(1)
    )
    if await work.db.scalar(known) is None:
        raise TransferReceiverUnfit(fields=("input.toStaffId",))


async def _case_of(work: Work, number: str) -> UUID:
    """The case that it is about. Raises NotFound where the caller may not see it."""
    found = (
        await work.db.execute(
            select(CaseRow.id, AreaRow.path, CaseRow.holder_id, CaseRow.first_asked_id)
            .join(AreaRow, AreaRow.id == CaseRow.area_id)
            .where(CaseRow.number == number.strip())
        )
    ).one_or_none()
    me = _caller(work)
    if found is None or not work.grants.scope(Permission.CASE_READ).covers(
        found.path, owned=me in (found.holder_id, found.first_asked_id)
    ):
        raise no_such_case()
    case_id: UUID = found.id
    return case_id


def _asker_columns(work: Work, asker: Asker) -> dict[str, Any]:
    """Who asked, sealed and masked; nothing where nothing was said, as in an anonymous call."""
    name, number = said(asker.name), said(asker.phone)
    if name is not None and len(name) > LONGEST_NAME:
        raise InvalidInput(
            f"Give the name, in at most {LONGEST_NAME} characters.",
            f"姓名不超过 {LONGEST_NAME} 个字。",
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
