"""Rows of trusted documents 可信查询."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase

EVERYBODY: Final = ""
"""In the place of a district: the document is trusted in all of them."""


class TrustedDocumentRow(PlatformBase):
    """A document that a portal registered. One text may be registered for several districts: each has its own
    row, so that none takes it away from another. The operations that come with the software have no rows."""

    __tablename__ = "trusted_document"
    __table_args__ = (CheckConstraint("octet_length(sha256) = 32", name="sha256"),)

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    name: Mapped[str]
    text: Mapped[str]
    added_at: Mapped[datetime]
