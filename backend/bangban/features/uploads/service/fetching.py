"""Addresses from which a file or a receipt is fetched: given out to who may, used once, both on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, delete, select

from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.service.loading import staff_of
from bangban.features.hall.tables import VisitRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.uploads.problems import FileNotThere, ResultNotThere, no_such_file
from bangban.features.uploads.service.asking import Given
from bangban.features.uploads.service.results import goes_for_applicant, is_given_out, require_receiver
from bangban.features.uploads.tables import FileAddressRow, UploadRow
from bangban.features.uploads.values import AddressKind, FileKind, UploadPurpose, UploadState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.files.addresses import Address, AddressUnknown
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.papers import number_of

FETCHING: Final = {AddressKind.FILE: "file", AddressKind.RECEIPT: "receipt"}
"""What addresses are used for, and the first step of their paths."""

PATHS: Final = {AddressKind.FILE: "/files/", AddressKind.RECEIPT: "/receipts/"}

OVER: Final = "file-address.over"
"""Announced for the moment after which an address need not be remembered."""

_ADDRESSES: Final = cast("Table", FileAddressRow.__table__)
_GRACE: Final = timedelta(seconds=30)


class Fetched(NamedTuple):
    """What an address gave: the case, and which file, or which receipt of it; or the visit. ``size`` in bytes."""

    case_id: UUID | None
    number: str
    file_id: UUID | None
    name: str | None
    kind: FileKind | None
    size: int
    receipt: str | None
    visit_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _About:
    """What an address leads to: something of a case, or of a visit to a hall; and what the trail calls that."""

    object: str
    area_id: UUID
    by_id: UUID
    case_id: UUID | None = None
    visit_id: UUID | None = None


async def offer_file(work: Work, desk: FileDesk, *, file_id: UUID) -> Given:
    """An address from which a kept file of a case can be fetched once.

    Raises:
        Forbidden, NotFound: The caller may not read this file, or not see its case; or it is a result that the
            applicant, who calls, may not have yet.
        AuthorisationRequired, ResultNotThere: The same, of somebody who goes for the applicant.
        FileNotThere: It is not kept.
    """
    work.grants.require(Permission.UPLOAD_READ)
    row = (
        await work.db.execute(
            select(
                UploadRow.state, UploadRow.purpose, CaseRow.number, is_given_out(CaseRow).label("given_out")
            )
            .join(CaseRow, CaseRow.id == UploadRow.case_id)
            .where(UploadRow.id == file_id)
        )
    ).one_or_none()
    if row is None:
        raise no_such_file()
    try:
        loaded = await load_case(work, number=row.number, one_of=(Permission.UPLOAD_READ,))
    except NotFound:
        raise no_such_file() from None  # whose case it is of tells nobody that there is such a file
    loaded.authorise(Permission.UPLOAD_READ)
    if row.purpose is UploadPurpose.RESULT:
        _check_result(loaded, given_out=row.given_out)
    if row.state is not UploadState.STORED:
        raise FileNotThere(fields=("input.fileId",))
    about = _of_case(loaded)
    return _offer(work, desk, about, AddressKind.FILE, permission=Permission.UPLOAD_READ, file_id=file_id)


def _check_result(loaded: Loaded, *, given_out: bool) -> None:
    require_receiver(loaded, field="input.fileId")
    if not given_out and not loaded.actor.is_staff:
        raise no_such_file()  # it is in no list of the applicant's
    if not given_out and goes_for_applicant(loaded):
        raise ResultNotThere


def offer_receipt(work: Work, desk: FileDesk, loaded: Loaded, *, receipt: str) -> Given:
    """An address from which a receipt of the loaded case can be fetched once. The caller has authorised it."""
    about = _of_case(loaded)
    return _offer(work, desk, about, AddressKind.RECEIPT, permission=Permission.RECEIPT_READ, receipt=receipt)


def offer_visit_receipt(work: Work, desk: FileDesk, *, visit_id: UUID, area_id: UUID, receipt: str) -> Given:
    """The same of a visit to a hall. The caller has authorised it."""
    about = _About(object=f"visit:{visit_id}", area_id=area_id, by_id=staff_of(work), visit_id=visit_id)
    return _offer(work, desk, about, AddressKind.RECEIPT, permission=Permission.RECEIPT_READ, receipt=receipt)


def _of_case(loaded: Loaded) -> _About:
    row = loaded.row
    return _About(object=f"case:{row.number}", area_id=row.area_id, by_id=loaded.actor.id, case_id=row.id)


def _offer(
    work: Work,
    desk: FileDesk,
    about: _About,
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
        case_id=about.case_id,
        visit_id=about.visit_id,
        by_kind=work.principal.kind,
        by_id=about.by_id,
        expires_at=until,
        upload_id=file_id,
        receipt=receipt,
    )
    work.db.add(address)
    work.record(
        action=permission,
        object=about.object,
        area_id=about.area_id,
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
                _ADDRESSES.c.visit_id,
                _ADDRESSES.c.upload_id,
                _ADDRESSES.c.receipt,
                _ADDRESSES.c.by_kind,
                _ADDRESSES.c.by_id,
            )
        )
    ).one_or_none()
    if gone is None:
        raise AddressUnknown
    if gone.visit_id is not None:
        return await _claim_visit(work, gone)
    row = (
        await work.db.execute(
            select(
                CaseRow.number,
                CaseRow.area_id,
                UploadRow.name,
                UploadRow.kind,
                UploadRow.size,
                UploadRow.state,
                UploadRow.purpose,
                is_given_out(CaseRow).label("given_out"),
            )
            .select_from(CaseRow)
            .outerjoin(UploadRow, UploadRow.id == gone.upload_id)
            .where(CaseRow.id == gone.case_id)
        )
    ).one()
    if gone.upload_id is not None and row.state is not UploadState.STORED:
        raise AddressUnknown
    if row.purpose is UploadPurpose.RESULT and not row.given_out and gone.by_kind is PrincipalKind.RESIDENT:
        raise AddressUnknown  # since it was asked for the result was withdrawn, or is held
    told = {"receipt": gone.receipt} if gone.upload_id is None else {"file": str(gone.upload_id)}
    work.record(
        action=f"{FETCHING[kind]}:fetch",
        object=f"case:{row.number}",
        area_id=row.area_id,
        details={**told, "for": f"{gone.by_kind.value.lower()}:{gone.by_id}"},
    )
    return Fetched(gone.case_id, row.number, gone.upload_id, row.name, row.kind, row.size or 0, gone.receipt)


async def _claim_visit(work: Work, gone: Any) -> Fetched:
    area = select(ServicePointRow.area_id).join(VisitRow, VisitRow.point_id == ServicePointRow.id)
    work.record(
        action=f"{FETCHING[AddressKind.RECEIPT]}:fetch",
        object=f"visit:{gone.visit_id}",
        area_id=await work.db.scalar(area.where(VisitRow.id == gone.visit_id)),
        details={"receipt": gone.receipt, "for": f"{gone.by_kind.value.lower()}:{gone.by_id}"},
    )
    number = number_of(gone.visit_id)
    return Fetched(None, number, None, None, None, 0, gone.receipt, gone.visit_id)
