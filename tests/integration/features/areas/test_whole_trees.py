"""Whatever is done to areas, by one or by two at once, leaves one whole tree."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.features.areas.some_areas import TREE, Body, an_area, check_whole

from bangban.features.areas.service import (
    add_area,
    area_ids,
    move_area,
    rename_area,
    retire_area,
)
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.areas.whole_tree import import_areas
from bangban.features.districts.platform import platform_work
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def test_two_moves_at_once_leave_one_tree(
    tenancy: Tenancy, new_district: Callable[..., District], run: Callable[[Any], Any]
) -> None:
    """A grid's area goes into a village while the village goes elsewhere: paths follow both."""
    district = new_district()

    async def whole() -> None:
        async with platform_work(tenancy, district) as work:
            await import_areas(
                work, [*TREE, an_area("v2", "t1", AreaKind.VILLAGE), an_area("g2", "v2", AreaKind.GRID)]
            )
            ids = await area_ids(work.db)

        async def move(area: str, target: str) -> None:
            async with platform_work(tenancy, district) as work:
                await move_area(work, area_id=ids[area], to_parent_id=ids[target])

        await asyncio.gather(move("m1", "g2"), move("v2", "t2"), move("g2", "v1"), move("v1", "t2"))
        async with platform_work(tenancy, district) as work:
            await check_whole(work)

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
        await check_whole(work)

    tried(body)
