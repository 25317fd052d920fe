"""Rows of casework 办件: the case, what is attached to it, and its history. Import them from here."""

from bangban.features.cases.tables.attached import (
    AuthorisationRow,
    CaseMaterialRow,
    HandoverRow,
    InterimRatingRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.tables.case import CaseRow
from bangban.features.cases.tables.history import CaseEventRow, ViolationRow

__all__ = [
    "AuthorisationRow",
    "CaseEventRow",
    "CaseMaterialRow",
    "CaseRow",
    "HandoverRow",
    "InterimRatingRow",
    "NoticeRow",
    "RatingRow",
    "ToleranceRow",
    "ViolationRow",
]
