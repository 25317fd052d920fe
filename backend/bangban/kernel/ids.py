"""Identifiers: time-ordered UUIDs (version 7), made here since PostgreSQL makes them only from 18 on."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

AreaId = NewType("AreaId", UUID)
StaffId = NewType("StaffId", UUID)
ResidentId = NewType("ResidentId", UUID)
CaseId = NewType("CaseId", UUID)
SessionId = NewType("SessionId", UUID)
Slug = NewType("Slug", str)


def new_id() -> UUID:
    """A fresh UUIDv7: unique, and ordered by the millisecond it was made in."""
    return UUID(int=uuid7().int)
