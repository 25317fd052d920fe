"""What runs from a day to a day runs on both of them, and on no other; what is due on a day is late the day after."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run, fresh
from tests.api.clients import Client

from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.values import BundleKind
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind, Specialty
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

DAY = timedelta(days=1)
HERE = ZoneInfo("Asia/Shanghai")
RUNS: dict[str, tuple[int, int | None]] = {
    "over": (-9, -1),
    "last day": (-9, 0),
    "first day": (0, 9),
    "open": (0, None),
    "to come": (1, None),
}
"""First and last day, counted from today."""
ON = ["first day", "last day", "open"]
"""Those that run today."""

OFFERED = "{ firstAsks(filter: {mine: true}) { edges { node { matter } } } }"
NETWORK = """query($a: ID!) { networkConformance(areaId: $a) { agents gridsUncovered conforms
    specialties { specialty coverage targetPercent onTarget } } }"""
IN_FORCE = """query($code: String!) { guidance(code: $code) { version }
    guidances(first: 100) { edges { node { code version } } } }"""
ANSWERS = "{ bundleApplications(first: 100) { edges { node { members { number late } } } } }"


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return build("last-days", installation, services, api, run)


def days(name: str, today: date) -> tuple[date, date | None]:
    first, last = RUNS[name]
    return today + first * DAY, None if last is None else today + last * DAY


def test_a_team_is_passed_what_its_members_of_today_see(world: World) -> None:
    async def offer(work: Work) -> None:
        me, sender = (world.people[each].id for each in ("helper MICRO_GRID", "window-clerk COUNTY"))
        assert me is not None and sender is not None  # noqa: PT018 - for the type checker
        for name in RUNS:
            team = TeamRow(id=new_id(), key=f"offered-{name}", name=name, kind="PROJECT")
            ask = FirstAskRow(
                id=new_id(),
                stem="AW20260101-Q",
                channel=AskChannel.CALL,
                state=AskState.TRANSFERRED,
                matter=name,
                within_duty=False,
                owner_id=sender,
                handler_id=sender,
                area_id=world.areas["town-b"].id,
                asked_at=work.now,
            )
            work.db.add_all([team, ask])
            await work.db.flush()
            since, until = days(name, work.today)
            member = TeamMemberRow(id=new_id(), team_id=team.id, staff_id=me, since=since, until=until)
            transfer = FirstAskTransferRow(
                id=new_id(),
                first_ask_id=ask.id,
                from_id=sender,
                to_id=None,
                to_team_id=team.id,
                reason="样本",
                offered_at=work.now,
            )
            work.db.add_all([member, transfer])

    world.inside(offer)
    seen = world.client("helper MICRO_GRID")(OFFERED).data["firstAsks"]["edges"]
    assert sorted(each["node"]["matter"] for each in seen) == ON


def test_agents_of_a_grid_are_those_who_are_posted_today(world: World) -> None:
    async def post(work: Work) -> None:
        for name in RUNS:
            await world.hire(work, f"agent {name}", ("helper", "grid-b", *days(name, work.today)))

    world.inside(post)
    asked = {"a": str(world.areas["town-b"].id)}
    found = world.client("leader COUNTY")(NETWORK, **asked).data["networkConformance"]
    assert (found["agents"], found["gridsUncovered"]) == (len(ON), 0)
    assert found["conforms"] is False, "no centre and no station"


def test_a_share_that_is_just_reached_is_on_target(world: World) -> None:
    async def aim(work: Work) -> None:
        aims = {Specialty.MEDICAL_INSURANCE.value: 100, Specialty.ENTERPRISE.value: 1}
        await work.db.execute(update(ProfileRow).values(settings={"network": {"specialty_coverage": aims}}))
        work.db.add(
            ServicePointRow(
                id=new_id(),
                key="just-one",
                area_id=world.areas["village-b"].id,
                kind=PointKind.STATION,
                name="样本站",
                longitude=117.7,
                latitude=36.8,
                hours=read_hours("24/7"),
                specialties=[Specialty.MEDICAL_INSURANCE],
            )
        )

    world.inside(aim)
    asked = {"a": str(world.areas["town-b"].id)}
    found = world.client("leader COUNTY")(NETWORK, **asked).data["networkConformance"]["specialties"]
    told = {each.pop("specialty"): tuple(each.values()) for each in found}
    assert told["MEDICAL_INSURANCE"] == (1.0, 100, True), "the one village of the town has one"
    assert told["ENTERPRISE"] == (0.0, 1, False)


def test_questions_are_in_force_until_the_day_before_they_are_replaced(world: World) -> None:
    """A version's end is the first day on which it is no longer asked, unlike the last day of all else."""

    async def publish(work: Work) -> None:
        for name in RUNS:
            since, until = days(name, work.today)
            row = GuidanceRow(
                id=new_id(),
                code=name,
                version=1,
                name=name,
                start="q",
                nodes={"q": {"place": 1, "question": {"zh": "问", "en": "Q"}, "answers": [], "ways": {}}},
                effective_from=since,
                effective_to=until,
            )
            work.db.add(row)

    world.inside(publish)
    told = {}
    for name in RUNS:
        found = world.anonymous(IN_FORCE, code=name).data
        told[name] = found["guidance"] is not None
        listed = {each["node"]["code"] for each in found["guidances"]["edges"]}
    assert {name for name, asked in told.items() if asked} == listed == {"first day", "open"}


def test_an_answer_is_late_after_its_working_days_from_acceptance_on(world: World) -> None:
    """Paused days do not count, nor what was withdrawn or is not accepted; what stopped in time stays in time."""

    async def apply(work: Work) -> dict[str, bool]:
        today, holder = work.calendar.next_ordinal(work.today), world.people["window-clerk COUNTY"].id
        assert holder is not None
        limit = BundleRow(
            id=new_id(),
            code=f"SAMPLE-{fresh()}",
            version=1,
            kind=BundleKind.CONFIRMATIONS,
            name="样本多部门出证",
            lead_department="样本部门",
            items=[],
            optional=[],
            fields=[],
            materials=[],
            answer_working_days=3,
            effective_from=work.today,
        )
        work.db.add(limit)
        await work.db.flush()
        accepted, done, withdrawn = CaseState.ACCEPTED, CaseState.COMPLETED, CaseState.WITHDRAWN
        drawn: tuple[tuple[bool, CaseState, int | None, int, int | None, bool], ...] = (
            (True, accepted, 3, 0, None, False),
            (True, accepted, 4, 0, None, True),
            (False, accepted, 4, 0, None, False),  # no confirmation
            (True, accepted, 4, 1, None, False),
            (True, accepted, 5, 1, None, True),
            (True, CaseState.SUSPENDED, 9, 0, 6, False),
            (True, CaseState.SUSPENDED, 9, 0, 5, True),
            (True, CaseState.AWAITING_MATERIALS, None, 0, None, False),
            (True, done, 9, 0, 6, False),
            (True, done, 9, 0, 5, True),
            (True, withdrawn, 9, 0, 1, False),
        )
        truth = {}
        for confirms, state, since, paused, stopped, late in drawn:
            number = await world.case(work, "county", holder=holder, n=fresh(), state=accepted)
            case = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
            case.state, case.paused_days = state, paused
            case.accepted_ordinal = None if since is None else today - since
            ended = None if stopped is None else today - stopped
            case.suspended_ordinal = ended if state is CaseState.SUSPENDED else None
            case.completed_ordinal = None if state is CaseState.SUSPENDED else ended
            case.completed_at = work.now if state is done else None
            case.outcome = CaseOutcome.DONE if state is done else None
            application = BundleApplicationRow(
                id=new_id(),
                stem="AW",
                bundle_id=limit.id if confirms else None,
                area_id=case.area_id,
                resident_id=case.resident_id,
                release=ReleaseChoice.TOGETHER,
                answers_due_on=work.today - 9 * DAY if confirms else None,
                submitted_at=work.now,
            )
            work.db.add(application)
            await work.db.flush()
            work.db.add(BundleMemberRow(case_id=case.id, application_id=application.id, position=0))
            truth[number] = late
        return truth

    truth = world.inside(apply)
    told = world.client("dispatcher COUNTY")(ANSWERS).data["bundleApplications"]["edges"]
    members = [member for each in told for member in each["node"]["members"]]
    assert {each["number"]: each["late"] for each in members} == truth
