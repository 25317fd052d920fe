"""What the oracle of the planner looks at: cases, orders and halls in every state, and rows of other days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from tests.api.busy_halls import DAYS, MINUTE, busy_hall
from tests.api.casework import PERMIT, REQUIRED, Desk, applied
from tests.api.named import case_in, text_of
from tests.api.operation_steps import STEPS
from tests.api.oracle_scene_beside import tell_and_thank
from tests.api.oracle_scene_counted import count_on
from tests.api.oracle_scene_network import spread

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.cases.values import CaseState, MaterialState, NoticeChannel
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.tables import TicketRow, VisitRow
from bangban.features.hall.values import CareNeed, TicketState, VisitState
from bangban.features.joint.tables import BundleMemberRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import PointAssessmentRow, ServiceWindowRow, TerminalRow
from bangban.features.places.values import AssessmentScheme, WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

WAYS = ("submitted", "checked", "noticed", "accepted", "suspended", "offered", "tolerated", "completed")
DECLINED = {"reason": "属于其他事项", "basis": "样例法第一条"}
HOURS = "Mo-Fr 09:00-12:00,13:30-17:00; Sa 09:00-12:00; PH 10:00-11:00"
DONE_BEFORE = (
    *("ApplyForBundle", "SupplyBundleMaterials", "WithdrawBundle", "ReleaseResults", "IssueTogether"),
    *(
        "TakePapers",
        "ForwardPapers",
        "ReturnPapers",
        "SupplyFiles",
        "SettleDuty",
        "UrgeHolder",
        "RecordCheckIn",
    ),
    *(
        "PlaceOrder",
        "ClaimOrder",
        "ProgressOrder",
        "RateOrder",
        "SetSkills",
        "RecordTraining",
        "IssueCards",
        "RevokeCards",
    ),
    *("RecordFirstAsk", "TransferFirstAsk", "TakeFirstAsk", "AnswerFirstAsk", "CloseFirstAsk"),
    *("SetServicePoint", "SetPartnerAgreement", "DelegateService", "WithdrawDelegation", "AssessPoint"),
    *("AcknowledgeNotice", "AcknowledgeVisitNotice"),
    *("CheckPapers", "IssueTicket", "CallNextTicket", "OpenOvertime", "CollectBatch"),
)


def set_up(desk: Desk) -> None:
    """Do all of it in the desk's district."""
    began = datetime.now(UTC)
    for way in WAYS:
        case_in(desk, way)
    for _ in range(3):  # out of sight for some
        applied(desk.staff("helper-village-2"), desk.area("371681001213"), supplied=list(REQUIRED))
    over = applied(desk.staff("clerk-county"), desk.area("371681001213"), modes=["TRACKING"])
    assert desk.staff("clerk-county")(text_of("WithdrawCase"), input={"number": over, "reason": "样本"}).data
    caring = {
        "modes": ["CARING"],
        "modeFields": [{"mode": "CARING", "key": "care-need", "value": "行动不便"}],
    }
    declined = applied(desk.staff("clerk-county"), desk.area("371681101200"), **caring)
    assert desk.staff("clerk-county")(text_of("DeclineCase"), input={"number": declined, **DECLINED}).data
    for name in DONE_BEFORE:
        client, what = STEPS[name](desk)
        assert client(text_of(name), input=what).data, name
    settle_some_of_several(desk, began)
    desk.inside(past_and_future)
    guide = UUID(desk.staff_id("guide"))
    for code in ("371681", "371681101"):
        area_id = UUID(desk.area(code))

        async def fill(work: Work, area_id: UUID = area_id) -> None:
            await busy_point(work, guide=guide, area_id=area_id)

        desk.inside(fill)
    desk.inside(offers)
    desk.inside(partial(tell_and_thank, by=guide))
    desk.inside(partial(count_on, since=began, by=guide))
    desk.inside(partial(spread, by=guide))


def settle_some_of_several(desk: Desk, began: datetime) -> None:
    """Of what was applied for together one matter is accepted, one declined, and the rest of either waits; of a last
    application one matter is declined and the other withdrawn.
    """
    together = select(CaseRow.number).join(BundleMemberRow, BundleMemberRow.case_id == CaseRow.id)
    lacks = exists().where(
        CaseMaterialRow.case_id == CaseRow.id, CaseMaterialRow.state == MaterialState.MISSING
    )
    waiting = together.where(CaseRow.state == CaseState.SUBMITTED, CaseRow.submitted_at >= began)
    first = waiting.order_by(CaseRow.number).limit(1)
    number, clerk = desk.scalar(first.where(~lacks)), desk.staff("clerk-county")
    for name in ("PreCheckCase", "AcceptCase"):
        assert clerk(text_of(name), input={"number": number}).data
    assert clerk(text_of("DeclineCase"), input={"number": desk.scalar(first.offset(1)), **DECLINED}).data
    client, what = STEPS["ApplyForBundle"](desk)
    assert client(text_of("ApplyForBundle"), input=what).data
    last = waiting.order_by(CaseRow.number.desc()).limit(1)
    assert clerk(text_of("DeclineCase"), input={"number": desk.scalar(last), **DECLINED}).data
    over = {"number": desk.scalar(last), "reason": "不办了"}
    assert clerk(text_of("WithdrawCase"), input=over).data


async def past_and_future(work: Work) -> None:
    """Rows that are no longer, or not yet, what lists are about."""
    yesterday, later = work.today - timedelta(days=1), work.today + timedelta(days=900)
    village = (await work.db.scalars(select(AreaRow).where(AreaRow.code == "371681101200"))).one()
    item = (await work.db.scalars(select(ServiceItemRow).where(ServiceItemRow.code == PERMIT))).one()
    staff = (await work.db.scalars(select(StaffRow).where(StaffRow.login == "helper-village"))).one()
    changes = {"id": new_id(), "version": item.version + 1, "effective_from": later, "name": "以后的样本事项"}
    values = {each.name: getattr(item, each.name) for each in ServiceItemRow.__table__.columns} | changes
    area_id = new_id()
    gone = AreaRow(
        id=area_id,
        key="gone",
        name="已撤销的样本村",
        full_name="已撤销的样本村",
        level=village.level,
        kind=village.kind,
        parent_id=village.parent_id,
        path=f"{village.path.rpartition('.')[0]}.{area_id.hex}",
        retired_on=yesterday,
    )
    left = StaffRow(id=new_id(), key="left", name="样本人", active=False)
    portal = StaffRow(
        id=new_id(),
        key="portal-1",
        name="样本门户",
        login="portal-1",
        portal_origins=["https://portal.test"],
        portal_documents_only=False,
    )
    work.db.add_all([gone, left, portal, ServiceItemRow(**values)])
    await work.db.flush()
    ended = {"role": "guide", "area_id": village.id, "since": yesterday, "until": yesterday}
    begins = {"role": "guide", "area_id": village.id, "since": later, "until": None}
    for dates in (ended, begins):
        work.db.add(AssignmentRow(id=new_id(), staff_id=staff.id, **dates))
    await work.db.flush()


async def busy_point(work: Work, *, guide: UUID, area_id: UUID) -> None:
    """A point with a hall of some days up to today, live tickets, terminals up and down, assessments old and new."""
    first = work.today - timedelta(days=DAYS - 1)
    point, drawn = await busy_hall(
        work, first=first, guide=guide, seed=7, area_id=area_id, hours=read_hours(HOURS)
    )
    for number, codes in (("2", [PERMIT]), ("3", [PERMIT]), ("4", []), ("5", ["OTHER"])):
        work.db.add(
            ServiceWindowRow(
                id=new_id(),
                point_id=point,
                number=number,
                name=f"{number}号窗口",
                kind=WindowKind.SPECIAL if codes else WindowKind.COMPREHENSIVE,
                service_codes=codes,
                closed_on=work.today if number == "5" else None,
            )
        )
    await work.db.flush()
    await _live_tickets(work, point)
    await _visits_with_more(work, [each.id for each in drawn.visits[:6]])
    _terminals(work, point)
    _assessments(work, point, guide)
    await work.db.flush()


async def _live_tickets(work: Work, point: UUID) -> None:
    """In two queues of today: some wait, one is called, one is served, and enough were served to tell the pace."""
    rows = await work.db.scalars(select(ServiceWindowRow).where(ServiceWindowRow.point_id == point))
    windows = {each.number: each.id for each in rows}
    visits = (
        await work.db.scalars(
            select(VisitRow)
            .where(VisitRow.point_id == point, VisitRow.day == work.today)
            .order_by(VisitRow.id)
        )
    ).all()
    waiting, called, serving = TicketState.ISSUED, TicketState.CALLED, TicketState.SERVING
    states = [(waiting, None)] * 4 + [(called, "2"), (serving, "3"), (waiting, None), (called, "4")]
    served = [(TicketState.SERVED, "2")] * 6
    for place, (state, window) in enumerate([*states, *served]):
        queued = work.now - (place // 2) * 7 * MINUTE  # two at a time
        begun = None if state in (waiting, called) else queued + 5 * MINUTE
        work.db.add(
            TicketRow(
                id=new_id(),
                visit_id=visits[place % len(visits)].id if state is TicketState.SERVED else visits[place].id,
                point_id=point,
                day=work.today,
                queue="A" if place > 5 and not served else "W2",
                serial=place + 1,
                state=state,
                advisory=place == 1,
                priority=place % 3,
                queued_at=queued,
                issued_at=queued,
                issued_by=None,
                window_id=windows[window] if window else None,
                calls=1 if window else 0,
                called_at=queued + 4 * MINUTE if window else None,
                served_from=begun,
                ended_at=begun + 9 * MINUTE if begun and state is TicketState.SERVED else None,
            )
        )
    await work.db.flush()


async def _visits_with_more(work: Work, ids: list[UUID]) -> None:
    """Visits with papers, needs, a matter or a case."""
    item = (await work.db.scalars(select(ServiceItemRow).where(ServiceItemRow.code == PERMIT))).first()
    cases = (await work.db.scalars(select(CaseRow.id).order_by(CaseRow.id))).all()
    assert item is not None
    papers = [
        {"code": "ID-CARD", "name": "身份证", "state": "HAS"},
        {"code": "PHOTO", "name": "照片", "state": "WRONG_FORM", "note": "模糊"},
    ]
    for place, visit in enumerate(
        (await work.db.scalars(select(VisitRow).where(VisitRow.id.in_(ids)))).all()
    ):
        visit.service_item_id = item.id if place % 2 else None
        visit.papers = papers[:place] if place else None
        if place == 2:
            _tell(work, visit, papers[1:])
        visit.care_needs = [CareNeed.ELDERLY, CareNeed.SICK][: place % 3]
        visit.case_id = cases[place % len(cases)] if visit.state is not VisitState.GREETED else None
        visit.visitor_masked = "138****0000" if place == 3 else None
        visit.end_note = "不动产登记大厅" if visit.ended_at is not None else None
    await work.db.flush()


def _tell(work: Work, visit: VisitRow, missing: list[dict[str, str]]) -> None:
    """Everything that a notice may say, and that it was signed for."""
    visit.told, visit.told_at = [each["code"] for each in missing], work.now
    visit.told_papers = list(missing)
    visit.told_by = visit.told_signed_to = visit.guide_id
    visit.told_channel, visit.told_how = NoticeChannel.PAPER, "也可邮寄"
    visit.told_where_id, visit.told_until = visit.point_id, work.today
    visit.told_signed_at = work.now


def _terminals(work: Work, point: UUID) -> None:
    """One that works, one that is silent, one with a fault, one that was never heard of."""
    day = timedelta(days=1)
    lives: list[dict[str, Any]] = [
        {"heard_at": work.now - MINUTE, "down_seconds": 3600},
        {"heard_at": work.now - day},
        {"heard_at": work.now, "fault": "缺纸", "down_since": work.now - 2 * day, "down_seconds": 60},
        {},
    ]
    for place, life in enumerate(lives):
        work.db.add(
            TerminalRow(
                id=new_id(),
                point_id=point,
                key=f"oracle-{point.hex}-{place}",
                name=f"{place}号机",
                service_codes=[],
                installed_at=work.now - 20 * day,
                **life,
            )
        )


def _assessments(work: Work, point: UUID, by: UUID) -> None:
    """Of two schemes: replaced, replaced on its own day, over, and in force."""
    name = {"zh": "甲", "en": "A"}
    for scheme, ago, valid in (
        (AssessmentScheme.STARS, 400, 35),
        (AssessmentScheme.STARS, 30, 300),
        (AssessmentScheme.STARS, 30, 0),
        (AssessmentScheme.MATURITY, 20, -1),
    ):
        work.db.add(
            PointAssessmentRow(
                id=new_id(),
                point_id=point,
                scheme=scheme,
                scores=[{"key": "space", "name": name, "weight": 100, "score": 80 + ago % 7}],
                grades=[{"key": "a", "name": name, "least": 60}],
                total=80.5,
                grade="a",
                assessed_on=work.today - timedelta(days=ago),
                valid_until=work.today + timedelta(days=valid),
                assessed_by=by,
            )
        )


async def offers(work: Work) -> None:
    """Open orders of a village, offered at each level, about matters that need a training and others."""
    village = (await work.db.scalars(select(AreaRow).where(AreaRow.code == "371681101200"))).one()
    above = [UUID(each) for each in village.path.split(".")]
    for place, asked in enumerate([*above, *above]):
        work.db.add(
            OrderRow(
                id=new_id(),
                stem="ORC-D",
                kind=OrderKind.NEED if place % 2 else OrderKind.DELIVERY,
                state=OrderState.OPEN,
                area_id=village.id,
                offered_to_area_id=asked,
                service_code=[None, PERMIT, "TPL-SOCIAL-SECURITY-CARD"][place % 3],
                placed_at=work.now - place * MINUTE,
                signed_at=work.now if place == 1 else None,
                signed_by_masked="样*" if place == 1 else None,
            )
        )
    await work.db.flush()
