"""Hours of service 开放时间: a part of OpenStreetMap's ``opening_hours``. Pure.

``Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00; PH off`` or ``24/7``. A later rule replaces an earlier one for its
days, days without a rule are closed, and so are public holidays unless PH says otherwise. Times are the district's;
the end is not open any more, and no interval runs past midnight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any, Final

from bangban.features.places.problems import HoursUnreadable
from bangban.kernel.clock.week import DAY_KEYS, HOLIDAY, WEEKDAYS

ALWAYS: Final = "24/7"
TEXT: Final = "text"
LONGEST_TEXT: Final = 200
_MIDNIGHT: Final = 24 * 60
_DAYS: Final = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_RULE: Final = re.compile(
    rf"(?P<days>{_DAYS}(?:-{_DAYS})?(?:,{_DAYS}(?:-{_DAYS})?)*)"
    r" (?P<times>off|\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)"
)

Span = tuple[int, int]
"""An interval in minutes since midnight, the end excluded."""


def read_hours(text: str) -> dict[str, Any]:
    """The week that is kept: each day's key with its intervals, and the text written the one way.

    Raises ``HoursUnreadable``.
    """
    plain = " ".join(text.split())
    if len(plain) > LONGEST_TEXT:
        raise HoursUnreadable(text=f"{plain[:20]}…")
    if plain == ALWAYS:
        return {TEXT: ALWAYS, **{key: [[0, _MIDNIGHT]] for key in DAY_KEYS}}
    week: dict[str, tuple[Span, ...]] = {}
    for rule in plain.rstrip(";").split(";"):
        found = _RULE.fullmatch(re.sub(r"\s*,\s*", ",", rule.strip()))
        if found is None:
            raise HoursUnreadable(text=plain)
        spans = () if found["times"] == "off" else tuple(_spans(found["times"], plain))
        week |= dict.fromkeys(_days(found["days"], plain), spans)
    kept = {key: [list(span) for span in week.get(key, ())] for key in DAY_KEYS}
    return {TEXT: _written(week), **kept}


def is_open(hours: Mapping[str, Any], *, key: str, minute: int) -> bool:
    """Whether ``minute`` of a day with this key lies within the hours that are kept."""
    return any(begin <= minute < end for begin, end in hours.get(key, ()))


def _days(text: str, whole: str) -> Iterator[str]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        if HOLIDAY in (first, last) and last:
            raise HoursUnreadable(text=whole)
        if not last:
            yield first
            continue
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        if end < begin:
            raise HoursUnreadable(text=whole)
        yield from WEEKDAYS[begin : end + 1]


def _spans(text: str, whole: str) -> list[Span]:
    spans = [(_minute(part[:5], whole), _minute(part[6:], whole)) for part in text.split(",")]
    if any(end <= begin for begin, end in spans) or any(b[0] < a[1] for a, b in pairwise(spans)):
        raise HoursUnreadable(text=whole)
    return spans


def _minute(text: str, whole: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if minute >= 60 or hour * 60 + minute > _MIDNIGHT:
        raise HoursUnreadable(text=whole)
    return hour * 60 + minute


def _written(week: Mapping[str, tuple[Span, ...]]) -> str:
    """One rule for each run of days alike; closed days are left out."""
    rules = []
    for spans, days in groupby(WEEKDAYS, key=lambda key: week.get(key, ())):
        run = list(days)
        if spans:
            rules.append(f"{run[0] if len(run) == 1 else f'{run[0]}-{run[-1]}'} {_times(spans)}")
    if week.get(HOLIDAY):
        rules.append(f"{HOLIDAY} {_times(week[HOLIDAY])}")
    return "; ".join(rules) or "Mo-Su off"


def _times(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{b // 60:02}:{b % 60:02}-{e // 60:02}:{e % 60:02}" for b, e in spans)
