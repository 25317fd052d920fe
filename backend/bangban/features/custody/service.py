"""Use cases of custody: load and lock the case, authorise, apply the rule, save. Each runs in the caller's work.

Door tasks, windows and batch intake move papers through these same functions, so that the balance is kept in one
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, insert, or_, select, update

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import CaseFacts, said
from bangban.features.cases.rules.transition import Announcement, Audit, Event
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.saving import record
from bangban.features.cases.service.staffing import get_receiver
from bangban.features.cases.service.statement import inserted
from bangban.features.cases.service.written_values import event_values
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.custody import rules
from bangban.features.custody.problems import ReceiverUnknown
from bangban.features.custody.rules import Holder, Moved, Movement, Papers
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.custody.values import RESULT
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written, given_list, together
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.work import Work

_PAPERS: Final = ("code", "originals", "copies")
_HOLDERS: Final = ("from_staff_id", "from_area_id", "to_staff_id", "to_area_id")


async def take_papers(
    work: Work, *, number: str, papers: Sequence[Papers], note: str | None = None
) -> CaseId:
    """代收: the caller has these papers of the applicant from now on, or the case's result. As ``rules.take``."""
    loaded, ledger = await _load(work, number)
    loaded.authorise(Permission.CUSTODY_RECORD)
    movement = rules.take(loaded.facts, ledger, papers, by=loaded.actor.id, occasion=loaded.occasion)
    return await _save(loaded, movement, note)


async def forward_papers(
    work: Work,
    *,
    number: str,
    papers: Sequence[Papers],
    to_staff_id: UUID | None = None,
    to_area_id: UUID | None = None,
    from_area_id: UUID | None = None,
    note: str | None = None,
) -> CaseId:
    """转交: what the caller has, or what the unit ``from_area_id`` has for which the caller acts.

    Raises:
        ReceiverUnknown: Not exactly one receiver, or a unit that is not in use.
        ReceiverUnfit: The person is out of service, or could do nothing with papers of this case.
        Forbidden: The caller does not act for that unit.
        PapersNotHeld, InvalidInput: as ``rules.forward``.
    """
    loaded, ledger = await _load(work, number)
    giver = await _giver(loaded, from_area_id)
    receiver = await _receiver(loaded, to_staff_id, to_area_id)
    return await _save(loaded, rules.forward(ledger, papers, giver=giver, receiver=receiver), note)


async def return_papers(
    work: Work,
    *,
    number: str,
    papers: Sequence[Papers],
    from_area_id: UUID | None = None,
    note: str | None = None,
) -> CaseId:
    """退还: to the applicant, by whoever has them. As ``forward_papers``."""
    loaded, ledger = await _load(work, number)
    giver = await _giver(loaded, from_area_id)
    return await _save(loaded, rules.give_back(ledger, papers, giver=giver), note)


# ---------------------------------------------------------------------- parts


async def _load(work: Work, number: str) -> tuple[Loaded, list[Moved]]:
    """The case, locked, and everything that was moved of it: while the lock is held nothing else moves."""
    loaded = await load_case(work, number=number, one_of=(Permission.CUSTODY_RECORD,))
    return loaded, [_moved(row) for row in await work.run(_LEDGER, case_id=loaded.row.id)]


async def _giver(loaded: Loaded, from_area_id: UUID | None) -> Holder:
    """Who gives: the caller, who needs no more right to it than having the papers; or a unit the caller acts for."""
    if from_area_id is None:
        return Holder(staff_id=loaded.actor.id)
    path = await loaded.work.db.scalar(select(AreaRow.path).where(AreaRow.id == from_area_id))
    if path is None:
        raise Forbidden(permission=Permission.CUSTODY_RECORD)
    loaded.work.grants.require_at(Permission.CUSTODY_RECORD, path)
    return Holder(area_id=from_area_id)


async def _receiver(loaded: Loaded, staff_id: UUID | None, area_id: UUID | None) -> Holder:
    work, row = loaded.work, loaded.row
    if staff_id is not None and area_id is None:
        await get_receiver(
            work,
            staff_id=staff_id,
            area_path=loaded.area_path,
            doing=Permission.CUSTODY_RECORD,
            owning=staff_id in (row.holder_id, row.first_asked_id),
        )
        return Holder(staff_id=staff_id)
    in_use = or_(AreaRow.retired_on.is_(None), AreaRow.retired_on > work.today)
    known = select(AreaRow.id).where(AreaRow.id == area_id, in_use)
    if staff_id is not None or await work.db.scalar(known) is None:
        raise ReceiverUnknown
    return Holder(area_id=area_id)


def _moved(row: Any) -> Moved:
    return Moved(
        kind=row.kind,
        papers=Papers(row.code, row.originals, row.copies),
        giver=_holder(row.from_staff_id, row.from_area_id),
        receiver=_holder(row.to_staff_id, row.to_area_id),
    )


def _holder(staff_id: UUID | None, area_id: UUID | None) -> Holder | None:
    return None if staff_id is None and area_id is None else Holder(staff_id, area_id)


def _entries() -> Written:
    """The entries, the number of sheets that people hold, and the timeline's line, in one statement."""
    listed = {"id", "kind", *_PAPERS, *_HOLDERS}
    columns = {each.name: each.type for each in CustodyEntryRow.__table__.columns if each.name in listed}
    # Citus takes INSERT … SELECT from what is materialised, and from nothing else.
    given = select(given_list("entry", **columns)).cte("given").prefix_with("MATERIALIZED")
    common = {
        "case_id": Given("case_id", Uuid()),
        "at": Given("event_at", CustodyEntryRow.__table__.c.at.type),
        "by_id": Given("by_id", Uuid()),
        "note": Given("note", Text()),
    }
    entries = insert(CustodyEntryRow).from_select(
        [*columns, *common],
        select(*(given.c[name] for name in columns), *common.values()),
        include_defaults=False,
    )
    balance = (
        update(CaseRow)
        .where(CaseRow.id == Given("case_id", Uuid()))
        .values(papers_out=Given("papers_out", BigInteger()))
    )
    return together({"entries": entries, "balance": balance, "event": inserted(CaseEventRow, "event")})


_LEDGER: Final = Written(
    select(
        CustodyEntryRow.kind,
        *(CustodyEntryRow.__table__.c[name] for name in (*_PAPERS, *_HOLDERS)),
    )
    .where(CustodyEntryRow.case_id == Given("case_id", Uuid()))
    .order_by(CustodyEntryRow.id)
)
_ENTRIES: Final = _entries()


async def _save(loaded: Loaded, movement: Movement, note: str | None) -> CaseId:
    work, row, moved = loaded.work, loaded.row, movement.moved
    event = Event(
        kind=movement.event,
        from_state=loaded.facts.state,
        to_state=loaded.facts.state,
        actor=loaded.actor.shown,
        note=_told(loaded.facts, moved, said(note)),
    )
    ends = [(each.giver or Holder(), each.receiver or Holder()) for each in moved]
    await work.run(
        _ENTRIES,
        case_id=row.id,
        by_id=loaded.actor.id,
        note=said(note),
        papers_out=movement.out,
        entry_id=[new_id() for _ in moved],
        entry_kind=[each.kind for each in moved],
        entry_code=[each.papers.code for each in moved],
        entry_originals=[each.papers.originals for each in moved],
        entry_copies=[each.papers.copies for each in moved],
        entry_from_staff_id=[giver.staff_id for giver, _ in ends],
        entry_from_area_id=[giver.area_id for giver, _ in ends],
        entry_to_staff_id=[receiver.staff_id for _, receiver in ends],
        entry_to_area_id=[receiver.area_id for _, receiver in ends],
        **event_values(event, work),
    )
    counts = {each.papers.code: [each.papers.originals, each.papers.copies] for each in moved}
    record(
        work,
        row,
        Audit(action=Permission.CUSTODY_RECORD, details={"kind": moved[0].kind.value, "papers": counts}),
    )
    work.announce(Announcement.CHANGED.value, str(row.id))
    return CaseId(row.id)


def _told(case: CaseFacts, moved: Sequence[Moved], note: str | None) -> str:
    """The papers as the timeline names them: 房产证 原件1 复印件2."""
    names = {RESULT: "办理结果", **{each.code: each.name for each in case.materials}}
    lines = [
        names.get(each.papers.code, each.papers.code)
        + (f" 原件{each.papers.originals}" if each.papers.originals else "")
        + (f" 复印件{each.papers.copies}" if each.papers.copies else "")
        for each in moved
    ]
    return ";".join(["、".join(lines), *([note] if note else [])])
