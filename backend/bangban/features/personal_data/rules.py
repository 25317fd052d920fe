"""For how long people's data is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bangban.features.personal_data.problems import RetentionOutOfBounds

SETTING: Final = "retention"
"""Key in the profile's settings."""

LEAST_DAYS: Final = 180
"""Nobody erases earlier: disputes about a decision are brought within six months (Administrative Procedure Law,
article 46)."""

MOST_DAYS: Final = 36_500
USUAL_CASE_DAYS: Final = 1_826  # five years; this product's own choice, where a district decides nothing
USUAL_ACCOUNT_DAYS: Final = 1_096  # three years without a case


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """Days after a case ended until its applicant is erased, and after which an account without cases is."""

    case_days: int = USUAL_CASE_DAYS
    account_days: int = USUAL_ACCOUNT_DAYS

    def cases_before(self, now: datetime) -> datetime:
        """Cases that ended before this moment are due."""
        return now - timedelta(days=self.case_days)

    def accounts_before(self, now: datetime) -> datetime:
        """Accounts that were made before this moment and have no case left are due."""
        return now - timedelta(days=self.account_days)


def retention_of(settings: Mapping[str, Any]) -> Retention:
    """What a district's settings say, or the usual."""
    return Retention(**settings.get(SETTING, {}))


def checked(*, case_days: int | None, account_days: int | None, now: Retention) -> Retention:
    """The new periods; what is None stays. Raises ``RetentionOutOfBounds``."""
    for field, days in (("caseDays", case_days), ("accountDays", account_days)):
        if days is not None and not LEAST_DAYS <= days <= MOST_DAYS:
            raise RetentionOutOfBounds(least=LEAST_DAYS, most=MOST_DAYS, fields=(f"input.{field}",))
    return Retention(
        case_days=now.case_days if case_days is None else case_days,
        account_days=now.account_days if account_days is None else account_days,
    )
