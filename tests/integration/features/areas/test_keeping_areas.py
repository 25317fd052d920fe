"""Adding, renaming, moving and retiring keep one tree: paths follow parents, history tells everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.integration.features.areas.some_areas import Body, check_whole

from bangban.features.areas.problems import (
    AreaHasChildren,
    AreaRetired,
    AreaTaken,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.service import (
    add_area,
    area_ids,
    find_area,
    get_area,
    move_area,
    rename_area,
    retire_area,
)
from bangban.features.areas.values import AreaKind
from bangban.features.districts.platform import PlatformGrants
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


def test_a_moved_subtree_keeps_together(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        ids = await area_ids(work.db)
        moved = await move_area(work, area_id=ids["v1"], to_parent_id=ids["t2"])
        below = await get_area(work.db, ids["m1"])
        assert moved.path == ".".join(ids[key].hex for key in ("c", "t2", "v1"))
        assert below.path == ".".join(ids[key].hex for key in ("c", "t2", "v1", "g1", "m1"))
        assert await find_area(work.db, UUID(int=1)) is None
        await check_whole(work)

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
        await check_whole(work)

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
        await check_whole(work)

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
        await check_whole(work)

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
