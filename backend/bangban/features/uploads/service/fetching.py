"""Addresses from which a file or a receipt is fetched: given out to who may, used once, both on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, delete, select

from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.tables import CaseRow
from bangban.features.uploads.problems import FileNotThere, no_such_file
from bangban.features.uploads.service.asking import Given
from bangban.features.uploads.tables import FileAddressRow, UploadRow
from bangban.features.uploads.values import AddressKind, FileKind, UploadState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.files.addresses import Address, AddressUnknown
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

FETCHING: Final = {AddressKind.FILE: "file", AddressKind.RECEIPT: "receipt"}
"""What addresses are used for, and the first step of their paths."""

PATHS: Final = {AddressKind.FILE: "/files/", AddressKind.RECEIPT: "/receipts/"}

OVER: Final = "file-address.over"
"""Announced for the moment after which an address need not be remembered."""

_ADDRESSES: Final = cast("Table", FileAddressRow.__table__)
_GRACE: Final = timedelta(seconds=30)


class Fetched(NamedTuple):
    """What an address gave: the case, and which file, or which receipt of it. ``size`` in bytes."""

    case_id: UUID
    number: str
    file_id: UUID | None
    name: str | None
    kind: FileKind | None
    size: int
    receipt: str | None


async def offer_file(work: Work, desk: FileDesk, *, file_id: UUID) -> Given:
    """An address from which a kept file of a case can be fetched once.

    Raises:
        Forbidden, NotFound: The caller may not read this file, or not see its case.
        FileNotThere: It is not kept.
    """
    work.grants.require(Permission.UPLOAD_READ)
    row = (
        await work.db.execute(
            select(UploadRow.state, CaseRow.number)
            .join(CaseRow, CaseRow.id == UploadRow.case_id)
            .where(UploadRow.id == file_id)
        )
    ).one_or_none()
    if row is None:
        raise no_such_file()
    loaded = await load_case(work, number=row.number, one_of=(Permission.UPLOAD_READ,))
    loaded.authorise(Permission.UPLOAD_READ)
    if row.state is not UploadState.STORED:
        raise FileNotThere(fields=("input.fileId",))
    return _offer(work, desk, loaded, AddressKind.FILE, permission=Permission.UPLOAD_READ, file_id=file_id)


def offer_receipt(work: Work, desk: FileDesk, loaded: Loaded, *, receipt: str) -> Given:
    """An address from which a receipt of the loaded case can be fetched once. The caller has authorised it."""
    return _offer(
        work, desk, loaded, AddressKind.RECEIPT, permission=Permission.RECEIPT_READ, receipt=receipt
    )


def _offer(
    work: Work,
    desk: FileDesk,
    loaded: Loaded,
    kind: AddressKind,
    *,
    permission: Permission,
    file_id: UUID | None = None,
    receipt: str | None = None,
) -> Given:
    until = work.now + desk.terms.fetching
    address = FileAddressRow(
        id=new_id(),
        kind=kind,
        case_id=loaded.row.id,
        by_kind=work.principal.kind,
        by_id=loaded.actor.id,
        expires_at=until,
        upload_id=file_id,
        receipt=receipt,
    )
    work.db.add(address)
    work.record(
        action=permission,
        object=f"case:{loaded.row.number}",
        area_id=loaded.row.area_id,
        details={"receipt": receipt} if file_id is None else {"file": str(file_id)},
    )
    work.announce(OVER, str(address.id), due=until + _GRACE)
    token = desk.addresses.token(Address(FETCHING[kind], work.district.slug, address.id, until))
    return Given(PATHS[kind] + token, until, file_id)


async def claim_address(work: Work, address_id: UUID, kind: AddressKind) -> Fetched:
    """Use an address up; of two that try, one has it. Raises AddressUnknown.

    The entry in the trail names whom the address was given to, since that is all that is known of who fetches.
    """
    gone = (
        await work.db.execute(
            delete(_ADDRESSES)
            .where(
                _ADDRESSES.c.id == address_id,
                _ADDRESSES.c.kind == kind,
                _ADDRESSES.c.expires_at > work.now,
            )
            .returning(
                _ADDRESSES.c.case_id,
                _ADDRESSES.c.upload_id,
                _ADDRESSES.c.receipt,
                _ADDRESSES.c.by_kind,
                _ADDRESSES.c.by_id,
            )
        )
    ).one_or_none()
    if gone is None:
        raise AddressUnknown
    row = (
        await work.db.execute(
            select(
                CaseRow.number,
                CaseRow.area_id,
                UploadRow.name,
                UploadRow.kind,
                UploadRow.size,
                UploadRow.state,
            )
            .select_from(CaseRow)
            .outerjoin(UploadRow, UploadRow.id == gone.upload_id)
            .where(CaseRow.id == gone.case_id)
        )
    ).one()
    if gone.upload_id is not None and row.state is not UploadState.STORED:
        raise AddressUnknown
    told = {"receipt": gone.receipt} if gone.upload_id is None else {"file": str(gone.upload_id)}
    work.record(
        action=f"{FETCHING[kind]}:fetch",
        object=f"case:{row.number}",
        area_id=row.area_id,
        details={**told, "for": f"{gone.by_kind.value.lower()}:{gone.by_id}"},
    )
    return Fetched(gone.case_id, row.number, gone.upload_id, row.name, row.kind, row.size or 0, gone.receipt)
