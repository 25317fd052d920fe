"""Making the whole area tree say what an import says: all its areas in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, insert, update

from bangban.features.areas.import_plan import ImportPlan, plan_import
from bangban.features.areas.latch import take_latch
from bangban.features.areas.rows import FIELDS, TABLE, areas_where, remember, values_of
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.features.areas.service import LATCH
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaImport:
    """What an import did. ``missing`` are keys of areas in use that it did not name."""

    created: int
    changed: int
    unchanged: int
    retired: int
    missing: tuple[str, ...]


async def import_areas(
    work: Work, drafts: Sequence[AreaDraft], *, retire_missing: bool = False
) -> AreaImport:
    """Make the tree say what the drafts say, area by area as their keys name them. Idempotent.

    Areas in use that no draft names stay, and are reported; only ``retire_missing`` retires them. Raises
    ``AreasFaulty`` with every fault, ``AreaOutsideGrant`` to whoever keeps only a part of the tree.
    """
    require_whole(work)
    stored = await stored_areas(work)
    plan = plan_import(stored, drafts, new_id=new_id, retire_on=work.today if retire_missing else None)
    return await carry_out(work, plan)


def require_whole(work: Work) -> None:
    """Raises ``AreaOutsideGrant`` to whoever keeps only a part of the tree."""
    if not work.grants.require(Permission.AREA_MANAGE).whole:
        raise AreaOutsideGrant(permission=Permission.AREA_MANAGE)


async def stored_areas(work: Work) -> list[AreaNode]:
    """The whole tree, retired areas included; it stays so until this transaction ends."""
    await take_latch(work, LATCH)
    return await areas_where(work.db)


async def carry_out(work: Work, plan: ImportPlan, *, what: str = "area:import") -> AreaImport:
    """Write what an import's plan says, in a handful of statements however many areas there are."""
    done = AreaImport(
        created=len(plan.created),
        changed=plan.touched,
        unchanged=plan.unchanged,
        retired=plan.retired,
        missing=tuple(node.key for node in plan.missing),
    )
    if plan.created or plan.changed:
        await _write(work, plan)
        counts = {key: value for key, value in asdict(done).items() if key != "missing"}
        work.record(action=Permission.AREA_MANAGE, object=what, details=counts)
        work.announce("staff.changed", "")  # what people hold is held at paths
    return done


async def _write(work: Work, plan: ImportPlan) -> None:
    # Codes may change hands: they are let go before they are given anew.
    before = {node.id for node in plan.changed}
    await work.db.execute(
        update(TABLE).where(TABLE.c.id.in_(before), TABLE.c.code.is_not(None)).values(code=None)
    )
    if plan.created:
        await work.db.execute(insert(TABLE), [values_of(node) for node in plan.created])
    if plan.changed:
        names = [name for name in FIELDS if name not in {"id", "key"}]
        change = (
            update(TABLE)
            .where(TABLE.c.id == bindparam("this"))
            .values({name: bindparam(name) for name in names})
        )
        await work.db.execute(change, [values_of(node) | {"this": node.id} for node in plan.changed])
    await remember(work, plan.changes)
