"""Rows of bundles 一件事. A version is never changed once somebody has applied with it; only its end is set."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.bundles.values import BundleKind
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.types import EnumText, one_of


class BundleRow(TenantBase):
    """One version of one bundle. In force from ``effective_from`` until the day before ``effective_to``.

    ``items`` are the codes of its matters in their order, of which those in ``optional`` may be left out.
    ``fields`` is the shared form, ``materials`` the papers that are given once: each with ``of``, item code →
    material code.
    """

    __tablename__ = "bundle"
    __table_args__ = (
        UniqueConstraint("code", "version", name="bundle_version_key"),
        one_of("kind", BundleKind),
        CheckConstraint("effective_to IS NULL OR effective_to > effective_from", name="effective"),
        CheckConstraint("(kind = 'CONFIRMATIONS') = (answer_working_days IS NOT NULL)", name="answers"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    kind: Mapped[BundleKind] = mapped_column(EnumText(BundleKind))
    name: Mapped[str]
    name_en: Mapped[str | None] = mapped_column(default=None)
    lead_department: Mapped[str]
    items: Mapped[list[str]]
    optional: Mapped[list[str]]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    materials: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answer_working_days: Mapped[int | None] = mapped_column(default=None)
    effective_from: Mapped[date]
    effective_to: Mapped[date | None] = mapped_column(default=None)
    provenance: Mapped[str] = mapped_column(default="sample")
