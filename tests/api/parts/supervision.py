"""Supervision: duties, settled and urged."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.named import case_in
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.cases.tables import CaseRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

NO_DUTY = "00000000-0000-7000-8000-000000000000"


async def raised(work: Work, number: str) -> UUID:
    """A duty about a case."""
    case_id = (await work.db.scalars(select(CaseRow.id).where(CaseRow.number == number))).one()
    duty = DutyRow(
        id=new_id(),
        kind=DutyKind.OVERDUE,
        case_id=case_id,
        due_on=date(2026, 1, 1) + timedelta(days=fresh()),
        state=DutyState.OPEN,
        raised_at=work.now,
    )
    work.db.add(duty)
    await work.db.flush()
    return duty.id


async def _fill(work: Work, world: World) -> None:
    world.marks["duty"] = str(await raised(work, world.marks["number"]))


def _step(desk: Desk, **given: str) -> Step:
    number = case_in(desk, "accepted")
    duty_id = desk.inside(lambda work: raised(work, number))
    return desk.staff("supervisor"), {"id": str(duty_id), **given}


PART = Part(
    roots={
        "Query.duties": Root(
            AREA, "{ duties { edges { node { id kind caseNumber } } } }", caller="supervisor"
        ),
        # Too few words, and settled or not the duty is there: refused by the rule behind access.
        "Mutation.settleDuty": Root(
            AREA,
            mutation_of("settleDuty", "id"),
            lambda world: {"input": {"id": world.marks["duty"], "result": " "}},
            ("INVALID_INPUT",),
            "supervisor",
        ),
        "Mutation.urgeHolder": Root(
            AREA,
            mutation_of("urgeHolder", "id"),
            lambda world: {"input": {"id": world.marks["duty"]}},
            ("CONFLICT",),
            "supervisor",
        ),
    },
    attempts={
        Permission.DUTY_READ: Attempt("{ duties { totalCount } }", {}),
        Permission.DUTY_SETTLE: Attempt(
            mutation_of("settleDuty", "id"),
            {"input": {"id": NO_DUTY, "result": "已约谈承办人"}},
            frozenset({"NOT_FOUND"}),
        ),
    },
    bounds={"Duties": 1, "SettleDuty": 5, "UrgeHolder": 5},
    steps={
        "SettleDuty": lambda desk: _step(desk, result="已约谈承办人"),
        "UrgeHolder": _step,
    },
    variables={"Duties": lambda _: {"filter": {"states": ["OPEN", "SETTLED"]}}},
    logins={"Duties": "supervisor"},
    fill=_fill,
)
