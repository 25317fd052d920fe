"""Use cases of custody: load and lock the case, authorise, apply the rule, save. Each runs in the caller's work.

Door tasks, windows and batch intake move papers through these same functions, so that the balance is kept in one
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.staffing import get_receiver
from bangban.features.custody import rules
from bangban.features.custody.ledger import ledger_of, save_movement
from bangban.features.custody.problems import ReceiverUnknown
from bangban.features.custody.rules import Holder, Moved
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId
from bangban.kernel.problems import Forbidden, InvalidInput
from bangban.kernel.tenancy.work import Work


async def take_papers(
    work: Work,
    *,
    number: str,
    papers: Sequence[Papers],
    note: str | None = None,
    begun: datetime | None = None,
) -> CaseId:
    """代收: the caller has these papers of the applicant from now on, or the case's result. As ``rules.take``.

    ``begun``: when the errand began that took them.
    """
    loaded, ledger = await _load(work, number)
    loaded.authorise(Permission.CUSTODY_RECORD)
    movement = rules.take(
        loaded.facts, ledger, papers, by=loaded.actor.id, occasion=loaded.occasion, begun=begun
    )
    return await save_movement(loaded, movement, note)


async def forward_papers(
    work: Work,
    *,
    number: str,
    papers: Sequence[Papers],
    to_staff_id: UUID | None = None,
    to_area_id: UUID | None = None,
    from_area_id: UUID | None = None,
    from_staff_id: UUID | None = None,
    note: str | None = None,
) -> CaseId:
    """转交: what the caller has, or what the unit ``from_area_id`` has for which the caller acts.

    What ``from_staff_id`` has, who may be away or gone, by whom the policy lets move every case of the area,
    dispatchers and supervisors as it is shipped; each entry tells who did so.

    Raises:
        ReceiverUnknown: Not exactly one receiver, or a unit that is not in use.
        ReceiverUnfit: The person is out of service, or could do nothing with papers of this case.
        Forbidden: The caller does not act for that unit, or moves nobody's cases here.
        PapersNotHeld, InvalidInput: as ``rules.forward``.
    """
    loaded, ledger = await _load(work, number)
    giver = await _giver(loaded, from_area_id, from_staff_id)
    receiver = await _receiver(loaded, to_staff_id, to_area_id)
    return await save_movement(loaded, rules.forward(ledger, papers, giver=giver, receiver=receiver), note)


async def return_papers(
    work: Work,
    *,
    number: str,
    papers: Sequence[Papers],
    from_area_id: UUID | None = None,
    from_staff_id: UUID | None = None,
    note: str | None = None,
) -> CaseId:
    """退还: to the applicant, by whoever has them. As ``forward_papers`` and ``rules.give_back``."""
    loaded, ledger = await _load(work, number)
    giver = await _giver(loaded, from_area_id, from_staff_id)
    returned = rules.give_back(loaded.facts, ledger, papers, giver=giver)
    return await save_movement(loaded, returned, note)


# ---------------------------------------------------------------------- parts


async def _load(work: Work, number: str) -> tuple[Loaded, list[Moved]]:
    """The case, locked, and everything that was moved of it: while the lock is held nothing else moves."""
    loaded = await load_case(work, number=number, one_of=(Permission.CUSTODY_RECORD,))
    return loaded, await ledger_of(loaded)


async def _giver(loaded: Loaded, from_area_id: UUID | None, from_staff_id: UUID | None) -> Holder:
    """Who gives: the caller, who needs no more right to it than having the papers; a unit the caller acts for; or
    a colleague, for whom somebody acts who may move cases in anybody's hands."""
    if from_staff_id is not None:
        if from_area_id is not None:
            raise InvalidInput(
                "The papers are with a person or with a unit.",
                "材料在个人或单位手中,请只填一项。",
                fields=("input.fromStaffId", "input.fromAreaId"),
            )
        if from_staff_id != loaded.actor.id:
            loaded.work.grants.require_at(Permission.CASE_HAND_OVER, loaded.area_path)
        return Holder(staff_id=from_staff_id)
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
