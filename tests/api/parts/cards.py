"""Service cards: what the API's common tests know of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.shapes import AREA, DISTRICT, Attempt, Part, Root, Step

from bangban.features.cards.rules import new_code
from bangban.features.cards.tables import ServiceCardRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

VILLAGE: Final = "371681101200"
NEVER_ISSUED: Final = new_code(lambda most: most - 1)


async def _fill(work: Work, world: World) -> None:
    admin = world.people["admin COUNTY"].id
    assert admin is not None
    world.marks["card"] = new_code(lambda _: 0)
    work.db.add(
        ServiceCardRow(
            id=new_id(),
            code=world.marks["card"],
            batch="样本批次",
            area_id=world.areas["village-a"].id,
            issued_at=work.now,
            issued_by=admin,
        )
    )


def _root(name: str, selection: str, *found: str, of: str = AREA) -> Root:
    def variables(world: World) -> dict[str, object]:
        if name == "issueCards":
            area = str(world.areas["grid-a"].id)
            return {"input": {"areaId": area, "batch": "样本批次", "count": 0}}  # so that none is made
        return {"input": {"code": world.marks["card"] if name == "revokeCards" else NEVER_ISSUED}}

    elsewhere = "FORBIDDEN" if name == "issueCards" else ""  # whose area is public
    return Root(of, mutation_of(name, selection), variables, found, "admin", elsewhere)


def issued(desk: Desk) -> str:
    """A fresh batch of one card of a village: its name."""
    batch = f"批次{fresh()}"
    given = {"areaId": desk.area(VILLAGE), "batch": batch, "count": 1}
    assert desk.staff("admin")(mutation_of("issueCards", "ids"), input=given).data
    return batch


def _revoking(desk: Desk) -> Step:
    return desk.staff("admin"), {"batch": issued(desk)}


def _scanning(desk: Desk) -> Step:
    batch = issued(desk)
    code = desk.scalar(select(ServiceCardRow.code).where(ServiceCardRow.batch == batch))
    return desk.place.anonymous, {"code": code}


def _issuing(desk: Desk) -> Step:
    return desk.staff("admin"), {"areaId": desk.area(VILLAGE), "batch": f"批次{fresh()}", "count": 20}


PART = Part(
    roots={
        "Query.serviceCards": Root(
            AREA, "{ serviceCards { totalCount edges { node { code } } } }", caller="admin"
        ),
        "Mutation.issueCards": _root("issueCards", "ids", "INVALID_INPUT"),
        "Mutation.revokeCards": _root("revokeCards", "ids"),
        "Mutation.scanCard": _root("scanCard", "area", "NOT_FOUND", of=DISTRICT),
    },
    attempts={
        Permission.CARD_MANAGE: Attempt("{ serviceCards { totalCount } }", {}),
        Permission.CARD_RESOLVE: Attempt(
            mutation_of("scanCard", "area"), {"input": {"code": NEVER_ISSUED}}, frozenset({"NOT_FOUND"})
        ),
    },
    bounds={"IssueCards": 4, "RevokeCards": 3, "ScanCard": 6, "ServiceCards": 1},
    steps={"IssueCards": _issuing, "RevokeCards": _revoking, "ScanCard": _scanning},
    logins={"ServiceCards": "admin"},
    fill=_fill,
)
