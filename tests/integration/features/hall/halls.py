"""Halls in the small district of the casework tests: each test has a point of its own, with guides on shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from tests.integration.features.cases.casework import ITEM, MONDAY, World

from bangban.features.catalog.values import Audience
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.rota import Shift, plan_shift
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.service.visits import Greeting, check_papers, greet_visitor
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow, TicketRow, VisitRow
from bangban.features.hall.values import PaperState, TicketState, TicketStep
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import PointKind, WindowKind
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.tenancy.work import Work

NEEDED = ("FORM", "LEASE", "PHOTO")  # of the sample items; another one is fetched by the office
HOURS = {
    "text": "Mo-Fr 09:00-12:00,13:30-17:00",
    **{day: [[540, 720], [810, 1020]] for day in ("Mo", "Tu", "We", "Th", "Fr")},
    **{day: [] for day in ("Sa", "Su", "PH")},
}
_points = count(1)


@dataclass
class Hall:
    """One point with windows by number; ``guide`` and ``guide-2`` are on shift, ``clerk`` calls."""

    world: World
    id: UUID
    windows: dict[str, UUID] = field(default_factory=dict)

    def greet(
        self, n: int | None = None, *, who: str = "guide", now: dt.datetime = MONDAY, **how: Any
    ) -> UUID:
        """A visit with a free question, of the n-th sample person if it is anybody known."""
        how.setdefault("purpose", "咨询")
        how.setdefault("applicant_kind", Audience.PERSON)
        greeting = Greeting(visitor=None if n is None else sample_phone(n), **how)
        return self.world.act(who, greet_visitor, now=now, point_id=self.id, greeting=greeting)

    def check(self, visit: UUID, *, now: dt.datetime = MONDAY, **otherwise: PaperState) -> VisitRow:
        """The papers, all there but those that are named."""
        found = [Found(code=code, state=otherwise.get(code, PaperState.HAS)) for code in NEEDED]
        self.world.act("guide", check_papers, now=now, visit_id=visit, found=found)
        return self.visit(visit)

    def issue(self, visit: UUID, *, who: str = "guide", now: dt.datetime = MONDAY, **how: Any) -> TicketRow:
        """A ticket for a visit."""
        return self.ticket(self.world.act(who, issue_ticket, now=now, visit_id=visit, **how))

    def ticketed(
        self, n: int | None = None, *, now: dt.datetime = MONDAY, queue: str | None = None, **how: Any
    ) -> TicketRow:
        """A ticket for somebody just greeted."""
        return self.issue(self.greet(n, now=now, **how), now=now, queue=queue)

    def call(self, window: str = "1", *, now: dt.datetime = MONDAY) -> TicketRow:
        """The next ticket of a window."""
        return self.ticket(self.world.act("clerk", call_next, now=now, window_id=self.windows[window]))

    def move(self, ticket: TicketRow, *steps: TicketStep, now: dt.datetime = MONDAY, **how: Any) -> TicketRow:
        """What is done with a ticket, one after the other; the last answer."""
        done = ticket.id
        for what in steps:
            done = self.world.act("clerk", move_ticket, now=now, ticket_id=ticket.id, what=what, **how)
        return self.ticket(done)

    def visit(self, visit: UUID) -> VisitRow:
        """The row of a visit."""
        return self.world.rows(VisitRow, VisitRow.id == visit)[0]

    def ticket(self, ticket: UUID) -> TicketRow:
        """The row of a ticket."""
        return self.world.rows(TicketRow, TicketRow.id == ticket)[0]

    def tickets(self, *states: TicketState) -> Sequence[TicketRow]:
        """The point's tickets."""
        found = self.world.rows(TicketRow, TicketRow.point_id == self.id)
        return [each for each in found if not states or each.state in states]

    def alerts(self) -> Sequence[HallAlertRow]:
        """The point's crowds."""
        return self.world.rows(HallAlertRow, HallAlertRow.point_id == self.id)


def hired(world: World) -> World:
    """Guides beside the people whom casework needs."""

    async def hire(work: Work) -> None:
        for name, area in (("guide", "county"), ("guide-2", "county"), ("guide-town", "town-b")):
            staff_id, at = new_id(), world.areas[area]
            work.db.add(StaffRow(id=staff_id, key=name, name=f"样本{name}", login=name))
            await work.db.flush()
            since = dt.date(2026, 1, 1)
            work.db.add(
                AssignmentRow(id=new_id(), staff_id=staff_id, role=Role.GUIDE, area_id=at.id, since=since)
            )
            world.people[name] = Principal(
                kind=PrincipalKind.STAFF,
                id=staff_id,
                district=world.district.slug,
                name=f"样本{name}",
                assignments=(
                    Assignment(
                        role=Role.GUIDE, area_id=AreaId(at.id), area_path=at.path, level=at.level, since=since
                    ),
                ),
            )

    world.act("admin", hire)
    return world


def opened(world: World, *windows: tuple[str, Sequence[str]], area: str = "county") -> Hall:
    """A hall of an area. Windows are numbers and, for special ones, item codes."""
    hall = Hall(world, new_id())

    async def build(work: Work) -> None:
        point = ServicePointRow(
            id=hall.id,
            key=f"hall-{next(_points)}",
            area_id=world.areas[area].id,
            kind=PointKind.HALL,
            name="样本大厅",
            longitude=121.5,
            latitude=36.9,
            hours=HOURS,
        )
        work.db.add(point)
        await work.db.flush()
        for number, codes in windows or (("1", ()), ("2", ()), ("7", (ITEM,))):
            hall.windows[number] = new_id()
            work.db.add(
                ServiceWindowRow(
                    id=hall.windows[number],
                    point_id=hall.id,
                    number=number,
                    name=f"{number}号窗口",
                    kind=WindowKind.SPECIAL if codes else WindowKind.COMPREHENSIVE,
                    service_codes=list(codes),
                )
            )

    async def man(work: Work) -> None:
        """The same people guide in every test's hall, at the same time: so nobody plans it."""
        begins = MONDAY - dt.timedelta(hours=1)
        for guide in ("guide", "guide-2"):
            staff_id = world.people[guide].id
            assert staff_id is not None
            work.db.add(
                GuideShiftRow(
                    id=new_id(),
                    point_id=hall.id,
                    guide_id=staff_id,
                    desk=None,
                    day=MONDAY.date(),
                    begins_at=begins,
                    ends_at=begins + dt.timedelta(hours=12),
                    lead=guide == "guide-2",
                )
            )

    world.act("admin", build)
    if area == "county":
        world.act("admin", man)
    return hall


def on_shift(
    hall: Hall,
    guide: str,
    *,
    begins: dt.datetime = MONDAY - dt.timedelta(hours=1),
    hours: int = 12,
    who: str = "dispatcher",
    elsewhere_over: bool = True,
    **how: Any,
) -> UUID:
    """A turn on the rota, of somebody whom no earlier test's hall needs any more."""
    staff_id = hall.world.people[guide].id
    assert staff_id is not None

    async def leave(work: Work) -> None:
        turn = GuideShiftRow
        elsewhere = (turn.guide_id == staff_id, turn.point_id != hall.id, turn.cancelled_at.is_(None))
        meanwhile = (turn.begins_at < begins + dt.timedelta(hours=hours), turn.ends_at > begins)
        await work.db.execute(update(turn).where(*elsewhere, *meanwhile).values(cancelled_at=work.now))

    if elsewhere_over:
        hall.world.act("admin", leave)
    shift = Shift(guide_id=staff_id, begins_at=begins, ends_at=begins + dt.timedelta(hours=hours), **how)
    return hall.world.act(who, plan_shift, point_id=hall.id, shift=shift)


def waiting(hall: Hall) -> list[str]:
    """Numbers that wait, as they were given."""
    rows = hall.world.rows(TicketRow, TicketRow.point_id == hall.id, TicketRow.state == TicketState.ISSUED)
    return [each.number for each in sorted(rows, key=lambda each: (each.queue, each.serial))]


def numbers_of(world: World, point_id: UUID) -> list[str]:
    """All numbers of a point."""

    async def find(db: Any) -> list[str]:
        return list(await db.scalars(select(TicketRow.number).where(TicketRow.point_id == point_id)))

    found: list[str] = world.read(find)
    return found
