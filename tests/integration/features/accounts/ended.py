"""Why sessions ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bangban.features.accounts.tables import SessionRow

DAY = timedelta(days=1)


def ended_why(town: Any) -> list[str | None]:
    return [why for (why,) in town.rows(select(SessionRow.ended_why).order_by(SessionRow.id))]
