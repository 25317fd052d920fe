"""What the oracle of the planner looks at beside: what is counted of follow-up, care, questions, seals and groups."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, select, update
from tests.api.casework import PERMIT

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.facts import EventKind
from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import CaseState, HelpMode
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.values import CareNeed
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.orders.tables import OrderRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

DAY = timedelta(days=1)
AT_DOORS = "TPL-SENIOR-CARD"
NIGHT, MORNING = time(23, 59), time(0, 1)  # in Greenwich the one is the same day, the other is not
DUTIES = (DutyKind.CHECK_IN_LATE, DutyKind.CHECK_IN_DUE, DutyKind.CHECK_IN_LATE)
ABOUT_PEOPLE = (
    DutyKind.POST_ENDING,
    DutyKind.POST_ENDED,
    DutyKind.VOLUNTEER_WAITING,
    DutyKind.VOLUNTEER_LATE,
)
ENDS = ("a/out", "b/one", "b/two")
SEALED_IN = 2019  # a year of no other tests'


async def count_on(work: Work, *, since: datetime, by: UUID) -> None:
    """Rows about what came to the district since then, of today and the days about it; ``by`` somebody who is there."""
    scene = _Scene(work, Random(5), by)
    cases = list(
        await work.db.scalars(select(CaseRow).where(CaseRow.submitted_at >= since).order_by(CaseRow.id))
    )
    scene.follow_up(cases)
    scene.seal(cases)
    await scene.posts()
    await scene.lead(cases, since)
    await scene.care(cases)
    await scene.groups()
    await work.db.flush()


class _Scene:
    def __init__(self, work: Work, random: Random, by: UUID) -> None:
        self.work, self.random, self.by = work, random, by

    def day(self) -> date:
        return self.work.today + self.random.choice((-31, -2, -1, 0, 0, 1, 30)) * DAY

    def at(self, day: date, clock: time) -> datetime:
        """What a clock shows here."""
        return datetime.combine(day, clock, self.work.district.zone)

    def follow_up(self, cases: list[CaseRow]) -> None:
        """Check-ins at the end of their day, right after it, and long after; and duties of those that were not made."""
        for place, case in enumerate([*cases, *cases]):
            due = self.day()
            late, clock = self.random.choice(((0, NIGHT), (1, MORNING), (-1, NIGHT), (5, NIGHT)))
            event = CaseEventRow(
                id=new_id(),
                case_id=case.id,
                at=self.at(due + late * DAY, clock),
                kind=EventKind.RATED_DURING if place % 9 == 8 else EventKind.CHECKED_IN,
                to_state=case.state,
                due_on=due,
            )
            self.work.db.add(event)
        for place, case in enumerate(cases):
            for more, kind in enumerate(DUTIES[: place % 4]):
                over = place % 2 == 0
                duty = DutyRow(
                    id=new_id(),
                    kind=kind,
                    case_id=case.id,
                    due_on=self.work.today + (place * 3 - 20 + more) * DAY,
                    state=DutyState.VOID if over else DutyState.OPEN,
                    raised_at=self.work.now,
                    ended_at=self.work.now if over else None,
                )
                self.work.db.add(duty)

    async def posts(self) -> None:
        """Posts that end, or ended, of everybody there is, and volunteers that they might be, in turn."""
        found = select(AssignmentRow.staff_id, AssignmentRow.area_id).order_by(AssignmentRow.id)
        ends = {row.staff_id: row.area_id for row in await self.work.db.execute(found)}
        for place, (staff_id, area_id) in enumerate(ends.items()):
            duty = DutyRow(
                id=new_id(),
                kind=ABOUT_PEOPLE[place % len(ABOUT_PEOPLE)],
                case_id=None,
                subject_id=staff_id,
                area_id=area_id,
                due_on=self.work.today + place * DAY,
                state=DutyState.OPEN,
                raised_at=self.work.now,
            )
            self.work.db.add(duty)

    def seal(self, cases: list[CaseRow]) -> None:
        """Results of another year, under a seal that was called otherwise and kept by nobody known."""
        for number, case in enumerate(cases[:5], 1):
            name = {"zh": f"样本章{number}", "en": f"Seal {number}"}
            keeper = {"keeper": {"zh": "样本局", "en": "Office"}} if number % 2 else {}
            event = CaseEventRow(
                id=new_id(),
                case_id=case.id,
                at=self.work.now,
                kind=EventKind.COMPLETED,
                to_state=CaseState.COMPLETED,
                actor="样本人" if number % 3 else None,
                seal_year=SEALED_IN - number % 2,
                seal_number=number,
                seal={"name": name, **keeper},
            )
            self.work.db.add(event)

    async def lead(self, cases: list[CaseRow], since: datetime) -> None:
        """Applications of both kinds at each end of the questions, also where they do not lead."""
        named = select(GuidanceRow.id).where(GuidanceRow.code.like("ORACLE-%"))
        versions = list(await self.work.db.scalars(named.order_by(GuidanceRow.code, GuidanceRow.version)))
        application = BundleApplicationRow.__table__
        made = select(BundleApplicationRow.id).where(BundleApplicationRow.submitted_at >= since)
        of_bundles = made.where(BundleApplicationRow.bundle_id.is_not(None))
        found = await self.work.db.scalars(of_bundles.order_by(BundleApplicationRow.id))
        for case in cases:
            over = case.state in (CaseState.DECLINED, CaseState.WITHDRAWN)  # was led to what it is about
            case.guidance_id = self.random.choice(versions[:3] if over else versions)
            case.guidance_end = "b/one" if over else self.random.choice(ENDS)
        states = select(BundleMemberRow.application_id).join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
        several = states.group_by(BundleMemberRow.application_id).having(
            func.count(CaseRow.state.distinct()) > 1
        )
        mixed = set(await self.work.db.scalars(several))
        for each in found:
            led = (self.random.choice(versions[3:]), self.random.choice(ENDS[1:]))
            version, end = (versions[-1], "b/one") if each in mixed else led  # to what they are about, today
            way = {"guidance_id": version, "guidance_end": end}
            await self.work.db.execute(update(application).where(application.c.id == each).values(**way))

    async def care(self, cases: list[CaseRow]) -> None:
        """Visitors with needs, of whom some took up what was proposed: a case with caring help, an order."""
        items = await self.work.db.scalars(
            select(ServiceItemRow.id).where(ServiceItemRow.code.in_((PERMIT, AT_DOORS)))
        )
        matters: list[UUID | None] = [*items, None]
        orders = list(await self.work.db.scalars(select(OrderRow.id).order_by(OrderRow.id).limit(9)))
        caring = [each for each in cases if HelpMode.CARING in each.modes]
        first = self.work.today - 3 * DAY
        ours = select(VisitRow).where(
            VisitRow.day >= first, VisitRow.guide_id == self.by, VisitRow.visitor_hash.is_(None)
        )
        found = await self.work.db.scalars(ours.where(VisitRow.told.is_(None)).order_by(VisitRow.id))
        seen: Counter[tuple[UUID, date]] = Counter()
        for visit in found:
            seen[visit.point_id, visit.day] += 1
            if seen[visit.point_id, visit.day] > (
                2 if visit.day == first else 8
            ):  # on the first day a handful
                continue
            visit.care_needs = self.random.sample(list(CareNeed), self.random.randrange(3))
            visit.service_item_id = self.random.choice(matters)
            # Either alone as often as both.
            case = self.random.choice((None, self.random.choice(cases), *caring))
            visit.case_id = None if case is None else case.id
            visit.order_id = self.random.choice((None, self.random.choice(orders)))

    async def groups(self) -> None:
        """Teams with and without a group, and questions of the first and the last minute of days."""
        known = select(AreaRow.id).where(AreaRow.code.in_(("371681", "371681101", "371681001213")))
        areas: list[UUID | None] = [*await self.work.db.scalars(known.order_by(AreaRow.code)), None]
        asking = select(StaffRow.id).where(StaffRow.login.in_(("clerk-town", "helper-village")))
        people = list(await self.work.db.scalars(asking.order_by(StaffRow.login)))
        for place, area_id in enumerate([*areas, areas[0]]):
            team = TeamRow(
                id=new_id(),
                key=f"oracle-group-{place}",
                name=f"样本群{place}",
                kind="PROJECT",
                area_id=area_id,
            )
            self.work.db.add(team)
            await self.work.db.flush()
            for turn, (since, until) in enumerate(((-9, None), (-9, -1), (0, 0), (1, None))):
                seat = TeamMemberRow(
                    id=new_id(),
                    team_id=team.id,
                    staff_id=people[(place + turn) % len(people)],
                    since=self.work.today + since * DAY,
                    until=None if until is None else self.work.today + until * DAY,
                    lead=place % 3 == 0,
                )
                self.work.db.add(seat)
            for number in range(6 if place < len(areas) else 0):
                await self.question(team, areas[0], number)

    async def question(self, team: TeamRow, area_id: UUID | None, number: int) -> None:
        assert area_id is not None
        asked_at = self.at(
            self.work.today - self.random.randrange(3) * DAY, self.random.choice((NIGHT, MORNING))
        )
        matter = select(ServiceItemRow.id).where(ServiceItemRow.code == PERMIT).limit(1)
        row = FirstAskRow(
            id=new_id(),
            stem="ORC-Q",
            channel=AskChannel.GROUP,
            state=AskState.HANDLING,
            matter="样本问题",
            within_duty=True,
            owner_id=self.by,
            handler_id=self.by,
            area_id=team.area_id or area_id,
            asked_at=asked_at,
            team_id=team.id,
            external_number=f"oracle-{number}",
            service_item_id=await self.work.db.scalar(matter) if number % 2 else None,
        )
        self.work.db.add(row)
        await self.work.db.flush()
        for _ in range(self.random.randrange(3)):
            later = asked_at + timedelta(seconds=self.random.randrange(30, 9_000))
            answer = FirstAskAnswerRow(
                id=new_id(), first_ask_id=row.id, at=later, author_id=self.by, text="请带身份证"
            )
            self.work.db.add(answer)
