"""What the outbox brings up later: files that never came, files that are erased, addresses that are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, case, delete, select, update

from bangban.features.uploads.service.asking import EXPIRED
from bangban.features.uploads.service.fetching import OVER
from bangban.features.uploads.tables import FileAddressRow, UploadRow
from bangban.features.uploads.values import Rejection, UploadState
from bangban.kernel.access.principals import Principal
from bangban.kernel.files.store import FileStore
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

ERASED: Final = "upload.erased"
"""Announced with the erasing of a file's row; the object goes after the commit."""

_UPLOADS: Final = cast("Table", UploadRow.__table__)
_ADDRESSES: Final = cast("Table", FileAddressRow.__table__)


def upload_handlers(tenancy: Tenancy, store: FileStore) -> Mapping[str, Handler]:
    """The outbox's handlers of files, by kind. Each may be called twice."""
    return {
        EXPIRED: partial(_expired, tenancy, store),
        ERASED: partial(_erased, store),
        OVER: partial(_over, tenancy),
    }


async def _expired(tenancy: Tenancy, store: FileStore, delivery: Delivery) -> None:
    """Whatever came of a file that is not kept is deleted; one that has not ended ends here."""
    file_id = UUID(delivery.reference)
    async with tenancy.write(delivery.district, _nobody(delivery), now=delivery.moment()) as work:
        begun = case(
            (_UPLOADS.c.begun_at.is_(None), Rejection.EXPIRED.value), else_=Rejection.INCOMPLETE.value
        )
        await work.db.execute(
            update(_UPLOADS)
            .where(_UPLOADS.c.id == file_id, _UPLOADS.c.state == UploadState.PENDING)
            .values(state=UploadState.REJECTED, why=begun, ended_at=work.now)
        )
        state = await work.db.scalar(select(_UPLOADS.c.state).where(_UPLOADS.c.id == file_id))
    if state is not UploadState.STORED:
        await store.delete(delivery.district.slug, file_id)


async def _erased(store: FileStore, delivery: Delivery) -> None:
    await store.delete(delivery.district.slug, UUID(delivery.reference))


async def _over(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(delivery.district, _nobody(delivery)) as work:
        await work.db.execute(delete(_ADDRESSES).where(_ADDRESSES.c.id == UUID(delivery.reference)))


def _nobody(delivery: Delivery) -> Principal:
    return Principal.anonymous(district=delivery.district.slug)


async def erase_files(work: Work, case_ids: Sequence[UUID]) -> int:
    """Erase the files of cases whose time is over: names and digests now, contents after the commit; how many."""
    rows = (
        await work.db.execute(
            update(_UPLOADS)
            .where(_UPLOADS.c.case_id.in_(case_ids), _UPLOADS.c.state != UploadState.ERASED)
            .values(state=UploadState.ERASED, name=None, sha256=None, why=None)
            .returning(_UPLOADS.c.id)
        )
    ).all()
    for row in rows:
        work.announce(ERASED, str(row.id))
    return len(rows)
