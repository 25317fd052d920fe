"""Rows of statistics: nothing but numbers and words of a fixed vocabulary."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from bangban.features.statistics.values import Measure
from bangban.kernel.database.base import PlatformBase
from bangban.kernel.database.types import EnumText, one_of


class StatisticRow(PlatformBase):
    """How many there were of a measure's word, in one district or, with an empty slug, in all.

    ``count`` is null where a district has too few to tell (``rules.py``). A district's rows are the latest only;
    the sums are kept day by day. The key is how both are read, so there is no other index.
    """

    __tablename__ = "statistic"
    __table_args__ = (
        one_of("measure", Measure),
        CheckConstraint("word ~ '^([A-Z_]{2,30}|[0-9]{4}-[0-9]{2})$'", name="word"),
    )

    district: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    measure: Mapped[Measure] = mapped_column(EnumText(Measure), primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int | None]
    computed_at: Mapped[datetime]
