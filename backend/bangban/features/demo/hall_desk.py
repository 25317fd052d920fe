"""The desk of a sample hall: who guides and who serves there, and what they do with one visitor after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.values import Audience
from bangban.features.demo.actors import acting, somebody
from bangban.features.demo.stage import Stage
from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.service.visits import Greeting, greet_visitor
from bangban.features.hall.values import CareNeed, TicketStep
from bangban.features.places.sql import natural
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work

HALL: Final = "hall"  # the key of the county's hall in every sample district
QUESTIONS: Final = ("咨询社保转移", "咨询营业执照变更", "咨询公积金提取")
_PEOPLE: Final = 80_000  # the first sample person of these; far from all other sample people


@dataclass(kw_only=True)
class HallDesk:
    """A hall with a window, and somebody for each of its roles. ``visits`` counts who came so far."""

    work: Work
    point: UUID
    area: UUID
    window: UUID
    manager: Principal
    guide: Principal
    clerk: Principal
    visits: int = 0

    async def greet(
        self,
        work: Work,
        *,
        purpose: str | None = None,
        code: str | None = None,
        kind: Audience = Audience.PERSON,
        needs: tuple[CareNeed, ...] = (),
    ) -> UUID:
        """Another visitor is asked what they came for."""
        greeting = Greeting(
            applicant_kind=kind,
            service_code=code,
            purpose=purpose,
            visitor=sample_phone(_PEOPLE + self.visits),
            care_needs=needs,
        )
        self.visits += 1
        return await greet_visitor(work, point_id=self.point, greeting=greeting)

    async def arrive(self, at: datetime, purpose: str, *, needs: tuple[CareNeed, ...] = ()) -> UUID:
        """Somebody comes, and has a number a minute later; the ticket."""
        visit = await self.greet(acting(self.work, self.guide, at), purpose=purpose, needs=needs)
        later = acting(self.work, self.guide, at + timedelta(minutes=1))
        return await issue_ticket(later, visit_id=visit)

    async def serve(self, called: datetime, *, minutes: int) -> None:
        """Whoever's turn it is comes to the window a minute later, and is done after so many minutes there."""
        ticket = await call_next(acting(self.work, self.clerk, called), window_id=self.window)
        begun = called + timedelta(minutes=1)
        for step, at in (
            (TicketStep.SERVE, begun),
            (TicketStep.FINISH, begun + timedelta(minutes=minutes)),
        ):
            await move_ticket(acting(self.work, self.clerk, at), ticket_id=ticket, what=step)


async def find_desk(work: Work, stage: Stage) -> HallDesk | None:
    """The county's hall with its first comprehensive window, where there are people who guide and call."""
    found = (
        await work.db.execute(
            select(
                ServicePointRow.id,
                ServicePointRow.area_id,
                AreaRow.path,
                ServiceWindowRow.id.label("window"),
            )
            .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
            .join(ServiceWindowRow, ServiceWindowRow.point_id == ServicePointRow.id)
            .where(ServicePointRow.key == HALL, ServiceWindowRow.kind == WindowKind.COMPREHENSIVE)
            .order_by(*natural(ServiceWindowRow.number))
            .limit(1)
        )
    ).one_or_none()
    if found is None:
        return None
    crew = [
        somebody(stage, permission, found.path)
        for permission in (Permission.HALL_MANAGE, Permission.HALL_GREET, Permission.HALL_CALL)
    ]
    people = [each.principal for each in crew if each is not None]
    if len(people) != len(crew):
        return None
    manager, guide, clerk = people
    return HallDesk(
        work=work,
        point=found.id,
        area=found.area_id,
        window=found.window,
        manager=manager,
        guide=guide,
        clerk=clerk,
    )


def last_working_day(work: Work) -> date:
    """The one before today."""
    day = work.today - timedelta(days=1)
    while not work.calendar.is_working(day):
        day -= timedelta(days=1)
    return day
