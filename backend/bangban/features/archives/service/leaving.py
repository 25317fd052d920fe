"""A district leaves: it says so, gets its archive, may change its mind, and is dropped on an operator's word.

Status and tasks are the platform's; each act is one transaction there, on the platform's trail. ``by`` names who
acts as the trails do.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.archives.keys import ArchiveKey, lock
from bangban.features.archives.problems import (
    ConfirmationWrong,
    LeavesAlready,
    NotLeaving,
    NoVerifiedArchive,
    StillCoolingOff,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.jobs.tasks import ask, open_task_of
from bangban.kernel.problems import DistrictUnknown
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.keyring import KeyRing
from bangban.kernel.vault.problems import SealBroken

ARCHIVE: Final = "district.archive"
DROP: Final = "district.drop"

_PURPOSE: Final = "archives.tasks"
_CONTEXT: Final = "archive-key"


def locked_key(ring: KeyRing, passphrase: str) -> dict[str, Any]:
    """A fresh archive key for a task: locked with the passphrase, and sealed for whoever works on the task.

    Neither passphrase nor key stands in what is stored. Takes some 0.2 s. Raises PassphraseWeak.
    """
    key = ArchiveKey.fresh()
    sealed = DistrictVault(ring.derive(_PURPOSE)).seal(key.secret.hex(), context=_CONTEXT)
    return {"lock": lock(key, passphrase).model_dump(), "key": sealed.hex()}


def key_of(ring: KeyRing, given: dict[str, Any]) -> ArchiveKey:
    """The key that ``locked_key`` sealed, also where the master key was rotated since. Raises SealBroken."""
    for derived in ring.derive_all(_PURPOSE):
        try:
            opened = DistrictVault(derived).open(bytes.fromhex(given["key"]), context=_CONTEXT)
        except SealBroken:
            continue
        return ArchiveKey(bytes.fromhex(opened))
    raise SealBroken("The archive's key opens under no key of this installation.")


async def ask_for_archive(
    db: AsyncSession, tenancy: Tenancy, slug: str, *, given: dict[str, Any], by: str, now: datetime
) -> UUID:
    """Ask for an archive of the district; the task's id. One that is open already is that task.

    Raises DistrictUnknown.
    """
    await _row(db, slug)
    running = await open_task_of(db, ARCHIVE, slug)
    if running is not None:
        return running.id
    task_id = await ask(db, tenancy.names, kind=ARCHIVE, given=given, actor=by, now=now, district=slug)
    await _record(db, slug, by=by, what="archive", now=now, details={"task": str(task_id)})
    return task_id


async def begin_leaving(
    db: AsyncSession, tenancy: Tenancy, slug: str, *, given: dict[str, Any], by: str, now: datetime
) -> UUID:
    """The district leaves; the task that makes its archive. Raises LeavesAlready, DistrictUnknown.

    An archive from before does not count, and a task for one that is under way has another passphrase: what the
    district takes along is made after it closed.
    """
    row = await _row(db, slug)
    if row.status not in (DistrictStatus.LIVE, DistrictStatus.SUSPENDED):
        raise LeavesAlready(slug=slug, status=row.status)
    row.status, row.leaving_since, row.archive = DistrictStatus.LEAVING, now, None
    task_id = await ask(db, tenancy.names, kind=ARCHIVE, given=given, actor=by, now=now, district=slug)
    await _record(db, slug, by=by, what="leave", now=now, details={"task": str(task_id)})
    await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")
    return task_id


async def cancel_leaving(db: AsyncSession, tenancy: Tenancy, slug: str, *, by: str, now: datetime) -> None:
    """The district stays, and is LIVE again. Possible until it is dropped. Raises NotLeaving, DistrictUnknown."""
    row = await _row(db, slug)
    if row.status is not DistrictStatus.LEAVING or await open_task_of(db, DROP, slug) is not None:
        raise NotLeaving(slug=slug)
    row.status, row.leaving_since = DistrictStatus.LIVE, None
    await _record(db, slug, by=by, what="stay", now=now)
    await tell(db, tenancy.names.channel, slug=slug, kind="registry.changed")


async def ask_for_drop(
    db: AsyncSession,
    tenancy: Tenancy,
    slug: str,
    *,
    confirmed: str,
    by: str,
    cooling: timedelta,
    now: datetime,
) -> UUID:
    """An operator confirms that a district goes; the task that drops it.

    Raises ConfirmationWrong, NotLeaving, StillCoolingOff, NoVerifiedArchive, DistrictUnknown.
    """
    if slug != confirmed:
        raise ConfirmationWrong
    row = await _row(db, slug)
    require_droppable(row, cooling=cooling, now=now)
    running = await open_task_of(db, DROP, slug)
    if running is not None:
        return running.id
    given = {"archive": row.archive}
    task_id = await ask(db, tenancy.names, kind=DROP, given=given, actor=by, now=now, district=slug)
    await _record(db, slug, by=by, what="drop", now=now, details={"task": str(task_id), **given})
    return task_id


def require_droppable(row: DistrictRow, *, cooling: timedelta, now: datetime) -> None:
    """Raises NotLeaving, StillCoolingOff, NoVerifiedArchive."""
    if row.status is not DistrictStatus.LEAVING or row.leaving_since is None:
        raise NotLeaving(slug=row.slug)
    until = row.leaving_since + cooling
    if now < until:
        raise StillCoolingOff(slug=row.slug, until=until.astimezone(UTC).isoformat(timespec="minutes"))
    if row.archive is None or datetime.fromisoformat(row.archive["at"]) < row.leaving_since:
        raise NoVerifiedArchive(slug=row.slug)


async def keep_archive(db: AsyncSession, slug: str, facts: dict[str, Any], *, by: str, now: datetime) -> None:
    """Note a verified archive. ``facts``: file, sha256, bytes, rows, at. Raises DistrictUnknown."""
    (await _row(db, slug)).archive = facts
    await _record(db, slug, by=by, what="archived", now=now, details=facts)


async def _row(db: AsyncSession, slug: str) -> DistrictRow:
    row = await db.scalar(select(DistrictRow).where(DistrictRow.slug == slug).with_for_update(key_share=True))
    if row is None:
        raise DistrictUnknown(fields=("input.slug",))
    return row


async def _record(
    db: AsyncSession, slug: str, *, by: str, what: str, now: datetime, details: dict[str, Any] | None = None
) -> None:
    # An operator's word is district:manage, a district's own is district:leave.
    action = Permission.DISTRICT_MANAGE if by.startswith("operator") else Permission.DISTRICT_LEAVE
    await record_platform(
        db,
        actor=by,
        action=action,
        object=f"district:{slug}",
        now=now,
        details={"what": what, **(details or {})},
    )
