"""Callers of the access tests: what they hold, and what follows from it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel

TODAY = date(2026, 3, 2)
LEVELS = list(AreaLevel)


def held(role: Role, path: str, *, since: date = TODAY, until: date | None = None) -> Assignment:
    """A role held at the area ``path``, whose level follows from its depth."""
    level = LEVELS[path.count(".")]
    return Assignment(role, AreaId(UUID(int=len(path))), path, level, since, until)


def staff(*assignments: Assignment, kind: PrincipalKind = PrincipalKind.STAFF) -> Grants:
    principal = Principal(kind=kind, id=UUID(int=7), district="zouping", assignments=assignments)
    return Grants(principal, shipped_policy(), on=TODAY)


def of_kind(kind: PrincipalKind) -> Grants:
    return staff(kind=kind)
