"""到场次数 (DOMAIN A09, A10): a visit about a case is one trip, however much was done for the case meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Stay:
    """From when until when a visitor was there, both included."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the visitor was there then."""
        return self.begins <= at <= self.ends


def trips_of(stay: Stay, counted: Iterable[datetime], others: Iterable[Stay]) -> int:
    """By how much a visit that is over changes the trips of its case: one, less what was counted while it went on.

    ``counted`` are the moments at which casework counted that the applicant came; ``others`` the visits about the
    same case that are over already, each of which took in what was counted in its own time.
    """
    before = list(others)
    ours = [at for at in counted if stay.holds(at) and not any(each.holds(at) for each in before)]
    return 1 - len(ours)
