"""Ways to act in the small district of casework as any of its people, and to look at what is there."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.tables import AreaRow
from bangban.features.cases import service
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.values import Audience
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.clock import WorkingCalendar
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

MONDAY = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)  # ten in the morning in Shanghai
SINCE = dt.date(2026, 1, 1)
ITEM, COUNTY_ITEM = "370000-ITEM-TOWN", "370000-ITEM-COUNTY"
REQUIRED = ("FORM", "LEASE", "PHOTO")


@dataclass
class World:
    """The district with everything in it by name."""

    tenancy: Tenancy
    district: District
    run: Run
    areas: dict[str, AreaRow] = field(default_factory=dict)
    people: dict[str, Principal] = field(default_factory=dict)
    counted: list[str] = field(default_factory=list)  # statements since the last act began

    def act(self, who: str, do: Callable[..., Awaitable[T]], *, now: dt.datetime = MONDAY, **how: Any) -> T:
        """Do something as somebody in one transaction of its own."""
        self.counted.clear()
        result: T = self.run(self.acting(who, do, now=now, **how))
        return result

    async def acting(
        self, who: str, do: Callable[..., Awaitable[T]], *, now: dt.datetime = MONDAY, **how: Any
    ) -> T:
        """The same for those who act at once."""
        async with self.tenancy.write(self.district, self.people[who], now=now) as work:
            return await do(work, **how)

    def listen(self) -> None:
        """Count every statement that goes out, the role's and the trail's included."""
        event.listen(self.tenancy._engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.counted.append(statement)

    def calendar(self) -> WorkingCalendar:
        """The district's calendar."""
        calendar: WorkingCalendar = self.run(self.tenancy.calendar(self.district))
        return calendar

    def outbox(self, case_id: UUID | str) -> list[str]:
        """What was announced of one case, in order."""

        async def find() -> list[str]:
            async with self.tenancy.platform() as db:
                found = select(OutboxRow.kind).where(OutboxRow.reference == str(case_id))
                return list(await db.scalars(found.order_by(OutboxRow.id)))

        kinds: list[str] = self.run(find())
        return kinds

    def read(self, do: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Whatever a statement finds."""

        async def reading(work: Work) -> T:
            return await do(work.db)

        return self.act("admin", reading)

    def rows(self, table: type[T], *where: Any) -> Sequence[T]:
        """All rows of a table that match."""

        async def find(db: AsyncSession) -> Sequence[T]:
            return (await db.scalars(select(table).where(*where))).all()

        return self.read(find)

    def case(self, number: str) -> CaseRow:
        """One case's row."""
        return self.rows(CaseRow, CaseRow.number == number)[0]

    def events(self, number: str) -> list[CaseEventRow]:
        """The timeline of one case, in order."""
        found = self.rows(CaseEventRow, CaseEventRow.case_id == self.case(number).id)
        return sorted(found, key=lambda each: each.id)

    def apply(self, who: str = "helper-a", *, area: str = "village-a", item: str = ITEM, **how: Any) -> str:
        """Apply for a case and give its number."""
        how.setdefault("applicant", applicant())
        case_id = self.act(who, service.apply_for_case, service_code=item, area_id=self.areas[area].id, **how)
        return self.rows(CaseRow, CaseRow.id == case_id)[0].number

    def accepted(self, **how: Any) -> str:
        """A case that the county's clerk has accepted."""
        number = self.apply(supplied=list(REQUIRED), **how)
        self.act("clerk", service.pre_check_case, number=number)
        self.act("clerk", service.accept_case, number=number)
        return number

    def resident(self, name: str, n: int) -> None:
        """Let the owner of the n-th sample phone be somebody who acts."""

        async def known(work: Work) -> UUID:
            return (await resident_of_phone(work, sample_phone(n))).id

        self.people[name] = Principal(
            kind=PrincipalKind.RESIDENT, id=self.act("admin", known), district=self.district.slug
        )


def applicant(n: int = 1, **changes: Any) -> ApplicantDetails:
    """The n-th sample person, who has the n-th sample phone."""
    details: dict[str, Any] = {
        "kind": Audience.PERSON,
        "name": "样本甲",
        "identity_number": sample_resident_id(n),
        "phone": sample_phone(n),
    }
    return ApplicantDetails(**(details | changes))


def staff_id(world: World, name: str) -> object:
    return world.people[name].id


def race(world: World, *acts: tuple[str, Any, dict[str, Any]]) -> list[str]:
    """The codes of those who lost, after all acts ran at once."""

    async def attempt(who: str, do: Any, how: dict[str, Any]) -> str | None:
        try:
            await world.acting(who, do, **how)
        except Problem as refused:
            return refused.code.value
        return None

    async def all_at_once() -> list[str | None]:
        return await asyncio.gather(*(attempt(*act) for act in acts))

    return [code for code in world.run(all_at_once()) if code is not None]
