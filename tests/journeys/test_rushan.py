"""The hall of Rushan: asked first, papers told once, one number each, served on after closing, many at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, Run, applicant, mutation_of
from tests.api.clients import Client, Place
from tests.api.halls import make_hall
from tests.api.named import text_of

from bangban.features.cases.tables import CaseRow
from bangban.features.demo.hall_desk import HALL
from bangban.features.demo.hall_story import tell_of_halls
from bangban.features.demo.script import Window
from bangban.features.demo.stage_loading import load_stage
from bangban.features.hall.tables import GuideShiftRow, TicketRow
from bangban.features.hall.values import TicketState
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.graphql.context import Context
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web import http
from bangban.web.services import AppServices

PERMIT: Final = "RUSHAN-HYGIENE-PERMIT"
PAPERS: Final = ("APPLICATION", "LICENCE", "REPORT", "HEALTH", "LAYOUT")
COUNTY: Final = "371083"
VISIT: Final = "id state told careNeeds visitor minutesInHall case { number } tickets { number state }"
TICKET: Final = "id number queue state window visit { id state } overtime { kind outcome minutes }"


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("rushan"), services, run, app_settings.outbox_folder)


@pytest.fixture(scope="module")
def hall(desk: Desk) -> dict[str, str]:
    """The hall, which closes in twenty minutes: window 1 is comprehensive, window 2 is for hygiene permits."""
    guide, clerk, county = desk.staff_id("guide"), desk.staff_id("clerk-county"), desk.area(COUNTY)

    async def make(work: Work) -> dict[str, str]:
        return await make_hall(
            work, area_id=UUID(county), guide_id=UUID(guide), clerk_id=UUID(clerk), special=PERMIT
        )

    return desk.inside(make)


def did(client: Client, name: str, selection: str, **given: Any) -> Any:
    """What a mutation answers."""
    return client(mutation_of(name, selection), input=given).data[name]


def refused(client: Client, name: str, **given: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    reply = client(mutation_of(name, "id"), input=given)
    assert reply.body.get("data") is None, reply.body
    (error,) = reply.body["errors"]
    return error["extensions"]["code"], error["message"]


def greeted(desk: Desk, hall: dict[str, str], **more: Any) -> str:
    given = {"pointId": hall["point"], "applicantKind": "PERSON", **more}
    return str(did(desk.staff("guide"), "greetVisitor", "id", **given)["id"])


def looked_at(*missing: str) -> list[dict[str, str]]:
    return [{"code": code, "state": "MISSING" if code in missing else "HAS"} for code in PAPERS]


def test_from_greeting_to_done_with_the_papers_told_once(desk: Desk, hall: dict[str, str]) -> None:
    guide, clerk = desk.staff("guide"), desk.staff("clerk-health")
    somebody = {"visitor": sample_phone(901), "serviceCode": PERMIT, "careNeeds": ["ELDERLY"]}
    visit = greeted(desk, hall, **somebody)
    partly = [{"code": "APPLICATION", "state": "MISSING"}]
    assert refused(guide, "checkPapers", visitId=visit, papers=partly)[0] == "NOTICE_INCOMPLETE"
    told = did(guide, "checkPapers", VISIT, visitId=visit, papers=looked_at("REPORT", "LAYOUT"))
    assert told["told"] == ["REPORT", "LAYOUT"]
    assert refused(guide, "issueTicket", visitId=visit)[0] == "MATERIALS_MISSING"
    assert refused(guide, "checkPapers", visitId=visit, papers=looked_at("LICENCE"))[0] == "SECOND_NOTICE"
    did(guide, "checkPapers", VISIT, visitId=visit, papers=looked_at())
    code, message = refused(guide, "issueTicket", visitId=visit, queue="W9")
    assert code == "WRONG_QUEUE"
    assert "W2" in message
    ticket = did(guide, "issueTicket", TICKET, visitId=visit)
    assert ticket["number"] == "W2-001"

    again = greeted(desk, hall, **somebody)
    did(guide, "checkPapers", VISIT, visitId=again, papers=looked_at())
    code, message = refused(guide, "issueTicket", visitId=again)
    assert code == "DUPLICATE_TICKET"
    assert "W2-001" in message
    code, message = refused(guide, "endVisit", visitId=again, how="REDIRECTED", note="请到镇街办理")
    assert code == "CONFLICT"
    assert "W2" in message
    did(guide, "endVisit", VISIT, visitId=again, how="LEFT")

    assert did(clerk, "callNextTicket", TICKET, windowId=hall["special"])["number"] == "W2-001"
    assert refused(clerk, "callNextTicket", windowId=hall["special"])[0] == "WINDOW_BUSY"
    screen = desk.place.anonymous(text_of("HallScreen"), pointId=hall["point"]).data["hall"]
    shown = {each["key"]: [one["number"] for one in each["nowServing"]] for each in screen["queues"]}
    assert shown["W2"] == ["W2-001"]
    did(clerk, "moveTicket", TICKET, ticketId=ticket["id"], step="SERVE")
    case = did(
        clerk,
        "applyForCase",
        "number",
        serviceCode=PERMIT,
        areaId=desk.area(COUNTY),
        applicant=applicant(901),
        supplied=list(PAPERS),
    )["number"]
    done = did(clerk, "moveTicket", TICKET, ticketId=ticket["id"], step="FINISH", caseNumber=case)
    assert (done["state"], done["visit"]["state"]) == ("SERVED", "DONE")

    query = f"query($p: ID!) {{ visits(pointId: $p) {{ edges {{ node {{ {VISIT} }} }} }} }}"
    for login, needs in (("clerk-health", ["ELDERLY"]), ("auditor", None)):
        rows = desk.staff(login)(query, p=hall["point"]).data["visits"]["edges"]
        (mine,) = [each["node"] for each in rows if each["node"]["id"] == visit]
        assert mine["careNeeds"] == needs
        assert mine["case"] == {"number": case}
        assert "****" in mine["visitor"]
        assert mine["minutesInHall"] == 0


def test_whoever_is_there_before_closing_is_served_on(desk: Desk, hall: dict[str, str]) -> None:
    guide, clerk = desk.staff("guide"), desk.staff("clerk-county")
    visit = greeted(desk, hall, purpose="咨询营业执照", careNeeds=["DISABLED"])
    ticket = did(guide, "issueTicket", TICKET, visitId=visit)
    given = {"ticketId": ticket["id"], "windowId": hall["window"]}
    assert refused(guide, "openOvertime", **given, kind="APPOINTMENT")[0] == "INVALID_INPUT"
    opened = did(guide, "openOvertime", TICKET, **given)
    assert opened["overtime"] == {"kind": "EVENING", "outcome": None, "minutes": None}
    called = did(clerk, "callNextTicket", TICKET, windowId=hall["window"])
    assert called["id"] == ticket["id"], "before whoever waits without a need"
    assert refused(clerk, "moveTicket", ticketId=ticket["id"], step="NO_SHOW")[0] == "CONFLICT"
    did(clerk, "moveTicket", TICKET, ticketId=ticket["id"], step="SERVE")
    done = did(clerk, "moveTicket", TICKET, ticketId=ticket["id"], step="FINISH")
    assert done["overtime"] == {"kind": "EVENING", "outcome": "DONE", "minutes": 0}


def test_what_runs_past_closing_counts_its_minutes_done_or_carried_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is turned: opened at ten to twelve, the doors close at noon, and two people are served on."""
    guide_id, clerk_id, county = desk.staff_id("guide"), desk.staff_id("clerk-county"), desk.area(COUNTY)
    guide, clerk = desk.staff("guide"), desk.staff("clerk-county")

    async def make(work: Work) -> tuple[dict[str, str], datetime]:
        made = await make_hall(
            work, area_id=UUID(county), guide_id=UUID(guide_id), clerk_id=UUID(clerk_id), special=PERMIT
        )
        hours = read_hours("Mo-Su 08:00-12:00; PH 08:00-12:00")
        change = update(ServicePointRow).where(ServicePointRow.id == UUID(made["point"]))
        await work.db.execute(change.values(hours=hours))
        over = update(TicketRow).where(TicketRow.point_id == UUID(made["point"]))
        await work.db.execute(over.values(state=TicketState.CANCELLED, ended_at=work.now))
        noon = datetime.combine(work.today, time(12), work.district.zone)
        shift = update(GuideShiftRow).where(GuideShiftRow.id == UUID(made["shift"]))
        hour = timedelta(hours=1)
        await work.db.execute(shift.values(begins_at=noon - 4 * hour, ends_at=noon + hour))
        return made, noon

    hall, noon = desk.inside(make)

    def at(minutes: int) -> None:
        monkeypatch.setattr(http, "Context", partial(Context, now=noon + timedelta(minutes=minutes)))

    at(-10)
    tickets = []
    for _ in range(2):
        ticket = did(guide, "issueTicket", TICKET, visitId=greeted(desk, hall, purpose="咨询"))
        given = {"ticketId": ticket["id"], "windowId": hall["window"]}
        for other in ("supervisor", "auditor"):
            assert desk.staff(other)(mutation_of("openOvertime", "id"), input=given).code == "FORBIDDEN"
        did(guide, "openOvertime", TICKET, **given)
        tickets.append(ticket["id"])
    at(5)
    late = did(guide, "issueTicket", TICKET, visitId=greeted(desk, hall, purpose="咨询"))["id"]
    refusals = [
        refused(guide, "openOvertime", ticketId=each, windowId=hall["window"])[0]
        for each in (tickets[0], late)
    ]
    assert refusals == ["CONFLICT", "CONFLICT"], "open already; and given after closing"
    why = {"step": "CARRY_OVER", "explanation": "材料需回单位盖章,明日再办"}
    for place, (minutes, how, outcome) in enumerate(
        ((25, {"step": "FINISH"}, "DONE"), (48, why, "CARRIED_OVER"))
    ):
        called = did(clerk, "callNextTicket", TICKET, windowId=hall["window"])
        assert called["id"] == tickets[place]
        did(clerk, "moveTicket", TICKET, ticketId=called["id"], step="SERVE")
        at(minutes)
        done = did(clerk, "moveTicket", TICKET, ticketId=called["id"], **how)
        assert done["overtime"] == {"kind": "EVENING", "outcome": outcome, "minutes": minutes}


def test_a_batch_of_twelve_at_one_window_or_none_of_it(desk: Desk, hall: dict[str, str]) -> None:
    clerk, area = desk.staff("clerk-county"), desk.area(COUNTY)
    before = desk.cases()
    papers = [{"serviceCode": PERMIT, "areaId": area, "supplied": list(PAPERS)} for _ in range(12)]
    given = {"windowId": hall["window"], "submitter": applicant(902)}
    faulty = [*papers[:-1], {"serviceCode": "NO-SUCH-ITEM", "areaId": area}]
    assert refused(clerk, "collectBatch", **given, applications=faulty)[0] == "NOT_FOUND"
    assert desk.cases() == before, "all of them or none"
    batch = did(clerk, "collectBatch", "number size", **given, applications=papers)
    assert batch["size"] == 12
    assert desk.cases() == before + 12
    another = did(clerk, "collectBatch", "number size", **given, applications=papers[:2])
    kept = clerk(text_of("IntakeBatch"), number=batch["number"]).data["intakeBatch"]
    beside = clerk(text_of("IntakeBatch"), number=another["number"]).data["intakeBatch"]
    assert (len(kept["cases"]), len(beside["cases"])) == (12, 2), "to each batch its own"
    assert len({each["number"] for each in kept["cases"]}) == 12
    assert len({each["helper"]["id"] for each in kept["cases"]}) > 1, "the back office shares them"
    assert kept["closedAt"] is None
    for each in kept["cases"]:
        holder = desk.staff("clerk-county")
        did(holder, "withdrawCase", "state", number=each["number"], reason="样例撤回")
    closed = clerk(text_of("IntakeBatch"), number=batch["number"]).data["intakeBatch"]
    assert closed["closedAt"] is not None, "closed with its last case"
    assert {row.first_asked_id for row in _cases(desk, kept)} == {UUID(desk.staff_id("clerk-county"))}


def _cases(desk: Desk, batch: dict[str, Any]) -> list[CaseRow]:
    async def find(work: Work) -> list[CaseRow]:
        numbers = [each["number"] for each in batch["cases"]]
        return list(await work.db.scalars(select(CaseRow).where(CaseRow.number.in_(numbers))))

    return desk.inside(find)


def test_the_sample_morning_can_be_looked_at_and_gone_on_with(desk: Desk) -> None:
    async def tell(work: Work) -> int:
        # The turns of the halls of this file are over: the sample's guides are the same people.
        await work.db.execute(update(GuideShiftRow).values(cancelled_at=work.now))
        window = Window(work.calendar, work.district.zone, work.now)
        return await tell_of_halls(work, await load_stage(work, window=window, modes={}), now=work.now)

    assert desk.inside(tell) == 3  # the cases of a batch
    point = str(desk.scalar(select(ServicePointRow.id).where(ServicePointRow.key == HALL)))
    clerk = desk.staff("clerk-county")
    hall = clerk(text_of("Hall"), pointId=point).data["hall"]
    assert [each["waiting"] for each in hall["queues"] if each["key"] == "A"] == [3]
    assert len(hall["shifts"]) == 1
    seen = clerk(text_of("Visits"), pointId=point).data["visits"]
    states = [each["node"]["state"] for each in seen["edges"]]
    assert [states.count(each) for each in ("DONE", "LEFT", "TICKETED")] == [6, 1, 3]


def test_who_was_asked_first_answers_for_it_through_two_transfers_inside(desk: Desk) -> None:
    """The beauty shop's licence clerk is asked for a hygiene permit, which is another window's."""
    asked, health, centre = (desk.staff(each) for each in ("clerk-county", "clerk-health", "dispatcher"))
    kept = "number state owner { id } handler { id }"
    ask = did(
        asked,
        "recordFirstAsk",
        kept,
        channel="VISIT",
        areaId=desk.area(COUNTY),
        matter="美容店还要办卫生许可证吗",
        withinDuty=False,
    )
    number, owner = ask["number"], ask["owner"]
    for sender, receiver, login in ((asked, health, "clerk-health"), (health, centre, "dispatcher")):
        to = desk.staff_id(login)
        did(sender, "transferFirstAsk", kept, number=number, toStaffId=to, reason="请协助办理")
        taken = did(receiver, "takeFirstAsk", kept, number=number)
        assert (taken["number"], taken["owner"], taken["handler"]["id"]) == (number, owner, to)
    did(centre, "answerFirstAsk", kept, number=number, text="需要办理,卫生健康窗口一次受理")
    closed = did(asked, "closeFirstAsk", kept, number=number, outcome="已陪同办理卫生许可证")
    assert (closed["state"], closed["owner"]) == ("CLOSED", owner)
