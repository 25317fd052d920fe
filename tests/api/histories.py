"""Some days of an area, drawn: cases, orders, questions and what hangs on them, as rows to be counted one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.api.casework import PERMIT, fresh

from bangban.features.accounts.residents import resident_of_phone
from bangban.features.cases.service.applicant import ApplicantDetails, check_applicant
from bangban.features.cases.tables import (
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.values import (
    CaseState,
    EventKind,
    Grade,
    HelpKind,
    HelpMode,
    MaterialState,
    ResultStanding,
)
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Audience, Channel
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import HELD, OrderEventKind, OrderKind, OrderState
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

FIRST = date(2025, 5, 5)
DAYS = 12
CASES, ORDERS, ASKS = 40, 40, 25
HOUR = timedelta(hours=1)
STATES = (
    CaseState.SUBMITTED,
    CaseState.IN_PROGRESS,
    CaseState.COMPLETED,
    CaseState.CLOSED,
    CaseState.DECLINED,
    CaseState.WITHDRAWN,
    CaseState.TERMINATED,
)
DONE = (CaseState.COMPLETED, CaseState.CLOSED)
STANDINGS: dict[CaseState, tuple[ResultStanding | None, ...]] = {
    CaseState.COMPLETED: (None, ResultStanding.CONDITIONAL, ResultStanding.CONDITION_MET),
    CaseState.CLOSED: (None, ResultStanding.CONDITION_MET),
    CaseState.TERMINATED: (None, ResultStanding.WITHDRAWN),
}


@dataclass
class History:
    """What was put into an area, by kind."""

    cases: list[CaseRow] = field(default_factory=list)
    materials: list[CaseMaterialRow] = field(default_factory=list)
    notices: list[NoticeRow] = field(default_factory=list)
    events: list[CaseEventRow] = field(default_factory=list)
    handovers: list[HandoverRow] = field(default_factory=list)
    promises: list[ToleranceRow] = field(default_factory=list)
    ratings: list[RatingRow] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    order_events: list[OrderEventRow] = field(default_factory=list)
    asks: list[FirstAskRow] = field(default_factory=list)
    answers: list[FirstAskAnswerRow] = field(default_factory=list)
    transfers: list[FirstAskTransferRow] = field(default_factory=list)
    uses: list[ProxyUseRow] = field(default_factory=list)
    thanks: list[RecognitionRow] = field(default_factory=list)


@dataclass
class Drawing:
    """Draws one history."""

    random: Random
    work: Work
    area_id: UUID
    above_id: UUID
    staff: list[UUID]  # somebody in service, and two who left
    drawn: History = field(default_factory=History)

    def maybe(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def moment(self) -> datetime:
        begins = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=self.work.district.zone)
        return begins + timedelta(seconds=self.random.randrange(DAYS * 86_400))

    def later(self, than: datetime) -> datetime:
        return than + timedelta(seconds=self.random.randrange(60, 90_000))

    async def all(self) -> History:
        resident = await resident_of_phone(self.work, sample_phone(who := fresh()))
        details = ApplicantDetails(
            kind=Audience.PERSON,
            name="样本甲",
            identity_number=sample_resident_id(who),
            phone=sample_phone(who),
        )
        columns = check_applicant(self.work, details).columns
        item = (
            await self.work.db.scalars(
                select(ServiceItemRow.id).where(ServiceItemRow.code == PERMIT).limit(1)
            )
        ).one()
        for _ in range(CASES):
            self.case(item, resident.id, columns)
        for _ in range(ORDERS):
            self.order()
        for _ in range(ASKS):
            self.ask()
        for _ in range(15):
            self.small()
        await self._keep()
        return self.drawn

    async def _keep(self) -> None:
        d = self.drawn
        for rows in (
            [*d.cases, *d.orders, *d.asks, *d.uses, *d.thanks],
            [*d.materials, *d.notices, *d.events, *d.handovers, *d.promises, *d.ratings],
            [*d.order_events, *d.answers, *d.transfers],
        ):
            self.work.db.add_all(rows)
            await self.work.db.flush()
        self.work.db.expunge_all()

    def case(self, item: UUID, resident: UUID, columns: dict[str, Any]) -> None:
        random, at = self.random, self.moment()
        state = random.choice(STATES)
        accepted = self.later(at) if state in (*DONE, CaseState.IN_PROGRESS, CaseState.TERMINATED) else None
        standing = random.choice(STANDINGS.get(state, (None,))) if accepted is not None else None
        ended = accepted is not None and (state in DONE or standing is not None)
        done = self.later(accepted) if accepted is not None and ended else None
        due = random.choice([None, 100]) if accepted is not None else None
        case = CaseRow(
            id=new_id(),
            stem="HI",
            state=state,
            service_item_id=item,
            area_id=self.area_id,
            resident_id=resident,
            help=random.choice(list(HelpKind)),
            modes=random.sample(list(HelpMode), random.randrange(3)),
            channel=random.choice(list(Channel)),
            holder_id=self.staff[0],
            first_asked_id=self.staff[0],
            submitted_at=at,
            promised_days=10,
            accepted_at=accepted,
            accepted_ordinal=None if accepted is None else 90,
            due_ordinal=due,
            completed_at=done,
            completed_ordinal=None if done is None else random.choice([95, 100, 101]),
            result_standing=standing,
            trips=random.choice([None, 0, 1, 2]),
            papers_out=random.choice([None, 0, 3]),
            **columns,
        )
        self.drawn.cases.append(case)
        for place in range(random.randrange(4)):
            self.drawn.materials.append(
                CaseMaterialRow(
                    id=new_id(),
                    case_id=case.id,
                    position=place,
                    code=f"M{place}",
                    name="材料",
                    required=True,
                    tolerable=False,
                    state=random.choice([MaterialState.EXEMPT, MaterialState.SUPPLIED]),
                )
            )
        for ordinal in range(1, random.choice([1, 1, 2, 3])):
            self.drawn.notices.append(
                NoticeRow(
                    id=new_id(),
                    case_id=case.id,
                    ordinal=ordinal,
                    missing=["M0"],
                    reasons={},
                    issued_at=self.later(at),
                    issued_by=self.staff[0],
                )
            )
        for kind in random.sample(
            [EventKind.PRE_CHECKED, EventKind.NOTICE_ISSUED, EventKind.RETURNED, EventKind.EXPIRED], 2
        ):
            if self.maybe():
                self.drawn.events.append(
                    CaseEventRow(
                        id=new_id(), case_id=case.id, at=self.later(at), kind=kind.value, to_state=state
                    )
                )
        for _ in range(random.randrange(3)):
            offered = self.later(at)
            taken = self.maybe()
            self.drawn.handovers.append(
                HandoverRow(
                    id=new_id(),
                    case_id=case.id,
                    from_id=self.staff[0],
                    to_id=self.staff[1],
                    reason="交接",
                    offered_at=offered,
                    taken_at=self.later(offered) if taken else None,
                    returned_at=None if taken else self.later(offered),
                )
            )
        if self.maybe(0.4):
            promised = FIRST + timedelta(days=random.randrange(30))
            kept = datetime(promised.year, promised.month, promised.day, 12, tzinfo=self.work.district.zone)
            self.drawn.promises.append(
                ToleranceRow(
                    case_id=case.id,
                    missing=["M0"],
                    promised_by=promised,
                    agreed_at=at,
                    fulfilled_at=random.choice([None, kept, kept + 13 * HOUR]),
                )
            )
        if done is not None and self.maybe():
            self.drawn.ratings.append(
                RatingRow(case_id=case.id, grade=random.choice(list(Grade)), rated_at=self.later(done))
            )

    def order(self) -> None:
        random, at = self.random, self.moment()
        state = random.choice(list(OrderState))
        claimed = self.later(at) if state is not OrderState.OPEN else None
        started = self.later(claimed) if claimed is not None and self.maybe(0.8) else None
        ended = self.later(started or at) if state in (OrderState.DONE, OrderState.CANCELLED) else None
        order = OrderRow(
            id=new_id(),
            stem="HI-H",
            kind=random.choice(list(OrderKind)),
            state=state,
            area_id=self.area_id,
            offered_to_area_id=random.choice([self.area_id, self.above_id]),
            holder_id=random.choice(self.staff[1:]) if state in HELD or state is OrderState.DONE else None,
            placed_at=at,
            claimed_at=claimed,
            started_at=started,
            ended_at=ended,
            tries=random.randrange(4),
            grade=random.choice([None, *Grade]) if state is OrderState.DONE else None,
        )
        self.drawn.orders.append(order)
        for before in random.sample([OrderState.OPEN, OrderState.CLAIMED], random.randrange(3)):
            self.drawn.order_events.append(
                OrderEventRow(
                    id=new_id(),
                    order_id=order.id,
                    at=self.later(at),
                    kind=OrderEventKind.ASSIGNED,
                    from_state=before,
                    to_state=OrderState.CLAIMED,
                )
            )

    def ask(self) -> None:
        random, at = self.random, self.moment()
        state = random.choice([AskState.RECEIVED, AskState.ANSWERED, AskState.CLOSED])
        channel = random.choice([AskChannel.ONLINE, AskChannel.VISIT])
        ask = FirstAskRow(
            id=new_id(),
            stem="HI-Q",
            channel=channel,
            state=state,
            matter="咨询",
            within_duty=True,
            owner_id=random.choice(self.staff),
            handler_id=self.staff[0],
            area_id=self.area_id,
            asked_at=at,
            closed_at=self.later(at) if state is AskState.CLOSED else None,
            outcome="已答复" if state is AskState.CLOSED else None,
            reply_due_at=at + 12 * HOUR if channel is AskChannel.ONLINE else None,
        )
        self.drawn.asks.append(ask)
        for _ in range(random.randrange(3) if state is not AskState.RECEIVED else 0):
            self.drawn.answers.append(
                FirstAskAnswerRow(
                    id=new_id(),
                    first_ask_id=ask.id,
                    at=self.later(at),
                    author_id=self.staff[0],
                    text="请带身份证",
                )
            )
        for _ in range(random.randrange(2)):
            taken = self.maybe()
            self.drawn.transfers.append(
                FirstAskTransferRow(
                    id=new_id(),
                    first_ask_id=ask.id,
                    from_id=self.staff[0],
                    to_id=self.staff[1],
                    reason="转办",
                    offered_at=at,
                    taken_at=at + HOUR if taken else None,
                    returned_at=None if taken else at + 2 * HOUR,
                )
            )

    def small(self) -> None:
        at = self.moment()
        self.drawn.uses.append(
            ProxyUseRow(
                id=new_id(),
                case_id=None,
                service_code=PERMIT,
                area_id=self.area_id,
                staff_id=self.staff[0],
                at=at,
                step=ProxyStep.LOOK_UP,
                consent=Consent.SPOKEN,
                consented_at=at,
                app="样本应用",
                entered=[],
                shown=[],
                elderly=self.maybe(),
            )
        )
        self.drawn.thanks.append(
            RecognitionRow(
                id=new_id(),
                kind=self.random.choice(list(RecognitionKind)),
                on_date=at.date(),
                area_id=self.area_id,
                staff_id=self.staff[0],
                team_id=None,
                giver_sealed=None,
                giver_masked="样**",
                recorded_by=self.staff[0],
                recorded_at=at,
            )
        )
