"""Refusals that the trail keeps 拒绝次数 (``kernel.tenancy.refusals``), counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bangban.features.indicators.scope import Asked
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.refusals import REFUSED


def refused(asked: Asked, code: ErrorCode, *, about: str = "") -> Any:
    """How many of one code there were; ``about`` is how the object begins, where several things have the code."""
    entry = AuditEntryRow.__table__.alias("refusal")
    return (
        select(func.count())
        .select_from(entry)
        .where(
            entry.c.action == REFUSED,
            entry.c.details["refused"].astext == code.value,
            entry.c.object.startswith(about),
            asked.within(entry.c.at),
            asked.here(entry.c.area_id),
        )
        .scalar_subquery()
    )
