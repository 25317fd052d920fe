"""First-asked records, as the API's common tests need to know them."""

from __future__ import annotations

from typing import Any

from tests.api.access_world import World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

TOWN = "371681101"
NOBODY, NO_NUMBER = "00000000-0000-7000-8000-000000000000", "ZZ20000101-Q000001"
ASKER = {"name": "样本人", "phone": "15400000001"}


def _root(name: str, *found: str, **more: Any) -> Root:
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {"number": world.marks["asked"], **more}},
        found,
        caller="supervisor",
    )


def _attempt(name: str, **given: Any) -> Attempt:
    return Attempt(mutation_of(name, "id"), {"input": given}, frozenset({"NOT_FOUND"}))


async def _fill(work: Work, world: World) -> None:
    """A record that is closed, so that a rule refuses whatever is tried."""
    owner = world.people["helper GRID"].id
    assert owner is not None
    row = FirstAskRow(
        id=new_id(),
        stem="AW20260101-Q",
        channel=AskChannel.CALL,
        state=AskState.CLOSED,
        matter="样本事由",
        within_duty=False,
        owner_id=owner,
        handler_id=owner,
        area_id=world.areas["grid-a"].id,
        asked_at=work.now,
        closed_at=work.now,
        outcome="样本",
    )
    work.db.add(row)
    await work.db.flush()
    await work.db.refresh(row, ["number"])
    world.marks["asked"] = row.number


def _did(client: Any, name: str, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = client(mutation_of(name, "number"), input=given).data[name]
    return found


def _given(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "channel": "CALL",
        "areaId": desk.area(TOWN),
        "matter": "居住证怎么办",
        "withinDuty": False,
        "asker": ASKER,
        **more,
    }


def asked(desk: Desk, **more: Any) -> str:
    """The number of a fresh record of the town's clerk."""
    return str(_did(desk.staff("clerk-town"), "recordFirstAsk", **_given(desk, **more))["number"])


def passed(desk: Desk) -> str:
    """The number of a fresh record that waits for the county's clerk."""
    number, to = asked(desk), desk.staff_id("clerk-county")
    _did(desk.staff("clerk-town"), "transferFirstAsk", number=number, toStaffId=to, reason="不属本窗口")
    return number


def answered(desk: Desk) -> str:
    number = asked(desk, withinDuty=True)
    _did(desk.staff("clerk-town"), "answerFirstAsk", number=number, text="请带身份证来")
    return number


def _passing(desk: Desk) -> Step:
    given = {"number": asked(desk), "toStaffId": desk.staff_id("clerk-county"), "reason": "不属本窗口"}
    return desk.staff("clerk-town"), given


PART = Part(
    roots={
        "Query.firstAsks": Root(
            AREA,
            "query($n: String!) { firstAsks(filter: {number: $n}) { edges { node { number matter asker } } } }",
            lambda world: {"n": world.marks["asked"]},
            caller="supervisor",
        ),
        "Mutation.askOnline": Root(
            AREA,
            mutation_of("askOnline", "id"),
            lambda world: {"input": {"areaId": str(world.areas["grid-a"].id), "matter": " "}},
            ("INVALID_INPUT",),
            caller="resident",
            wrong_area="INVALID_INPUT",  # residents ask anywhere
        ),
        "Mutation.recordFirstAsk": Root(
            AREA,
            mutation_of("recordFirstAsk", "id"),
            lambda world: {
                "input": {
                    "channel": "CALL",
                    "areaId": str(world.areas["grid-a"].id),
                    "matter": " ",
                    "withinDuty": True,
                }
            },
            ("INVALID_INPUT",),
            wrong_area="FORBIDDEN",  # whose areas are public
        ),
        "Mutation.transferFirstAsk": _root(
            "transferFirstAsk", "ILLEGAL_TRANSITION", toStaffId=NOBODY, reason="样本"
        ),
        "Mutation.takeFirstAsk": _root("takeFirstAsk", "NO_HANDOVER"),
        "Mutation.answerFirstAsk": _root("answerFirstAsk", "ILLEGAL_TRANSITION", text="样本"),
        "Mutation.closeFirstAsk": _root("closeFirstAsk", "ILLEGAL_TRANSITION", outcome="样本"),
    },
    attempts={
        Permission.ASKING_READ: Attempt("{ firstAsks { totalCount } }", {}),
        Permission.ASKING_ASK: _attempt("askOnline", areaId=NOBODY, matter="样本"),
        Permission.ASKING_RECORD: _attempt(
            "recordFirstAsk", channel="CALL", areaId=NOBODY, matter="样本", withinDuty=True
        ),
        Permission.ASKING_TRANSFER: _attempt(
            "transferFirstAsk", number=NO_NUMBER, toStaffId=NOBODY, reason="样本"
        ),
        Permission.ASKING_ANSWER: _attempt("answerFirstAsk", number=NO_NUMBER, text="样本"),
    },
    bounds={
        "AskOnline": 10,
        "AnswerFirstAsk": 7,
        "CloseFirstAsk": 7,
        "FirstAsks": 1,
        "RecordFirstAsk": 6,
        "TakeFirstAsk": 7,
        "TransferFirstAsk": 8,
    },
    steps={
        "AskOnline": lambda d: (
            d.resident(fresh()),
            {"areaId": d.area(TOWN), "matter": "居住证到期前多久可以签注"},
        ),
        "RecordFirstAsk": lambda d: (d.staff("clerk-town"), _given(d)),
        "TransferFirstAsk": _passing,
        "TakeFirstAsk": lambda d: (d.staff("clerk-county"), {"number": passed(d), "accept": True}),
        "AnswerFirstAsk": lambda d: (
            d.staff("clerk-town"),
            {"number": asked(d, withinDuty=True), "text": "请带身份证来"},
        ),
        "CloseFirstAsk": lambda d: (d.staff("clerk-town"), {"number": answered(d), "outcome": "已办妥"}),
    },
    variables={"FirstAsks": lambda d: {"filter": {"number": passed(d)}}},
    logins={"FirstAsks": "clerk-town"},
    fill=_fill,
)
