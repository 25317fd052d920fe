"""Publishing what is built on items, in versions as items are: bundles, and questions that lead to either."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from bangban.features.areas.latch import take_latch
from bangban.features.catalog.drafts import ItemFault
from bangban.features.catalog.problems import FaultOfItem, ItemFaulty, StillNeeded, check_based_on
from bangban.features.catalog.service.publishing import LATCH
from bangban.features.catalog.versions import LatestVersion, Versioned, content_of, plan_version, standing
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

D = TypeVar("D", bound=Versioned)

OWN: Final = "own"
"""The provenance of what a district's keeper writes on the platform."""


_KINDS: Final[
    list[Definitions[Any]]
] = []  # what may need an item is above the catalog; each kind makes itself known


@dataclass(frozen=True, kw_only=True)
class Definitions(Generic[D]):
    """One kind of them: its rows, its drafts, and what it is called in the trail and when refused."""

    table: Any  # the row class, with code, version, effective_from, effective_to
    what: str
    refusal: type[ItemFaulty]
    draft_of: Callable[[Any], D]
    values_of: Callable[[D], Mapping[str, Any]]  # all columns but id, code, version, the dates and provenance
    what_zh: str
    needs: Callable[[D], Collection[str]]  # the codes of what it leads to

    def __post_init__(self) -> None:
        _KINDS.append(self)


class Leading(NamedTuple):
    """Something published that leads to these codes, up to the day on which it ends."""

    what: str
    what_zh: str
    code: str
    needs: frozenset[str]
    ends: date | None

    def misses(self, codes: Collection[str], on: date) -> bool:
        """Whether it would lead nowhere without them from that day on."""
        return (self.ends is None or self.ends > on) and not self.needs.isdisjoint(codes)


async def what_leads(work: Work) -> list[Leading]:
    """All that leads to items or bundles, today or later."""
    found = []
    for kind in _KINDS:
        last = kind.table.effective_to
        rows = await work.db.scalars(select(kind.table).where(or_(last.is_(None), last > work.today)))
        found += [
            Leading(
                kind.what, kind.what_zh, row.code, frozenset(kind.needs(kind.draft_of(row))), row.effective_to
            )
            for row in rows
        ]
    return found


async def check_unneeded(work: Work, codes: Collection[str], *, on: date, fields: tuple[str, ...]) -> None:
    """See that what ends on a day is not what something published leads to from then on.

    Raises ``StillNeeded``, which names all that does.
    """
    by = {(each.what_zh, each.what, each.code) for each in await what_leads(work) if each.misses(codes, on)}
    if by:
        raise StillNeeded(sorted(by), fields=fields)


async def publish(
    work: Work,
    kind: Definitions[D],
    wished: Sequence[tuple[D, str]],
    faults_of: Callable[[D], Sequence[ItemFault]],
    *,
    changed_from: date | None = None,
    based_on: int | None = None,
) -> list[UUID]:
    """Publish drafts, each with its provenance: all of them or none. The version that says so now, for each.

    Idempotent: the same content makes no other version. ``changed_from`` as for items; ``based_on`` is the version
    that the text was written from. The caller holds the catalog (``hold_catalog``).

    Raises:
        Conflict: There is another version than ``based_on`` by now.
        ItemFaulty: As ``kind.refusal``, with every fault of every draft.
    """
    stored = await _newest(work, kind, [draft.code for draft, _ in wished])
    faults: list[FaultOfItem] = []
    ids: list[UUID] = []
    rows: list[dict[str, Any]] = []
    ends: list[tuple[str, int, date]] = []
    for draft, provenance in wished:
        known = stored.get(draft.code)
        check_based_on(based_on, known.version if known else 0)
        plan = plan_version(draft, _latest(kind, known), changed_from=changed_from)
        found = faults_of(draft)
        faults += [FaultOfItem(draft.code, each) for each in found]
        if isinstance(plan, ItemFault):
            if all((each.field, each.code) != (plan.field, plan.code) for each in found):
                faults.append(FaultOfItem(draft.code, plan))
            continue
        if plan.end_former_on is not None and known is not None:
            ends.append((draft.code, known.version, plan.end_former_on))
        if plan.version is None:
            assert known is not None  # without a version before there is one to write
            ids.append(known.id)
            continue
        ids.append(new_id())
        rows.append(
            {
                "id": ids[-1],
                "code": draft.code,
                "version": plan.version,
                "effective_from": plan.effective_from,
                "effective_to": draft.effective_to,
                "provenance": provenance,
                **kind.values_of(draft),
            }
        )
    if faults:
        raise kind.refusal(tuple(faults))
    await _write(work, kind, rows, ends)
    return ids


async def publish_one(
    work: Work,
    kind: Definitions[D],
    draft_from: Callable[[date], D],
    faults_of: Callable[[D], Sequence[ItemFault]],
    *,
    effective_from: date | None,
    based_on: int | None,
) -> UUID:
    """Publish what the district's keeper wrote: from ``effective_from``, or as early as a new version may begin.

    Raises as ``publish``, also where it should begin in the past; ``StillNeeded`` where it ends too early for others.
    """
    draft = draft_from(effective_from or work.today)
    if draft.effective_to is not None:
        await check_unneeded(work, [draft.code], on=draft.effective_to, fields=("input.effectiveTo",))

    def faults(wished: D) -> Sequence[ItemFault]:
        past = wished.effective_from < work.today
        zh, en = "不能从过去的日期起生效。", "It cannot take effect in the past."
        return (
            *((ItemFault("effective_from", "EFFECTIVE_PAST", zh, en),) if past else ()),
            *faults_of(wished),
        )

    (found,) = await publish(
        work,
        kind,
        [(draft, OWN)],
        faults,
        changed_from=work.today if effective_from is None else None,
        based_on=based_on,
    )
    return found


async def hold_catalog(work: Work) -> None:
    """Nobody else changes the catalog until this transaction ends. Raises Forbidden, AreaOutsideGrant."""
    work.grants.require_whole(Permission.CATALOG_MANAGE)
    await take_latch(work, LATCH)


async def standing_drafts(work: Work, kind: Definitions[D]) -> tuple[list[tuple[D, str]], int]:
    """Of each what holds today, else what is first to come, with its provenance, by code; how many come later."""
    table = kind.table
    lasting = select(table).where(or_(table.effective_to.is_(None), table.effective_to > work.today))
    rows = (await work.db.scalars(lasting.order_by(table.code, table.version))).all()
    found = [
        (cast("D", replace(cast("Any", kind.draft_of(row)), effective_to=until)), cast("str", row.provenance))
        for row, until in standing(rows, work.today)
    ]
    return found, len(rows) - len(found)


async def _newest(work: Work, kind: Definitions[D], codes: Sequence[str] | None) -> dict[str, Any]:
    table = kind.table
    newest = select(table).ext(distinct_on(table.code)).order_by(table.code, table.version.desc())
    if codes is not None:
        newest = newest.where(table.code.in_(codes))
    return {row.code: row for row in await work.db.scalars(newest)}


def _latest(kind: Definitions[D], row: Any | None) -> LatestVersion | None:
    if row is None:
        return None
    return LatestVersion(
        version=row.version,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        content=content_of(kind.draft_of(row)),
    )


async def _write(
    work: Work, kind: Definitions[D], rows: list[dict[str, Any]], ends: list[tuple[str, int, date]]
) -> None:
    table = cast("Table", kind.table.__table__)
    for code, version, day in ends:
        await work.db.execute(
            update(table)
            .where(and_(table.c.code == code, table.c.version == version))
            .values(effective_to=day)
        )
    if rows:
        await work.db.execute(insert(table), rows)
    said = {row["code"]: {"published": row["version"], "from": str(row["effective_from"])} for row in rows}
    ended = {code: {"withdrawn": str(day)} for code, _, day in ends if code not in said}
    for code, details in (said | ended).items():
        work.record(action=Permission.CATALOG_MANAGE, object=f"{kind.what}:{code}", details=details)
