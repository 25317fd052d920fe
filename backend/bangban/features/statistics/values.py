"""The words of statistics that are stored."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Measure(StrEnum):
    """What is counted 统计口径."""

    STATE = "STATE"  # all cases, by state
    MONTH = "MONTH"  # cases of the last thirteen months, by the month of application
    GRADE = "GRADE"  # ratings, by grade
    DUE = "DUE"  # accepted cases that are not done yet: in time or overdue
    CHANNEL = "CHANNEL"  # all cases, by the door they came through (DOMAIN F03)


ALL: Final = "ALL"
"""The word under which a measure's own total stands."""

UNTOLD: Final = "UNTOLD"
"""The word for what districts kept to themselves, in the sums over all of them."""

EVERYWHERE: Final = ""
"""Where a slug stands otherwise: the sums over all districts."""
