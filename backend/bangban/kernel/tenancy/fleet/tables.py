"""What is wrong with a district's schema, as far as the fleet knows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bangban.kernel.database.base import PlatformBase
from bangban.kernel.database.types import EnumText, one_of


class FindingKind(StrEnum):
    """What was found out about a district's schema."""

    MIGRATION = "MIGRATION"
    DRIFT = "DRIFT"


class FleetFindingRow(PlatformBase):
    """One row for each district that a migration failed in, or whose structure is not what it should be.

    ``revision`` is where the district stood, ``tries`` how often the migration was tried since it last worked,
    ``problem`` the kind of its failure (``trouble.Trouble``), never the database's words, which might hold a
    person's data. ``items`` are the differences of a drift, each with kind, object, expected and found.
    """

    __tablename__ = "fleet_finding"
    __table_args__ = (one_of("kind", FindingKind),)

    slug: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    kind: Mapped[FindingKind] = mapped_column(EnumText(FindingKind), primary_key=True)
    revision: Mapped[str]
    tries: Mapped[int]
    problem: Mapped[str | None] = mapped_column(default=None)
    items: Mapped[list[Any]] = mapped_column(JSONB, default_factory=list)
    at: Mapped[datetime]
