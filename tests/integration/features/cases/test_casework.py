"""A case on PostgreSQL from application to rating, and everything that is saved with each step."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.features.cases.casework import ITEM, MONDAY, REQUIRED, World, applicant, staff_id

from bangban.features.cases import service
from bangban.features.cases.paper_problems import (
    NoticeIncomplete,
    PromiseOutsideLimit,
    SecondNotice,
    ToleranceOpen,
)
from bangban.features.cases.problems import IllegalTransition, ItemNotHandledHere
from bangban.features.cases.service import GivenAuthorisation, MissingMaterial
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseMaterialRow,
    CaseRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
    ViolationRow,
)
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    Grade,
    HelpKind,
    HelpMode,
    MaterialState,
)
from bangban.features.catalog.values import Channel
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound

MISSING = [MissingMaterial(code, "未提交") for code in REQUIRED]


def day(n: int) -> dt.datetime:
    return MONDAY + dt.timedelta(days=n)


def test_a_case_goes_from_application_to_rating(world: World) -> None:
    number = world.apply("resident", modes=[HelpMode.ONLINE, HelpMode.RELAY])
    world.act("helper-a", service.pre_check_case, number=number, missing=MISSING)
    world.act("resident", service.supply_materials, number=number, codes=REQUIRED)
    world.act("clerk-a", service.accept_case, number=number)
    world.act("clerk-a", service.complete_case, number=number, outcome=CaseOutcome.GRANTED, now=day(2))
    world.act("resident", service.rate_case, number=number, grade=Grade.VERY_SATISFIED, now=day(3))

    row = world.case(number)
    assert row.state is CaseState.CLOSED
    assert row.number.startswith("TS20260608-")
    assert row.due_on == dt.date(2026, 6, 23)
    assert (row.completed_ordinal, row.stopped_used) == (world.calendar().ordinal(dt.date(2026, 6, 10)), 2)
    assert row.holder_id == row.first_asked_id == staff_id(world, "helper-a")
    assert world.rows(RatingRow, RatingRow.case_id == row.id)[0].grade is Grade.VERY_SATISFIED
    assert world.rows(NoticeRow, NoticeRow.case_id == row.id)[0].deadline == dt.date(2026, 6, 15)
    states = [(each.from_state, each.to_state, each.actor) for each in world.events(number)]
    assert states == [
        (None, CaseState.SUBMITTED, "申请人"),
        (CaseState.SUBMITTED, CaseState.AWAITING_MATERIALS, "样本helper-a"),
        (CaseState.AWAITING_MATERIALS, CaseState.PRE_CHECKING, "申请人"),
        (CaseState.PRE_CHECKING, CaseState.ACCEPTED, "样本clerk-a"),
        (CaseState.ACCEPTED, CaseState.COMPLETED, "样本clerk-a"),
        (CaseState.COMPLETED, CaseState.CLOSED, "申请人"),
    ]


def test_each_step_leaves_one_audit_entry_and_its_outbox_rows(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    world.act("clerk", service.accept_case, number=number)
    entries = world.rows(AuditEntryRow, AuditEntryRow.object == f"case:{number}")
    assert [each.action for each in sorted(entries, key=lambda each: each.seq)] == [
        "case:apply",
        "case:pre-check",
        "case:accept",
    ]
    assert {each.area_id for each in entries} == {world.areas["village-a"].id}
    assert world.outbox(world.case(number).id) == [
        "case.changed",
        "case.submitted",
        "case.review-due",
        "case.changed",
        "case.changed",
        "case.accepted",
    ]


def test_a_refusal_leaves_nothing_behind(world: World) -> None:
    number = world.apply()
    before = (len(world.events(number)), world.outbox(world.case(number).id))
    with pytest.raises(NoticeIncomplete):
        world.act("clerk", service.pre_check_case, number=number, missing=MISSING[:1])
    assert (len(world.events(number)), world.outbox(world.case(number).id)) == before
    assert world.case(number).state is CaseState.SUBMITTED


class TestApplying:
    def test_seals_hashes_and_masks_the_applicant(self, world: World) -> None:
        row = world.case(world.apply(applicant=applicant(7)))
        assert row.applicant_name_masked == "样*"
        assert row.phone_masked.startswith("154****")
        assert row.identity_masked.startswith("9999**********")
        assert applicant(7).phone.encode() not in row.phone_sealed
        again = world.case(world.apply(applicant=applicant(7)))
        assert again.identity_hash == row.identity_hash
        assert again.identity_sealed != row.identity_sealed
        assert again.resident_id == row.resident_id

    def test_copies_the_items_materials(self, world: World) -> None:
        row = world.case(world.apply(supplied=["FORM"]))
        found = world.rows(CaseMaterialRow, CaseMaterialRow.case_id == row.id)
        states = {each.code: each.state for each in found}
        assert states["FORM"] is MaterialState.SUPPLIED
        assert states["LEASE"] is MaterialState.MISSING
        assert states["SHARED"] is MaterialState.EXEMPT
        assert {each.code for each in found if each.tolerable} == {"LEASE", "PHOTO"}

    @pytest.mark.parametrize(
        ("who", "area", "door"),
        [
            ("clerk", "village-a", Channel.HALL),
            ("clerk-b", "town-b", Channel.HALL),
            ("helper-a", "grid-a", Channel.STATION),
            ("grid-helper", "grid-a", Channel.DOOR),
            ("resident", "county", Channel.WEB),
        ],
    )
    def test_knows_the_door_it_came_through(self, world: World, who: str, area: str, door: Channel) -> None:
        assert world.case(world.apply(who, area=area)).channel is door

    def test_keeps_an_authorisation(self, world: World) -> None:
        given = GivenAuthorisation(scope=list(AuthorisationScope), valid_until=dt.date(2026, 7, 1))
        row = world.case(world.apply(help=HelpKind.AGENCY, authorisation=given))
        kept = world.rows(AuthorisationRow, AuthorisationRow.case_id == row.id)[0]
        assert set(kept.scope) == set(AuthorisationScope)

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"item": "370000-NO-SUCH"}, NotFound),
            ({"modes": []}, InvalidInput),
            ({"modes": [HelpMode.ONLINE, HelpMode.ONLINE]}, InvalidInput),
            ({"supplied": ["NOPE"]}, InvalidInput),
            ({"area": "town-b"}, Forbidden),
        ],
    )
    def test_refuses_what_is_wrong(
        self, world: World, changes: dict[str, object], problem: type[Exception]
    ) -> None:
        with pytest.raises(problem):
            world.apply(**changes)

    def test_a_resident_gets_the_nearest_helper_with_the_fewest_cases(self, world: World) -> None:
        by_area = {"grid-a": "helper-a", "town-a": "clerk-a", "town-b": "clerk-b"}
        for area, helper in by_area.items():
            assert world.case(world.apply("resident", area=area)).holder_id == staff_id(world, helper)
        county = {world.case(world.apply("resident", area="county")).holder_id for _ in range(2)}
        assert county == {staff_id(world, "clerk"), staff_id(world, "dispatcher")} or len(county) == 1


class TestWhoMay:
    @pytest.mark.parametrize("who", ["stranger", "clerk-b"])
    def test_to_others_a_case_does_not_exist(self, world: World, who: str) -> None:
        number = world.apply("resident")
        with pytest.raises(NotFound) as unseen:
            world.act(who, service.withdraw_case, number=number, reason="不属于")
        with pytest.raises(NotFound) as absent:
            world.act(who, service.withdraw_case, number="TS20260608-999999", reason="不属于")
        assert unseen.value.message("en") == absent.value.message("en")

    def test_who_helps_does_not_decide(self, world: World) -> None:
        number = world.apply(supplied=list(REQUIRED))
        world.act("helper-a", service.pre_check_case, number=number)
        with pytest.raises(Forbidden):
            world.act("helper-a", service.accept_case, number=number)
        with pytest.raises(Forbidden):
            world.act("auditor", service.supply_materials, number=number, codes=["LETTER"])

    def test_a_town_decides_only_what_the_item_leaves_to_towns(self, world: World) -> None:
        number = world.apply(item="370000-ITEM-COUNTY", supplied=list(REQUIRED))
        world.act("helper-a", service.pre_check_case, number=number)
        with pytest.raises(ItemNotHandledHere):
            world.act("clerk-a", service.accept_case, number=number)
        with pytest.raises(ItemNotHandledHere):
            world.act("clerk-a", service.decline_case, number=number, reason="不符", basis="条例")
        world.act("clerk", service.accept_case, number=number)
        with pytest.raises(ItemNotHandledHere):
            world.act("clerk-a", service.complete_case, number=number, outcome=CaseOutcome.DONE)

    def test_only_its_applicant_rates_a_case(self, world: World) -> None:
        number = world.accepted(who="resident")
        world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE)
        with pytest.raises(NotFound):
            world.act("stranger", service.rate_case, number=number, grade=Grade.SATISFIED)
        with pytest.raises(Forbidden):
            world.act("clerk", service.rate_case, number=number, grade=Grade.SATISFIED)


class TestNotices:
    def test_a_clerks_second_notice_is_refused_and_a_supervisors_is_on_record(self, world: World) -> None:
        number = world.apply()
        world.act("clerk", service.pre_check_case, number=number, missing=MISSING)
        with pytest.raises(SecondNotice):
            world.act("clerk", service.pre_check_case, number=number, missing=MISSING)
        world.act("supervisor", service.pre_check_case, number=number, missing=MISSING)
        row = world.case(number)
        assert [each.kind for each in world.rows(ViolationRow, ViolationRow.case_id == row.id)] == [
            "SECOND_NOTICE"
        ]
        ordinals = {each.ordinal for each in world.rows(NoticeRow, NoticeRow.case_id == row.id)}
        assert ordinals == {1, 2}

    def test_a_supervisor_gives_no_first_notice(self, world: World) -> None:
        with pytest.raises(Forbidden):
            world.act("supervisor", service.pre_check_case, number=world.apply(), missing=MISSING)


class TestToleranceAndClock:
    def test_a_promise_is_kept_before_the_result(self, world: World) -> None:
        number = world.apply(supplied=["FORM"])
        world.act("clerk", service.pre_check_case, number=number)
        too_late, in_time = dt.date(2026, 6, 16), dt.date(2026, 6, 15)  # the lease has five working days
        for by in (too_late, in_time):
            try:
                world.act(
                    "clerk",
                    service.accept_case,
                    number=number,
                    tolerated=["LEASE", "PHOTO"],
                    promised_by=by,
                )
            except PromiseOutsideLimit:
                assert by == too_late
        with pytest.raises(ToleranceOpen):
            world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.GRANTED)
        world.act("helper-a", service.supply_materials, number=number, codes=["LEASE", "PHOTO"])
        world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.GRANTED)
        row = world.case(number)
        kept = world.rows(ToleranceRow, ToleranceRow.case_id == row.id)[0]
        assert (kept.promised_by, kept.fulfilled_at) == (in_time, MONDAY)

    def test_a_pause_moves_the_due_day(self, world: World) -> None:
        number = world.accepted()
        world.act("clerk", service.suspend_case, number=number, reason="等待检测", now=day(2))
        paused = world.case(number)
        assert (paused.suspended_from, paused.stopped_used) == (CaseState.ACCEPTED, 2)
        with pytest.raises(IllegalTransition):
            world.act("clerk", service.suspend_case, number=number, reason="又一次", now=day(3))
        world.act("supervisor", service.resume_case, number=number, now=day(4))
        resumed = world.case(number)
        assert resumed.due_on == dt.date(2026, 6, 25)
        assert (resumed.paused_days, resumed.suspended_ordinal, resumed.stopped_used) == (2, None, None)

    def test_a_refusal_cites_the_items_basis_by_default(self, world: World) -> None:
        number = world.accepted()
        world.act(
            "clerk",
            service.complete_case,
            number=number,
            outcome=CaseOutcome.REFUSED,
            opinion="不符合条件",
        )
        assert world.case(number).decision_basis == "样本条例第三条"

    def test_a_supervisor_terminates_and_a_suspended_clock_is_left_clean(self, world: World) -> None:
        number = world.accepted()
        world.act("clerk", service.suspend_case, number=number, reason="等待检测")
        world.act("supervisor", service.terminate_case, number=number, reason="逾期未补", basis="承诺书")
        row = world.case(number)
        assert row.state is CaseState.TERMINATED
        assert (row.suspended_ordinal, row.suspended_from) == (None, None)


def test_each_mutation_takes_few_statements(world: World) -> None:
    begun = {"service_code": ITEM, "area_id": world.areas["village-a"].id, "applicant": applicant()}
    case_id = world.act("resident", service.apply_for_case, **begun)
    bounds = {"apply": len(world.counted)}
    number = world.rows(CaseRow, CaseRow.id == case_id)[0].number
    steps = (
        ("notice", "helper-a", service.pre_check_case, {"missing": MISSING}),
        ("supply", "resident", service.supply_materials, {"codes": REQUIRED}),
        ("accept", "clerk", service.accept_case, {}),
        (
            "hand over",
            "helper-a",
            service.hand_over_case,
            {"to_staff_id": staff_id(world, "clerk"), "reason": "接力"},
        ),
        ("take over", "clerk", service.take_over_case, {}),
        ("complete", "clerk", service.complete_case, {"outcome": CaseOutcome.DONE}),
        ("rate", "resident", service.rate_case, {"grade": Grade.SATISFIED}),
    )
    for name, who, do, how in steps:
        world.act(who, do, number=number, **how)
        bounds[name] = len(world.counted)
    assert max(bounds.values()) <= 9, bounds  # the role's, the trail's and the outbox's included


def test_numbers_are_read_by_people_and_unique(world: World) -> None:
    numbers = [world.apply(item=ITEM) for _ in range(5)]
    assert len(set(numbers)) == 5
    assert numbers == sorted(numbers)
