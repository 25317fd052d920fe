"""Durable work on archives: writing and verifying one, dropping a district that left."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bangban.features.archives.keys import Lock
from bangban.features.archives.package import read_package
from bangban.features.archives.service.archiving import archive_district
from bangban.features.archives.service.checking import check_package
from bangban.features.archives.service.leaving import (
    ARCHIVE,
    DROP,
    keep_archive,
    key_of,
    require_droppable,
)
from bangban.features.archives.service.progress import Tell
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.files.store import FileStore
from bangban.kernel.jobs.tasks import Handler, Task
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy

_EVERY: Final = 0.5  # seconds between notes of progress: each is a transaction


def archive_handlers(
    installation: Installation, tenancy: Tenancy, *, folder: Path, cooling: timedelta, files: FileStore
) -> dict[str, Handler]:
    """The handlers of this feature's tasks. ``files`` gives what files hold, and loses those of a dropped district."""

    async def archive(task: Task) -> dict[str, Any]:
        slug = task.district or ""
        await tenancy.registry.refresh(slug)
        key = key_of(installation.ring, task.given)
        made = await archive_district(
            installation,
            tenancy,
            slug,
            folder / f"{slug}-{task.id}.zip",
            files=files,
            key=key,
            lock=Lock(**task.given["lock"]),
            by=task.asked_by,
            tell=_noting(task),
        )
        with read_package(made.file) as package:
            await check_package(package, key, tell=_noting(task))
        facts = {
            "file": made.file.name,
            "sha256": made.sha256,
            "bytes": made.bytes,
            "rows": made.manifest.rows,
            "files": made.manifest.files,
            "filesLeftOut": made.manifest.files_left_out,
            "at": made.manifest.taken_at.isoformat(),
        }
        async with tenancy.platform() as db:
            await keep_archive(db, slug, facts, by="system", now=datetime.now(UTC))
        return facts

    async def drop(task: Task) -> dict[str, Any]:
        slug, now = task.district or "", datetime.now(UTC)
        await task.step("drop", 0, 1)
        async with tenancy.platform() as db:
            row = await db.get(DistrictRow, slug)
            if row is not None:  # or else a worker that was killed right after had done it
                require_droppable(row, cooling=cooling, now=now)
        await installation.drop_district(slug)
        await files.delete_all(slug)
        async with tenancy.platform() as db:
            await record_platform(
                db,
                actor=task.asked_by,
                action="system:drop",
                object=f"district:{slug}",
                now=now,
                details=task.given,
            )
        tenancy.forget(slug)
        await task.step("drop", 1, 1)
        return dict(task.given)

    return {ARCHIVE: archive, DROP: drop}


def _noting(task: Task) -> Tell:
    """Tells whoever watches the task, but not of every row; stops it between two batches where that is wanted."""
    last: tuple[str, float] = ("", 0.0)

    async def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        moment = time.monotonic()
        if step != last[0] or done >= total or moment - last[1] >= _EVERY:
            last = (step, moment)
            await task.step(step, done, total)

    return tell
