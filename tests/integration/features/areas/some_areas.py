"""Areas of a small district, and whether their tree is whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.features.areas.values import AreaKind
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]


def an_area(key: str, parent: str | None, kind: AreaKind) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}")


TREE = [
    an_area("c", None, AreaKind.COUNTY),
    an_area("t1", "c", AreaKind.TOWN),
    an_area("t2", "c", AreaKind.PARK),
    an_area("v1", "t1", AreaKind.VILLAGE),
    an_area("g1", "v1", AreaKind.GRID),
    an_area("m1", "g1", AreaKind.MICRO_GRID),
]


class Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


async def check_whole(work: Work) -> None:
    """One root; every path the parent's and the own id; every name and place told by the history."""
    rows = {row.id: row for row in await work.db.execute(select(AreaRow.__table__))}
    assert [row.level for row in rows.values() if row.parent_id is None] == ["COUNTY"]
    changes = (await work.db.scalars(select(AreaChangeRow).order_by(AreaChangeRow.id))).all()
    for row in rows.values():
        above = rows[row.parent_id].path + "." if row.parent_id else ""
        assert row.path == above + row.id.hex
        assert row.parent_id is None or rows[row.parent_id].level.depth < row.level.depth
        assert row.retired_on is not None or row.parent_id is None or rows[row.parent_id].retired_on is None
        mine = [change for change in changes if change.area_id == row.id]
        assert [change.kind for change in mine].count("created") == 1
        assert [change.after for change in mine if change.kind in {"created", "renamed"}][-1] == row.name
        moves = [change for change in mine if change.kind == "moved"]
        assert not moves or moves[-1].after == str(row.parent_id)
        assert all(one.after == other.before for one, other in pairwise(moves))
        assert (row.retired_on is not None) == any(change.kind == "retired" for change in mine)
