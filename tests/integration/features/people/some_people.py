"""People of a small district: areas, staff, teams, posts and memberships, as lists to import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from bangban.features.areas.rules import AreaDraft
from bangban.features.areas.values import AreaKind
from bangban.features.people.drafts import AssignmentDraft, MembershipDraft, StaffDraft, TeamDraft
from bangban.kernel.tenancy.work import Work

Body = Callable[[Work], Awaitable[Any]]
BEGAN = date(2024, 1, 1)


def area(key: str, parent: str | None, kind: AreaKind) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}")


AREAS = [
    area("c", None, AreaKind.COUNTY),
    area("t1", "c", AreaKind.TOWN),
    area("t2", "c", AreaKind.TOWN),
    area("v1", "t1", AreaKind.VILLAGE),
    area("m1", "v1", AreaKind.MICRO_GRID),  # the fixture's district works at four levels: a place only
]
STAFF = [StaffDraft(key=key, name=f"样例{key}", login=key) for key in ("admin", "p", "q")]
TEAMS = [
    TeamDraft(key="a", name="甲队", kind="TOWN", area="t1"),
    TeamDraft(key="b", name="乙队", kind="CENTRE"),
]
HELD = [
    AssignmentDraft(staff="admin", role="admin", area="c", since=BEGAN),
    AssignmentDraft(staff="p", role="helper", area="t1", since=BEGAN),
    AssignmentDraft(staff="p", role="window-clerk", area="t2", since=BEGAN, until=date(2024, 12, 31)),
]
MEMBERS = [
    MembershipDraft(team="a", staff="p", since=BEGAN),
    MembershipDraft(team="b", staff="p", since=BEGAN),
]


class Undo(Exception):  # noqa: N818 - not an error, an ending
    """Ends a test's transaction without leaving anything behind."""
