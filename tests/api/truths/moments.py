"""Days and hours of a district, and sets of moments, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.api.truth import Truth

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import PartnerAgreementRow

WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
Stretch = tuple[datetime, datetime]
"""From a moment until before another."""


class Moments(Truth):
    """What the clock on the wall and the calendar beside it say."""

    def stands(self, point: Any, day: date) -> bool:
        """Whether the point is there on a day, and a partner's agreement, too."""
        if point.kind in ("BANK", "SHOP"):
            agreements = self.of(PartnerAgreementRow, id=point.agreement_id)
            if not any(each.since <= day <= each.until for each in agreements):
                return False
        return (point.since is None or point.since <= day) and (point.until is None or point.until >= day)

    def has_somebody(self, turn: Any) -> bool:
        """Whether whose turn it is is in service, with a post on the turn's day."""
        posts = self.of(AssignmentRow, staff_id=turn.guide_id)
        then = any(each.since <= turn.day <= (each.until or turn.day) for each in posts)
        return then and bool(self.one(StaffRow, id=turn.guide_id).active)

    def spans(self, point: Any, day: date) -> list[tuple[int, int]]:
        """The minutes of a day in which it serves."""
        key = WEEK[day.weekday()]
        if self.calendar.epoch <= day <= self.calendar.last:
            worked, weekend = self.calendar.is_working(day), day.weekday() > 4
            key = ("Mo" if weekend else key) if worked else (key if weekend else "PH")
        return [(begin, end) for begin, end in point.hours.get(key, ())]

    def is_open(self, point: Any, at: datetime) -> bool:
        """Whether it serves at a moment."""
        local = at.astimezone(self.district.zone)
        minute = local.hour * 60 + local.minute
        return self.stands(point, local.date()) and any(
            begin <= minute < end for begin, end in self.spans(point, local.date())
        )

    def wall(self, day: date, begin: int, end: int) -> Stretch:
        """What clocks here show as these minutes of a day."""
        midnight = datetime.combine(day, time(), tzinfo=self.district.zone)
        return midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end)


def spans_without(these: Iterable[Stretch], those: Iterable[Stretch]) -> list[Stretch]:
    """What lies in one of these and in none of those, each stretch as long as it goes on, in order."""
    edges = [(moment, 0, step) for each in these for moment, step in zip(each, (1, -1), strict=True)]
    edges += [(moment, 1, step) for each in those for moment, step in zip(each, (1, -1), strict=True)]
    found: list[Stretch] = []
    inside, began = [0, 0], None
    moments = sorted({moment for moment, _, _ in edges})
    for at in moments:
        for moment, which, step in edges:
            if moment == at:
                inside[which] += step
        here = inside[0] > 0 and inside[1] == 0
        if here and began is None:
            began = at
        elif not here and began is not None:
            found.append((began, at))
            began = None
    return found
