"""Orders on a real database: placed, raced for, worked on, erased; and who is offered what, in SQL and in the rules."""

from __future__ import annotations

import asyncio
import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import literal, select, update
from tests.integration.features.cases.casework import ITEM, World
from tests.integration.features.orders.ordering import (
    CLAIM,
    claim,
    decide,
    done,
    history,
    place,
    race,
    row_of,
    step,
)

from bangban.features.cases.values import Grade
from bangban.features.orders import service
from bangban.features.orders.offered_sql import offered_to_me
from bangban.features.orders.placing_problems import FreeOfCharge
from bangban.features.orders.problems import NotOfferedToYou, NotYourOrder, OnlyTheResident, OrderTaken
from bangban.features.orders.rules.offering import is_offered_to, unfitness
from bangban.features.orders.rules.settings import order_settings
from bangban.features.orders.service.loading import find_order
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState, OrderStep
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.planner.sources import RequestParameters
from bangban.kernel.problems import InvalidInput, NotFound, Problem
from bangban.kernel.tenancy.work import Work

HELPERS = ("grid-helper", "grid-helper-2", "helper-a", "town-helper", "county-helper", "volunteer")


def test_a_need_goes_to_the_only_grid_below_what_the_resident_names(world: World) -> None:
    for area in ("village-a", "grid-a"):
        order = place(world, area=area, note="请帮忙填表")
        assert order.area_id == order.offered_to_area_id == world.areas["grid-a"].id
        assert order.number.startswith("TS")
        assert order.state is OrderState.OPEN


def test_a_location_finds_the_nearest_area(world: World) -> None:
    spots = {"village-a": (118.05, 36.80), "town-b": (118.20, 36.95)}

    async def locate(work: Work) -> None:
        for name, (longitude, latitude) in spots.items():
            table = type(world.areas[name]).__table__
            where = table.c.id == world.areas[name].id
            await work.db.execute(update(table).where(where).values(longitude=longitude, latitude=latitude))

    world.act("admin", locate)
    near = {"area_id": None, "longitude": 118.06, "latitude": 36.81}
    assert place(world, **near).area_id == world.areas["grid-a"].id
    for far in (
        {"longitude": 121.0, "latitude": 36.8},
        {"longitude": 1000.0, "latitude": 0.0},
        {"longitude": 1.0},
    ):
        with pytest.raises(InvalidInput):
            place(world, area_id=None, **far)


def test_whoever_has_an_order_finds_the_place_that_was_marked(world: World) -> None:
    order = place(world, address=None, longitude=118.06, latitude=0.0)
    claim(world, "grid-helper", order.number)
    seen = world.act("grid-helper", service.reveal_order, number=order.number)
    assert (seen.address, seen.longitude, seen.latitude) == (None, 118.06, 0.0)


def test_a_fee_is_refused_whatever_it_is(world: World) -> None:
    for fee in ("0.01", "5", "-1", "1e9"):
        with pytest.raises(FreeOfCharge):
            place(world, fee=Decimal(fee))


@pytest.mark.parametrize("_", range(4))
def test_of_two_who_claim_at_once_exactly_one_gets_it(world: World, _: int) -> None:
    order = place(world)
    acts = [(who, CLAIM, {"number": order.number}) for who in ("grid-helper", "grid-helper-2")]
    assert race(world, *acts, *acts) == ["OrderTaken"] * 3
    assert [each.kind for each in history(world, order.id)] == ["PLACED", "CLAIMED"]
    assert row_of(world, order.id).holder_id in {world.people[who].id for who, *_ in acts}


def test_whoever_has_an_order_is_told_so_when_they_claim_it_again(world: World) -> None:
    order = place(world)
    claim(world, "grid-helper", order.number)
    for who, words in (("grid-helper", "You have taken"), ("grid-helper-2", "Somebody else has taken")):
        with pytest.raises(OrderTaken, match=words):
            claim(world, who, order.number)
    assert [each.kind for each in history(world, order.id)] == ["PLACED", "CLAIMED"]


def test_a_residents_order_is_reached_at_their_own_phone(world: World) -> None:
    for phone in ("1", sample_phone(2)):
        with pytest.raises(InvalidInput) as refused:
            place(world, phone=phone)
        assert refused.value.fields == ("input.phone",)
    assert place(world, "clerk", phone=sample_phone(2)).resident_id is not None


def test_a_claim_and_a_cancellation_at_once_leave_one_state(world: World) -> None:
    order = place(world)
    cancelling = {"number": order.number, "step": OrderStep.CANCEL}
    lost = race(
        world,
        ("grid-helper", CLAIM, {"number": order.number}),
        ("resident", service.progress_order, cancelling),
    )
    assert lost in ([], ["IllegalOrderStep"])  # a cancellation may follow a claim
    assert row_of(world, order.id).state is OrderState.CANCELLED


def test_others_posts_and_other_peoples_orders(world: World) -> None:
    order = place(world)
    with pytest.raises(NotOfferedToYou):
        claim(world, "town-helper", order.number)
    claim(world, "grid-helper", order.number)
    with pytest.raises(NotYourOrder):
        step(world, "grid-helper-2", order.number, OrderStep.START)
    with pytest.raises(NotFound):
        world.act("stranger", service.rate_order, number=order.number, grade=Grade.SATISFIED, comment=None)
    with pytest.raises(OnlyTheResident):
        step(world, "clerk", order.number, OrderStep.CANCEL, reason="不办了")


def test_the_door_in_the_clear_is_for_who_has_the_order_and_on_record(world: World) -> None:
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    window = {"window_from": begins, "window_until": begins + dt.timedelta(hours=2)}
    order = place(world, kind=OrderKind.PICKUP, address="样本小区3号楼501", **window)
    assert order.address_masked == "样本小区***"
    with pytest.raises(NotYourOrder):
        world.act("grid-helper", service.reveal_order, number=order.number)
    claim(world, "grid-helper", order.number)
    seen = world.act("grid-helper", service.reveal_order, number=order.number)
    assert seen == service.Contact(address="样本小区3号楼501", phone=sample_phone(1))


def test_a_dispatcher_lets_the_rules_choose_and_the_history_keeps_both(world: World) -> None:
    order = place(world)
    claim(world, "grid-helper", order.number)
    how = {"number": order.number, "to_staff_id": None, "reason": "请假"}
    world.act("dispatcher", service.assign_order, **how)
    assert row_of(world, order.id).holder_id == world.people["grid-helper-2"].id
    kinds = [(each.kind, each.staff_id) for each in history(world, order.id)]
    assert kinds[1:] == [
        ("CLAIMED", world.people["grid-helper"].id),
        ("ASSIGNED", world.people["grid-helper-2"].id),
    ]


def test_a_case_that_is_offered_goes_to_whoever_claims_it(world: World) -> None:
    number = world.apply("clerk", area="grid-a")
    order = place(world, "dispatcher", kind=OrderKind.CASE, case_number=number, now=dt.datetime.now(dt.UTC))
    claim(world, "grid-helper", order.number)
    assert world.case(number).holder_id == world.people["grid-helper"].id
    assert [each.kind for each in world.events(number)][-2:] == ["HANDED_OVER", "TAKEN_OVER"]


def test_the_rules_choose_somebody_else_than_whoever_holds_the_case(world: World) -> None:
    number = world.apply("clerk", area="grid-a")
    taken = place(world, "dispatcher", kind=OrderKind.CASE, case_number=number, now=dt.datetime.now(dt.UTC))
    claim(world, "grid-helper", taken.number)
    world.act(
        "grid-helper", service.progress_order, number=taken.number, step=OrderStep.RELEASE, reason="请假"
    )
    assert world.case(number).holder_id == world.people["grid-helper"].id, (
        "who has it until somebody takes it"
    )
    how = {"number": taken.number, "to_staff_id": None, "reason": "改派"}
    world.act("dispatcher", service.assign_order, **how)
    assert row_of(world, taken.id).holder_id == world.people["grid-helper-2"].id


def test_a_problem_that_went_up_is_not_offered_to_those_below_again(world: World) -> None:
    decide(world, kinds=[{"kind": "ISSUE"}])
    issue = place(world, kind=OrderKind.ISSUE)
    decide(world)  # the district takes in no more of them; this one goes on
    claim(world, "grid-helper", issue.number)
    given = {"number": issue.number, "step": OrderStep.RELEASE, "reason": "需要上级协调"}
    world.act("grid-helper", service.progress_order, **given)
    for who in ("grid-helper", "grid-helper-2"):
        with pytest.raises(NotOfferedToYou):
            claim(world, who, issue.number)
    claim(world, "helper-a", issue.number)
    world.act("helper-a", service.progress_order, **given)
    with pytest.raises(NotOfferedToYou):
        claim(world, "helper-a", issue.number)


def test_the_sql_of_lists_offers_what_the_rules_let_claim(world: World) -> None:
    random = Random(5)
    orders = [place(world, service_code=random.choice([None, ITEM])) for _ in range(24)]
    decide(world, required_training=[ITEM], volunteer_training=True)
    asked = ("grid-a", "village-a", "town-a", "county")

    async def spread(work: Work) -> None:
        for order in orders:
            moved = {"offered_to_area_id": world.areas[random.choice(asked)].id}
            moved["kind"] = random.choice([OrderKind.NEED, OrderKind.CASE, OrderKind.ISSUE])
            await work.db.execute(update(OrderRow).where(OrderRow.id == order.id).values(moved))
            for ordinal in range(random.choice([0, 1, 2])):
                up = asked[random.choice([1, 2])] if ordinal == 0 else "county"
                work.db.add(
                    OrderEventRow(
                        id=new_id(),
                        order_id=order.id,
                        at=work.now,
                        kind=OrderEventKind.RELEASED,
                        to_state=OrderState.OPEN,
                        area_id=world.areas[up].id,
                    )
                )
            await work.db.flush()

    world.act("admin", spread)

    async def compare(work: Work, name: str) -> tuple[set[UUID], set[UUID]]:
        values: dict[str, Any] = {
            "me": world.people[name].id,
            "today": work.today,
            "claiming": list(work.policy.posts_that_may(Permission.ORDER_CLAIM)),
        }
        request = RequestParameters(
            bind=lambda name, type_: literal(values[name], type_),
            derive=lambda *_: literal(None),
            principal_kind="STAFF",
        )
        ids = [order.id for order in orders]
        offered = offered_to_me(OrderRow.__table__.c, request)
        found = set(await work.db.scalars(select(OrderRow.id).where(OrderRow.id.in_(ids), offered)))
        ruled, settings = set(), order_settings(work.settings)
        for order_id in ids:
            loaded = await find_order(work, order_id)
            assert loaded is not None
            facts = loaded.facts
            for helper in await loaded.helpers(world.people[name].id):
                if is_offered_to(facts, helper.post) and unfitness(facts, helper, settings) is None:
                    ruled.add(order_id)
        return found, ruled

    some = set()
    for who in HELPERS:
        found, ruled = world.act(who, compare, name=who, now=dt.datetime.now(dt.UTC))
        assert found == ruled, who
        some |= found
    assert some


def test_what_tells_of_a_person_is_erased_after_the_retention_period(world: World) -> None:
    order = done(world, note="腿脚不便", address="样本小区1号", longitude=118.0, latitude=36.8)
    rating = {"number": order.number, "grade": Grade.SATISFIED, "comment": "张大姐很热心"}
    world.act("resident", service.rate_order, **rating)
    ended = order.ended_at
    assert ended is not None
    for days, left in ((1_800, True), (1_830, False)):
        world.act("admin", erase_due, now=ended + dt.timedelta(days=days))
        row = row_of(world, order.id)
        assert (row.note is not None) is left
        told = (row.address_sealed, row.address_masked, row.longitude, row.latitude, row.comment)
        assert all((each is not None) is left for each in told)
    assert row_of(world, order.id).grade is Grade.SATISFIED


def test_fifty_helpers_race_for_one_order_and_one_gets_it(world: World) -> None:
    order = place(world)

    async def all_at_once() -> list[str]:
        async def one(who: str) -> str:
            try:
                await world.acting(who, CLAIM, now=dt.datetime.now(dt.UTC), number=order.number)
            except Problem as refused:
                return type(refused).__name__
            return "won"

        return await asyncio.gather(*(one(who) for who in ("grid-helper", "grid-helper-2") * 25))

    found = world.run(all_at_once())
    assert sorted(set(found)) == ["OrderTaken", "won"]
    assert found.count("won") == 1
