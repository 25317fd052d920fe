"""A file comes: one request claims its place, and says at the end what became of it."""

from __future__ import annotations

from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, select, update

from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.tables import CaseRow
from bangban.features.uploads.tables import UploadRow
from bangban.features.uploads.values import FileKind, Rejection, UploadState
from bangban.kernel.files.addresses import AddressUnknown
from bangban.kernel.tenancy.work import Work

_UPLOADS: Final = cast("Table", UploadRow.__table__)


class Claimed(NamedTuple):
    """The file that may come now, once. ``size`` in bytes."""

    id: UUID
    kind: FileKind
    size: int


async def claim(work: Work, file_id: UUID) -> Claimed:
    """Take the place of a file for this request; of two that try, one has it.

    Raises AddressUnknown where it is used, over, or another caller's.
    """
    row = (
        await work.db.execute(
            update(_UPLOADS)
            .where(
                _UPLOADS.c.id == file_id,
                _UPLOADS.c.state == UploadState.PENDING,
                _UPLOADS.c.begun_at.is_(None),
                _UPLOADS.c.expires_at > work.now,
                _UPLOADS.c.by_kind == work.principal.kind,
                _UPLOADS.c.by_id == work.principal.id,
            )
            .values(begun_at=work.now)
            .returning(_UPLOADS.c.id, _UPLOADS.c.kind, _UPLOADS.c.size)
        )
    ).one_or_none()
    if row is None:
        raise AddressUnknown
    return Claimed(row.id, row.kind, row.size)


async def settle(
    work: Work, file_id: UUID, *, sha256: str | None = None, why: Rejection | None = None
) -> bool:
    """What became of it: kept with its digest, or rejected. False where its time was over before that."""
    kept = why is None
    row = (
        await work.db.execute(
            update(_UPLOADS)
            .where(_UPLOADS.c.id == file_id, _UPLOADS.c.state == UploadState.PENDING)
            .values(
                state=UploadState.STORED if kept else UploadState.REJECTED,
                ended_at=work.now,
                sha256=sha256 if kept else None,
                why=why,
            )
            .returning(_UPLOADS.c.case_id)
        )
    ).one_or_none()
    if row is None:
        return False
    case = (
        await work.db.execute(select(CaseRow.number, CaseRow.area_id).where(CaseRow.id == row.case_id))
    ).one()
    details = {"file": str(file_id), **({"sha256": sha256} if why is None else {"why": why.value})}
    work.record(
        action="upload:store" if kept else "upload:reject",
        object=f"case:{case.number}",
        area_id=case.area_id,
        details=details,
    )
    work.announce(Announcement.CHANGED, str(row.case_id))
    return True
