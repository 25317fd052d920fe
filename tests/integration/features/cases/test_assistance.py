"""What goes with a case: authorisations, what modes ask for, promises that were broken, trips, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import (
    ITEM,
    MONDAY,
    REQUIRED,
    World,
    applicant,
    settle,
)

from bangban.features.cases import service
from bangban.features.cases.problems import (
    AuthorisationRequired,
    ModeFieldsMissing,
    NoHandover,
    PhraseBanned,
    PromiseNotBroken,
    ToleranceBarred,
)
from bangban.features.cases.reminders import handlers
from bangban.features.cases.service import GivenAuthorisation, MissingMaterial, ModeField
from bangban.features.cases.service.relay import expire_handover
from bangban.features.cases.tables import AuthorisationRow, HandoverRow, ToleranceRow
from bangban.features.cases.values import AuthorisationScope, CaseOutcome, HelpKind, HelpMode
from bangban.features.catalog.values import Channel
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.relay import Delivery
from bangban.kernel.messenger import Message, Template
from bangban.kernel.problems import Forbidden, InvalidInput
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

ALL = GivenAuthorisation(scope=tuple(AuthorisationScope), valid_until=dt.date(2026, 12, 31))
ADDRESS = ModeField(mode=HelpMode.CARING, key="address", value="样本路 7 号 301 室")
SETTINGS: dict[str, Any] = {
    "modes": [
        {"mode": "ONLINE"},
        {"mode": "MOBILE", "required": [{"key": "phone", "label": {"zh": "手机号码", "en": "Phone"}}]},
        {
            "mode": "CARING",
            "required": [
                {"key": "address", "label": {"zh": "地址", "en": "Address"}},
                {"key": "care-need", "label": {"zh": "需要的照顾", "en": "Care needed"}},
            ],
        },
    ],
    "assistance": {
        "handover_minutes": 60,
        "phrases": [{"phrase": "不知道", "instead": "我来了解"}],
        "next_steps": {ITEM: ["370000-ITEM-COUNTY"]},
    },
}


@pytest.fixture(scope="module")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district of its own, which decides something about assistance."""
    world = settle(tenancy, new_district(), run)

    async def decide(work: Work) -> None:
        await work.db.execute(update(ProfileRow).values(settings=SETTINGS))

    world.act("admin", decide)
    tenancy.forget(world.district.slug)
    return world


class Letters:
    """A messenger that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.fixture
def letters() -> Letters:
    return Letters()


def due(world: World, letters: Letters, kind: str, number: str, *, at: dt.datetime = MONDAY) -> list[Message]:
    """What the outbox does when something is due."""
    reference = str(world.case(number).id)
    delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=at, tries=1)
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return letters.sent


# ---------------------------------------------------------------------- authorisation


def agency(world: World, **how: Any) -> str:
    how.setdefault("authorisation", ALL)
    return world.apply(help=HelpKind.AGENCY, **how)


def test_an_authorisation_is_withdrawn_and_given_anew(world: World) -> None:
    number = agency(world)
    world.act("resident", service.revoke_authorisation, number=number)
    with pytest.raises(AuthorisationRequired):
        world.act("helper-a", service.supply_materials, number=number, codes=["FORM"])
    (row,) = world.rows(AuthorisationRow, AuthorisationRow.case_id == world.case(number).id)
    assert row.revoked_at == MONDAY
    world.act("resident", service.supply_materials, number=number, codes=["FORM"])

    narrow = replace(ALL, scope=(AuthorisationScope.SUPPLY_MATERIALS,))
    world.act("helper-a", service.renew_authorisation, number=number, authorisation=narrow)
    world.act("helper-a", service.supply_materials, number=number, codes=["LEASE"])
    (row,) = world.rows(AuthorisationRow, AuthorisationRow.case_id == world.case(number).id)
    assert (row.revoked_at, row.scope) == (None, [AuthorisationScope.SUPPLY_MATERIALS])
    kinds = [each.kind for each in world.events(number)]
    assert kinds.count("AUTHORISATION_REVOKED") == kinds.count("AUTHORISED") == 1


def test_an_authorisation_runs_out_by_itself(world: World) -> None:
    number = agency(world, authorisation=replace(ALL, valid_until=MONDAY.date()))
    world.act("helper-a", service.supply_materials, number=number, codes=["FORM"])
    with pytest.raises(AuthorisationRequired):
        world.act(
            "helper-a",
            service.supply_materials,
            number=number,
            codes=["LEASE"],
            now=MONDAY + dt.timedelta(days=1),
        )


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "admin", "auditor"])
def test_who_may_not_speak_of_authorisations(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        world.act(who, service.revoke_authorisation, number=agency(world), reason="样本")


# ---------------------------------------------------------------------- modes


def test_all_that_the_modes_ask_for_is_told_at_once(world: World) -> None:
    with pytest.raises(ModeFieldsMissing) as found:
        world.apply(modes=[HelpMode.CARING, HelpMode.MOBILE])
    assert "地址、需要的照顾" in found.value.message("zh")  # the phone is the applicant's
    with pytest.raises(ModeFieldsMissing, match="Care needed"):
        world.apply(modes=[HelpMode.CARING], mode_fields=[ADDRESS])


def test_what_was_said_is_sealed_and_shown_masked(world: World) -> None:
    need = ModeField(mode=HelpMode.CARING, key="care-need", value="行动不便")
    number = world.apply(modes=[HelpMode.CARING, HelpMode.MOBILE], mode_fields=[ADDRESS, need])
    row = world.case(number)
    assert row.mode_fields == [
        {"mode": "CARING", "key": "address", "value": "样***"},
        {"mode": "CARING", "key": "care-need", "value": "行***"},
        {"mode": "MOBILE", "key": "phone", "value": "154****0001"},
    ]
    assert row.mode_fields_sealed is not None
    assert "样本路".encode() not in row.mode_fields_sealed
    seen = world.act("clerk", service.reveal_applicant, number=number, reason="上门前核对地址")
    values = {each["key"]: each["value"] for each in seen.mode_details}
    assert values == {"address": ADDRESS.value, "care-need": "行动不便", "phone": sample_phone(1)}


@pytest.mark.parametrize(
    "wrong",
    [
        [ADDRESS],  # of a mode that was not chosen
        [ModeField(mode=HelpMode.ONLINE, key="address", value="x")],
        [ModeField(mode=HelpMode.MOBILE, key="phone", value="x" * 201)],
    ],
)
def test_nothing_is_said_that_was_not_asked(world: World, wrong: list[ModeField]) -> None:
    with pytest.raises(InvalidInput):
        world.apply(modes=[HelpMode.ONLINE, HelpMode.MOBILE], mode_fields=wrong)


# ---------------------------------------------------------------------- hand-overs


def offered(world: World) -> str:
    number = world.apply()
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力")
    return number


def test_a_handover_that_nobody_takes_goes_back_in_time_and_once(world: World, letters: Letters) -> None:
    number = offered(world)
    case, later = world.case(number), MONDAY + dt.timedelta(minutes=60)
    timers = world.outbox(case.id).count("case.handover-due")
    world.act("admin", expire_handover, case_id=case.id, now=later - dt.timedelta(seconds=1))
    assert world.outbox(case.id).count("case.handover-due") == timers + 1, "it is looked at again, in time"
    assert [each.returned_at for each in world.rows(HandoverRow, HandoverRow.case_id == case.id)] == [None]

    for _ in range(2):  # perhaps called twice
        world.act("admin", expire_handover, case_id=case.id, now=later)
    (link,) = world.rows(HandoverRow, HandoverRow.case_id == case.id)
    assert (link.taken_at, link.returned_at) == (None, later)
    assert world.case(number).holder_id == world.people["helper-a"].id
    assert [each.kind for each in world.events(number)].count("EXPIRED") == 1
    with pytest.raises(NoHandover):
        world.act("clerk-a", service.take_over_case, number=number, now=later)
    world.act(
        "helper-a",
        service.hand_over_case,
        number=number,
        to_staff_id=world.people["clerk"].id,
        reason="再次交接",
    )

    told = due(world, letters, "case.handover-expired", number)
    assert [(each.to, each.template) for each in told] == [
        ("staff:helper-a", Template.HANDOVER_EXPIRED),
        ("staff:supervisor", Template.HANDOVER_EXPIRED),
    ]


def test_a_teams_lead_is_told_rather_than_a_supervisor(world: World, letters: Letters) -> None:
    async def team(work: Work) -> None:
        team_id, since = new_id(), dt.date(2026, 1, 1)
        work.db.add(TeamRow(id=team_id, key="team", name="样本队", kind="TOWN"))
        await work.db.flush()
        for who, lead in (("helper-a", False), ("clerk-a", True)):
            member = {"team_id": team_id, "staff_id": world.people[who].id, "since": since, "lead": lead}
            work.db.add(TeamMemberRow(id=new_id(), **member))

    world.act("admin", team)
    number = offered(world)
    world.act("admin", expire_handover, case_id=world.case(number).id, now=MONDAY + dt.timedelta(hours=2))
    told = due(world, letters, "case.handover-expired", number)
    assert [each.to for each in told] == ["staff:helper-a", "staff:clerk-a"]


def test_a_timer_that_is_due_by_another_clock_is_not_set_again(world: World, letters: Letters) -> None:
    """The relay that claims it may be ahead of the process's own clock, or that clock be set back meanwhile."""
    number, ahead = world.apply(), dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力", now=ahead)
    due(world, letters, "case.handover-due", number, at=ahead + dt.timedelta(minutes=60))
    assert world.outbox(world.case(number).id).count("case.handover-due") == 1
    assert [each.kind for each in world.events(number)].count("EXPIRED") == 1


def test_the_timer_of_a_handover_that_was_taken_does_nothing(world: World, letters: Letters) -> None:
    number = offered(world)
    world.act("clerk-a", service.take_over_case, number=number)
    assert due(world, letters, "case.handover-due", number) == []
    assert world.case(number).holder_id == world.people["clerk-a"].id


# ---------------------------------------------------------------------- tolerance


def promised(world: World, n: int) -> str:
    number = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(n))
    world.act("clerk", service.pre_check_case, number=number)
    by = MONDAY.date() + dt.timedelta(days=2)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=by)
    return number


def test_a_broken_promise_bars_its_applicant_until_it_is_cleared(world: World) -> None:
    broken, later = promised(world, 31), MONDAY + dt.timedelta(days=3)
    with pytest.raises(PromiseNotBroken):
        world.act("supervisor", service.clear_broken_promise, number=broken, reason="尚未逾期")
    again = {"supplied": ["FORM", "PHOTO"], "applicant": applicant(31)}
    number = world.apply(**again)
    world.act("clerk", service.pre_check_case, number=number)
    asked = {
        "number": number,
        "tolerated": ["LEASE"],
        "promised_by": later.date() + dt.timedelta(days=1),
        "now": later,
    }
    with pytest.raises(ToleranceBarred):
        world.act("clerk", service.accept_case, **asked)
    # Nobody else is barred, and whoever has everything needs no promise.
    other = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(32))
    world.act("clerk", service.pre_check_case, number=other)
    world.act("clerk", service.accept_case, **{**asked, "number": other})

    with pytest.raises(Forbidden):
        world.act("clerk", service.clear_broken_promise, number=broken, reason="样本", now=later)
    world.act("supervisor", service.clear_broken_promise, number=broken, reason="材料遗失已说明", now=later)
    world.act("clerk", service.accept_case, **asked)
    (promise,) = world.rows(ToleranceRow, ToleranceRow.case_id == world.case(broken).id)
    assert (promise.cleared_at, promise.fulfilled_at) == (later, None)


def test_what_comes_late_mends_a_promise(world: World) -> None:
    broken, later = promised(world, 33), MONDAY + dt.timedelta(days=3)
    world.act("helper-a", service.supply_materials, number=broken, codes=["LEASE"], now=later)
    number = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(33))
    world.act("clerk", service.pre_check_case, number=number)
    by = later.date() + dt.timedelta(days=1)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=by, now=later)


# ---------------------------------------------------------------------- trips, phrases, next steps


def test_trips_are_counted_where_the_applicant_came(world: World) -> None:
    number = world.apply("clerk", channel=Channel.HALL)
    assert world.case(number).trips == 1
    world.act("clerk", service.supply_materials, number=number, codes=["FORM"])
    assert world.case(number).trips == 2
    world.act("resident", service.supply_materials, number=number, codes=["LEASE"])  # from home
    assert world.case(number).trips == 2
    assert world.case(world.apply("resident")).trips is None
    by_agent = agency(world, who="clerk", channel=Channel.HALL)
    world.act("clerk", service.supply_materials, number=by_agent, codes=["FORM"])
    assert world.case(by_agent).trips == 1


def test_banned_phrases_are_refused_in_whatever_an_applicant_reads(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    said = "这个我不 知 道！"
    basis = {"basis": "样本条例"}
    acts: list[tuple[Any, dict[str, Any]]] = [
        (service.pre_check_case, {"opinion": said}),
        (service.pre_check_case, {"missing": [MissingMaterial("FORM", said)]}),
        (service.decline_case, {"reason": said, **basis}),
    ]
    for act, given in acts:
        with pytest.raises(PhraseBanned):
            world.act("clerk", act, number=number, **given)
    world.act("clerk", service.pre_check_case, number=number, opinion="材料齐全")
    world.act("clerk", service.accept_case, number=number)
    acts = [
        (service.suspend_case, {"reason": said}),
        (service.complete_case, {"outcome": CaseOutcome.DONE, "opinion": said}),
    ]
    for act, given in acts:
        with pytest.raises(PhraseBanned):
            world.act("clerk", act, number=number, **given)
    with pytest.raises(PhraseBanned):
        world.act("supervisor", service.terminate_case, number=number, reason=said, **basis)


def test_what_follows_is_told_in_time_until_the_applicant_knows(world: World, letters: Letters) -> None:
    number = world.accepted()
    kinds = world.outbox(world.case(number).id)
    assert kinds.count("case.next-steps") == 1  # a timer
    (message,) = due(world, letters, "case.next-steps", number)
    assert (message.to, message.template) == (sample_phone(1), Template.NEXT_STEPS)
    assert "样本材料 FORM" in message.text
    world.act("resident", service.acknowledge_next_steps, number=number)
    assert len(due(world, letters, "case.next-steps", number)) == 1, "told once"
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE)
    assert world.outbox(world.case(number).id).count("case.next-steps") == 1
    with pytest.raises(Forbidden):
        world.act("helper-a", service.acknowledge_next_steps, number=number)


def test_nothing_is_said_of_what_nothing_follows(world: World) -> None:
    number = world.apply("clerk", item="370000-ITEM-COUNTY", area="county", supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    world.act("clerk", service.accept_case, number=number)
    assert "case.next-steps" not in world.outbox(world.case(number).id)
    with pytest.raises(InvalidInput):
        world.act("resident", service.acknowledge_next_steps, number=number)
