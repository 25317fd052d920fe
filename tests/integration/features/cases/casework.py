"""A small district with areas, people and two items, and ways to act in it as any of its people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.cases import service
from bangban.features.cases.service import ApplicantDetails
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.grants import Assignment, Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Role
from bangban.kernel.clock import WorkingCalendar
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import OutboxRow, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

MONDAY = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)  # ten in the morning in Shanghai
SINCE = dt.date(2026, 1, 1)
ITEM, COUNTY_ITEM = "370000-ITEM-TOWN", "370000-ITEM-COUNTY"
REQUIRED = ("FORM", "LEASE", "PHOTO")

AREAS: tuple[tuple[str, AreaKind, str | None], ...] = (
    ("county", AreaKind.COUNTY, None),
    ("town-a", AreaKind.TOWN, "county"),
    ("town-b", AreaKind.TOWN, "county"),
    ("village-a", AreaKind.VILLAGE, "town-a"),
    ("grid-a", AreaKind.GRID, "village-a"),
)
PEOPLE: tuple[tuple[str, Role, str], ...] = (
    ("clerk", Role.WINDOW_CLERK, "county"),
    ("dispatcher", Role.DISPATCHER, "county"),
    ("supervisor", Role.SUPERVISOR, "county"),
    ("auditor", Role.AUDITOR, "county"),
    ("admin", Role.ADMIN, "county"),
    ("clerk-a", Role.WINDOW_CLERK, "town-a"),
    ("clerk-b", Role.WINDOW_CLERK, "town-b"),
    ("helper-a", Role.HELPER, "village-a"),
    ("grid-helper", Role.HELPER, "grid-a"),
)


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


def settle(tenancy: Tenancy, district: District, run: Run) -> World:
    """Fill an empty district."""
    world = World(tenancy=tenancy, district=district, run=run)
    world.listen()
    world.people["admin"] = Principal(kind=PrincipalKind.STAFF, id=uuid4(), district=district.slug)
    world.act("admin", _fill, world=world)
    tenancy.forget(district.slug)
    for n, name in enumerate(("resident", "stranger"), start=1):
        world.resident(name, n)
    return world


async def _fill(work: Work, *, world: World) -> None:
    db, district = work.db, work.district
    db.add(
        ProfileRow(
            slug=district.slug,
            name=district.name,
            brand=district.brand,
            levels=list(district.levels),
            circle_minutes=15,
            timezone=district.timezone,
            number_prefix="TS",
        )
    )
    for key, kind, parent in AREAS:
        area_id = new_id()
        above = world.areas[parent] if parent else None
        row = AreaRow(
            id=area_id,
            key=key,
            name=key,
            full_name=key,
            level=LEVEL_OF_KIND[kind],
            kind=kind,
            parent_id=above and above.id,
            path=f"{above.path}.{area_id.hex}" if above else area_id.hex,
        )
        world.areas[key] = row
        db.add(row)
        await db.flush()
    for name, role, area in PEOPLE:
        await hire(work, world, name, role, area)
    for code, levels in ((ITEM, [AreaLevel.COUNTY, AreaLevel.TOWN]), (COUNTY_ITEM, [AreaLevel.COUNTY])):
        await _publish(db, code, levels)


async def hire(work: Work, world: World, name: str, role: Role, area: str) -> None:
    """Somebody with a role at an area, known by name."""
    staff_id, at = new_id(), world.areas[area]
    work.db.add(StaffRow(id=staff_id, key=name, name=f"样本{name}", login=name))
    await work.db.flush()
    work.db.add(AssignmentRow(id=new_id(), staff_id=staff_id, role=role.value, area_id=at.id, since=SINCE))
    world.people[name] = Principal(
        kind=PrincipalKind.AUDITOR if role is Role.AUDITOR else PrincipalKind.STAFF,
        id=staff_id,
        district=world.district.slug,
        name=f"样本{name}",
        assignments=(
            Assignment(role=role, area_id=AreaId(at.id), area_path=at.path, level=at.level, since=SINCE),
        ),
    )


async def _publish(db: AsyncSession, code: str, handled_at: list[AreaLevel]) -> None:
    item_id = new_id()
    db.add(
        ServiceItemRow(
            id=item_id,
            code=code,
            version=1,
            name="样本事项",
            kind=ServiceKind.PUBLIC_SERVICE,
            audience=[Audience.PERSON],
            level=AreaLevel.COUNTY,
            case_type=CaseType.PROMISED,
            promised_working_days=10,
            legal_working_days=20,
            max_trips=1,
            channels=[Channel.HALL, Channel.WEB],
            handled_at=handled_at,
            pre_checked_at=[AreaLevel.VILLAGE],
            legal_basis=["样本条例第三条"],
            result_name="样本结果",
            effective_from=SINCE,
            details={"materials": {"LEASE": {"tolerable_days": 5}}},
        )
    )
    await db.flush()
    for position, (material, required, tolerable, core, source) in enumerate(
        (
            ("FORM", True, False, True, "APPLICANT"),
            ("LEASE", True, True, False, "APPLICANT"),
            ("PHOTO", True, True, False, "APPLICANT"),
            ("LETTER", False, False, False, "APPLICANT"),
            ("SHARED", True, False, False, "SHARED_DATA"),
        )
    ):
        db.add(
            ServiceMaterialRow(
                id=new_id(),
                item_id=item_id,
                position=position,
                code=material,
                name=f"样本材料 {material}",
                required=required,
                tolerable=tolerable,
                core=core,
                originals=1,
                copies=0,
                source=source,
            )
        )


def staff_id(world: World, name: str) -> object:
    return world.people[name].id
