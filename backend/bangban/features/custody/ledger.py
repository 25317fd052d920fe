"""The ledger of custody: everything that was moved of a case's papers, read and written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, insert, select, update

from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.rules.papers import Papers, named_papers
from bangban.features.cases.rules.transition import Announcement, Audit, Event
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.service.saving import record
from bangban.features.cases.service.statement import inserted
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.service.written_values import event_values
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.custody.rules import Holder, Moved, Movement, piles
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.custody.values import RESULT
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written, given_list, together
from bangban.kernel.identifiers import free_words
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.tenancy.work import Work

LONGEST_NOTE: Final = 500


_PAPERS: Final = ("code", "originals", "copies")
_HOLDERS: Final = ("from_staff_id", "from_area_id", "to_staff_id", "to_area_id")


async def ledger_of(loaded: Loaded) -> list[Moved]:
    """Everything that was moved of a case that is locked."""
    return await _ledger(loaded.work, loaded.row.id)


async def holders_of(work: Work, case_id: UUID) -> set[Holder]:
    """Who has papers of a case, or its result: people, and units where they are filed."""
    return {holder for holder, _, _ in piles(await _ledger(work, case_id))}


async def _ledger(work: Work, case_id: UUID) -> list[Moved]:
    return [_moved(row) for row in await work.run(_LEDGER, case_id=case_id)]


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


async def save_movement(loaded: Loaded, movement: Movement, note: str | None = None) -> CaseId:
    """Write the entries, the balance and the timeline's line, and record it."""
    work, row, moved = loaded.work, loaded.row, movement.moved
    words = free_words(note, fields=("input.note",), longest=LONGEST_NOTE)
    check_wording(loaded, note=words)  # the timeline and the receipt have it
    event = Event(
        kind=movement.event,
        from_state=loaded.facts.state,
        to_state=loaded.facts.state,
        actor=loaded.actor.shown,
        note=_told(loaded.facts, moved, words),
    )
    ends = [(each.giver or Holder(), each.receiver or Holder()) for each in moved]
    await work.run(
        _ENTRIES,
        case_id=row.id,
        by_id=loaded.actor.id,
        note=words,
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
    lines = named_papers((each.papers for each in moved), names)
    return ";".join([lines, *([note] if note else [])])
