"""Which items and themes the catalog has: for whatever names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.places.rules import Offered
from bangban.kernel.tenancy.work import Work


async def offered_of(work: Work, *, codes: Iterable[str] = (), themes: Iterable[str] = ()) -> Offered:
    """Which of these items and themes the catalog has, today or from a day to come."""
    theme: Any = ServiceItemRow.details["theme"].astext
    asked, listed = sorted(set(codes)), sorted(set(themes))
    if not asked and not listed:
        return Offered()
    rows = await work.db.execute(
        select(ServiceItemRow.code, theme.label("theme"))
        .where(or_(ServiceItemRow.code.in_(asked), theme.in_(listed)))
        .where(or_(ServiceItemRow.effective_to.is_(None), ServiceItemRow.effective_to > work.today))
    )
    known = list(rows)
    return Offered(
        codes=frozenset(row.code for row in known), themes=frozenset(row.theme for row in known if row.theme)
    )
