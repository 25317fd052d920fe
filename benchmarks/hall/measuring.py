"""Rates of issuing and calling, through the same use cases as the API, each in a transaction of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.catalog.values import Audience
from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.service.visits import Greeting, greet_visitor
from bangban.features.hall.values import TicketStep
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import PointKind, WindowKind
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

WINDOWS = 20
_SINCE = date(2026, 1, 1)


@dataclass
class Hall:
    """A district's hall with twenty windows, and the people who work there."""

    tenancy: Tenancy
    district: District
    point: UUID
    windows: list[UUID]
    people: dict[Role, Principal]

    async def act(self, role: Role, do: Callable[[Work], Awaitable[UUID]]) -> UUID:
        """One transaction of somebody."""
        async with self.tenancy.write(self.district, self.people[role], now=datetime.now(UTC)) as work:
            return await do(work)

    async def visits(self, count: int) -> list[UUID]:
        """People who were greeted and have no number yet."""
        greeting = Greeting(applicant_kind=Audience.PERSON, purpose="咨询")

        async def greet(work: Work) -> UUID:
            return await greet_visitor(work, point_id=self.point, greeting=greeting)

        return [await self.act(Role.GUIDE, greet) for _ in range(count)]

    async def issue(self, visits: list[UUID], *, issuers: int) -> float:
        """Seconds in which so many issuers give each visit a number."""
        left = list(visits)

        async def give() -> None:
            while left:
                visit = left.pop()
                await self.act(Role.GUIDE, partial(issue_ticket, visit_id=visit))

        return await _timed(give() for _ in range(issuers))

    async def call(self, tickets: int, *, windows: int) -> float:
        """Seconds in which so many windows call, serve and finish so many tickets."""
        left = [None] * tickets

        async def work_off(window: UUID) -> None:
            while left:
                left.pop()
                ticket = await self.act(Role.WINDOW_CLERK, partial(call_next, window_id=window))
                for what in (TicketStep.SERVE, TicketStep.FINISH):
                    await self.act(Role.WINDOW_CLERK, partial(move_ticket, ticket_id=ticket, what=what))

        return await _timed(work_off(window) for window in self.windows[:windows])


async def _timed(acts: Iterable[Coroutine[Any, Any, None]]) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*acts)
    return time.perf_counter() - begun


async def opened(tenancy: Tenancy, district: District) -> Hall:
    """The hall, made directly in an empty district."""
    county, point = new_id(), new_id()
    hall = Hall(tenancy, district, point, [new_id() for _ in range(WINDOWS)], {})
    builder = Principal(kind=PrincipalKind.STAFF, id=new_id(), district=district.slug)
    async with tenancy.write(district, builder, now=datetime.now(UTC)) as work:
        await _people(work, hall, county)
        work.db.add(
            ServicePointRow(
                id=point,
                key="hall",
                area_id=county,
                kind=PointKind.HALL,
                name="样本大厅",
                longitude=121.5,
                latitude=36.9,
                hours={},
            )
        )
        await work.db.flush()
        work.db.add_all(
            ServiceWindowRow(
                id=each,
                point_id=point,
                number=str(place),
                name=f"{place}号窗口",
                kind=WindowKind.COMPREHENSIVE,
            )
            for place, each in enumerate(hall.windows, start=1)
        )
    guide, now = hall.people[Role.GUIDE].id, datetime.now(UTC)
    assert guide is not None  # staff
    shift = Shift(guide_id=guide, begins_at=now, ends_at=now + timedelta(hours=12))
    await hall.act(Role.DISPATCHER, lambda work: plan_shift(work, point_id=point, shift=shift))
    return hall


async def _people(work: Work, hall: Hall, county: UUID) -> None:
    work.db.add(
        ProfileRow(
            slug=hall.district.slug,
            name="样本区",
            brand="帮办",
            levels=[AreaLevel.COUNTY],
            circle_minutes=15,
            timezone="Asia/Shanghai",
            number_prefix="BN",
        )
    )
    work.db.add(
        AreaRow(
            id=county,
            key="county",
            name="样本区",
            full_name="样本区",
            level=AreaLevel.COUNTY,
            kind=AreaKind.COUNTY,
            parent_id=None,
            path=county.hex,
        )
    )
    await work.db.flush()
    for role in (Role.GUIDE, Role.WINDOW_CLERK, Role.DISPATCHER):
        staff = new_id()
        work.db.add(StaffRow(id=staff, key=role.value, name="样本", login=role.value))
        await work.db.flush()
        work.db.add(AssignmentRow(id=new_id(), staff_id=staff, role=role.value, area_id=county, since=_SINCE))
        held = Assignment(
            role=role, area_id=AreaId(county), area_path=county.hex, level=AreaLevel.COUNTY, since=_SINCE
        )
        hall.people[role] = Principal(
            kind=PrincipalKind.STAFF, id=staff, district=hall.district.slug, name="样本", assignments=(held,)
        )
