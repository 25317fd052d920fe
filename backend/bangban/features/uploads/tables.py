"""Rows of files 附件: what was asked for, what came, and the addresses by which files are fetched."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.uploads.values import AddressKind, FileKind, Rejection, UploadPurpose, UploadState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import PERSONAL, SECRET_DELETABLE
from bangban.kernel.database.types import EnumText, one_of


class UploadRow(TenantBase):
    """One file of one case, from the moment somebody asks where to send it.

    What it holds is in the file store, sealed, under the district's slug and this ``id``. It comes at most once:
    ``begun_at`` is set by the one request that sends it.
    """

    __tablename__ = "upload"
    __table_args__ = (
        one_of("purpose", UploadPurpose),
        one_of("kind", FileKind),
        one_of("state", UploadState),
        one_of("why", Rejection),
        one_of("by_kind", PrincipalKind),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(state = 'REJECTED') = (why IS NOT NULL)", name="reason"),
        Index("upload_case_idx", "case_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.cases.id"))
    purpose: Mapped[UploadPurpose] = mapped_column(EnumText(UploadPurpose))
    material_code: Mapped[str | None] = mapped_column(Text(collation="C"))
    name: Mapped[str | None] = mapped_column(info=PERSONAL)  # people put theirs in; empty once erased
    kind: Mapped[FileKind] = mapped_column(EnumText(FileKind))
    size: Mapped[int]  # bytes
    state: Mapped[UploadState] = mapped_column(EnumText(UploadState))
    by_kind: Mapped[PrincipalKind] = mapped_column(EnumText(PrincipalKind))
    by_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # of the address it is sent to
    begun_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)  # kept or rejected
    supplied_at: Mapped[datetime | None] = mapped_column(default=None)  # as the case's material
    why: Mapped[Rejection | None] = mapped_column(EnumText(Rejection), default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)


class FileAddressRow(TenantBase):
    """A short-lived address from which one thing can be fetched once: the row goes with the fetching.

    ``receipt`` names the kind of receipt that is made then, of a case or of a visit to a hall.
    """

    __tablename__ = "file_address"
    __table_args__ = (
        one_of("kind", AddressKind),
        one_of("by_kind", PrincipalKind),
        CheckConstraint("(kind = 'FILE') = (upload_id IS NOT NULL)", name="file"),
        CheckConstraint("(kind = 'RECEIPT') = (receipt IS NOT NULL)", name="receipt"),
        CheckConstraint(
            "(case_id IS NULL) <> (visit_id IS NULL) AND (visit_id IS NULL OR kind = 'RECEIPT')", name="of"
        ),
        SECRET_DELETABLE,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[AddressKind] = mapped_column(EnumText(AddressKind))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.cases.id"))
    by_kind: Mapped[PrincipalKind] = mapped_column(EnumText(PrincipalKind))
    by_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.upload.id"), default=None)
    receipt: Mapped[str | None] = mapped_column(default=None)
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.visit.id"), default=None)
