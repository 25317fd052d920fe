"""Service points, delegations and the network: what the API's common tests know of them."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from itertools import count
from typing import Any, Final

from tests.api.access_world import ITEM, World
from tests.api.casework import Desk, mutation_of
from tests.api.shapes import AREA, DISTRICT, OFFICE, Attempt, Part, Root, Step

from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.features.places.values import PointKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

HERE: Final = {"longitude": 117.74, "latitude": 36.88}
NOWHERE: Final = {"longitude": 0.0, "latitude": 0.0}  # not in China, so that a rule refuses it
CARD: Final = "TPL-SOCIAL-SECURITY-CARD"
STARS: Final = (
    "environment",
    "service",
    "efficiency",
    "staff",
    "satisfaction",
)  # the template's indicators
HEADER: Final = "key,kind,area,name,longitude,latitude,hours\n"
BAD_FILE: Final = {
    "name": "a.csv",
    "content": b64encode(
        f"{HEADER}one,HALL,county,样本,117.7,36.8,24/7\ntwo,HALL,county,样本,0,0,24/7\n".encode()
    ).decode(),
}
_numbers = count(1)


async def _fill(work: Work, world: World) -> None:
    """A point with a terminal in town a, whose item was delegated to village a until long ago."""
    point = ServicePointRow(
        id=new_id(),
        key="world-point",
        area_id=world.areas["town-a"].id,
        kind=PointKind.STATION_24H,
        name="样本站",
        hours=read_hours("24/7"),
        **HERE,
    )
    work.db.add(point)
    await work.db.flush()
    work.db.add(
        TerminalRow(
            id=new_id(),
            point_id=point.id,
            key="world-terminal",
            name="终端",
            service_codes=[],
            installed_at=work.now,
        )
    )
    given = DelegationRow(
        id=new_id(),
        service_code=ITEM,
        from_area_id=world.areas["county"].id,
        to_area_id=world.areas["town-a"].id,
        scope=DelegationScope.FULL,
        since=date(2020, 1, 1),
        until=date(2020, 12, 31),
        basis="样本",
    )
    work.db.add(given)
    world.marks |= {"point": str(point.id), "delegation": str(given.id)}
    await world.hire(work, "leader elsewhere", ("leader", "town-b", work.today, None))


def _point(world: World) -> dict[str, Any]:
    return {
        "input": {
            "key": "nowhere",
            "kind": "HALL",
            "area": "county",
            "name": "样本",
            "location": NOWHERE,
            "openingHours": "24/7",
        }
    }


def _withdrawal(world: World) -> dict[str, Any]:
    return {"input": {"delegationId": world.marks["delegation"], "running": "KEEP", "reason": "收回"}}


def _delegation(world: World) -> dict[str, Any]:
    return {
        "input": {
            "serviceCode": ITEM,
            "fromAreaId": str(world.areas["town-a"].id),
            "toAreaId": str(world.areas["county"].id),
            "scope": "FULL",
            "basis": "样本",
        }
    }


# ---------------------------------------------------------------------- named operations


def fresh_point(desk: Desk, **given: Any) -> dict[str, Any]:
    """The input of a point that is not there yet."""
    number = next(_numbers)
    return {
        "key": f"sample-{number}",
        "kind": "STATION",
        "area": "371681101200",
        "name": f"样本站{number}",
        "location": {**HERE, "latitude": 36.7 + number / 10_000},
        "openingHours": "Mo-Fr 09:00-12:00,13:30-17:00; PH off",
        "windows": [{"number": "1", "name": "综合窗口"}],
        **given,
    }


def set_point(desk: Desk, **given: Any) -> dict[str, Any]:
    """A fresh point, as it answers."""
    wanted = fresh_point(desk, **given)
    document = mutation_of("setServicePoint", "id key until windows { id number }")
    found: dict[str, Any] = desk.staff("admin")(document, input=wanted).data["setServicePoint"]
    return found


def delegated(desk: Desk, **given: Any) -> dict[str, Any]:
    """A fresh delegation of an item to a fresh point, as it answers."""
    wanted = {
        "serviceCode": CARD,
        "fromAreaId": desk.area("371681"),
        "toPointId": set_point(desk)["id"],
        "scope": "ACCEPT",
        "basis": "样本清单",
        **given,
    }
    document = mutation_of("delegateService", "id live scope")
    found: dict[str, Any] = desk.staff("admin")(document, input=wanted).data["delegateService"]
    return found


def _importing(desk: Desk) -> Step:
    given = fresh_point(desk)
    line = f"{given['key']},便民服务站,371681101200,{given['name']},117.7,36.8,24/7\n"
    content = b64encode((HEADER + line).encode()).decode()
    return desk.staff("admin"), {"file": {"name": "a.csv", "content": content}, "apply": True}


def _agreeing(desk: Desk) -> Step:
    point = set_point(desk, kind="BANK", windows=None)
    return desk.staff("admin"), {
        "key": f"agreement-{point['key']}",
        "kind": "BANK",
        "partner": "示例银行",
        "serviceCodes": [CARD],
        "points": [point["key"]],
        "since": "2026-01-01",
        "until": "2036-12-31",
    }


def _assessing(desk: Desk) -> Step:
    scores = [{"key": key, "score": 91} for key in STARS]
    return desk.staff("supervisor"), {"pointId": set_point(desk)["id"], "scheme": "STARS", "scores": scores}


def _placing(desk: Desk) -> Step:
    place = {"area": "371681101200", "location": {**HERE, "latitude": 36.5 + next(_numbers) / 10_000}}
    return desk.staff("admin"), {"areas": [{**place, "population": 1000}]}


def _reporting(desk: Desk) -> Step:
    key = f"terminal-{next(_numbers)}"
    set_point(desk, terminals=[{"key": key, "name": "终端", "serviceCodes": []}])
    return desk.staff("admin"), {"key": key, "fault": "缺纸"}


def _delegating(desk: Desk) -> Step:
    return desk.staff("admin"), {
        "serviceCode": CARD,
        "fromAreaId": desk.area("371681"),
        "toPointId": set_point(desk)["id"],
        "scope": "ACCEPT",
        "basis": "样本清单",
    }


def _withdrawing(desk: Desk) -> Step:
    given = {"delegationId": delegated(desk)["id"], "running": "RETURN", "reason": "调整"}
    return desk.staff("admin"), given


PART = Part(
    roots={
        "Query.servicePoint": Root(
            DISTRICT,
            "query($p: ID) { servicePoint(id: $p) { id } }",
            lambda world: {"p": world.marks["point"]},
        ),
        "Query.servicePoints": Root(DISTRICT, "{ servicePoints { edges { node { id } } } }"),
        "Query.partnerAgreements": Root(
            DISTRICT, "{ partnerAgreements { edges { node { id } } } }", may_be_empty=True
        ),
        "Query.delegations": Root(DISTRICT, "{ delegations { edges { node { id } } } }"),
        "Query.pointServices": Root(
            DISTRICT,
            "query($p: ID!) { pointServices(pointId: $p) { scope } }",
            lambda world: {"p": world.marks["point"]},
            may_be_empty=True,
        ),
        "Query.nearestPoints": Root(
            DISTRICT,
            "query($l: LocationInput!) { nearestPoints(location: $l, first: 3) { metres } }",
            lambda _: {"l": HERE},
        ),
        "Query.coverage": Root(
            AREA,
            "query($a: ID) { coverage(areaId: $a) { villages } }",
            lambda world: {"a": str(world.areas["town-a"].id)},
            caller="leader",
        ),
        "Query.networkConformance": Root(
            AREA,
            "query($a: ID!) { networkConformance(areaId: $a) { conforms villages } }",
            lambda world: {"a": str(world.areas["town-a"].id)},
            caller="leader",
        ),
        "Mutation.setServicePoint": Root(
            OFFICE, mutation_of("setServicePoint", "id"), _point, ("INVALID_INPUT",), "admin"
        ),
        "Mutation.assessPoint": Root(
            AREA,
            mutation_of("assessPoint", "id"),
            lambda world: {
                "input": {"pointId": world.marks["point"], "scheme": "MATURITY", "scores": []},
            },
            ("CONFLICT",),  # the world's district has no schemes
            "supervisor",
            "FORBIDDEN",
        ),
        "Mutation.importServicePoints": Root(
            OFFICE,
            mutation_of("importServicePoints", "created"),
            lambda _: {"input": {"file": BAD_FILE, "apply": True}},
            ("INVALID_INPUT",),
            "admin",
        ),
        "Mutation.setPartnerAgreement": Root(
            OFFICE,
            mutation_of("setPartnerAgreement", "id"),
            lambda _: {
                "input": {
                    "key": "x",
                    "kind": "BANK",
                    "partner": "示例",
                    "serviceCodes": [],
                    "points": [],
                    "since": "2026-01-01",
                    "until": "2026-12-31",
                }
            },
            ("INVALID_INPUT",),
            "admin",
        ),
        "Mutation.placeAreas": Root(
            OFFICE,
            mutation_of("placeAreas", "changed"),
            lambda _: {"input": {"areas": [{"area": "county", "location": NOWHERE}]}},
            ("INVALID_INPUT",),
            "admin",
        ),
        "Mutation.reportTerminal": Root(
            AREA,
            mutation_of("reportTerminal", "key"),
            lambda _: {"input": {"key": "world-terminal"}},
            wrong_area="NOT_FOUND",
        ),
        "Mutation.delegateService": Root(
            AREA, mutation_of("delegateService", "id"), _delegation, ("INVALID_INPUT",), "admin", "FORBIDDEN"
        ),
        "Mutation.withdrawDelegation": Root(
            OFFICE, mutation_of("withdrawDelegation", "id"), _withdrawal, ("CONFLICT",), "admin"
        ),
    },
    attempts={
        Permission.PLACE_MANAGE: Attempt(mutation_of("placeAreas", "changed"), {"input": {"areas": []}}),
        Permission.PLACE_ASSESS: Attempt(
            mutation_of("assessPoint", "id"),
            {"input": {"pointId": str(new_id()), "scheme": "STARS", "scores": []}},
            frozenset({"NOT_FOUND"}),
        ),
        Permission.DELEGATION_MANAGE: Attempt(
            mutation_of("withdrawDelegation", "id"),
            {"input": {"delegationId": str(new_id()), "running": "KEEP", "reason": "收回"}},
            frozenset({"NOT_FOUND"}),
        ),
        Permission.TERMINAL_REPORT: Attempt(
            mutation_of("reportTerminal", "key"), {"input": {"key": "none"}}, frozenset({"NOT_FOUND"})
        ),
        Permission.NETWORK_READ: Attempt("{ coverage { villages } }", {}),
    },
    bounds={
        "ServicePoints": 1,
        "ServicePoint": 1,
        "PartnerAgreements": 1,
        "Delegations": 1,
        "NearestPoints": 1,
        "Coverage": 1,
        "NetworkConformance": 1,
        "AssessPoint": 5,
        "SetServicePoint": 9,
        "ImportServicePoints": 9,
        "SetPartnerAgreement": 10,
        "PlaceAreas": 4,
        "ReportTerminal": 5,
        "DelegateService": 9,
        "WithdrawDelegation": 8,
    },
    steps={
        "SetServicePoint": lambda desk: (
            desk.staff("admin"),
            fresh_point(desk, crowd={"queueLength": 7}),
        ),
        "AssessPoint": _assessing,
        "ImportServicePoints": _importing,
        "SetPartnerAgreement": _agreeing,
        "PlaceAreas": _placing,
        "ReportTerminal": _reporting,
        "DelegateService": _delegating,
        "WithdrawDelegation": _withdrawing,
    },
    variables={
        "ServicePoints": lambda _: {},
        "ServicePoint": lambda desk: {"id": set_point(desk)["id"]},
        "PartnerAgreements": lambda _: {},
        "Delegations": lambda desk: {"filter": {"serviceCode": CARD, "areaId": desk.area("371681")}},
        "NearestPoints": lambda _: {
            "location": HERE,
            "openAt": "2026-11-23T10:00:00+08:00",
            "serviceCode": CARD,
        },
        "Coverage": lambda _: {"minutes": 15},
        "NetworkConformance": lambda desk: {"areaId": desk.area("371681101")},
    },
    logins={"Coverage": "leader", "NetworkConformance": "leader"},
    fill=_fill,
)
