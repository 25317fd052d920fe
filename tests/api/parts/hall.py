"""A hall, as the API's common tests need to know it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from tests.api.access_world import ITEM, World
from tests.api.casework import PERMIT, Desk, applicant, fresh, mutation_of
from tests.api.halls import make_hall
from tests.api.shapes import AREA, DISTRICT, Attempt, Part, Root, Step

from bangban.features.hall.rules.tickets import AT_WINDOW
from bangban.features.hall.tables import HallAlertRow, TicketRow
from bangban.features.hall.values import AlertKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

NOTHING: Final = "00000000-0000-7000-8000-000000000000"
SHIFT: Final = {"beginsAt": "2026-01-01T01:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}  # upside down


def _root(name: str, caller: str, *found: str, of: str = "", wrong_area: str = "", **given: Any) -> Root:
    """A mutation; ``of`` is the field that names the thing, whose id is found under that name."""
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {of: world.marks[f"hall {of}"], **_resolved(given, world)}},
        found,
        caller,
        wrong_area,
    )


def _resolved(given: dict[str, Any], world: World) -> dict[str, Any]:
    return {key: each(world) if callable(each) else each for key, each in given.items()}


async def _fill(work: Work, world: World) -> None:
    for role in ("guide", "dispatcher"):
        if f"{role} elsewhere" not in world.people:  # another part may have hired one
            await world.hire(work, f"{role} elsewhere", (role, "town-b", work.today, None))
    guide, clerk = world.people["guide COUNTY"].id, world.people["window-clerk COUNTY"].id
    assert guide is not None
    assert clerk is not None
    made = await make_hall(
        work, area_id=world.areas["town-a"].id, guide_id=guide, clerk_id=clerk, special=ITEM
    )
    world.marks |= {
        **{f"hall {name}Id": made[name] for name in ("point", "window", "visit", "ticket", "alert", "shift")},
        "hall number": made["number"],
    }


_ALREADY: dict[str, dict[str, str]] = {}


def hall_of(desk: Desk) -> dict[str, str]:
    """The hall of a district, with its guide on shift: ids by name."""
    slug = desk.place.slug
    if slug not in _ALREADY:
        guide, clerk = UUID(desk.staff_id("guide")), UUID(desk.staff_id("clerk-county"))
        county = UUID(desk.area("371681"))

        async def make(work: Work) -> dict[str, str]:
            return await make_hall(work, area_id=county, guide_id=guide, clerk_id=clerk, special=PERMIT)

        _ALREADY[slug] = desk.inside(make)
    return _ALREADY[slug]


def greeted(desk: Desk, **how: Any) -> str:
    """A fresh visit."""
    given = {"pointId": hall_of(desk)["point"], "applicantKind": "PERSON", "purpose": "咨询", **how}
    return str(desk.staff("guide")(mutation_of("greetVisitor", "id"), input=given).data["greetVisitor"]["id"])


def _ticketed(desk: Desk) -> str:
    """A fresh ticket."""
    given = {"visitId": greeted(desk)}
    return str(desk.staff("guide")(mutation_of("issueTicket", "id"), input=given).data["issueTicket"]["id"])


def _alerted(desk: Desk) -> str:
    """A fresh crowd, of a queue that nobody else calls from: nothing that other steps do is its end."""
    point, queue = UUID(hall_of(desk)["point"]), f"W{fresh()}"

    async def raise_it(work: Work) -> str:
        row = HallAlertRow(
            id=new_id(),
            point_id=point,
            day=work.today,
            queue=queue,
            kind=AlertKind.LENGTH,
            measured=20,
            raised_at=work.now,
            lead_id=None,
        )
        work.db.add(row)
        return str(row.id)

    return desk.inside(raise_it)


def _planning(desk: Desk) -> Step:
    begins = datetime.now(UTC) + timedelta(hours=13 + 2 * fresh())  # nobody has two turns at once
    given = {
        "pointId": hall_of(desk)["point"],
        "guideId": desk.staff_id("guide"),
        "beginsAt": begins.isoformat(),
        "endsAt": (begins + timedelta(hours=1)).isoformat(),
    }
    return desk.staff("dispatcher"), given


def _cancelling(desk: Desk) -> Step:
    client, given = _planning(desk)
    planned = client(mutation_of("planGuideShift", "id"), input=given).data["planGuideShift"]["id"]
    return client, {"shiftId": planned}


def _calling(desk: Desk) -> Step:
    """A window that is free, and somebody who waits."""
    clerk, window = desk.staff("clerk-county"), {"windowId": hall_of(desk)["window"]}
    _ticketed(desk)
    for step in ("SERVE", "FINISH"):
        busy = desk.inside(lambda work: _at_window(work, UUID(window["windowId"])))
        if busy is not None:
            clerk(mutation_of("moveTicket", "id"), input={"ticketId": str(busy), "step": step})
    return clerk, window


async def _at_window(work: Work, window_id: UUID) -> UUID | None:
    return await work.db.scalar(
        select(TicketRow.id).where(TicketRow.window_id == window_id, TicketRow.state.in_(sorted(AT_WINDOW)))
    )


def _collecting(desk: Desk) -> Step:
    area = desk.area("371681101200")
    given = {
        "windowId": hall_of(desk)["window"],
        "submitter": applicant(fresh()),
        "applications": [{"serviceCode": PERMIT, "areaId": area} for _ in range(2)],
    }
    return desk.staff("clerk-county"), given


def _as_guide(given: Callable[[Desk], dict[str, Any]]) -> Callable[[Desk], Step]:
    return lambda desk: (desk.staff("guide"), given(desk))


def _attempt(name: str, **given: Any) -> Attempt:
    return Attempt(mutation_of(name, "id"), {"input": given}, frozenset({"NOT_FOUND"}))


def _of_point(desk: Desk) -> dict[str, Any]:
    return {"pointId": hall_of(desk)["point"]}


def _papers(desk: Desk) -> dict[str, Any]:
    found = [{"code": code, "state": "HAS"} for code in ("ID-CARD", "DWELLING", "PHOTO")]
    return {"visitId": greeted(desk, serviceCode=PERMIT), "papers": found}


def _overtime(desk: Desk) -> dict[str, Any]:
    return {"ticketId": _ticketed(desk), "windowId": hall_of(desk)["window"]}


PART = Part(
    roots={
        "Query.hall": Root(
            DISTRICT,
            "query($p: ID!) { hall(pointId: $p) { name queues { key waiting } } }",
            lambda world: {"p": world.marks["hall pointId"]},
        ),
        "Query.visits": Root(
            AREA,
            "query($p: ID!) { visits(pointId: $p) { edges { node { id } } } }",
            lambda world: {"p": world.marks["hall pointId"]},
        ),
        "Query.intakeBatch": Root(
            AREA,
            "query($n: String!) { intakeBatch(number: $n) { id } }",
            lambda world: {"n": world.marks["hall number"]},
        ),
        "Query.intakeBatches": Root(
            AREA,
            "query($p: ID!) { intakeBatches(pointId: $p) { edges { node { id } } } }",
            lambda world: {"p": world.marks["hall pointId"]},
        ),
        "Mutation.planGuideShift": _root(
            "planGuideShift",
            "dispatcher",
            "INVALID_INPUT",
            of="pointId",
            wrong_area="FORBIDDEN",
            guideId=NOTHING,
            **SHIFT,
        ),
        "Mutation.cancelGuideShift": _root("cancelGuideShift", "dispatcher", of="shiftId"),
        "Mutation.greetVisitor": _root(
            "greetVisitor",
            "guide",
            "INVALID_INPUT",
            "NOT_ON_SHIFT",
            of="pointId",
            wrong_area="FORBIDDEN",
            applicantKind="PERSON",
        ),
        "Mutation.checkPapers": _root("checkPapers", "guide", "INVALID_INPUT", of="visitId", papers=[]),
        "Mutation.issueTicket": _root(
            "issueTicket", "guide", "NOT_ON_SHIFT", "WRONG_QUEUE", of="visitId", queue="Z"
        ),
        "Mutation.openOvertime": _root(
            "openOvertime", "guide", "NOT_ON_SHIFT", "NOT_FOUND", of="ticketId", windowId=NOTHING
        ),
        "Mutation.endVisit": _root("endVisit", "guide", "ILLEGAL_TRANSITION", of="visitId", how="LEFT"),
        "Mutation.answerHallAlert": _root(
            "answerHallAlert", "guide", "NOT_ON_SHIFT", of="alertId", action="DIVERT"
        ),
        "Mutation.callNextTicket": _root(
            "callNextTicket",
            "window-clerk",
            "NOBODY_WAITING",
            "WINDOW_BUSY",
            of="windowId",
            wrong_area="FORBIDDEN",
        ),
        "Mutation.moveTicket": _root(
            "moveTicket", "window-clerk", "ILLEGAL_TRANSITION", of="ticketId", step="FINISH"
        ),
        "Mutation.collectBatch": _root(
            "collectBatch",
            "window-clerk",
            "LIMIT_EXCEEDED",
            of="windowId",
            wrong_area="FORBIDDEN",
            submitter=applicant(1),
            applications=[],
        ),
        "Subscription.ticketCalls": Root(
            DISTRICT,
            "subscription($p: ID!) { ticketCalls(pointId: $p) { name } }",
            lambda world: {"p": world.marks["hall pointId"]},
        ),
    },
    attempts={
        Permission.PLACE_READ: Attempt("query($p: ID!) { hall(pointId: $p) { id } }", {"p": NOTHING}),
        Permission.HALL_READ: Attempt(
            "query($p: ID!) { visits(pointId: $p) { totalCount } }", {"p": NOTHING}
        ),
        Permission.OVERSIGHT_READ: Attempt(
            "query($n: String!) { intakeBatch(number: $n) { id } }", {"n": "NONE"}
        ),
        Permission.HALL_GREET: _attempt("endVisit", visitId=NOTHING, how="LEFT"),
        Permission.HALL_TICKET: _attempt("issueTicket", visitId=NOTHING),
        Permission.HALL_CALL: _attempt("callNextTicket", windowId=NOTHING),
        Permission.HALL_MANAGE: _attempt("cancelGuideShift", shiftId=NOTHING),
    },
    bounds={
        "Hall": 1,
        "HallScreen": 1,
        "MyTickets": 1,
        "Visits": 1,
        "IntakeBatch": 1,
        "IntakeBatches": 1,
        "TicketCalls": 1,
        "PlanGuideShift": 6,
        "CancelGuideShift": 5,
        "GreetVisitor": 8,
        "CheckPapers": 8,
        "EndVisit": 7,
        "IssueTicket": 15,
        "CallNextTicket": 12,
        "MoveTicket": 12,
        "AnswerHallAlert": 7,
        "CollectBatch": 15,
        "OpenOvertime": 13,
    },
    steps={
        "PlanGuideShift": _planning,
        "CancelGuideShift": _cancelling,
        "GreetVisitor": _as_guide(
            lambda desk: {**_of_point(desk), "applicantKind": "PERSON", "purpose": "咨询"}
        ),
        "CheckPapers": _as_guide(_papers),
        "EndVisit": _as_guide(lambda desk: {"visitId": greeted(desk), "how": "DONE"}),
        "IssueTicket": _as_guide(lambda desk: {"visitId": greeted(desk)}),
        "AnswerHallAlert": _as_guide(lambda desk: {"alertId": _alerted(desk), "action": "DIVERT"}),
        "CallNextTicket": _calling,
        "MoveTicket": lambda desk: (
            desk.staff("clerk-county"),
            {"ticketId": _ticketed(desk), "step": "CANCEL"},
        ),
        "CollectBatch": _collecting,
        "OpenOvertime": _as_guide(_overtime),
    },
    variables={
        # A day that is over: of a shift that goes on, each moment has more minutes.
        "Hall": lambda desk: {**_of_point(desk), "day": "2026-01-05"},
        "HallScreen": _of_point,
        "MyTickets": lambda desk: {**_of_point(desk), "phone": "13900000000"},
        "Visits": _of_point,
        "IntakeBatches": _of_point,
        "IntakeBatch": lambda desk: {"number": hall_of(desk)["number"]},
    },
    watched={"TicketCalls": _of_point},
    fill=_fill,
)
