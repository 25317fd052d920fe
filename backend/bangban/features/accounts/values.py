"""The words of accounts that are stored."""

from __future__ import annotations

from enum import StrEnum


class TokenKind(StrEnum):
    """What a one-time token is good for."""

    INVITATION = "INVITATION"  # to set the first password
    RESET = "RESET"  # to set a forgotten one anew
