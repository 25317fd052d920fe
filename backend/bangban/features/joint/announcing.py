"""What joint handling tells the outbox."""

from __future__ import annotations

from enum import StrEnum


class Announcement(StrEnum):
    """Kinds of news about an application; its cases have their own."""

    CHANGED = "bundle.changed"
