"""Outreach and residents' wishes: what the API's common tests know of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from tests.api.access_world import ITEM, World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.outreach.tables import OutreachRow
from bangban.features.outreach.values import OutreachKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

VILLAGE: Final = "371681101200"
CARD: Final = "TPL-SOCIAL-SECURITY-CARD"
PLAN: Final = mutation_of("planOutreach", "id startsOn endsOn candidates { totalCount }")


async def _fill(work: Work, world: World) -> None:
    """A market day of tomorrow in village a: nobody can report it yet."""
    helper = world.people["admin COUNTY"].id
    assert helper is not None
    row = OutreachRow(
        id=new_id(),
        area_id=world.areas["village-a"].id,
        kind=OutreachKind.MARKET,
        place="样本大集",
        starts_on=work.today + timedelta(days=1),
        ends_on=work.today + timedelta(days=1),
        codes=[ITEM],
        audience=None,
        care_needs=[],
        planned_at=work.now,
        planned_by=helper,
    )
    work.db.add(row)
    world.marks["outreach"] = str(row.id)
    await world.hire(work, "helper elsewhere", ("helper", "village-b", work.today, None))


def plan(desk: Desk, **given: Any) -> dict[str, Any]:
    """The input of an outreach of today in a village."""
    today = desk.inside(_today)
    return {
        "areaId": desk.area(VILLAGE),
        "kind": "MARKET",
        "place": f"样本大集{fresh()}",
        "startsOn": today,
        "codes": [CARD],
        **given,
    }


async def _today(work: Work) -> str:
    return work.today.isoformat()


def planned(desk: Desk, **given: Any) -> dict[str, Any]:
    """A fresh outreach, as it answers."""
    found: dict[str, Any] = desk.staff("helper-village")(PLAN, input=plan(desk, **given)).data["planOutreach"]
    return found


def _planning(desk: Desk) -> Step:
    return desk.staff("helper-village"), plan(desk)


def _reporting(desk: Desk) -> Step:
    given = {"outreachId": planned(desk)["id"], "reached": 60, "questions": 12}
    return desk.staff("helper-village"), given


def _cancelling(desk: Desk) -> Step:
    return desk.staff("helper-village"), {"outreachId": planned(desk)["id"], "reason": "大风"}


def _wishing(desk: Desk) -> Step:
    themes = [["社会保障"], []][fresh() % 2]
    return desk.resident(7), {"consent": True, "areaId": desk.area(VILLAGE), "themes": themes}


def _root(name: str, given: Any, *found: str, elsewhere: str = "") -> Root:
    return Root(
        AREA, mutation_of(name, "id"), lambda world: {"input": given(world)}, found, "helper", elsewhere
    )


PART = Part(
    roots={
        "Query.outreaches": Root(
            AREA, "{ outreaches { totalCount edges { node { id } } } }", caller="leader"
        ),
        "Mutation.planOutreach": _root(
            "planOutreach",
            lambda world: {
                "areaId": str(world.areas["village-a"].id),
                "kind": "SHOP",
                "place": "样本",
                "startsOn": "2020-01-01",  # over, so that none is made
                "codes": [ITEM],
            },
            "INVALID_INPUT",
            elsewhere="FORBIDDEN",
        ),
        "Mutation.reportOutreach": _root(
            "reportOutreach",
            lambda world: {"outreachId": world.marks["outreach"], "reached": 1, "questions": 0},
            "CONFLICT",
        ),
        "Mutation.cancelOutreach": _root(
            "cancelOutreach",
            lambda world: {"outreachId": world.marks["outreach"], "reason": " "},  # so that none is
            "INVALID_INPUT",
        ),
        "Mutation.setMyInterests": Root(
            AREA,
            mutation_of("setMyInterests", "phone"),
            lambda _: {"input": {"consent": True}},
            ("INVALID_INPUT",),
            "resident",
            wrong_area="INVALID_INPUT",
        ),
    },
    attempts={
        Permission.OUTREACH_READ: Attempt("{ outreaches { totalCount } }", {}),
        Permission.OUTREACH_HOLD: Attempt(
            mutation_of("reportOutreach", "id"),
            {"input": {"outreachId": str(new_id()), "reached": 1, "questions": 0}},
            frozenset({"NOT_FOUND"}),
        ),
    },
    bounds={
        "Outreaches": 1,
        "PlanOutreach": 6,
        "ReportOutreach": 4,
        "CancelOutreach": 4,
        "SetMyInterests": 6,
    },
    steps={
        "PlanOutreach": _planning,
        "ReportOutreach": _reporting,
        "CancelOutreach": _cancelling,
        "SetMyInterests": _wishing,
    },
    variables={"Outreaches": lambda _: {}},
    logins={"Outreaches": "helper-village"},
    fill=_fill,
)
