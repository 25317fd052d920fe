"""A district's people as ``people.yaml``: who is in service now or later, with posts and teams that have not ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.people.values import StaffSource
from bangban.features.profiles.values import Employment


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleRows:
    """The rows of a district's people."""

    staff: Sequence[StaffRow]
    assignments: Sequence[AssignmentRow]
    teams: Sequence[TeamRow]
    members: Sequence[TeamMemberRow]


@dataclass(slots=True)
class LeftOut:
    """How much is not in the file: people, teams and periods that have ended, posts and teams without a place."""

    staff: int = 0
    teams: int = 0
    periods: int = 0
    unplaced: int = 0


@dataclass(slots=True)
class _Held:
    posts: list[AssignmentRow] = field(default_factory=list)
    teams: list[TeamMemberRow] = field(default_factory=list)


def people_document(
    rows: PeopleRows, *, posts: Mapping[UUID, str], points: Mapping[UUID, str], root: str, today: date
) -> tuple[dict[str, Any], LeftOut]:
    """``people.yaml``, and what it leaves out. ``posts`` are the keys of areas where people work, ``points``
    those of the service points in the files; a team without an area has its seat at ``root``."""
    left = LeftOut()
    serving = {each.id: each for each in rows.staff if each.active}
    left.staff = len(rows.staff) - len(serving)
    running = [each for each in rows.teams if each.until is None or each.until >= today]
    left.teams = len(rows.teams) - len(running)
    seats = {each.id: root if each.area_id is None else posts.get(each.area_id) for each in running}
    left.unplaced += sum(seat is None for seat in seats.values())
    held: dict[UUID, _Held] = defaultdict(_Held)
    for post in rows.assignments:
        if post.staff_id in serving and _counts(post, today, left):
            if post.area_id in posts and (post.point_id is None or post.point_id in points):
                held[post.staff_id].posts.append(post)
            else:
                left.unplaced += 1
    for member in rows.members:
        if member.staff_id in serving and _counts(member, today, left) and seats[member.team_id]:
            held[member.staff_id].teams.append(member)
    dates = [post.since for one in held.values() for post in one.posts]
    dates += [member.since for one in held.values() for member in one.teams]
    since = min(dates, default=today)
    keys = {each.id: each.key for each in rows.teams}
    document: dict[str, Any] = {"from": since}
    teams = [
        _team(each, seats[each.id]) for each in sorted(running, key=lambda each: each.key) if seats[each.id]
    ]
    if teams:
        document["teams"] = teams
    document["staff"] = [
        _person(each, held[each.id], _Keys(posts, points, keys), since)
        for each in sorted(serving.values(), key=lambda each: each.key)
    ]
    return document, left


def _counts(period: AssignmentRow | TeamMemberRow, today: date, left: LeftOut) -> bool:
    counts = period.until is None or period.until >= today
    left.periods += not counts
    return counts


def _team(row: TeamRow, seat: str | None) -> dict[str, Any]:
    brand = {"brand": {"zh": row.brand, "en": row.brand}} if row.brand else {}
    kind = {"kind": row.kind, **({"department": row.department} if row.department else {})}
    name = {"zh": row.name, "en": row.name_en or row.name}
    ends = {} if row.until is None else {"to": row.until}
    return {"key": row.key, "name": name, **brand, **kind, "at": seat, **ends}


@dataclass(frozen=True, slots=True)
class _Keys:
    """What files call areas, service points and teams."""

    posts: Mapping[UUID, str]
    points: Mapping[UUID, str]
    teams: Mapping[UUID, str]


def _person(row: StaffRow, held: _Held, keys: _Keys, since: date) -> dict[str, Any]:
    posts, teams = keys.posts, keys.teams
    said: dict[str, Any] = {"key": row.key, "name": row.name}
    if not row.full_time:
        said["employment"] = Employment.PART_TIME
    if row.source in set(StaffSource) - {StaffSource.OFFICE}:
        said["source"] = row.source
    members = sorted(held.teams, key=lambda each: (teams[each.team_id], each.since))
    if members:
        said["memberships"] = [
            {"team": teams[each.team_id], **_dates(each, since), **_duty(each, row)} for each in members
        ]
    said["assignments"] = [
        {"role": each.role, "at": posts[each.area_id], **_dates(each, since), **_point(each, keys)}
        for each in sorted(held.posts, key=lambda each: (each.role, posts[each.area_id], each.since))
    ]
    if row.login != row.key:
        said["login"] = row.login or False
    return said


def _point(post: AssignmentRow, keys: _Keys) -> dict[str, str]:
    return {} if post.point_id is None else {"point": keys.points[post.point_id]}


def _dates(period: AssignmentRow | TeamMemberRow, since: date) -> dict[str, Any]:
    begins = {} if period.since == since else {"from": period.since}
    return begins if period.until is None else {**begins, "to": period.until}


def _duty(member: TeamMemberRow, person: StaffRow) -> dict[str, Any]:
    lead = {"lead": True} if member.lead else {}
    if member.full_time == person.full_time:
        return lead
    return {**lead, "employment": Employment.FULL_TIME if member.full_time else Employment.PART_TIME}
