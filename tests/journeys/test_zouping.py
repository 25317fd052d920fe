"""邹平: who is helped by 跟踪帮 hears of it every few days, and a project's work group is taken over part by part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, Run, applied, fresh, refused
from tests.api.clients import Client, Place
from tests.api.named import text_of
from tests.api.test_journey_to_rating import day
from tests.journeys.orders import done, sent

from bangban.features.cases.tables import CaseRow
from bangban.features.people.tables import TeamRow
from bangban.features.supervision.sweeping import sweep_check_in, void_check_ins
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

VILLAGE, TEAM = "371681101200", "town-371681001"
TRACKED = "query($n: String!) { case(number: $n) { checkInDueOn timeline { kind actor note } } }"
EVERY = 3  # working days, as the district's settings say
NEWS = "材料已送县级窗口，预计周五出具意见"
ASKED = dt.datetime(2026, 3, 3, 4, 5, tzinfo=dt.UTC)  # five past noon on a Tuesday


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("zouping"), services, run, app_settings.outbox_folder)


def duties(client: Client, number: str, *states: str) -> list[tuple[str, str]]:
    """Kind and rule of a case's duties, open ones where nothing else is said."""
    wanted = {"caseNumber": number, "states": list(states or ("OPEN",))}
    page = client(text_of("Duties"), filter=wanted).data["duties"]
    return [(each["node"]["kind"], each["node"]["rule"]) for each in page["edges"]]


def test_who_is_tracked_hears_of_it_and_a_day_that_was_missed_is_a_duty(desk: Desk) -> None:
    n = fresh()
    helper, boss, resident = desk.staff("helper-village"), desk.staff("supervisor"), desk.resident(n)
    number = applied(helper, desk.area(VILLAGE), n=n, modes=["ONLINE", "TRACKING"])
    plain = applied(helper, desk.area(VILLAGE))
    assert helper(TRACKED, n=number).data["case"]["checkInDueOn"] == day(desk, EVERY)
    assert refused(helper, "recordCheckIn", number=plain, said=NEWS)[0] == "INVALID_INPUT"
    for other in ("auditor", "guide", "helper-village-2"):
        assert sent(desk.staff(other), "RecordCheckIn", number=number, said=NEWS).code in (
            "FORBIDDEN",
            "NOT_FOUND",
        )
    assert sent(resident, "RecordCheckIn", number=number, said=NEWS).code == "FORBIDDEN"

    async def the_day_passes(work: Work) -> UUID:
        due = work.calendar.date_of(work.calendar.ordinal(work.today) - 1)
        changed = update(CaseRow).where(CaseRow.number == number).values(check_in_due_on=due)
        (found,) = await work.db.execute(changed.returning(CaseRow.id))
        for _ in range(2):
            await sweep_check_in(work, found.id)  # the timer, twice since it may come twice
        return UUID(str(found.id))

    case_id = desk.inside(the_day_passes)
    assert duties(boss, number) == [("CHECK_IN_LATE", "C03-CHECK-IN")]

    said = done(helper, "RecordCheckIn", number=number, said=NEWS)
    assert said["checkInDueOn"] == day(desk, EVERY)
    desk.inside(lambda work: void_check_ins(work, case_id))
    assert duties(boss, number) == []
    assert duties(boss, number, "VOID") == [("CHECK_IN_LATE", "C03-CHECK-IN")]
    for who in (resident, boss):
        event = who(TRACKED, n=number).data["case"]["timeline"][-1]
        assert (event["kind"], event["note"]) == ("CHECKED_IN", NEWS)


def line(number: str, matter: str, *answers: tuple[str, int, str], at: int = 0) -> dict[str, Any]:
    """A question so many minutes after noon's, and who answered it after how many minutes, in what words."""
    asked = ASKED + dt.timedelta(minutes=at)
    return {
        "number": number,
        "askedAt": asked.isoformat(),
        "matter": matter,
        "answers": [
            {"staffId": who, "at": (asked + dt.timedelta(minutes=later)).isoformat(), "text": text}
            for who, later, text in answers
        ],
    }


def test_the_log_of_a_work_group_comes_in_parts_whole_or_not_at_all(desk: Desk) -> None:
    lead, stranger = desk.staff_id("helper-town-2"), desk.staff_id("helper-town")
    team = str(desk.scalar(select(TeamRow.id).where(TeamRow.key == TEAM)))
    dispatcher, boss, mark = desk.staff("dispatcher"), desk.staff("supervisor"), f"zp-{fresh()}"

    def imported(*lines: dict[str, Any]) -> dict[str, Any]:
        return done(dispatcher, "ImportGroupLog", teamId=team, lines=list(lines))

    def kept() -> dict[str, Any]:
        page = boss(text_of("FirstAsks"), filter={"teamId": team}, first=100).data["firstAsks"]
        return {each["node"]["externalNumber"]: each["node"] for each in page["edges"]}

    first = line(f"{mark}-1", "施工许可要先办哪一步", (lead, 4, "先办规划许可，下午给您清单"))
    second = line(f"{mark}-2", "图审要几天", at=26)
    faulty = line(f"{mark}-3", "要不要公示", (stranger, 2, "不用"), at=30)
    before = kept()
    refusal = imported(first, second, faulty)
    assert (refusal["applied"], refusal["questions"], refusal["answers"]) == (False, 0, 0)
    assert [each["line"] for each in refusal["faults"]] == [3]
    assert kept() == before, "all of them or none"

    whole = {"applied": True, "questions": 2, "answers": 1, "repeated": 0, "faults": []}
    assert imported(first, second) == whole
    known = kept()
    assert (known[f"{mark}-1"]["state"], known[f"{mark}-1"]["replyMinutes"]) == ("CLOSED", 4)
    assert known[f"{mark}-2"]["state"] == "HANDLING"
    assert imported(second, first)["repeated"] == 2, "in any order, any number of times"
    assert kept() == known

    answered = {**second, "answers": line("", "", (lead, 12, "三个工作日"), at=26)["answers"]}
    overlap = imported(first, answered, line(f"{mark}-4", "在哪里领证", (lead, 1, "县级大厅"), at=40))
    assert (overlap["applied"], overlap["questions"], overlap["answers"], overlap["repeated"]) == (
        True,
        1,
        2,
        1,
    )
    assert {kept()[f"{mark}-{n}"]["state"] for n in (1, 2, 4)} == {"CLOSED"}
    day_ = ASKED.date().isoformat()
    groups = boss(text_of("WorkGroups"), since=day_, until=day_).data["workGroups"]["edges"]
    (told,) = [each["node"]["statistics"] for each in groups if each["node"]["team"]["id"] == team]
    assert (told["questions"], told["answered"], told["medianMinutes"]) == (3, 3, 4)
    for other in ("auditor", "helper-village"):
        reply = sent(desk.staff(other), "ImportGroupLog", teamId=team, lines=[first])
        assert reply.code in ("FORBIDDEN", "NOT_FOUND")
