"""The people of a district profile: teams, staff, their posts and their time in teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bangban.features.people.rules import TeamKind
from bangban.features.people.values import StaffSource
from bangban.features.profiles.models import Text
from bangban.features.profiles.values import Employment, Provenance
from bangban.kernel.access.roles import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileTeam:
    """A team seated at the area with key ``area``; ``until`` is its last day."""

    key: str
    name: Text
    brand: Text | None
    kind: TeamKind
    area: str
    provenance: Provenance
    department: str | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileAssignment:
    """A role held at an area from ``since`` to ``until``, both days included."""

    role: Role
    area: str
    since: date
    until: date | None
    point: str | None = None  # key of the service point where the person is posted


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileMembership:
    """Time in a team from ``since`` to ``until``, both days included."""

    team: str
    since: date
    until: date | None
    lead: bool
    employment: Employment


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileStaff:
    """A member of staff; ``key`` is unique in the profile.

    ``login`` asks for a sign-in account: under the key, or under the login that it is. ``teams`` are those that
    the person belongs to from ``since`` to ``until``, ``memberships`` those with dates of their own.
    """

    key: str
    name: str
    since: date
    until: date | None
    employment: Employment
    source: StaffSource
    teams: tuple[str, ...]
    assignments: tuple[ProfileAssignment, ...]
    login: bool | str
    provenance: Provenance
    memberships: tuple[ProfileMembership, ...] = ()

    @property
    def login_name(self) -> str | None:
        """The login of the account, or None where there is none."""
        if isinstance(self.login, str):
            return self.login
        return self.key if self.login else None
