"""Adding, renaming, moving and retiring keep one tree: paths follow parents, history tells everything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bangban.features.areas.problems import (
    AreaHasChildren,
    AreaRetired,
    AreaTaken,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.service import (
    add_area,
    area_ids,
    find_area,
    get_area,
    move_area,
    rename_area,
    retire_area,
)
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.areas.whole_tree import import_areas
from bangban.features.districts.platform import PlatformGrants, platform_work
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]


def _area(key: str, parent: str | None, kind: AreaKind) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}")


TREE = [
    _area("c", None, AreaKind.COUNTY),
    _area("t1", "c", AreaKind.TOWN),
    _area("t2", "c", AreaKind.PARK),
    _area("v1", "t1", AreaKind.VILLAGE),
    _area("g1", "v1", AreaKind.GRID),
    _area("m1", "g1", AreaKind.MICRO_GRID),
]


class _Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""


@pytest.fixture(scope="module")
def place(new_district: Callable[..., District]) -> District:
    return new_district()


@pytest.fixture
def tried(tenancy: Tenancy, place: District, run: Callable[[Any], Any]) -> Callable[[Body], Any]:
    """Runs a body over the small tree in one transaction, and undoes it."""

    def tried(body: Body) -> Any:
        async def whole() -> Any:
            async with platform_work(tenancy, place) as work:
                await import_areas(work, TREE)
                found.append(await body(work))
                await work.finish()
                raise _Undo

        found: list[Any] = []
        with suppress(_Undo):
            run(whole())
        return found[0]

    return tried


async def _check_whole(work: Work) -> None:
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


def test_a_moved_subtree_keeps_together(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        moved = await move_area(work, area_id=ids["v1"], to_parent_id=ids["t2"])
        below = await get_area(work.db, ids["m1"])
        assert moved.path == ".".join(ids[key].hex for key in ("c", "t2", "v1"))
        assert below.path == ".".join(ids[key].hex for key in ("c", "t2", "v1", "g1", "m1"))
        assert await find_area(work.db, UUID(int=1)) is None
        await _check_whole(work)

    tried(body)


def test_moves_that_would_break_the_tree_are_refused(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        for area, target, refusal in (
            ("v1", "g1", AreaUnderItself),
            ("v1", "v1", AreaUnderItself),
            ("c", "t1", RootAreaFixed),
            ("t1", "t2", AreaTooHigh),
        ):
            with pytest.raises(refusal):
                await move_area(work, area_id=ids[area], to_parent_id=ids[target])
        await _check_whole(work)

    tried(body)


def test_a_second_county_is_refused_and_so_is_a_taken_code(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        with pytest.raises(RootAreaFixed):
            await add_area(
                work, parent_id=ids["c"], name="又一县", level=AreaKind.COUNTY.level, kind=AreaKind.COUNTY
            )
        village = {"parent_id": ids["t1"], "level": AreaKind.VILLAGE.level, "kind": AreaKind.VILLAGE}
        await add_area(work, name="新村", code="999999101299", **village)
        with pytest.raises(AreaTaken):
            await add_area(work, name="旧村", code="999999101299", **village)
        await _check_whole(work)

    tried(body)


def test_an_area_is_retired_after_its_children_and_rests(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        with pytest.raises(AreaHasChildren):
            await retire_area(work, area_id=ids["g1"])
        await retire_area(work, area_id=ids["m1"], on=date(2026, 1, 5))
        await retire_area(work, area_id=ids["g1"])
        for attempt in (
            retire_area(work, area_id=ids["g1"]),
            rename_area(work, area_id=ids["g1"], name="新名"),
            move_area(work, area_id=ids["g1"], to_parent_id=ids["t2"]),
            add_area(
                work,
                parent_id=ids["g1"],
                name="微网格",
                level=AreaKind.GRID.level,
                kind=AreaKind.GRID,
            ),
        ):
            with pytest.raises(AreaRetired):
                await attempt
        with pytest.raises(RootAreaFixed):
            await retire_area(work, area_id=ids["c"])
        await _check_whole(work)

    tried(body)


def test_a_town_changes_what_is_its_own_and_nothing_else(tried: Callable[[Body], Any]) -> None:
    class GrantsAt(PlatformGrants):
        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

        def scope(self, permission: Permission) -> Scope:
            return Scope(paths=(self.path,))

    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        work.grants = GrantsAt((await get_area(work.db, ids["t1"])).path)
        await rename_area(work, area_id=ids["v1"], name="改名村")
        for attempt in (
            rename_area(work, area_id=ids["t2"], name="别处"),
            move_area(work, area_id=ids["v1"], to_parent_id=ids["t2"]),
            retire_area(work, area_id=ids["t2"]),
        ):
            with pytest.raises(AreaOutsideGrant):
                await attempt

    tried(body)


def test_two_moves_at_once_leave_one_tree(
    tenancy: Tenancy, new_district: Callable[..., District], run: Callable[[Any], Any]
) -> None:
    """A grid's area goes into a village while the village goes elsewhere: paths follow both."""
    district = new_district()

    async def whole() -> None:
        async with platform_work(tenancy, district) as work:
            await import_areas(
                work, [*TREE, _area("v2", "t1", AreaKind.VILLAGE), _area("g2", "v2", AreaKind.GRID)]
            )
            ids = await area_ids(work.db)

        async def move(area: str, target: str) -> None:
            async with platform_work(tenancy, district) as work:
                await move_area(work, area_id=ids[area], to_parent_id=ids[target])

        await asyncio.gather(move("m1", "g2"), move("v2", "t2"), move("g2", "v1"), move("v1", "t2"))
        async with platform_work(tenancy, district) as work:
            await _check_whole(work)

    run(whole())


@dataclass(frozen=True)
class Do:
    """One random change; numbers choose among the areas there are at the time."""

    what: str
    area: int
    target: int
    kind: AreaKind


CHANGES = st.lists(
    st.builds(
        Do,
        what=st.sampled_from(["add", "add", "rename", "move", "move", "retire"]),
        area=st.integers(0, 30),
        target=st.integers(0, 30),
        kind=st.sampled_from(sorted(LEVEL_OF_KIND)),
    ),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_whatever_happens_the_tree_stays_whole(tried: Callable[[Body], Any], changes: list[Do]) -> None:
    async def body(work: Work) -> None:
        for number, do in enumerate(changes):
            ids = [area_id for _, area_id in sorted((await area_ids(work.db)).items())]
            area, target = ids[do.area % len(ids)], ids[do.target % len(ids)]
            try:
                if do.what == "add":
                    await add_area(
                        work, parent_id=area, name=f"新{number}", level=do.kind.level, kind=do.kind
                    )
                elif do.what == "rename":
                    await rename_area(work, area_id=area, name=f"改{number}")
                elif do.what == "move":
                    await move_area(work, area_id=area, to_parent_id=target)
                else:
                    await retire_area(work, area_id=area)
            except Problem:
                continue  # a refusal leaves the tree as it was
        await _check_whole(work)

    tried(body)
