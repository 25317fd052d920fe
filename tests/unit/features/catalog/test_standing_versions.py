"""Which version of each stands today, and until when by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bangban.features.catalog.versions import standing

TODAY = dt.date(2026, 11, 23)


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@dataclass(frozen=True)
class Kept:
    """A stored version."""

    version: int
    effective_from: dt.date
    effective_to: dt.date | None
    code: str = "A"


def stands(*versions: Kept) -> list[tuple[int, dt.date | None]]:
    return [(each.version, until) for each, until in standing(versions, TODAY)]


def test_what_gives_way_to_a_later_version_has_no_end_of_its_own() -> None:
    assert stands(Kept(1, day(-9), TODAY), Kept(2, TODAY, day(5)), Kept(3, day(5), None)) == [(2, None)]


def test_an_end_that_no_version_follows_at_once_stays() -> None:
    assert stands(Kept(1, day(-9), day(5))) == [(1, day(5))]
    assert stands(Kept(1, day(-9), day(5)), Kept(2, day(6), None)) == [(1, day(5))]


def test_the_first_to_come_stands_where_none_holds_and_what_is_over_does_not() -> None:
    assert stands(Kept(1, day(-9), day(-1)), Kept(2, day(3), day(8)), Kept(3, day(8), None)) == [(2, None)]
    assert stands(Kept(1, day(-9), TODAY)) == []
    assert [each.code for each, _ in standing([Kept(1, TODAY, None), Kept(1, TODAY, None, "B")], TODAY)] == [
        "A",
        "B",
    ]
