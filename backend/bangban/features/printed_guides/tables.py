"""Rows of printed guides 掌办指南册. A version is never changed: paper with its number on it lies about."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.catalog.values import ServiceKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.types import EnumTextArray, all_of


class PrintedGuideRow(TenantBase):
    """One version of one guide. In force from ``effective_from`` until the day before ``effective_to``.

    ``codes`` and ``kinds`` are what was chosen: items by their codes in their order, or all of some kinds that can be
    done on a phone, or, where both are empty, all of them. ``items`` are the versions of items that came of it.
    """

    __tablename__ = "printed_guide"
    __table_args__ = (
        UniqueConstraint("code", "version", name="printed_guide_version_key"),
        all_of("kinds", ServiceKind),
        CheckConstraint("effective_to IS NULL OR effective_to > effective_from", name="effective"),
        CheckConstraint("cardinality(items) > 0", name="items"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str | None]
    codes: Mapped[list[str]]
    kinds: Mapped[list[ServiceKind]] = mapped_column(EnumTextArray(ServiceKind))
    items: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    effective_from: Mapped[date]
    effective_to: Mapped[date | None] = mapped_column(default=None)
    provenance: Mapped[str] = mapped_column(default="sample")
