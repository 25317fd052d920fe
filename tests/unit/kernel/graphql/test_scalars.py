"""Days and moments that the contract takes are ones that come back as they were."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bangban.kernel.graphql.scalars import SCALARS


def parsed(kind: type, text: str) -> object:
    parse = SCALARS[kind].parse_value
    assert parse is not None
    return parse(text)


def test_a_day_without_end_is_not_written_as_the_last_one() -> None:
    """The driver takes the first and the last day of Python for infinity."""
    assert parsed(date, "9999-12-30") == date(9999, 12, 30)
    assert parsed(date, "0001-01-02") == date(1, 1, 2)
    for odd in ("9999-12-31", "0001-01-01", "2026-02-30", "infinity"):
        with pytest.raises(ValueError, match=r"\S"):  # whatever it says
            parsed(date, odd)
    for odd in ("9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"):
        with pytest.raises(ValueError, match="DateTime"):
            parsed(datetime, odd)
