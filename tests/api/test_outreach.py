"""Outreach is planned, told to those who agreed and to nobody else, reported once, and measured by the cases begun."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from tests.api.casework import Desk, applied, fresh, mutation_of
from tests.api.clients import Client
from tests.api.named import text_of
from tests.api.parts.outreach import CARD, PLAN, VILLAGE, plan, planned

from bangban.features.accounts.tables import ResidentRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.tables import CaseRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.features.outreach.tables import InterestRow
from bangban.features.people.tables import StaffRow
from bangban.features.personal_data.retention import ERASED, erase_due
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

OTHER_VILLAGE = "371681001213"
REPORT = mutation_of("reportOutreach", "reached questions reportedAt")
CANCEL = mutation_of("cancelOutreach", "cancelledAt cancelReason applied")
WISH = mutation_of("setMyInterests", "interests { area { id } themes careNeeds }")
LIST = """query($f: OutreachFilter) { outreaches(first: 20, filter: $f) { totalCount edges { node {
    id applied appliedUntil reached candidates(first: 50) { totalCount edges { node { phone } } } } } } }"""

WHO = """query($f: OutreachFilter) { outreaches(first: 20, filter: $f) { edges { node {
    id plannedBy { name } reportedBy { name } cancelledBy { name } } } } }"""


def listed(client: Client, *, acts: str = LIST, **filters: Any) -> dict[str, Any]:
    """The outreach that the caller sees, by id."""
    edges = client(acts, f=filters or None).data["outreaches"]["edges"]
    return {edge["node"]["id"]: edge["node"] for edge in edges}


def masked(n: int) -> str:
    phone = sample_phone(n)
    return f"{phone[:3]}****{phone[-4:]}"


def wishing(desk: Desk, **given: Any) -> int:
    """A fresh resident who agreed to be told: their number."""
    n = fresh()
    wish = {"consent": True, "areaId": desk.area(VILLAGE), **given}
    reply = desk.resident(n)(WISH, input=wish)
    assert reply.data, reply.body
    return n


def test_only_who_agreed_is_a_candidate_and_only_while_they_do(desk: Desk) -> None:
    helper = desk.staff("helper-village")
    anything, fitting = wishing(desk), wishing(desk, themes=["社会保障"], careNeeds=["ELDERLY"])
    other_theme, other_place = (
        wishing(desk, themes=["投资审批"]),
        wishing(desk, areaId=desk.area(OTHER_VILLAGE)),
    )
    silent = fresh()
    desk.resident(silent)

    def candidates(event: str) -> set[str]:
        found = listed(helper)[event]["candidates"]
        phones = {edge["node"]["phone"] for edge in found["edges"]}
        assert len(found["edges"]) == found["totalCount"]
        return phones & {masked(n) for n in (anything, fitting, other_theme, other_place, silent)}

    anybody, elderly = planned(desk)["id"], planned(desk, careNeeds=["ELDERLY", "DISABLED"])["id"]
    assert candidates(anybody) == {masked(anything), masked(fitting)}
    assert candidates(elderly) == {masked(fitting)}
    mine = desk.resident(fitting)("{ myData { interests { careNeeds themes } } }").data["myData"]
    assert mine["interests"] == {"careNeeds": ["ELDERLY"], "themes": ["社会保障"]}
    back = desk.resident(fitting)(WISH, input={"consent": False})
    assert back.data["setMyInterests"] == {"interests": None}
    assert candidates(anybody) == {masked(anything)}
    assert candidates(elderly) == set()

    async def left(work: Work) -> list[Any]:
        wanted = select(InterestRow.resident_id).where(InterestRow.care_needs.contains(["ELDERLY"]))
        return list(await work.db.scalars(wanted))

    assert desk.inside(left) == [], "nothing of it is kept"


def test_whoever_holds_none_sees_no_candidates(desk: Desk) -> None:
    wishing(desk)
    event = planned(desk)["id"]
    for login in ("leader", "auditor"):
        reply = desk.staff(login)(LIST)
        if "errors" in reply.body:
            assert reply.code == "FORBIDDEN"
            continue
        assert listed(desk.staff(login))[event]["candidates"] == {"totalCount": 0, "edges": []}
    assert desk.staff("leader")("{ outreaches { totalCount } }").data["outreaches"]["totalCount"] > 0
    named = text_of("Outreaches")
    for login in ("leader", "supervisor", "auditor"):
        assert desk.staff(login)(named, candidates=True).code == desk.staff(login)(named).code == "FORBIDDEN"
        edges = desk.staff(login)(named, candidates=False).data["outreaches"]["edges"]
        assert event in [each["node"]["id"] for each in edges]
        assert not any("candidates" in each["node"] for each in edges)
    assert desk.resident(fresh())(LIST).code == "FORBIDDEN"
    assert desk.place.anonymous(LIST).code == "UNAUTHENTICATED"


def test_erasing_an_account_erases_what_it_wished(desk: Desk) -> None:
    n = wishing(desk, careNeeds=["SICK"])
    long_ago = datetime(2019, 1, 1, tzinfo=UTC)

    async def erased(work: Work) -> tuple[str, int]:
        hashed = work.vault.lookup_hash(sample_phone(n), purpose="phone")
        mine = select(ResidentRow.id).where(ResidentRow.phone_hash == hashed)
        found = await work.db.scalar(mine)
        await work.db.execute(update(ResidentRow).where(ResidentRow.id == found).values(created_at=long_ago))
        await erase_due(work)
        phone = await work.db.scalar(select(ResidentRow.phone_masked).where(ResidentRow.id == found))
        kept = select(func.count()).select_from(InterestRow).where(InterestRow.resident_id == found)
        return str(phone), int(await work.db.scalar(kept) or 0)

    assert desk.inside(erased) == (ERASED, 0)


def test_a_case_counts_if_it_is_of_what_was_presented_there_and_in_time(desk: Desk) -> None:
    helper = desk.staff("helper-village")
    event = planned(desk)["id"]
    before = listed(helper)[event]["applied"]
    inside = [applied(desk.resident(n := fresh()), desk.area(VILLAGE), n=n, serviceCode=CARD) for _ in "ab"]
    elsewhere = applied(desk.resident(n := fresh()), desk.area(OTHER_VILLAGE), n=n, serviceCode=CARD)
    other = applied(desk.resident(n := fresh()), desk.area(VILLAGE), n=n)
    assert {*inside} & {elsewhere, other} == set()
    assert listed(helper)[event]["applied"] == before + 2

    async def moved(work: Work, days: int) -> None:
        when = datetime.combine(work.today, datetime.min.time(), work.district.zone) + timedelta(days=days)
        await work.db.execute(update(CaseRow).where(CaseRow.number == inside[0]).values(submitted_at=when))

    for days, counts in ((0, 2), (30, 2), (31, 1), (-1, 1)):
        desk.inside(lambda work, days=days: moved(work, days))  # type: ignore[misc]  # bound in the loop
        assert listed(helper)[event]["applied"] == before + counts, days


def test_a_bundle_is_presented_like_an_item_and_its_cases_count_once(desk: Desk) -> None:
    bundle = BundleRow(
        id=new_id(),
        code=f"SAMPLE-{fresh()}",
        version=1,
        kind=BundleKind.MATTERS,
        name="样本一件事",
        lead_department="样本部门",
        items=[CARD],
        optional=[],
        fields=[],
        materials=[],
        effective_from=date(2026, 1, 1),
    )
    bundle_id, code = bundle.id, bundle.code

    async def published(work: Work) -> None:
        work.db.add(bundle)

    desk.inside(published)
    helper, n = desk.staff("helper-village"), fresh()
    event = planned(desk, codes=[code, CARD])["id"]
    before = listed(helper)[event]["applied"]
    number = applied(desk.resident(n), desk.area(VILLAGE), n=n, serviceCode=CARD)
    plain = applied(desk.resident(n), desk.area(VILLAGE), n=n)

    async def joined(work: Work) -> None:
        cases = (
            await work.db.scalars(
                select(CaseRow).where(CaseRow.number.in_([number, plain])).order_by(CaseRow.id)
            )
        ).all()
        assert cases[0].resident_id is not None
        together = BundleApplicationRow(
            id=new_id(),
            stem=f"T{fresh()}L",
            bundle_id=bundle_id,
            area_id=cases[0].area_id,
            resident_id=cases[0].resident_id,
            release=ReleaseChoice.TOGETHER,
            submitted_at=work.now,
        )
        work.db.add(together)
        await work.db.flush()
        work.db.add_all(
            BundleMemberRow(case_id=case.id, application_id=together.id, position=place)
            for place, case in enumerate(cases)
        )

    assert listed(helper)[event]["applied"] == before + 1, "the other one is of another item"
    desk.inside(joined)
    assert listed(helper)[event]["applied"] == before + 2, "both by the bundle, none of them twice"


def test_what_cannot_be_planned_is_refused_with_every_fault(desk: Desk) -> None:
    helper = desk.staff("helper-village")
    wrong = plan(desk, place=" ", startsOn="2020-03-01", endsOn="2020-02-01", codes=["NO-SUCH", CARD])
    reply = helper(PLAN, input=wrong)
    assert reply.code == "INVALID_INPUT"
    assert reply.body["errors"][0]["extensions"]["fields"] == ["input.place", "input.endsOn", "input.codes"]
    assert "NO-SUCH" in reply.body["errors"][0]["message"]
    assert helper(PLAN, input=plan(desk, areaId=desk.area(OTHER_VILLAGE))).code == "FORBIDDEN"
    assert helper(PLAN, input=plan(desk, startsOn="2026-01-01", endsOn="2036-01-01")).code == "INVALID_INPUT"
    wish = {"consent": True, "areaId": desk.area(VILLAGE), "themes": ["没有的主题"]}
    assert desk.resident(fresh())(WISH, input=wish).code == "INVALID_INPUT"
    assert desk.resident(fresh())(WISH, input={"consent": True}).code == "INVALID_INPUT"


def test_of_many_reports_at_once_exactly_one_counts(desk: Desk) -> None:
    helper, event = desk.staff("helper-village"), planned(desk)["id"]

    async def race() -> list[Any]:
        given = [{"outreachId": event, "reached": n, "questions": 0} for n in range(1, 6)]
        return await asyncio.gather(*(helper.send(REPORT, input=each) for each in given))

    replies = desk.run(race())
    (won,) = [reply for reply in replies if "errors" not in reply.body]
    assert {reply.code for reply in replies if "errors" in reply.body} == {"CONFLICT"}
    assert listed(helper)[event]["reached"] == won.data["reportOutreach"]["reached"]

    async def entries(work: Work) -> int:
        told = select(func.count()).select_from(AuditEntryRow)
        found = await work.db.scalar(
            told.where(AuditEntryRow.object == f"outreach:{event}", AuditEntryRow.details.has_key("reached"))
        )
        return int(found or 0)

    assert desk.inside(entries) == 1
    later = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    early = {"outreachId": planned(desk, startsOn=later)["id"], "reached": 1, "questions": 1}
    assert helper(REPORT, input=early).code == "CONFLICT"
    odd = {"outreachId": planned(desk)["id"], "reached": -1, "questions": -1}
    assert helper(REPORT, input=odd).body["errors"][0]["extensions"]["fields"] == [
        "input.reached",
        "input.questions",
    ]


def test_what_is_cancelled_counts_nothing_and_is_reported_no_more(desk: Desk) -> None:
    helper, event, held = desk.staff("helper-village"), planned(desk)["id"], planned(desk)["id"]
    applied(desk.resident(n := fresh()), desk.area(VILLAGE), n=n, serviceCode=CARD)
    assert listed(helper)[event]["applied"] == listed(helper)[held]["applied"] > 0
    given = {"outreachId": event, "reason": " 大风 "}
    assert helper(CANCEL, input=given | {"reason": "  "}).code == "INVALID_INPUT"
    assert desk.staff("clerk-town")(CANCEL, input=given).code == "FORBIDDEN"
    found = helper(CANCEL, input=given).data["cancelOutreach"]
    assert (found["cancelReason"], found["applied"]) == ("大风", 0)
    assert found["cancelledAt"]
    assert listed(helper)[held]["applied"] > 0, "the other one is held"
    assert event not in listed(helper, cancelled=False)
    assert held not in listed(helper, cancelled=True)
    assert {event, held} <= set(listed(helper))
    assert helper(CANCEL, input=given).code == "CONFLICT"
    assert helper(REPORT, input={"outreachId": event, "reached": 1, "questions": 0}).code == "CONFLICT"
    assert helper(REPORT, input={"outreachId": held, "reached": 1, "questions": 0}).data
    assert helper(CANCEL, input={"outreachId": held, "reason": "太晚"}).code == "CONFLICT"
    assert [action for _, action in desk.trail(f"outreach:{event}")] == ["outreach:hold"] * 2
    name = desk.scalar(select(StaffRow.name).where(StaffRow.login == "helper-village"))
    mine, nobody = {"name": name}, None
    for login in ("leader", "auditor"):
        acts = {each: listed(desk.staff(login), acts=WHO)[each] for each in (event, held)}
        assert acts[event] == {"id": event, "plannedBy": mine, "reportedBy": nobody, "cancelledBy": mine}
        assert acts[held] == {"id": held, "plannedBy": mine, "reportedBy": mine, "cancelledBy": nobody}


def test_what_began_on_another_day_is_not_cancelled(desk: Desk) -> None:
    helper = desk.staff("helper-village")
    today = date.fromisoformat(plan(desk)["startsOn"])
    begun = planned(desk, startsOn=str(today - timedelta(days=1)), endsOn=str(today + timedelta(days=1)))[
        "id"
    ]
    assert helper(CANCEL, input={"outreachId": begun, "reason": "大风"}).code == "CONFLICT"
    tomorrow = planned(desk, startsOn=str(today + timedelta(days=1)))["id"]
    assert helper(CANCEL, input={"outreachId": tomorrow, "reason": "大风"}).data


def test_of_a_report_and_a_cancelling_at_once_one_counts(desk: Desk) -> None:
    helper, event = desk.staff("helper-village"), planned(desk)["id"]

    async def race() -> list[Any]:
        report = {"outreachId": event, "reached": 3, "questions": 0}
        cancel = {"outreachId": event, "reason": "大风"}
        acts = [(REPORT, report), (CANCEL, cancel)] * 2
        return await asyncio.gather(*(helper.send(text, input=given) for text, given in acts))

    replies = desk.run(race())
    assert sorted(reply.body.get("errors") is None for reply in replies) == [False, False, False, True]
    assert {reply.code for reply in replies if "errors" in reply.body} == {"CONFLICT"}


def test_the_days_of_a_list_are_both_included(desk: Desk) -> None:
    helper, today = desk.staff("helper-village"), date.today()  # noqa: DTZ011 - days to come, wherever that is
    first, last = today + timedelta(days=40), today + timedelta(days=42)
    event = planned(desk, startsOn=first.isoformat(), endsOn=last.isoformat())["id"]
    day = timedelta(days=1)
    found = {
        (since, until): event in listed(helper, since=since.isoformat(), until=until.isoformat())
        for since, until in (
            (last, last + day),
            (last + day, last + day),
            (first - day, first),
            (first - day,) * 2,
        )
    }
    assert list(found.values()) == [True, False, True, False]
