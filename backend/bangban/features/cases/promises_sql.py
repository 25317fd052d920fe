"""Whether a promise 容缺承诺 stood until its day was over, as ``rules.promises`` has it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_

from bangban.kernel.planner.periods import midnight


def stood(promised_by: Any, ended_at: Any) -> ColumnElement[bool]:
    """Whether its case had not ended by then: what was withdrawn or ended before owes nothing (DOMAIN D10)."""
    return or_(ended_at.is_(None), ended_at >= midnight(promised_by + 1))
