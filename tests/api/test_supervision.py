"""Duties over HTTP: swept, seen by whom they concern, settled once, urged now and then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, attempt, done, fresh, mutation_of, together
from tests.api.clients import Client
from tests.api.named import case_in
from tests.api.parts.supervision import raised

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.supervision.sweeping import sweep_district
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LIST = """
query($filter: DutyFilter, $first: Int, $after: String) {
  duties(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id kind alert rule caseNumber dueOn state raisedAt endedAt urgedAt result left
      settledBy { name } case { number area { name } }
    } }
  }
}
"""
BESIDE = "371681102"  # a town where nobody else of these is posted
RESULT = "已约谈承办人，明日办结"


@pytest.fixture
def number(desk: Desk) -> str:
    """An accepted case, promised for a day that is over, as the sweep finds it."""
    found = case_in(desk, "accepted")

    async def late(work: Work) -> None:
        due = work.calendar.ordinal(work.today) - 3
        await work.db.execute(
            update(CaseRow)
            .where(CaseRow.number == found)
            .values(due_ordinal=due, due_on=work.calendar.date_of(due))
        )

    desk.inside(late)
    desk.run(sweep_district(desk.services.tenancy, desk.services.tenancy.registry.get(desk.place.slug)))
    return found


def listed(client: Client, **filters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        data = client(LIST, filter=filters or None, first=100, after=after).data["duties"]
        rows += [each["node"] for each in data["edges"]]
        if not data["pageInfo"]["hasNextPage"]:
            assert data["totalCount"] == len(rows)
            return rows
        after = data["pageInfo"]["endCursor"]


def settle(client: Client, duty: str, result: str = RESULT) -> Any:
    return client(
        mutation_of("settleDuty", "id state result settledBy { name }"), input={"id": duty, "result": result}
    )


def test_a_supervisor_sees_what_is_late_and_settles_it(desk: Desk, number: str) -> None:
    boss = desk.staff("supervisor")
    (duty,) = listed(boss, caseNumber=number)
    assert (duty["kind"], duty["alert"], duty["rule"]) == ("OVERDUE", "DELAY", "B04-OVERDUE")
    assert duty["case"]["number"] == duty["caseNumber"] == number
    assert date.fromisoformat(duty["dueOn"]) < datetime.now(UTC).date() + timedelta(days=1)
    done = settle(boss, duty["id"]).data["settleDuty"]
    assert (done["state"], done["result"]) == ("SETTLED", RESULT)
    assert done["settledBy"]["name"]
    assert listed(boss, caseNumber=number) == []
    (kept,) = listed(boss, caseNumber=number, states=["SETTLED"])
    assert kept["endedAt"] is not None
    assert settle(boss, duty["id"]).code == "CONFLICT"
    assert (desk.actor("supervisor"), "duty:settle") in desk.trail(f"case:{number}")


def test_of_two_who_settle_at_once_one_does(desk: Desk, number: str) -> None:
    boss = desk.staff("supervisor")
    (duty,) = listed(boss, caseNumber=number)
    document = mutation_of("settleDuty", "id")
    replies = desk.run(
        together(*(boss.send(document, input={"id": duty["id"], "result": f"{RESULT}{n}"}) for n in range(4)))
    )
    codes = sorted("" if not each.body.get("errors") else each.code for each in replies)
    assert codes == ["", "CONFLICT", "CONFLICT", "CONFLICT"]


def test_urging_waits_before_it_is_done_again(desk: Desk, number: str) -> None:
    boss = desk.staff("supervisor")
    (duty,) = listed(boss, caseNumber=number)
    urge = mutation_of("urgeHolder", "id urgedAt")
    assert boss(urge, input={"id": duty["id"]}).data["urgeHolder"]["urgedAt"]
    assert boss(urge, input={"id": duty["id"]}).code == "CONFLICT"


def test_a_holder_sees_their_own_and_settles_nothing(desk: Desk, number: str) -> None:
    async def holder(work: Work) -> str:
        found = select(StaffRow.login).join(CaseRow, CaseRow.holder_id == StaffRow.id)
        return (await work.db.scalars(found.where(CaseRow.number == number))).one() or ""

    login = desk.inside(holder)
    client = desk.staff(login)
    assert [each["caseNumber"] for each in listed(client, caseNumber=number)] == [number]
    (duty,) = listed(desk.staff("supervisor"), caseNumber=number)
    assert settle(client, duty["id"]).code == "FORBIDDEN"


def test_lists_say_what_the_tables_say(desk: Desk, number: str) -> None:
    boss = desk.staff("supervisor")

    async def all_of_them(work: Work) -> set[tuple[str, str]]:
        rows = await work.db.execute(select(DutyRow.id, DutyRow.state))
        return {(str(id_), state.value) for id_, state in rows}

    async def broken(work: Work) -> set[str]:
        rows = select(DutyRow.id).where(DutyRow.kind == DutyKind.PROMISE_BROKEN)
        return {str(id_) for id_ in await work.db.scalars(rows)}

    truth = desk.inside(all_of_them)
    states = ["OPEN", "SETTLED", "VOID"]
    assert {(each["id"], each["state"]) for each in listed(boss, states=states)} == truth
    assert {each["id"] for each in listed(boss)} == {id_ for id_, state in truth if state == "OPEN"}
    of_a_kind = listed(boss, states=states, kinds=["PROMISE_BROKEN"])
    assert {each["id"] for each in of_a_kind} == desk.inside(broken) < {id_ for id_, _ in truth}
    county = desk.inside(_root)
    assert {each["id"] for each in listed(boss, states=states, areaId=county)} == {id_ for id_, _ in truth}
    assert number


async def _root(work: Work) -> str:
    return str((await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one())


def test_pages_follow_one_another_the_oldest_first(desk: Desk, number: str) -> None:
    for _ in range(3):
        desk.inside(lambda work: raised(work, number))
    boss, seen, after = desk.staff("supervisor"), [], None
    while True:
        page = boss(LIST, filter={"caseNumber": number}, first=2, after=after).data["duties"]
        seen += [each["node"] for each in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [(each["raisedAt"], each["id"]) for each in seen] == sorted(
        (each["raisedAt"], each["id"]) for each in seen
    )
    assert {each["id"] for each in seen} == {each["id"] for each in listed(boss, caseNumber=number)}


def post_ended(
    desk: Desk,
    staff_id: UUID,
    *,
    at: str | None = None,
    state: DutyState = DutyState.OPEN,
    kind: DutyKind = DutyKind.POST_ENDED,
) -> UUID:
    """A duty about a post of somebody, which lay in the area with this code, or where they are posted."""
    area_id = (
        UUID(desk.area(at))
        if at
        else desk.scalar(select(AssignmentRow.area_id).where(AssignmentRow.staff_id == staff_id).limit(1))
    )
    duty_id = new_id()

    async def ends(work: Work) -> None:
        duty = DutyRow(
            id=duty_id,
            kind=kind,
            case_id=None,
            subject_id=staff_id,
            area_id=area_id,
            due_on=date(2020, 1, 1) + timedelta(days=fresh()),
            state=state,
            raised_at=work.now,
        )
        work.db.add(duty)

    desk.inside(ends)
    return duty_id


def moved_to(desk: Desk, who: str, area: str) -> None:
    """Somebody's posts are at another area from now on."""
    staff_id, area_id = UUID(desk.staff_id(who)), UUID(desk.area(area))

    async def move(work: Work) -> None:
        of_them = AssignmentRow.staff_id == staff_id
        await work.db.execute(update(AssignmentRow).where(of_them).values(area_id=area_id))

    desk.inside(move)


def test_whoever_may_move_the_work_sees_the_duties_about_posts_and_no_others(desk: Desk, number: str) -> None:
    """They are told of them (``addressees``); a helper, who moves nothing of others, is told of their own."""
    mine, other = (UUID(desk.staff_id(each)) for each in ("helper-village", "helper-town"))
    of_mine, of_other = post_ended(desk, mine), post_ended(desk, other)
    beside = post_ended(desk, other, at=BESIDE)
    posts = [str(each) for each in (of_mine, of_other, beside)]

    def seen(login: str) -> set[str]:
        found = listed(desk.staff(login), kinds=["POST_ENDED"])
        return {each["id"] for each in found} & {*posts}

    assert listed(desk.staff("supervisor"), caseNumber=number)
    assert listed(desk.staff("dispatcher"), caseNumber=number) == [], "of a case that they do not hold"
    assert seen("dispatcher") == seen("supervisor") == {*posts}
    assert seen("helper-village") == {str(of_mine)}
    assert seen("guide") == set()
    home = desk.scalar(
        select(AreaRow.code)
        .join(AssignmentRow, AssignmentRow.area_id == AreaRow.id)
        .where(AssignmentRow.staff_id == UUID(desk.staff_id("dispatcher")))
    )
    try:
        moved_to(desk, "dispatcher", BESIDE)
        assert seen("dispatcher") == {str(beside)}, "nothing of other towns"
    finally:
        moved_to(desk, "dispatcher", home)
    for each in (of_mine, of_other):
        assert settle(desk.staff("dispatcher"), str(each)).code == "FORBIDDEN"


def test_whoever_may_let_volunteers_in_sees_who_waits_and_no_other_duties(desk: Desk, number: str) -> None:
    volunteer = UUID(desk.staff_id("helper-town"))
    here, beside = (
        str(post_ended(desk, volunteer, at=at, kind=DutyKind.VOLUNTEER_LATE)) for at in (None, BESIDE)
    )
    post = str(post_ended(desk, volunteer))

    def seen(login: str) -> set[str]:
        found = listed(desk.staff(login), kinds=["VOLUNTEER_LATE", "POST_ENDED"])
        return {each["id"] for each in found} & {here, beside, post}

    assert seen("admin") == {here, beside}, "moves no cases, so nothing of posts"
    assert seen("dispatcher") == seen("supervisor") == {here, beside, post}
    assert seen("helper-town") == {post}, "nobody lets themselves in"
    assert seen("clerk-town") == seen("guide") == set()
    assert listed(desk.staff("admin"), caseNumber=number) == []
    assert settle(desk.staff("admin"), here).code == "FORBIDDEN"


def test_a_duty_about_a_post_lists_what_is_to_be_moved_by_number(desk: Desk) -> None:
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")
    staff_id = UUID(desk.staff_id("helper-village"))
    held, offered, papers = (case_in(desk, "accepted") for _ in range(3))
    done(helper, "handOverCase", number=offered, toStaffId=desk.staff_id("clerk-town"), reason="样本")
    done(clerk, "takeOverCase", number=offered)
    done(clerk, "handOverCase", number=offered, toStaffId=str(staff_id), reason="样本")
    taken = {"number": papers, "papers": [{"code": "DWELLING", "originals": 0, "copies": 1}]}
    assert "errors" not in helper(mutation_of("takePapers", "papersOut"), input=taken).body
    done(helper, "handOverCase", number=papers, toStaffId=desk.staff_id("clerk-town"), reason="样本")
    done(clerk, "takeOverCase", number=papers)

    duty_id = post_ended(desk, staff_id, state=DutyState.VOID)
    found = listed(desk.staff("supervisor"), kinds=["POST_ENDED"], states=["VOID"])
    (left,) = [each["left"] for each in found if each["id"] == str(duty_id)]
    assert left == sorted(set(left))
    assert {held, offered, papers} <= set(left)


def test_a_case_that_ends_takes_its_duties_along(desk: Desk, number: str) -> None:
    reply = desk.run(
        attempt(desk.staff("clerk-county"), "completeCase", number=number, outcome="DONE", opinion="办结")
    )
    assert not reply.body.get("errors")
    desk.run(sweep_district(desk.services.tenancy, desk.services.tenancy.registry.get(desk.place.slug)))
    assert listed(desk.staff("supervisor"), caseNumber=number) == []
    (void,) = listed(desk.staff("supervisor"), caseNumber=number, states=["VOID"])
    assert void["endedAt"] is not None
