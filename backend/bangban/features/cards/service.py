"""Service cards: issued, revoked, and followed to whoever is in charge now (DOMAIN C13)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Table, Text, Uuid, and_, any_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.problems import AreaRetired
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.cards.problems import CardMistyped, CardRevoked, HelperNotHere, no_such_card
from bangban.features.cards.rules import Behind, InCharge, Unit, new_code, read_code, resolve
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.kernel.access.paths import areas_of_path
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput, NotAuthenticated
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

MOST_AT_ONCE: Final = 200
LONGEST_BATCH: Final = 100

_CARDS = cast("Table", ServiceCardRow.__table__)


def _scanned() -> Written:
    """Counts the scan of a card that stands, and reads it; nothing of one that was revoked."""
    return Written(
        update(_CARDS)
        .where(_CARDS.c.code == Given("code", Text()), _CARDS.c.revoked_at.is_(None))
        .values(scans=_CARDS.c.scans + 1, scanned_at=Given("now", _CARDS.c.scanned_at.type))
        .returning(_CARDS.c.id, _CARDS.c.area_id, _CARDS.c.staff_id)
    )


def _in_force(row: Any, today: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(row.since <= today, or_(row.until.is_(None), row.until >= today))


def _helpers() -> Written:
    today = Given("today", Date())
    leads = exists().where(
        TeamMemberRow.staff_id == StaffRow.id,
        TeamMemberRow.lead,
        _in_force(TeamMemberRow, today),
        TeamRow.id == TeamMemberRow.team_id,
        TeamRow.area_id == AssignmentRow.area_id,
    )
    return Written(
        select(StaffRow.id, AssignmentRow.area_id, AssignmentRow.since, leads.label("lead"))
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .where(
            AssignmentRow.area_id == any_(Given("areas", ARRAY(Uuid()))),
            AssignmentRow.role == Role.HELPER.value,
            _in_force(AssignmentRow, today),
            StaffRow.active,
        )
    )


_SCANNED: Final = _scanned()
_KNOWN: Final = Written(select(_CARDS.c.id, _CARDS.c.area_id).where(_CARDS.c.code == Given("code", Text())))
_PATH: Final = Written(select(AreaRow.path).where(AreaRow.id == Given("area_id", Uuid())))
_UNITS: Final = Written(
    select(AreaRow.id, AreaRow.level, AreaRow.retired_on).where(
        AreaRow.id == any_(Given("areas", ARRAY(Uuid())))
    )
)
_HELPERS: Final = _helpers()


async def issue_cards(
    work: Work, *, area_id: UUID, staff_id: UUID | None, batch: str, count: int
) -> Sequence[UUID]:
    """Make cards of a unit, or of a helper who is posted there; their ids.

    Raises:
        Forbidden: The caller keeps no cards at this area.
        NotFound, AreaRetired, HelperNotHere, StorageFull.
        InvalidInput: No batch, or more than ``MOST_AT_ONCE``.
    """
    work.grants.require(Permission.CARD_MANAGE)
    check_storage(work.district.quotas, work.district.storage_bytes)
    area = await get_area(work.db, area_id)
    if area.retired_on is not None and area.retired_on <= work.today:
        raise AreaRetired(fields=("input.areaId",), name=area.name, on=area.retired_on)
    work.grants.require_at(Permission.CARD_MANAGE, area.path)
    name = batch.strip()
    if not 0 < len(name) <= LONGEST_BATCH or not 1 <= count <= MOST_AT_ONCE:
        raise InvalidInput(
            f"Name the batch, and ask for 1 to {MOST_AT_ONCE} cards.",
            f"请填写批次,每次制卡 1 至 {MOST_AT_ONCE} 张。",
            fields=("input.batch", "input.count"),
        )
    if staff_id is not None:
        posted = await work.run(_HELPERS, areas=[area_id], today=work.today)
        if staff_id not in {each.id for each in posted}:
            raise HelperNotHere
    issuer = work.principal.id
    if issuer is None:
        raise NotAuthenticated
    rows = [
        ServiceCardRow(
            id=new_id(),
            code=new_code(secrets.randbelow),
            batch=name,
            area_id=area_id,
            staff_id=staff_id,
            issued_at=work.now,
            issued_by=issuer,
        )
        for _ in range(count)
    ]
    work.db.add_all(rows)
    work.record(
        action=Permission.CARD_MANAGE,
        object=f"cards:{name}",
        area_id=area_id,
        details={"issued": count, "helper": None if staff_id is None else str(staff_id)},
    )
    return [row.id for row in rows]


async def revoke_cards(work: Work, *, code: str | None, batch: str | None) -> Sequence[UUID]:
    """Revoke one card, or what is left of a batch, at once and for good; the ids of those that stood.

    Raises:
        Forbidden, CardMistyped.
        NotFound: There is no such card, or not where the caller keeps cards.
        InvalidInput: Neither code nor batch, or both.
    """
    scope = work.grants.require(Permission.CARD_MANAGE)
    if (code is None) == (batch is None):
        raise InvalidInput(
            "Name a card by its code, or a batch.",
            "请填写服务卡编码或批次,二者择一。",
            fields=("input.code", "input.batch"),
        )
    which = (
        ServiceCardRow.code == _read(code)
        if code is not None
        else ServiceCardRow.batch == (batch or "").strip()
    )
    rows = await work.db.execute(
        select(ServiceCardRow.id, ServiceCardRow.revoked_at, AreaRow.path)
        .join(AreaRow, AreaRow.id == ServiceCardRow.area_id)
        .where(which)
        .order_by(ServiceCardRow.id)
        .with_for_update(of=ServiceCardRow.__table__)
    )
    mine = [(card_id, revoked_at) for card_id, revoked_at, path in rows if scope.covers(path)]
    if not mine:
        raise no_such_card()
    standing = [card_id for card_id, revoked_at in mine if revoked_at is None]
    await work.db.execute(update(_CARDS).where(_CARDS.c.id.in_(standing)).values(revoked_at=work.now))
    work.record(
        action=Permission.CARD_MANAGE,
        object=f"cards:{(batch or '').strip() or mine[0][0]}",
        details={"revoked": len(standing)},
    )
    return [card_id for card_id, _ in mine]


async def scan_card(work: Work, *, code: str) -> Behind:
    """Follow a card to whoever is in charge now, and count that it was scanned.

    Raises:
        CardMistyped: It cannot be a code; nothing was looked up.
        NotFound, CardRevoked.
    """
    work.grants.require(Permission.CARD_RESOLVE)
    known = _read(code)
    found = await work.run(_SCANNED, code=known, now=work.now)
    if not found:
        revoked = await work.run(_KNOWN, code=known)
        if not revoked:
            raise no_such_card()
        work.counts_refusals(f"service-card:{revoked[0].id}", revoked[0].area_id, CardRevoked.code)
        raise CardRevoked
    card = found[0]
    (area,) = await work.run(_PATH, area_id=card.area_id)
    areas = areas_of_path(area.path)
    units = [
        Unit(
            id=each.id,
            depth=each.level.depth,
            in_use=each.retired_on is None or each.retired_on > work.today,
        )
        for each in await work.run(_UNITS, areas=areas)
    ]
    helpers = [
        InCharge(id=each.id, area_id=each.area_id, lead=each.lead, since_days=(work.today - each.since).days)
        for each in await work.run(_HELPERS, areas=areas, today=work.today)
    ]
    return resolve(units, helpers, agent_id=card.staff_id)


def _read(code: str) -> str:
    found = read_code(code)
    if found is None:
        raise CardMistyped
    return found
