"""An import makes the tree what it says, quickly, and again without a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from bangban.features.areas.problems import AreasFaulty
from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.service import area_ids, get_area
from bangban.features.areas.tables import AreaChangeRow, AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.areas.whole_tree import AreaImport, import_areas
from bangban.features.districts.platform import PlatformGrants, platform_work
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]


def area(key: str, parent: str | None, kind: AreaKind, code: str | None = None) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}", code=code)


SMALL = [
    area("v1", "t1", AreaKind.VILLAGE, "999999101201"),  # a child may stand before its parent
    area("c", None, AreaKind.COUNTY, "999999"),
    area("t1", "c", AreaKind.TOWN, "999999101"),
    area("park", "c", AreaKind.PARK),
    area("v2", "t1", AreaKind.COMMUNITY, "999999101001"),
    area("g1", "v2", AreaKind.GRID),
]


def many(towns: int, villages: int, grids: int) -> list[AreaDraft]:
    drafts = [area("c", None, AreaKind.COUNTY)]
    for t in range(towns):
        drafts.append(area(f"t{t}", "c", AreaKind.TOWN))
        for v in range(villages):
            drafts.append(area(f"t{t}v{v}", f"t{t}", AreaKind.VILLAGE))
            drafts += [area(f"t{t}v{v}g{g}", f"t{t}v{v}", AreaKind.GRID) for g in range(grids)]
    return drafts


class GrantsAt(PlatformGrants):
    """Everything, in one subtree."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def scope(self, permission: Permission) -> Scope:
        return Scope(paths=(self.path,))


@pytest.fixture
def take(tenancy: Tenancy, district: District, run: Run) -> Callable[..., AreaImport]:
    def take(drafts: list[AreaDraft], **how: Any) -> AreaImport:
        async def body() -> AreaImport:
            async with platform_work(tenancy, district) as work:
                return await import_areas(work, drafts, **how)

        return run(body())

    return take


@pytest.fixture
def ask(tenancy: Tenancy, district: District, run: Run) -> Callable[[Any], Any]:
    """Rows of a query."""

    def ask(query: Any) -> Any:
        async def body() -> Any:
            async with platform_work(tenancy, district) as work:
                return (await work.db.execute(query)).all()

        return run(body())

    return ask


def test_the_first_import_creates_and_the_second_changes_nothing(
    take: Callable[..., AreaImport], ask: Callable[[Any], Any]
) -> None:
    first, second = take(SMALL), take(SMALL)
    assert (first.created, first.changed, first.unchanged) == (6, 0, 0)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 6)
    assert len(ask(select(AreaChangeRow.id).where(AreaChangeRow.kind == "created"))) == 6


def test_an_unchanged_import_leaves_no_trace(
    take: Callable[..., AreaImport], ask: Callable[[Any], Any]
) -> None:
    take(SMALL)
    before = (
        ask(select(func.count()).select_from(AuditEntryRow)),
        ask(select(func.count()).select_from(AreaChangeRow)),
    )
    take(SMALL)
    after = (
        ask(select(func.count()).select_from(AuditEntryRow)),
        ask(select(func.count()).select_from(AreaChangeRow)),
    )
    assert before == after


def test_paths_are_the_ids_of_the_chain(take: Callable[..., AreaImport], ask: Callable[[Any], Any]) -> None:
    take(SMALL)
    rows = {row.key: row for row in ask(select(AreaRow.key, AreaRow.id, AreaRow.path))}
    chain = [rows[key].id.hex for key in ("c", "t1", "v2", "g1")]
    assert rows["g1"].path == ".".join(chain)


def test_a_moved_parent_takes_areas_along_that_the_import_does_not_name(
    take: Callable[..., AreaImport], ask: Callable[[Any], Any]
) -> None:
    take(SMALL)
    without_grid = [each for each in SMALL if each.key != "g1"]
    done = take([replace(each, parent="park") if each.key == "v2" else each for each in without_grid])
    assert done.missing == ("g1",)
    assert done.retired == 0
    rows = {row.key: row for row in ask(select(AreaRow.key, AreaRow.id, AreaRow.path, AreaRow.retired_on))}
    assert rows["g1"].path == ".".join(rows[key].id.hex for key in ("c", "park", "v2", "g1"))
    assert rows["g1"].retired_on is None


def test_missing_areas_are_retired_only_when_asked_and_come_back_when_named(
    take: Callable[..., AreaImport], ask: Callable[[Any], Any]
) -> None:
    take(SMALL)
    fewer = [each for each in SMALL if each.key not in {"v2", "g1"}]
    assert take(fewer, retire_missing=True).retired == 2
    assert {key for (key,) in ask(select(AreaRow.key).where(AreaRow.retired_on.is_not(None)))} == {"v2", "g1"}
    back = take(SMALL)
    assert (back.created, back.changed) == (0, 2)
    kinds = [
        kind
        for (kind,) in ask(select(AreaChangeRow.kind).where(AreaChangeRow.kind.in_(["retired", "restored"])))
    ]
    assert sorted(kinds) == ["restored", "restored", "retired", "retired"]


def test_codes_and_names_may_change_hands(take: Callable[..., AreaImport], ask: Callable[[Any], Any]) -> None:
    take(SMALL)
    swapped = [
        replace(each, code={"v1": "999999101001", "v2": "999999101201"}.get(each.key, each.code))
        for each in SMALL
    ]
    take(swapped)
    assert dict(ask(select(AreaRow.key, AreaRow.code)))["v1"] == "999999101001"


def test_every_fault_is_named_at_once_and_nothing_is_stored(
    take: Callable[..., AreaImport], ask: Callable[[Any], Any]
) -> None:
    bad = [
        *SMALL,
        area("v1", "t1", AreaKind.VILLAGE),
        area("c2", None, AreaKind.COUNTY),
        area("lost", "nowhere", AreaKind.VILLAGE),
        area("flat", "t1", AreaKind.PARK),
        replace(area("odd", "c", AreaKind.TOWN), kind=AreaKind.GRID),
        area("thief", "c", AreaKind.TOWN, "999999101"),
    ]
    with pytest.raises(AreasFaulty) as refusal:
        take(bad)
    named = {fault.key for fault in refusal.value.faults}
    assert {"v1", "c, c2", "lost", "flat", "odd", "thief"} <= named
    assert "区域" in refusal.value.message("zh")
    assert ask(select(AreaRow.id)) == []


def test_whoever_keeps_a_part_cannot_import_the_whole(
    tenancy: Tenancy, district: District, take: Callable[..., AreaImport], run: Run
) -> None:
    take(SMALL)

    async def body() -> None:
        async with platform_work(tenancy, district) as work:
            town = await get_area(work.db, (await area_ids(work.db))["t1"])
            work.grants = GrantsAt(town.path)
            await import_areas(work, SMALL)

    with pytest.raises(AreaOutsideGrant):
        run(body())


def test_a_thousand_areas_are_kept_and_found_unchanged(take: Callable[..., AreaImport]) -> None:
    drafts = many(towns=10, villages=20, grids=4)
    assert len(drafts) > 1000
    assert take(drafts).created == len(drafts)
    assert take(drafts).unchanged == len(drafts)
