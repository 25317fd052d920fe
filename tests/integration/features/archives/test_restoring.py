"""A backup puts a district back as it was: in one step, with the others at work, its trail kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.archives.ground import Side, fill, tables_of
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.features.archives.problems import (
    BackupOfAnother,
    DistrictIsLive,
    TrailOfAnother,
    TrailUnsound,
    WrongKind,
)
from bangban.features.archives.service.restoring import restore_district
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture
def mine(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district that a test may do anything to."""
    found = settle(tenancy, new_district(), run)
    fill(found)
    return found


def suspend(home: Side, slug: str) -> None:
    home.run(home.installation.set_status(slug, DistrictStatus.SUSPENDED))
    home.refresh(slug)


def restore(home: Side, file: Path, **how: Any) -> Any:
    taken = home.run(restore_district(home.installation, file, **how))
    home.refresh(taken.manifest.slug)
    return taken


def test_a_district_is_put_back_while_others_work(
    home: Side, mine: World, world: World, tmp_path: Path, run: Callable[..., Any]
) -> None:
    slug, schema = mine.district.slug, mine.district.schema
    home.sql(
        f"INSERT INTO {schema}.credential SELECT id, 'hash', now() FROM {schema}.staff WHERE login = 'clerk'"
    )
    before = home.back_up(slug, tmp_path / "before.zip")
    last = home.sql(f"SELECT max(serial) FROM {schema}.cases")[0][0]
    lost = mine.apply(note="后来的办件")
    home.sql(f"DELETE FROM {schema}.rating")
    home.sql(f"UPDATE {schema}.area SET name = '改坏了'")
    home.sql(f"DELETE FROM {schema}.credential")
    home.seal(slug)
    seals = home.sql(f"SELECT max(number) FROM {schema}.audit_seal")[0][0]
    suspend(home, slug)

    async def both() -> int:
        done = asyncio.Event()
        made = 0

        async def others() -> None:
            nonlocal made
            while not done.is_set():
                async with world.tenancy.write(world.district, world.people["clerk"]) as work:
                    work.record(action="case:read", object="case:other")
                made += 1

        writing = asyncio.create_task(others())
        await restore_district(home.installation, before.file)
        done.set()
        await writing
        return made

    assert run(both()) > 0
    home.refresh(slug)
    after = home.back_up(slug, tmp_path / "after.zip")
    kept, found = tables_of(before.file), tables_of(after.file)
    assert {name: kept[name] for name in kept} == found
    assert b"credential" in b"".join(name.encode() for name in kept)
    assert home.verify(slug).sound
    # What was done since the backup stays on record, and so does the restore.
    entries = home.sql(f"SELECT action, object FROM {schema}.audit_entry ORDER BY seq")
    assert ("case:apply", f"case:{lost}") in [tuple(each) for each in entries]
    assert "system:restore" in [each["action"] for each in entries]
    home.seal(slug)
    assert home.sql(f"SELECT max(number) FROM {schema}.audit_seal")[0][0] > seals
    # Cases go on with numbers after the last of the backup.
    home.run(home.installation.set_status(slug, DistrictStatus.LIVE))
    home.refresh(slug)
    mine.apply(note="恢复后的办件")
    assert home.sql(f"SELECT min(serial) FROM {schema}.cases WHERE serial > $1", last)[0][0] == last + 1
    assert home.traces(slug) == sorted(
        ["registry", schema, *(home.installation.names.role(slug, wall) for wall in ("rw", "ro", "audit"))]
    )


def test_a_district_at_work_is_not_replaced(home: Side, mine: World, tmp_path: Path) -> None:
    made = home.back_up(mine.district.slug, tmp_path / "backup.zip")
    with pytest.raises(DistrictIsLive):
        restore(home, made.file)


def test_a_district_that_is_gone_comes_back_with_the_people_who_can_sign_in(
    home: Side, mine: World, tmp_path: Path
) -> None:
    slug, schema = mine.district.slug, mine.district.schema
    home.sql(
        f"INSERT INTO {schema}.credential SELECT id, 'hash', now() FROM {schema}.staff WHERE login = 'clerk'"
    )
    home.sql(
        f"INSERT INTO {schema}.session (id, staff_id, created_at, expires_at)"
        f" SELECT id, id, now(), now() FROM {schema}.staff WHERE login = 'clerk'"
    )
    made = home.back_up(slug, tmp_path / "backup.zip")
    home.drop(slug)
    restore(home, made.file)
    assert home.district(slug).status is DistrictStatus.SUSPENDED
    assert home.sql(f"SELECT count(*) FROM {schema}.credential")[0][0] == 1
    assert home.sql(f"SELECT ended_why FROM {schema}.session")[0][0] == "restored"
    assert home.verify(slug).sound
    sealed = home.sql(f"SELECT phone_sealed FROM {schema}.resident LIMIT 1")[0][0]
    assert home.tenancy.vault(home.district(slug)).open(sealed, context="resident.phone")


def test_a_damaged_trail_is_replaced_only_where_that_is_wanted(
    home: Side, mine: World, tmp_path: Path
) -> None:
    slug, schema = mine.district.slug, mine.district.schema
    made = home.back_up(slug, tmp_path / "backup.zip")
    suspend(home, slug)
    home.sql(f"UPDATE {schema}.audit_seal SET digest = sha256('x')")
    with pytest.raises(TrailOfAnother):
        restore(home, made.file)
    assert not home.verify(slug).sound
    restore(home, made.file, keep_trail=False)
    assert home.verify(slug).sound
    assert home.traces(slug)[-1] == "registry"


def test_a_backup_opens_at_home_only(
    home: Side, elsewhere: Side, world: World, archive: Path, tmp_path: Path
) -> None:
    made = home.back_up(world.district.slug, tmp_path / "backup.zip")
    with pytest.raises(BackupOfAnother):
        restore(elsewhere, made.file)
    with pytest.raises(WrongKind):
        restore(home, archive)
    with pytest.raises(WrongKind):
        elsewhere.take_in(made.file)


def test_a_backup_of_a_tampered_trail_is_not_taken_for_sound(home: Side, mine: World, tmp_path: Path) -> None:
    slug, schema = mine.district.slug, mine.district.schema
    home.sql(f"UPDATE {schema}.audit_entry SET actor = 'staff:nobody' WHERE seq = 1")
    made = home.back_up(slug, tmp_path / "backup.zip")
    suspend(home, slug)
    with pytest.raises(TrailUnsound):
        restore(home, made.file)
    assert home.traces(slug)[-1] == "registry"
