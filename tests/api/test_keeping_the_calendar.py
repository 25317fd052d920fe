"""An administrator keeps the district's own days through the API, and open cases follow."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run, fresh
from tests.api.clients import Client, Reply
from tests.api.clients import refusal as refused_at

from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseState
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

CHANGE = "applied added changed removed openCases changedCases unclearCases faults { line column message }"
CLOSE = f"mutation($input: CloseDayInput!) {{ closeDay(input: $input) {{ {CHANGE} }} }}"
OPEN = f"mutation($input: OpenDayInput!) {{ openDay(input: $input) {{ {CHANGE} }} }}"
RESET = f"mutation($input: ResetDayInput!) {{ resetDay(input: $input) {{ {CHANGE} }} }}"
IMPORT = f"mutation($input: ImportLocalDaysInput!) {{ importLocalDays(input: $input) {{ {CHANGE} }} }}"
YEAR = (
    "query($year: Int!) { calendar(year: $year) { year workingDays horizon provisional days { day working } }"
    " localDays(year: $year) { day working reason } }"
)
ACCEPTED = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)  # a Monday; ten working days on is 16 March
MONDAYS = ("2026-03-09", "2026-03-16")


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    world = build("calendar-kept", installation, services, api, run)

    async def fill(work: Work) -> None:
        holder = world.people["helper GRID"].id
        assert holder is not None
        number = await world.case(work, "grid-a", holder=holder, n=fresh(), state=CaseState.ACCEPTED, due=1)
        row = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
        row.accepted_at = ACCEPTED
        world.marks["number"] = number

    world.inside(fill)
    return world


@pytest.fixture(scope="module")
def admin(world: World) -> Client:
    return world.client("admin COUNTY")


def due(world: World) -> str:
    async def read(work: Work) -> Any:
        return await work.db.scalar(select(CaseRow.due_on).where(CaseRow.number == world.marks["number"]))

    return str(world.inside(read))


def recomputed(world: World) -> int:
    """How often the cases were, by the trail."""

    async def read(work: Work) -> Any:
        entry = AuditEntryRow
        return await work.db.scalar(
            select(func.count()).select_from(entry).where(entry.object == "calendar:cases")
        )

    return int(world.inside(read))


def table(*lines: str) -> dict[str, str]:
    text = "\n".join(("日期,安排,理由", *lines))
    return {"name": "安排.csv", "content": base64.b64encode(text.encode("gb18030")).decode()}


def refusal(reply: Reply) -> str:
    assert reply.body.get("data") is None, reply.body
    return reply.code


def test_a_closed_day_moves_what_is_due_and_a_reset_one_moves_it_back(world: World, admin: Client) -> None:
    done = admin(CLOSE, input={"day": MONDAYS[0], "reason": "市民节"}).data["closeDay"]
    assert (done["applied"], done["added"], done["openCases"], done["changedCases"]) == (
        True,
        [MONDAYS[0]],
        1,
        1,
    )
    assert due(world) == "2026-03-17"
    seen = world.anonymous(YEAR, year=2026).data
    assert seen["localDays"] == [{"day": MONDAYS[0], "working": False, "reason": "市民节"}]
    assert {"day": MONDAYS[0], "working": False} in seen["calendar"]["days"]
    again = admin(CLOSE, input={"day": MONDAYS[0], "reason": "市民节放假"}).data["closeDay"]
    assert (again["added"], again["changed"], again["changedCases"]) == ([], [MONDAYS[0]], 0)
    done = admin(RESET, input={"day": MONDAYS[0]}).data["resetDay"]
    assert (done["removed"], done["changedCases"]) == ([MONDAYS[0]], 1)
    assert due(world) == "2026-03-16"
    assert refusal(admin(RESET, input={"day": MONDAYS[0]})) == "NOT_FOUND"
    assert world.anonymous(YEAR, year=2026).data["localDays"] == []


def test_a_weekend_that_is_worked_counts(world: World, admin: Client) -> None:
    before = world.anonymous(YEAR, year=2026).data["calendar"]["workingDays"]
    admin(OPEN, input={"day": "2026-03-07", "reason": "集中办理"})
    assert due(world) == "2026-03-13"
    assert world.anonymous(YEAR, year=2026).data["calendar"]["workingDays"] == before + 1
    admin(RESET, input={"day": "2026-03-07"})


def test_days_that_are_so_already_or_have_no_reason_are_refused(admin: Client) -> None:
    at_day = ("INVALID_INPUT", ["input.day"])
    assert refused_at(admin(CLOSE, input={"day": "2026-01-01", "reason": "元旦"})) == at_day
    assert refused_at(admin(OPEN, input={"day": MONDAYS[0], "reason": "上班"})) == at_day
    assert refusal(admin(CLOSE, input={"day": MONDAYS[0], "reason": "　"})) == "INVALID_INPUT"
    assert refused_at(admin(CLOSE, input={"day": "1999-01-04", "reason": "样例"})) == at_day
    assert refused_at(admin(RESET, input={"day": "2026-03-10"})) == ("NOT_FOUND", ["input.day"])


def test_many_days_are_seen_then_set_with_the_cases_recomputed_once(world: World, admin: Client) -> None:
    given = {"file": table(f"{MONDAYS[0]},休,市民节", "2026/3/16,放假,市民节", "2026-03-14,上班,补班")}
    days = [MONDAYS[0], "2026-03-14", MONDAYS[1]]
    count = recomputed(world)
    seen = admin(IMPORT, input=given).data["importLocalDays"]
    assert (seen["applied"], seen["added"], seen["faults"]) == (False, days, [])
    assert due(world) == "2026-03-16"
    done = admin(IMPORT, input={**given, "apply": True}).data["importLocalDays"]
    assert (done["applied"], done["added"], done["changedCases"]) == (True, days, 1)
    assert due(world) == "2026-03-17"
    assert recomputed(world) == count + 1
    again = admin(IMPORT, input={**given, "apply": True}).data["importLocalDays"]
    assert (again["applied"], again["added"], again["changed"]) == (True, [], [])
    assert recomputed(world) == count + 1
    fewer = {"file": table(f"{MONDAYS[0]},休,市民节"), "replaceYear": 2026, "apply": True}
    done = admin(IMPORT, input=fewer).data["importLocalDays"]
    assert done["removed"] == days[1:]
    assert due(world) == "2026-03-17"
    admin(RESET, input={"day": MONDAYS[0]})


def test_every_faulty_line_is_named_and_no_day_is_set(world: World, admin: Client) -> None:
    given = {
        "file": table(
            f"{MONDAYS[0]},休,市民节",
            "2026-02-30,休,样例",
            f"{MONDAYS[0]},休,又一次",
            "2026-01-01,休,元旦",
            f"{MONDAYS[1]},也许,样例",
            f"{MONDAYS[1]},休,",
        )
    }
    seen = admin(IMPORT, input=given).data["importLocalDays"]
    assert sorted((each["line"], each["column"]) for each in seen["faults"]) == [
        (3, "日期"),
        (4, "日期"),
        (5, "日期"),
        (6, "安排"),
        (7, "理由"),
    ]
    assert refusal(admin(IMPORT, input={**given, "apply": True})) == "INVALID_INPUT"
    assert world.anonymous(YEAR, year=2026).data["localDays"] == []


def test_a_year_beyond_what_is_published_is_provisional_and_far_ones_are_refused(world: World) -> None:
    found = world.anonymous(YEAR, year=2025).data["calendar"]
    assert (found["year"], found["workingDays"], found["provisional"]) == (2025, 248, False)
    horizon = int(found["horizon"][:4])
    assert world.anonymous(YEAR, year=horizon + 1).data["calendar"]["provisional"] is True
    for year in (horizon + 9, 1066, 0, -1, 2**31 - 1):
        assert world.anonymous(YEAR, year=year).code == "INVALID_INPUT"


def test_nobody_else_sets_a_day(world: World) -> None:
    for who in ("admin TOWN", "auditor COUNTY", "leader COUNTY"):
        assert refusal(world.client(who)(CLOSE, input={"day": MONDAYS[0], "reason": "样例"})) == "FORBIDDEN"
    assert refusal(world.anonymous(CLOSE, input={"day": MONDAYS[0], "reason": "样例"})) == "UNAUTHENTICATED"


def test_the_same_key_closes_once(world: World, admin: Client) -> None:
    key = {"Idempotency-Key": "close-one-day"}
    given = {"day": MONDAYS[0], "reason": "样例"}
    first = admin(CLOSE, headers=key, input=given)
    admin(RESET, input={"day": MONDAYS[0]})
    assert admin(CLOSE, headers=key, input=given).data == first.data
    assert world.anonymous(YEAR, year=2026).data["localDays"] == []
