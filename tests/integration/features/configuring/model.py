"""What the checks before going live ought to say, in plain Python over drawn districts. Knows nothing of the SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from tests.integration.features.configuring.conftest import READY, Setup

from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

YEAR = timedelta(days=365)
ROLES = ("admin", "auditor", "helper", "guide", "window-clerk", "supervisor", "dispatcher")


@dataclass
class Post:
    role: str
    area: str
    login: bool
    counts: bool  # in service today, at an area in use


@dataclass
class Model:
    """One drawn district."""

    levels: list[AreaLevel]
    settings: dict[str, Any]
    areas: dict[str, tuple[AreaLevel, str | None, bool]] = field(
        default_factory=dict
    )  # level, parent, in use
    posts: list[Post] = field(default_factory=list)
    seats: list[tuple[str, bool]] = field(default_factory=list)  # area, whether anybody is a member
    items: dict[str, tuple[list[AreaLevel], int, bool]] = field(
        default_factory=dict
    )  # handled at, days, offered

    def level_of(self, area: str) -> AreaLevel:
        return self.areas[area][0]

    def working(self, level: AreaLevel) -> list[str]:
        return [
            name
            for name, (at, _, used) in self.areas.items()
            if at is level and used and level in self.levels
        ]

    def wrong(self, policy: CompiledPolicy, days_left: int) -> dict[str, set[str]]:
        """The names of what is wrong, by check."""
        posts = [post for post in self.posts if post.counts]
        stations = {post.area for post in posts if post.role in ("helper", "guide", "window-clerk")}
        stations |= {area for area, manned in self.seats if manned}
        agents = {post.area for post in posts if post.role == "helper"}
        handling = {
            self.level_of(post.area)
            for post in posts
            if all(
                policy.allows(Role(post.role), Reach.of(self.level_of(post.area)), each)
                for each in (Permission.CASE_ACCEPT, Permission.CASE_COMPLETE)
            )
        }
        items = {code: (at, days) for code, (at, days, offered) in self.items.items() if offered}
        signed = {
            role: any(
                p.role == role
                and p.login
                and (role == "auditor" or self.level_of(p.area) is AreaLevel.COUNTY)
                for p in posts
            )
            for role in ("admin", "auditor")
        }
        return {
            **{role: set() if there else {f"role:{role}"} for role, there in signed.items()},
            **{
                check: set() if self.settings.get(key) else {f"setting:{key}"}
                for check, key in (
                    ("contact", "contact_phone"),
                    ("modes", "modes"),
                    ("origins", "allowed_origins"),
                )
            },
            "levels": {level.value for level in self.levels if not self.working(level)},
            "catalog": set() if items else {"catalog"},
            "items-handled": {code for code, (at, _) in items.items() if not handling & set(at)},
            "villages-covered": {
                name for name in self.working(AreaLevel.VILLAGE) if not {name, self.areas[name][1]} & stations
            },
            "grids-covered": set(self.working(AreaLevel.GRID)) - agents,
            "items-levels": {code for code, (at, _) in items.items() if not set(at) <= set(self.levels)},
            "calendar": {code for code, (_, days) in items.items() if days > days_left},
        }


async def drawn(work: Work, setup: Setup, random: Random) -> Model:
    """A random district, stored and as a model."""
    tuned = {key: value for key, value in READY.items() if random.random() < 0.7}
    if random.random() < 0.5:
        tuned["allowed_origins"] = random.choice([[], ["https://portal.example"]])
    if random.random() < 0.2:
        tuned["contact_phone"] = None
    model = Model(list(tuple(AreaLevel)[: random.randint(1, 5)]), tuned)
    model.areas["county"] = (AreaLevel.COUNTY, None, True)
    profile = await work.db.get(ProfileRow, 1)
    assert profile is not None
    profile.levels, profile.settings = list(model.levels), tuned
    await _areas(work, setup, random, model)
    for number in range(random.randint(0, 8)):
        await _somebody(work, setup, random, model, f"p{number}")
    for number in range(random.randint(0, 5)):
        at = random.sample(list(AreaLevel), random.randint(1, 3))
        days, offered = random.choice([1, 5, 400]), random.random() < 0.8
        until = None if offered and random.random() < 0.7 else work.today + (9 if offered else -4) * YEAR
        await setup.item(work, f"I{number}", *at, promised=days, until=until)
        model.items[f"I{number}"] = (at, days, offered)
    return model


async def _areas(work: Work, setup: Setup, random: Random, model: Model) -> None:
    for level in tuple(AreaLevel)[1 : random.randint(1, 5)]:
        above = [name for name, (at, _, _) in model.areas.items() if at.depth == level.depth - 1]
        for number in range(random.randint(0, 4) if above else 0):
            name, parent, used = f"{level}-{number}", random.choice(above), random.random() < 0.85
            row = await setup.area(work, name, level, parent)
            row.retired_on = None if used else work.today
            model.areas[name] = (level, parent, used)


async def _somebody(work: Work, setup: Setup, random: Random, model: Model, key: str) -> None:
    area, role = random.choice(list(model.areas)), random.choice(ROLES)
    login, active = random.random() < 0.7, random.random() < 0.85
    dates = random.choice(
        [{}, {}, {"until": work.today}, {"since": work.today}, {"until": _before(work)}, _soon(work)]
    )
    now = dates in ({}, {"until": work.today}, {"since": work.today})
    staff_id = await setup.staff(work, key, (role, area), login=login, active=active, **dates)
    model.posts.append(Post(role, area, login, counts=active and now and model.areas[area][2]))
    if random.random() < 0.3:
        seat = random.choice(list(model.areas))
        await setup.team(work, f"team-{key}", seat, *([staff_id] if random.random() < 0.8 else []))
        model.seats.append((seat, False))
        members = await _members(work, f"team-{key}")
        model.seats[-1] = (seat, bool(members) and active)


async def _members(work: Work, key: str) -> list[Any]:
    found = (
        select(TeamMemberRow.id).join(TeamRow, TeamRow.id == TeamMemberRow.team_id).where(TeamRow.key == key)
    )
    return list(await work.db.scalars(found))


def _before(work: Work) -> Any:
    return work.today - YEAR


def _soon(work: Work) -> dict[str, Any]:
    return {"since": work.today + YEAR}
