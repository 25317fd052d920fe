"""Chief representatives, contacts, proxy use and recognitions: what the API's common tests know of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from tests.api.access_world import ITEM, World
from tests.api.casework import Desk, applied, mutation_of
from tests.api.shapes import AREA, DISTRICT, Attempt, Part, Root, Step

from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.people.tables import TeamRow
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.features.proxy_use.rules import APPS, FIELDS, SHOWN
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.features.recognitions.tables import GIVER_CONTEXT, RecognitionRow
from bangban.features.recognitions.values import RecognitionKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

HOURS: Final = timedelta(hours=4)


async def _fill(work: Work, world: World) -> None:
    """A clerk who may decide an item of their own, and sits at a point today."""
    clerk = world.people["window-clerk COUNTY"].id
    assert clerk is not None
    point = ServicePointRow(
        id=new_id(),
        key="representatives-point",
        area_id=world.areas["town-a"].id,
        kind=PointKind.HALL,
        name="样本厅",
        longitude=117.74,
        latitude=36.88,
        hours=read_hours("24/7"),
    )
    work.db.add(point)
    await work.db.flush()
    work.db.add_all(
        [
            DelegationRow(
                id=new_id(),
                service_code="NO-CASE-IS-OF-IT",  # so that nobody may do more of a case by it
                from_area_id=world.areas["county"].id,
                to_point_id=point.id,
                staff_id=clerk,
                scope=DelegationScope.FULL,
                since=date(2020, 1, 1),
                basis="样本",
            ),
            GuideShiftRow(
                id=new_id(),
                point_id=point.id,
                guide_id=clerk,
                desk=None,
                day=work.today,
                begins_at=work.now,
                ends_at=work.now + HOURS,
                kind=ShiftKind.REPRESENTATIVE,
            ),
            TeamRow(
                id=new_id(),
                key="representatives-team",
                name="样本队",
                kind="TOWN",
                area_id=world.areas["town-a"].id,
                contact_role="帮办专员",
                office_line="0543-1234567",
                contact_until=date(2099, 12, 31),
                contact_checked_on=work.today,
            ),
            ProxyUseRow(
                id=new_id(),
                case_id=None,
                service_code=ITEM,
                area_id=world.areas["town-a"].id,
                staff_id=clerk,
                at=work.now,
                step=ProxyStep.LOOK_UP,
                consent=Consent.SPOKEN,
                consented_at=work.now,
                app=APPS[0],
                entered=[],
                shown=list(SHOWN[:1]),
                elderly=True,
            ),
            RecognitionRow(
                id=new_id(),
                kind=RecognitionKind.BANNER,
                on_date=work.today,
                area_id=world.areas["town-a"].id,
                staff_id=clerk,
                team_id=None,
                giver_sealed=work.vault.seal("样本企业", context=GIVER_CONTEXT),
                giver_masked="样***",
                recorded_by=clerk,
                recorded_at=work.now,
            ),
        ]
    )
    await work.db.flush()
    (team,) = await work.db.scalars(select(TeamRow.id).where(TeamRow.key == "representatives-team"))
    world.marks["team"] = str(team)
    for role in ("helper", "leader"):
        if f"{role} elsewhere" not in world.people:  # another part may have hired one
            await world.hire(work, f"{role} elsewhere", (role, "town-b", work.today, None))


def _contact(world: World) -> dict[str, Any]:
    # Somebody's own number, so that nothing is published.
    return {"input": {"teamId": world.marks["team"], "role": "专员", "phone": "13800000000"}}


def _use(world: World) -> dict[str, Any]:
    return {"input": {**_looked_up(), "serviceCode": "NONE", "areaId": str(world.areas["town-a"].id)}}


def _thanks(world: World) -> dict[str, Any]:
    area = str(world.areas["town-a"].id)
    return {
        "input": {"kind": "BANNER", "giver": "样本企业", "on": "2026-01-01", "areaId": area}
    }  # for nobody


def _looked_up(**given: Any) -> dict[str, Any]:
    """A use as it is recorded a moment after the resident agreed."""
    agreed = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    return {
        "step": "LOOK_UP",
        "consent": "SPOKEN",
        "consentedAt": agreed,
        "app": APPS[0],
        "entered": list(FIELDS[:2]),
        "shown": list(SHOWN[:2]),
        "elderly": True,
        **given,
    }


def _team(desk: Desk) -> str:
    return str(desk.scalar(select(TeamRow.id).order_by(TeamRow.key).limit(1)))


def _publishing(desk: Desk) -> Step:
    given = {"role": "帮办代办专员", "phone": "0543-2345678", "wechat": "https://u.wechat.com/sample"}
    return desk.staff("admin"), {"teamId": _team(desk), **given}


def _using(desk: Desk) -> Step:
    clerk = desk.staff("clerk-county")
    return clerk, _looked_up(number=applied(clerk, desk.area("371681101200")), step="APPLY")


def _thanking(desk: Desk) -> Step:
    given = {"kind": "LETTER", "giver": "样本企业", "on": "2026-01-01", "areaId": desk.area("371681")}
    return desk.staff("leader"), {**given, "teamId": _team(desk)}


PART = Part(
    roots={
        "Query.representatives": Root(DISTRICT, "{ representatives { edges { node { id department } } } }"),
        "Query.contactBook": Root(DISTRICT, "{ contactBook { edges { node { id phone } } } }"),
        "Query.proxyUses": Root(AREA, "{ proxyUses { edges { node { id } } } }", caller="supervisor"),
        "Query.recognitions": Root(AREA, "{ recognitions { edges { node { id } } } }", caller="supervisor"),
        "Mutation.publishContact": Root(
            AREA, mutation_of("publishContact", "id"), _contact, ("INVALID_INPUT",), "admin", "NOT_FOUND"
        ),
        "Mutation.recordProxyUse": Root(
            AREA, mutation_of("recordProxyUse", "id"), _use, ("NOT_FOUND",), "helper", "FORBIDDEN"
        ),
        "Mutation.recordRecognition": Root(
            AREA, mutation_of("recordRecognition", "id"), _thanks, ("INVALID_INPUT",), "leader", "FORBIDDEN"
        ),
    },
    attempts={
        Permission.CONTACT_READ: Attempt("{ contactBook { totalCount } }", {}),
        Permission.CONTACT_MANAGE: Attempt(
            mutation_of("publishContact", "id"),
            {"input": {"teamId": str(new_id()), "role": "专员"}},
            frozenset({"NOT_FOUND"}),
        ),
        Permission.PROXY_READ: Attempt("{ proxyUses { totalCount } }", {}),
        Permission.PROXY_RECORD: Attempt(
            mutation_of("recordProxyUse", "id"),
            {"input": {**_looked_up(), "app": "无此渠道"}},
            frozenset({"INVALID_INPUT"}),
        ),
        Permission.RECOGNITION_READ: Attempt("{ recognitions { totalCount } }", {}),
        Permission.RECOGNITION_RECORD: Attempt(
            mutation_of("recordRecognition", "id"),
            {"input": {"kind": "BANNER", "giver": "样", "on": "2026-01-01", "areaId": str(new_id())}},
            frozenset({"NOT_FOUND", "INVALID_INPUT"}),
        ),
    },
    bounds={
        "Representatives": 1,
        "ContactBook": 1,
        "ProxyUses": 1,
        "Recognitions": 1,
        "PublishContact": 7,
        "RecordProxyUse": 9,
        "RecordRecognition": 7,
    },
    steps={"PublishContact": _publishing, "RecordProxyUse": _using, "RecordRecognition": _thanking},
    variables={
        "Representatives": lambda _: {},
        "ContactBook": lambda _: {},
        "ProxyUses": lambda desk: {"filter": {"areaId": desk.area("371681"), "elderly": True}},
        "Recognitions": lambda _: {"filter": {"kind": "BANNER"}},
    },
    logins={"ProxyUses": "supervisor", "Recognitions": "supervisor"},
    fill=_fill,
)
