"""Value lists of custody. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

RESULT: Final = "RESULT"
"""The code under which the document that a case results in is kept; no material of a case has it."""


class CustodyKind(StrEnum):
    """What happened to papers 材料流转."""

    TAKEN = "TAKEN"  # 代收: from the applicant; the result, from the office that made it
    FORWARDED = "FORWARDED"  # 转交: to a person or a unit
    RETURNED = "RETURNED"  # 退还: to the applicant; the result, delivered
