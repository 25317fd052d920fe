"""Rows of the area tree 区域树."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.areas.values import AreaKind
from bangban.kernel.database.base import EXTENSION_SCHEMA, LTree, TenantBase
from bangban.kernel.database.privacy import APPEND_ONLY
from bangban.kernel.database.types import EnumText, one_of
from bangban.kernel.levels import AreaLevel


class AreaRow(TenantBase):
    """One node of the tree. ``path`` is made of own ids, since parks and centres have no division code."""

    __tablename__ = "area"
    __table_args__ = (
        one_of("level", AreaLevel),
        one_of("kind", AreaKind),
        CheckConstraint("(parent_id IS NULL) = (level = 'COUNTY')", name="root"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="location"),
        CheckConstraint("population >= 0", name="population"),
        Index("area_path_idx", "path", postgresql_using="gist"),
        Index("area_parent_idx", "parent_id", "position", "id"),
        Index("area_tree_idx", text("CAST(path AS TEXT)"), "id"),  # the order of lists
        Index(
            "area_name_idx",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": f"{EXTENSION_SCHEMA}.gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), unique=True)  # stable across re-imports
    code: Mapped[str | None] = mapped_column(Text(collation="C"), unique=True, default=None)
    name: Mapped[str]
    full_name: Mapped[str]
    level: Mapped[AreaLevel] = mapped_column(EnumText(AreaLevel))
    kind: Mapped[AreaKind] = mapped_column(EnumText(AreaKind))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.area.id"), default=None)
    path: Mapped[str] = mapped_column(LTree())
    position: Mapped[int] = mapped_column(default=0)
    provenance: Mapped[str] = mapped_column(default="own")  # official | stated | sample | own
    retired_on: Mapped[date | None] = mapped_column(default=None)
    # Where most of its people live, in degrees of WGS-84, and how many they are: for reach (DOMAIN G01).
    longitude: Mapped[float | None] = mapped_column(Double(), default=None)
    latitude: Mapped[float | None] = mapped_column(Double(), default=None)
    population: Mapped[int | None] = mapped_column(default=None)


class AreaChangeRow(TenantBase):
    """What happened to an area: created, renamed, moved, retired. Kept for good."""

    __tablename__ = "area_change"
    __table_args__ = (Index("area_change_area_idx", "area_id", "at"), APPEND_ONLY)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.area.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    before: Mapped[str | None] = mapped_column(default=None)
    after: Mapped[str | None] = mapped_column(default=None)
