"""Who acts where training and approval are asked for: in orders, and in casework where the district says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.integration.features.cases.casework import COUNTY_ITEM, ITEM, World
from tests.integration.features.orders.ordering import claim, decide, place

from bangban.features.cases import service as cases
from bangban.features.orders import service
from bangban.features.orders.placing_problems import NobodyToAsk, OnlyNeeds
from bangban.features.orders.problems import HelpsNobody, VolunteerNotApproved
from bangban.features.orders.service import Skills
from bangban.features.orders.values import OrderKind
from bangban.features.people.problems import TrainingRequired
from bangban.features.people.tables import TrainingRow
from bangban.features.people.training import TrainingKind
from bangban.kernel.problems import InvalidInput, NotFound


def test_training_and_approval_before_acting(world: World) -> None:
    order = place(world, service_code=ITEM)
    decide(world, required_training=[ITEM])
    with pytest.raises(NobodyToAsk):
        place(world, service_code=ITEM)
    with pytest.raises(TrainingRequired):
        claim(world, "grid-helper", order.number)
    with pytest.raises(VolunteerNotApproved):
        claim(world, "volunteer", order.number)
    people = [world.people[who].id for who in ("grid-helper", "volunteer")]
    held = {"title": "样本培训", "held_on": dt.date(2026, 3, 1), "trainer": "样本", "services": [ITEM]}
    world.act("dispatcher", service.record_training, **held, attendees=people)
    with pytest.raises(VolunteerNotApproved):
        claim(world, "volunteer", order.number)
    letting_in = Skills(all_round=False, themes=(), services=(), approved=True)
    world.act("dispatcher", service.set_skills, staff_id=people[1], skills=letting_in)
    claim(world, "volunteer", order.number)
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    door = place(
        world,
        kind=OrderKind.DELIVERY,
        address="样本路9号",
        window_from=begins,
        window_until=begins + dt.timedelta(hours=1),
    )
    with pytest.raises(OnlyNeeds):
        claim(world, "volunteer", door.number)
    with pytest.raises(NotFound):
        world.act("grid-helper", service.reveal_order, number="TS-D0")
    seen = world.act("volunteer", service.reveal_order, number=place_and_claim(world, "volunteer"))
    assert (seen.address, seen.phone) == ("样本路9号", None), "no phone for a volunteer"


def test_skills_are_kept_of_whoever_may_help_and_of_nobody_else(world: World) -> None:
    knows = Skills(all_round=True, themes=(), services=(), approved=False)
    for who in ("grid-helper", "clerk"):
        world.act("dispatcher", service.set_skills, staff_id=world.people[who].id, skills=knows)
    for who in ("auditor", "admin"):
        with pytest.raises(HelpsNobody):
            world.act("dispatcher", service.set_skills, staff_id=world.people[who].id, skills=knows)


def test_the_same_training_before_casework_where_the_district_says_so(world: World) -> None:
    held = world.apply("helper-a")  # before it is asked for
    decide(world, required_training=[ITEM])
    world.apply("helper-a")  # asked for orders alone
    decide(world, required_training=[ITEM], training_for_cases=True)
    with pytest.raises(TrainingRequired) as refused:
        world.apply("helper-a")
    assert (ITEM in str(refused.value), refused.value.fields) == (True, ("input.serviceCode",))
    now = dt.datetime.now(dt.UTC)
    acts: tuple[tuple[Any, dict[str, Any]], ...] = (
        (cases.pre_check_case, {}),
        (cases.supply_materials, {"codes": ["FORM"]}),
    )
    for act, given in acts:
        with pytest.raises(TrainingRequired) as refused:
            world.act("helper-a", act, number=held, **given)
        assert refused.value.fields == ("input.number",)
    # Whoever lacks it passes the case on, to somebody who does not; and the applicant is never asked.
    to = world.people["clerk-a"].id
    world.act("helper-a", cases.hand_over_case, number=held, to_staff_id=to, reason="未参加培训")
    with pytest.raises(TrainingRequired):
        world.act("clerk-a", cases.take_over_case, number=held)
    world.act("clerk-a", cases.return_case, number=held, reason="未参加培训")
    world.act("resident", cases.supply_materials, number=held, codes=["FORM"])
    own = world.apply("resident", item=ITEM)
    assert world.case(own).holder_id is not None
    trained = [world.people["helper-a"].id]
    world.act(
        "dispatcher",
        service.record_training,
        now=now,
        title="居住证业务培训",
        held_on=now.date(),
        trainer="样本讲师",
        services=[ITEM],
        attendees=trained,
    )
    world.act("helper-a", cases.supply_materials, number=held, codes=["LEASE", "PHOTO"])
    world.act("helper-a", cases.pre_check_case, number=held)
    world.apply("helper-a")
    decide(world)


def test_a_coaching_counts_people_and_trains_nobody(world: World) -> None:
    order = place(world, service_code=COUNTY_ITEM)
    decide(world, required_training=[COUNTY_ITEM])
    held = {
        "title": "手机办事辅导",
        "held_on": dt.date(2026, 3, 1),
        "trainer": "样本",
        "services": [COUNTY_ITEM],
    }
    given = {**held, "attendees": [world.people["grid-helper"].id]}
    for kind, served in (
        (TrainingKind.TRAINING, 3),
        (TrainingKind.COACHING, None),
        (TrainingKind.COACHING, 0),
    ):
        with pytest.raises(InvalidInput) as refused:
            world.act("dispatcher", service.record_training, **given, kind=kind, served=served)
        assert refused.value.fields == ("input.served",)
    kept = world.act("dispatcher", service.record_training, **given, kind=TrainingKind.COACHING, served=38)
    (row,) = world.rows(TrainingRow, TrainingRow.id == kept)
    assert (row.kind, row.served) == (TrainingKind.COACHING, 38)
    with pytest.raises(TrainingRequired):
        claim(world, "grid-helper", order.number)
    with pytest.raises(NobodyToAsk):
        place(world, service_code=COUNTY_ITEM)
    decide(world)


def place_and_claim(world: World, who: str) -> str:
    order = place(world, address="样本路9号")
    claim(world, who, order.number)
    return order.number


def test_whoever_failed_the_test_of_a_training_is_not_trained(world: World) -> None:
    orders = [place(world, service_code=COUNTY_ITEM) for _ in range(2)]
    decide(world, required_training=[COUNTY_ITEM])
    passed, failed = (world.people[who].id for who in ("grid-helper", "volunteer"))
    given: dict[str, Any] = {
        "title": "规则测验",
        "held_on": dt.date(2026, 3, 2),
        "trainer": "样本",
        "services": [COUNTY_ITEM],
        "attendees": [passed, failed],
    }
    stranger = world.people["clerk"].id
    for kind, wrong in ((TrainingKind.TRAINING, [stranger]), (TrainingKind.COACHING, [passed])):
        served = None if kind is TrainingKind.TRAINING else 3
        with pytest.raises(InvalidInput) as refused:
            world.act("dispatcher", service.record_training, **given, kind=kind, served=served, passed=wrong)
        assert refused.value.fields == ("input.passedIds",)
    world.act("dispatcher", service.record_training, **given, passed=[])
    with pytest.raises(TrainingRequired):
        claim(world, "grid-helper", orders[0].number)
    world.act("dispatcher", service.record_training, **given, passed=[passed])
    claim(world, "grid-helper", orders[0].number)
    approved = Skills(all_round=False, themes=(), services=(), approved=True)
    world.act("dispatcher", service.set_skills, staff_id=failed, skills=approved)
    of_all = {
        "title": "上岗培训",
        "services": [],
        "attendees": [failed],
    }  # without any, none is let in at all
    world.act("dispatcher", service.record_training, **given | of_all)
    with pytest.raises(TrainingRequired):
        claim(world, "volunteer", orders[1].number)
