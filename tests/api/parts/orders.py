"""Orders: what the API's common tests know of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.clients import Client
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.people.tables import TrainingRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

VILLAGE: Final = "371681101200"
NONE: Final = "NONE-D000001"
SELECTION: Final = "id number kind state area { name } offeredTo { name level } helper { id name }"


def _root(name: str, *found: str, caller: str, **given: Any) -> Root:
    """A mutation about the order in grid a that is done already, which a rule refuses."""

    def variables(world: World) -> dict[str, Any]:
        return {"input": {"number": world.marks["order"], **given}}

    return Root(AREA, mutation_of(name, "id"), variables, found, caller)


def _attempt(name: str, *passed: str, **given: Any) -> Attempt:
    return Attempt(mutation_of(name, "id"), {"input": given}, frozenset(passed))


async def _fill(work: Work, world: World) -> None:
    await world.hire(work, "dispatcher elsewhere", ("dispatcher", "town-b", work.today, None))
    await world.hire(work, "helper GRID elsewhere", ("helper", "grid-b", work.today, None))
    holder, resident = world.people["helper GRID"].id, world.people["resident"].id
    assert holder is not None
    row = OrderRow(
        id=new_id(),
        stem="AW-D",
        kind=OrderKind.NEED,
        state=OrderState.DONE,
        area_id=world.areas["grid-a"].id,
        offered_to_area_id=world.areas["grid-a"].id,
        holder_id=holder,
        resident_id=resident,
        placed_at=work.now,
        ended_at=work.now,
    )
    work.db.add(row)
    await work.db.flush()
    world.marks["order"] = row.number
    work.db.add(HelperSkillRow(staff_id=holder, all_round=True, themes=[], services=[], changed_at=work.now))
    training = TrainingRow(
        id=new_id(),
        title="样本培训",
        held_on=work.today,
        trainer="样本讲师",
        services=[],
        attendees=[holder],
        recorded_at=work.now,
    )
    work.db.add(training)


# ---------------------------------------------------------------------- named operations


def placed(desk: Desk, *, n: int | None = None, **given: Any) -> str:
    """A fresh need of a resident in a village: its number."""
    client = desk.resident(fresh() if n is None else n)
    wanted = {"kind": "NEED", "areaId": desk.area(VILLAGE), "note": "请帮忙填写养老认证", **given}
    number: str = client(mutation_of("placeOrder", SELECTION), input=wanted).data["placeOrder"]["number"]
    return number


def sent(desk: Desk, login: str, name: str, **given: Any) -> dict[str, Any]:
    """A mutation of orders that goes well."""
    found: dict[str, Any] = desk.staff(login)(mutation_of(name, SELECTION), input=given).data[name]
    return found


def _helper(desk: Desk) -> Client:
    """Whom the steps let work; with room for another order, whatever was claimed in this district before."""
    client = desk.staff("helper-village")
    held = "{ orders(first: 20, filter: {mine: true, states: [CLAIMED, DOING, FAILED]}) { edges { node { number } } } }"
    for each in client(held).data["orders"]["edges"][3:]:
        sent(
            desk,
            "helper-village",
            "progressOrder",
            number=each["node"]["number"],
            step="RELEASE",
            reason="转给他人",
        )
    return client


def _placing(desk: Desk) -> Step:
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=20)
    return desk.resident(fresh()), {
        "kind": "PICKUP",
        "areaId": desk.area(VILLAGE),
        "note": "腿脚不便",
        "address": "样本小区3号楼2单元501",
        "serviceCode": "TPL-RESIDENCE-PERMIT",
        "windowFrom": begins.isoformat(),
        "windowUntil": (begins + dt.timedelta(hours=2)).isoformat(),
    }


def _claiming(desk: Desk) -> Step:
    return _helper(desk), {"number": placed(desk)}


def _assigning(desk: Desk) -> Step:
    return desk.staff("dispatcher"), {"number": placed(desk), "reason": "就近派单"}


def _progressing(desk: Desk) -> Step:
    number, helper = placed(desk), _helper(desk)
    sent(desk, "helper-village", "claimOrder", number=number)
    return helper, {"number": number, "step": "START"}


def _rating(desk: Desk) -> Step:
    n = fresh()
    number = placed(desk, n=n)
    _helper(desk)
    sent(desk, "helper-village", "claimOrder", number=number)
    for step in ("START", "FINISH"):
        sent(desk, "helper-village", "progressOrder", number=number, step=step)
    return desk.resident(n), {"number": number, "grade": "SATISFIED", "comment": "很好"}


def _revealing(desk: Desk) -> Step:
    number, helper = placed(desk), _helper(desk)
    sent(desk, "helper-village", "claimOrder", number=number)
    return helper, {"number": number}


def _training(desk: Desk) -> Step:
    return desk.staff("dispatcher"), {
        "title": "居住证业务培训",
        "heldOn": "2026-03-02",
        "trainer": "样本讲师",
        "services": ["TPL-RESIDENCE-PERMIT"],
        "attendeeIds": [desk.staff_id("helper-village")],
    }


def _skilling(desk: Desk) -> Step:
    return desk.staff("dispatcher"), {
        "staffId": desk.staff_id("helper-village"),
        "themes": ["户籍办理"],
        "services": ["TPL-RESIDENCE-PERMIT"],
    }


def order_id(desk: Desk, number: str) -> UUID:
    """The id of an order."""
    found: UUID = desk.scalar(select(OrderRow.id).where(OrderRow.number == number))
    return found


PART = Part(
    roots={
        "Query.orders": Root(
            AREA, "{ orders { totalCount edges { node { number } } } }", caller="dispatcher"
        ),
        "Mutation.placeOrder": Root(
            AREA,
            mutation_of("placeOrder", "id"),
            lambda world: {
                "input": {"kind": "PICKUP", "areaId": str(world.areas["grid-a"].id)}
            },  # without an address, so that none is made
            ("INVALID_INPUT",),
            "dispatcher",
            "FORBIDDEN",
        ),
        "Mutation.claimOrder": _root("claimOrder", "ILLEGAL_TRANSITION", caller="helper GRID"),
        "Mutation.assignOrder": _root(
            "assignOrder", "ILLEGAL_TRANSITION", caller="dispatcher", reason="就近派单"
        ),
        "Mutation.progressOrder": _root(
            "progressOrder", "ILLEGAL_TRANSITION", caller="helper GRID", step="FINISH"
        ),
        "Mutation.rateOrder": _root(
            "rateOrder", "ILLEGAL_TRANSITION", "FORBIDDEN", caller="dispatcher", grade="SATISFIED"
        ),
        "Mutation.revealOrder": Root(
            AREA,
            mutation_of("revealOrder", "address"),
            lambda world: {"input": {"number": world.marks["order"]}},
            ("NOT_THE_HOLDER", "INVALID_INPUT"),
            "helper GRID",
        ),
        "Mutation.setSkills": Root(
            AREA,
            mutation_of("setSkills", "allRound"),
            lambda world: {
                "input": {"staffId": str(world.people["helper GRID"].id), "services": ["NO-SUCH-ITEM"]}
            },
            ("NOT_FOUND",),
            "dispatcher",
        ),
        "Mutation.recordTraining": Root(
            AREA,
            mutation_of("recordTraining", "id"),
            lambda world: {
                "input": {
                    "title": "样本培训",
                    "heldOn": "2026-01-05",
                    "trainer": "样本讲师",
                    "services": ["NO-SUCH-ITEM"],
                    "attendeeIds": [str(world.people["helper GRID"].id)],
                }
            },
            ("NOT_FOUND",),
            "dispatcher",
        ),
        "Query.helperSkills": Root(
            AREA, "{ helperSkills { totalCount edges { node { allRound } } } }", caller="dispatcher"
        ),
        "Query.trainings": Root(
            AREA, "{ trainings { totalCount edges { node { title } } } }", caller="dispatcher"
        ),
        "Subscription.ordersOffered": Root(
            AREA,
            "subscription { ordersOffered { kind number } }",
            caller="helper GRID",
            wrong_area="DATA",  # offers of their own area, of which there are none
        ),
        "Query.issueSolving": Root(
            AREA,
            "query($a: ID!) { issueSolving(areaId: $a) { reported area { name } } }",
            lambda world: {"a": str(world.areas["grid-a"].id)},
            caller="dispatcher",
        ),
        "Query.skillGaps": Root(AREA, "{ skillGaps { totalCount } }", caller="dispatcher", may_be_empty=True),
    },
    attempts={
        Permission.SKILL_MANAGE: Attempt("{ helperSkills { totalCount } }", {}),
        Permission.ORDER_READ: Attempt("{ orders { totalCount } }", {}),
        Permission.ORDER_PLACE: _attempt("placeOrder", "INVALID_INPUT", kind="NEED"),
        Permission.ORDER_CLAIM: _attempt("claimOrder", "NOT_FOUND", number=NONE),
        Permission.ORDER_DISPATCH: _attempt("assignOrder", "NOT_FOUND", number=NONE, reason="x"),
        Permission.ORDER_DO: _attempt("progressOrder", "NOT_FOUND", number=NONE, step="FINISH"),
    },
    watched={"OrdersOffered": lambda _: {}},
    bounds={
        "OrdersOffered": 2,
        "AssignOrder": 7,
        "ClaimOrder": 6,
        "Orders": 1,
        "PlaceOrder": 9,
        "ProgressOrder": 6,
        "HelperSkills": 1,
        "Trainings": 1,
        "RateOrder": 5,
        "RecordTraining": 5,
        "RevealOrder": 9,
        "SetSkills": 6,
        "SkillGaps": 1,
        "IssueSolving": 1,
    },
    steps={
        "AssignOrder": _assigning,
        "ClaimOrder": _claiming,
        "PlaceOrder": _placing,
        "ProgressOrder": _progressing,
        "RateOrder": _rating,
        "RecordTraining": _training,
        "RevealOrder": _revealing,
        "SetSkills": _skilling,
    },
    variables={
        "Orders": lambda desk: {"filter": {"areaId": desk.area(VILLAGE)}},
        "IssueSolving": lambda desk: {"areaId": desk.area(VILLAGE)},
    },
    logins={
        "OrdersOffered": "helper-village",
        "Orders": "helper-village",
        "HelperSkills": "dispatcher",
        "Trainings": "dispatcher",
        "SkillGaps": "dispatcher",
        "IssueSolving": "dispatcher",
    },
    fill=_fill,
)
