"""SIGKILL in the middle of an import or a restore leaves nothing half made, and the next one goes through."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.archives.ground import HELD, PASSPHRASE, Side, fill, tables_of
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.features.archives.service.restoring import restore_district
from bangban.features.archives.service.undoing import undo_imports
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

ROOT = Path(__file__).resolve().parents[4]


def kill_at(side: Side, file: Path, step: str, *, done: int = 1, passphrase: str = "") -> None:
    """Run the work in a process of its own and kill it at a step; when this returns, PostgreSQL has noticed."""
    key = base64.urlsafe_b64encode(side.installation.ring.current.secret).decode()
    told = {
        "admin": asdict(side.installation.admin),
        "tag": side.installation.names.tag,
        "ring": f"bangban1:{key}",
        "file": str(file),
        "step": step,
        "done": done,
        "passphrase": passphrase,
        "files": str(side.folder),
    }
    environment = {**os.environ, "TOLD": json.dumps(told), "PYTHONPATH": f"{ROOT / 'backend'}:{ROOT}"}
    command = [sys.executable, "-m", "tests.integration.features.archives.killed"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.kill()
    side.run(_alone(side))


async def _alone(side: Side) -> None:
    """Wait until no transaction of an administrator is open in the database but this one."""
    async with side.installation.connection() as connection:
        while await connection.fetchval(  # noqa: ASYNC110 - what another process does has no event here
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        ):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("step", ["load", "unpack", "commit"])
def test_a_killed_import_leaves_nothing_and_the_next_one_is_whole(
    elsewhere: Side, world: World, archive: Path, step: str
) -> None:
    slug = world.district.slug
    kill_at(elsewhere, archive, step, passphrase=PASSPHRASE)
    assert elsewhere.traces(slug) == []
    assert bool(elsewhere.objects()) == (step != "load")
    elsewhere.run(undo_imports(elsewhere.installation.admin, elsewhere.files))
    assert elsewhere.objects() == []
    elsewhere.take_in(archive)
    assert elsewhere.verify(slug).sound
    elsewhere.run(undo_imports(elsewhere.installation.admin, elsewhere.files))
    assert len(elsewhere.objects()) == len(HELD)
    elsewhere.drop(slug)


def test_a_killed_restore_leaves_the_district_as_it_was(
    home: Side,
    tenancy: Tenancy,
    new_district: Callable[..., District],
    run: Callable[..., Any],
    tmp_path: Path,
) -> None:
    mine = settle(tenancy, new_district(), run)
    fill(mine)
    slug = mine.district.slug
    made = home.back_up(slug, tmp_path / "backup.zip")
    mine.apply(note="后来的办件")
    run(home.installation.set_status(slug, DistrictStatus.SUSPENDED))
    home.refresh(slug)
    before = home.back_up(slug, tmp_path / "before.zip")
    kill_at(home, made.file, "commit")
    after = home.back_up(slug, tmp_path / "after.zip")
    assert tables_of(before.file) == tables_of(after.file)
    run(restore_district(home.installation, made.file))
    home.refresh(slug)
    assert tables_of(home.back_up(slug, tmp_path / "restored.zip").file) == tables_of(made.file)
