"""Somebody asks where to send a file of a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.uploads.problems import CaseOver
from bangban.features.uploads.rules import Wanted, check_wanted
from bangban.features.uploads.tables import UploadRow
from bangban.features.uploads.values import UploadPurpose, UploadState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.files.addresses import Address
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.quotas import check_storage
from bangban.kernel.tenancy.work import Work

SENDING: Final = "send"
"""What an address is used for that a file is sent to."""

EXPIRED: Final = "upload.expired"
"""Announced for the moment at which a file that is asked for has either come or never will."""

_COUNTED: Final = (UploadState.PENDING, UploadState.STORED)
_GRACE: Final = timedelta(minutes=1)  # after the last byte, for the inspection


class Given(NamedTuple):
    """An address as it is given out. ``path`` is on this server; ``file_id`` is None for what is no file."""

    path: str
    until: datetime
    file_id: UUID | None = None


async def request_upload(work: Work, desk: FileDesk, *, number: str, wanted: Wanted) -> Given:
    """A place for one file of the case, and the address to send it to, once, by the same caller.

    Raises:
        Forbidden, NotFound: The caller may not add to this case; results are for whoever completes it.
        StorageFull: The district would be beyond its quota, as it was last measured.
        FileTooLarge, TooManyFiles, NameUnfit, MaterialUnnamed, CaseOver: See ``check_wanted``.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.UPLOAD_PUT,))
    loaded.authorise(Permission.UPLOAD_PUT)
    if wanted.purpose is UploadPurpose.RESULT and not loaded.may(Permission.CASE_COMPLETE):
        raise Forbidden(permission=Permission.CASE_COMPLETE)
    if loaded.row.identity_sealed is None:  # what hangs on it was erased and would not be again
        raise CaseOver
    case_id = loaded.row.id
    files = await work.db.scalar(
        select(func.count()).where(UploadRow.case_id == case_id, UploadRow.state.in_(_COUNTED))
    )
    allowed = check_wanted(
        wanted,
        state=loaded.facts.state,
        awaits=loaded.facts.conditional,
        materials={each.code for each in loaded.facts.materials},
        files=files or 0,
        terms=desk.terms,
    )
    used = work.district.storage_bytes
    check_storage(work.district.quotas, None if used is None else used + allowed.size)
    return await _keep(work, desk, loaded, case_id, allowed)


async def _keep(work: Work, desk: FileDesk, loaded: Loaded, case_id: UUID, wanted: Wanted) -> Given:
    until = work.now + desk.terms.sending
    row = UploadRow(
        id=new_id(),
        case_id=case_id,
        purpose=wanted.purpose,
        material_code=wanted.material_code,
        name=wanted.name,
        kind=wanted.kind,
        size=wanted.size,
        state=UploadState.PENDING,
        by_kind=work.principal.kind,
        by_id=loaded.actor.id,
        asked_at=work.now,
        expires_at=until,
    )
    work.db.add(row)
    work.record(
        action=Permission.UPLOAD_PUT,
        object=f"case:{loaded.row.number}",
        area_id=loaded.row.area_id,
        details={"file": str(row.id), "purpose": wanted.purpose.value, "bytes": wanted.size},
    )
    work.announce(EXPIRED, str(row.id), due=until + desk.terms.transfer + _GRACE)
    token = desk.addresses.token(Address(SENDING, work.district.slug, row.id, until))
    return Given(f"/uploads/{token}", until, row.id)
