"""Rows of guidance 情形引导. A version is never changed once somebody has begun with it; only its end is set."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import TenantBase


class GuidanceRow(TenantBase):
    """One version of the questions that lead to a matter. In force until the day before ``effective_to``.

    ``nodes`` are the questions, by key: each with its words and its answers in their order. An answer has ``next``,
    the key of another question, or an end: ``item``, ``bundle`` or ``advice``.
    """

    __tablename__ = "guidance"
    __table_args__ = (
        UniqueConstraint("code", "version", name="guidance_version_key"),
        CheckConstraint("effective_to IS NULL OR effective_to > effective_from", name="effective"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"))
    version: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str | None] = mapped_column(default=None)
    start: Mapped[str]
    nodes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    effective_from: Mapped[date]
    effective_to: Mapped[date | None] = mapped_column(default=None)
    provenance: Mapped[str] = mapped_column(default="sample")
