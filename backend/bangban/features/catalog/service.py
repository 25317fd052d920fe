"""Publishing service items, and finding the version that holds on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.catalog.problems import FaultOfItem, ItemFaulty, ItemUnknown
from bangban.features.catalog.rules import ItemDraft, ItemFault, check_item
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.versions import LatestVersion, VersionPlan, content_of, plan_version
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LATCH = "catalog"
_ITEMS = cast("Table", ServiceItemRow.__table__)
_MATERIALS = cast("Table", ServiceMaterialRow.__table__)
# Draft fields without a column of their own.
_IN_DETAILS = ("name_en", "legal_limit_note", "no_materials_reason", "online_not_offered_reason", "theme")
_MATERIAL_IN_DETAILS = ("name_en", "tolerable_days")


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """An item to publish, and how it came here: ``template`` (as it is), ``adapted`` or ``own``."""

    draft: ItemDraft
    origin: str = "own"
    provenance: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a publication did. ``versions`` are new versions of items that were there before."""

    created: int
    versions: int
    ended: int
    unchanged: int


async def find_current_item(db: AsyncSession, code: str, on: date) -> ServiceItemRow | None:
    """The version of an item that holds on a day, or None."""
    item = ServiceItemRow
    return await db.scalar(
        select(item)
        .where(
            item.code == code,
            item.effective_from <= on,
            or_(item.effective_to.is_(None), item.effective_to > on),
        )
        .order_by(item.version.desc())
        .limit(1)
    )


async def current_item(db: AsyncSession, code: str, on: date) -> ServiceItemRow:
    """The version of an item that holds on a day; raises ``ItemUnknown``."""
    found = await find_current_item(db, code, on)
    if found is None:
        raise ItemUnknown
    return found


async def materials_of(db: AsyncSession, item_id: UUID) -> Sequence[ServiceMaterialRow]:
    """The materials of one version, in their order."""
    rows = await db.scalars(
        select(ServiceMaterialRow)
        .where(ServiceMaterialRow.item_id == item_id)
        .order_by(ServiceMaterialRow.position)
    )
    return rows.all()


async def publish_items(
    work: Work, items: Iterable[Publication | ItemDraft], *, changed_from: date | None = None
) -> Published:
    """Publish items: all of them, or none. Idempotent: the same content makes no other version.

    ``changed_from`` is the day from which changed content holds where its draft states no later day than the
    version before. Raises ``ItemFaulty`` with every fault of every item.
    """
    _require(work)
    wished = [each if isinstance(each, Publication) else Publication(draft=each) for each in items]
    await take_latch(work, LATCH)
    stored = await _latest(work.db)
    plans = _plans(wished, stored, changed_from)
    fresh = [
        (each, plan, new_id()) for each, plan in zip(wished, plans, strict=True) if plan.version is not None
    ]
    if fresh:
        await work.db.execute(insert(_ITEMS), [_item(*each) for each in fresh])
        materials = [row for each, _, item_id in fresh for row in _materials(each.draft, item_id)]
        if materials:
            await work.db.execute(insert(_MATERIALS), materials)
    ends = [
        {
            "of_code": each.draft.code,
            "of_version": stored[each.draft.code].version,
            "ends_on": plan.end_former_on,
        }
        for each, plan in zip(wished, plans, strict=True)
        if plan.end_former_on is not None
    ]
    await _end(work.db, ends)
    done = Published(
        created=sum(each.draft.code not in stored for each, _, _ in fresh),
        versions=sum(each.draft.code in stored for each, _, _ in fresh),
        ended=len(ends)
        - sum(each.draft.code in stored and plan.end_former_on is not None for each, plan, _ in fresh),
        unchanged=sum(not plan.writes for plan in plans),
    )
    for each, plan, _ in fresh:
        _record(work, each.draft.code, {"published": plan.version, "from": str(plan.effective_from)})
    return done


async def withdraw_items(work: Work, codes: Collection[str], *, on: date) -> int:
    """Stop offering items: their newest versions do not hold from ``on``. How many that changed.

    A version that has not begun by then holds for its first day only, since a version is never unmade.
    """
    _require(work)
    await take_latch(work, LATCH)
    stored = await _latest(work.db)
    ends = [
        {"of_code": code, "of_version": latest.version, "ends_on": max(on, _day_after(latest.effective_from))}
        for code, latest in stored.items()
        if code in codes and latest.effective_to is None
    ]
    await _end(work.db, ends)
    for end in ends:
        _record(work, str(end["of_code"]), {"withdrawn": str(end["ends_on"])})
    return len(ends)


async def codes_from_template(db: AsyncSession) -> set[str]:
    """Codes of items that came from the platform's template, changed or not, and have no end."""
    return set(
        await db.scalars(
            select(ServiceItemRow.code).where(
                ServiceItemRow.origin.in_(("template", "adapted")), ServiceItemRow.effective_to.is_(None)
            )
        )
    )


def _require(work: Work) -> None:
    if not work.grants.require(Permission.CATALOG_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.CATALOG_MANAGE)


def _record(work: Work, code: str, details: dict[str, Any]) -> None:
    work.record(action=Permission.CATALOG_MANAGE, object=f"service:{code}", details=details)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _plans(
    wished: Sequence[Publication], stored: Mapping[str, LatestVersion], changed_from: date | None
) -> list[VersionPlan]:
    faults: list[FaultOfItem] = []
    plans: list[VersionPlan] = []
    seen: set[str] = set()
    for each in wished:
        code = each.draft.code
        faults += [FaultOfItem(code, fault) for fault in check_item(each.draft)]
        if code in seen:
            twice = ItemFault("code", "CODE_TWICE", "事项编码重复。", "This code is used twice.")
            faults.append(FaultOfItem(code, twice))
        seen.add(code)
        plan = plan_version(each.draft, stored.get(code), changed_from=changed_from)
        if isinstance(plan, ItemFault):
            faults.append(FaultOfItem(code, plan))
        else:
            plans.append(plan)
    if faults:
        raise ItemFaulty(tuple(faults))
    return plans


async def _latest(db: AsyncSession) -> dict[str, LatestVersion]:
    item = ServiceItemRow
    rows = await db.execute(
        select(
            item.code,
            item.version,
            item.effective_from,
            item.effective_to,
            item.details["content"].as_string().label("content"),
        )
        .ext(distinct_on(item.code))
        .order_by(item.code, item.version.desc())
    )
    return {
        row.code: LatestVersion(
            version=row.version,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            content=row.content or "",
        )
        for row in rows
    }


async def _end(db: AsyncSession, ends: list[dict[str, Any]]) -> None:
    if ends:
        await db.execute(
            update(_ITEMS)
            .where(_ITEMS.c.code == bindparam("of_code"), _ITEMS.c.version == bindparam("of_version"))
            .values(effective_to=bindparam("ends_on")),
            ends,
        )


def _item(publication: Publication, plan: VersionPlan, item_id: UUID) -> dict[str, Any]:
    draft = publication.draft
    details: dict[str, Any] = {name: getattr(draft, name) for name in _IN_DETAILS if getattr(draft, name)}
    details["content"] = content_of(draft)
    if publication.provenance:
        details["provenance"] = publication.provenance
    extra = {
        material.code: {
            name: getattr(material, name)
            for name in _MATERIAL_IN_DETAILS
            if getattr(material, name) is not None
        }
        for material in draft.materials
    }
    if any(extra.values()):
        details["materials"] = {code: more for code, more in extra.items() if more}
    return {
        "id": item_id,
        "code": draft.code,
        "version": plan.version,
        "name": draft.name,
        "kind": draft.kind,
        "audience": list(draft.audience),
        "level": draft.level,
        "case_type": draft.case_type,
        "promised_working_days": draft.promised_working_days,
        "legal_working_days": draft.legal_working_days,
        "max_trips": draft.max_trips,
        "fee_amount": draft.fee.amount if draft.fee else None,
        "fee_basis": draft.fee.basis if draft.fee else None,
        "channels": list(draft.channels),
        "handled_at": list(draft.handled_at),
        "pre_checked_at": list(draft.pre_checked_at),
        "legal_basis": list(draft.legal_basis),
        "result_name": draft.result,
        "conditions": draft.conditions,
        "department": draft.department,
        "effective_from": plan.effective_from,
        "effective_to": draft.effective_to,
        "origin": publication.origin,
        "details": details,
    }


def _materials(draft: ItemDraft, item_id: UUID) -> Iterable[dict[str, Any]]:
    for position, material in enumerate(draft.materials):
        yield {
            "id": new_id(),
            "item_id": item_id,
            "position": position,
            "code": material.code,
            "name": material.name,
            "required": material.required,
            "tolerable": material.tolerable,
            "core": material.core,
            "originals": material.originals,
            "copies": material.copies,
            "issuer": material.issuer,
            "source": material.source.value,
            "form": material.form.value,
        }
