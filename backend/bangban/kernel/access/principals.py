"""Who asks: kinds of callers, what they are posted as, and which role speaks for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from bangban.kernel.access.paths import is_path, is_within
from bangban.kernel.access.roles import HELD_ROLES, STAFF_ROLES, OperatorDuty, Reach, Role
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel


class PrincipalKind(StrEnum):
    """Kind of caller 访问者类别."""

    ANONYMOUS = "ANONYMOUS"
    RESIDENT = "RESIDENT"
    STAFF = "STAFF"
    AUDITOR = "AUDITOR"
    OPERATOR = "OPERATOR"
    PORTAL = "PORTAL"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role held at an area 任职, from ``since`` to ``until``, both days included.

    ``area_path`` is the area's ltree path; ``level`` is that area's level; ``point_id`` the service point at which
    the person is posted, if they are.
    """

    role: Role
    area_id: AreaId
    area_path: str
    level: AreaLevel
    since: date
    until: date | None = None
    point_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.role not in HELD_ROLES:
            raise ValueError(f"{self.role} is not held at an area")
        if not is_path(self.area_path):
            raise ValueError(f"{self.area_path!r} is not a path of the area tree")

    def counts_on(self, day: date) -> bool:
        """Whether ``day`` lies within the assignment."""
        return self.since <= day and (self.until is None or day <= self.until)

    def covers(self, area_path: str) -> bool:
        """Whether the area is the assignment's own or below it."""
        return is_within(area_path, self.area_path)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks 访问者. ``id`` is the staff member's, resident's or operator's; nobody anonymous has one.

    ``origins`` are those that a portal's pages come from, None for whoever may come from any that the district
    allows; ``documents_only`` binds a portal to registered documents in a district that does not ask for them.
    """

    kind: PrincipalKind
    id: UUID | None = None
    district: str | None = None
    session_id: UUID | None = None
    name: str | None = None
    assignments: tuple[Assignment, ...] = ()
    language: str = "zh-CN"
    duty: OperatorDuty | None = None  # an operator's; without one, nothing but signing out is left
    origins: frozenset[str] | None = None
    documents_only: bool = False

    @classmethod
    def anonymous(cls, *, district: str | None, language: str = "zh-CN") -> Principal:
        """A caller who has not signed in."""
        return cls(kind=PrincipalKind.ANONYMOUS, district=district, language=language)


# Which role speaks for a kind of caller without any assignment, and where its lines are read.
BASE: Mapping[PrincipalKind, tuple[Role, tuple[Reach, ...]]] = MappingProxyType(
    {
        PrincipalKind.ANONYMOUS: (Role.ANONYMOUS, (Reach.DISTRICT, Reach.PLATFORM, Reach.OWN)),
        PrincipalKind.RESIDENT: (Role.RESIDENT, (Reach.DISTRICT, Reach.PLATFORM, Reach.OWN)),
        PrincipalKind.PORTAL: (Role.PORTAL, (Reach.DISTRICT, Reach.PLATFORM)),
        PrincipalKind.STAFF: (Role.EMPLOYEE, (Reach.DISTRICT, Reach.PLATFORM)),
        PrincipalKind.AUDITOR: (Role.AUDITOR, (Reach.DISTRICT, Reach.PLATFORM)),
        PrincipalKind.OPERATOR: (Role.OPERATOR, (Reach.DISTRICT, Reach.PLATFORM)),
    }
)


def base_of(kind: PrincipalKind, duty: OperatorDuty | None) -> tuple[Role, tuple[Reach, ...]]:
    """The role that speaks for a caller without any assignment, and the reaches of its lines."""
    role, reaches = BASE[kind]
    return (duty.role if duty is not None and kind is PrincipalKind.OPERATOR else role), reaches


# Separation of duties: an auditor's account does no casework, and a staff account does not audit.
HOLDS: Mapping[PrincipalKind, frozenset[Role]] = MappingProxyType(
    {PrincipalKind.STAFF: STAFF_ROLES, PrincipalKind.AUDITOR: frozenset({Role.AUDITOR})}
)
