"""Times and quantiles in statements that measure something."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Double, cast, func, literal

SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0


def seconds(since: Any, until: Any) -> ColumnElement[float]:
    """Seconds from one moment to another."""
    return cast(func.extract("epoch", until - since), Double())


def quantile(share: float, values: ColumnElement[float], per: float) -> ColumnElement[float]:
    """A continuous quantile of seconds, in units of ``per`` seconds; null of nothing."""
    at: Any = func.percentile_cont(literal(share, Double())).within_group(values)
    return cast(at / literal(per, Double()), Double())
