"""What it takes to send each named mutation: who sends it, and something fresh for it to do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

from sqlalchemy import delete, update
from tests.api import operator_steps, staffing
from tests.api.casework import REQUIRED, Desk, application, applied, fresh, lacking
from tests.api.clients import PASSWORD, Client
from tests.api.fleet_desk import keeper, task_of, without_runs
from tests.api.named import (
    applied_to_join,
    case_in,
    joining,
    number_of,
    operator_of,
    sent_by,
)
from tests.api.parts import parts
from tests.api.parts.catalog import ITEM_INPUT
from tests.api.shapes import Step
from tests.unit.features.catalog.drawn_items import DRAFT

from bangban.features.accounts.credentials import set_operator_password
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.accounts.tables import PlatformAttemptRow
from bangban.features.catalog.templates import TemplateCatalog
from bangban.features.districts.tables import OnboardingState
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus

VILLAGE = "371681101200"


def submitted_by(desk: Desk, n: int) -> str:
    return applied(desk.resident(n), desk.area(VILLAGE), n=n, supplied=list(REQUIRED))


GOING = "nanjing-pukou"  # the district that leaves and stays here; no other test's
PASSPHRASE = "河边的柳树发芽了 2026 年"


def going(desk: Desk, status: DistrictStatus) -> Client:
    """The administrator of a district that stands so, with an archive and nothing under way."""
    facts = {"file": "x.zip", "sha256": "0" * 64, "bytes": 1, "rows": 1, "at": "2026-11-01T00:00:00+00:00"}
    since = datetime(2026, 10, 1, tzinfo=UTC) if status is DistrictStatus.LEAVING else None

    async def stand() -> None:
        async with desk.services.tenancy.platform() as db:
            await db.execute(
                update(DistrictRow)
                .where(DistrictRow.slug == GOING)
                .values(status=status, leaving_since=since, archive=facts)
            )
            await db.execute(delete(TaskRow).where(TaskRow.district == GOING))
        await desk.services.tenancy.registry.refresh(GOING)

    desk.run(stand())
    place = desk.others[GOING]
    return place.sign_in("admin")


def leaving(desk: Desk) -> Client:
    """The same, once it asked to leave."""
    going(desk, DistrictStatus.LIVE)
    return going(desk, DistrictStatus.LEAVING)


def operator(desk: Desk) -> Client:
    """A system operator."""

    async def made() -> None:
        passwords = Passwords(cost=Cost(1, 8, 1))
        async with desk.services.tenancy.platform() as db:
            await set_operator_password(
                db, passwords=passwords, login="bounds-operator", name="样本", password=PASSWORD
            )
        passwords.close()

    desk.run(made())
    given = {"login": "bounds-operator", "password": PASSWORD}
    reply, _ = sent_by(desk.place.api, "SignIn", {"input": given})
    return desk.place.api.as_(Authorization=f"Bearer {reply.data['signIn']['accessToken']}")


def dropping(desk: Desk) -> Step:
    leaving(desk)
    return operator(desk), {"slug": GOING, "confirmSlug": GOING}


def rating(desk: Desk) -> Step:
    number = case_in(desk, "completed")
    return desk.resident(number_of(number)), {"number": number, "grade": "SATISFIED", "comment": "很好"}


def withdrawal(desk: Desk) -> Step:
    n = fresh()
    return desk.resident(n), {"number": submitted_by(desk, n), "reason": "不办了"}


def code(desk: Desk) -> Step:
    phone = sample_phone(fresh())
    sent_by(desk.place.anonymous, "RequestSignInCode", {"input": {"phone": phone}})
    return desk.place.anonymous, {"phone": phone, "code": desk.code_of(phone)}


_numbers = count(1)


def admin_of(desk: Desk) -> Client:
    return desk.staff("admin")


def park(desk: Desk, *, retired: bool = False) -> str:
    """The id of a fresh area, which is in use or not."""
    given = {"parentId": desk.area("371681"), "name": f"样本园区{next(_numbers)}", "kind": "PARK"}
    added, _ = sent_by(admin_of(desk), "AddArea", {"input": given})
    found = str(added.data["addArea"]["id"])
    if retired:
        sent_by(admin_of(desk), "RetireArea", {"input": {"areaId": found}})
    return found


def area_file() -> dict[str, str]:
    table = f"键,名称,上级,类型\nsample-{next(_numbers)},样本园区,371681,园区\n"
    return {"name": "areas.csv", "content": base64.b64encode(table.encode("gbk")).decode()}


def grids(desk: Desk) -> Step:
    client = desk.others["zibo-hitech"].sign_in("admin")
    return client, {"grids": [{"parent": "370303105201", "suffix": str(100 + next(_numbers))}], "apply": True}


AREA_STEPS: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "ImportAreas": lambda d: {"file": area_file(), "apply": True},
    "ImportOfficialAreas": lambda _: {"apply": True},
    "AddArea": lambda d: {"parentId": d.area("371681"), "name": f"园区{next(_numbers)}", "kind": "PARK"},
    "RenameArea": lambda d: {"areaId": park(d), "name": f"新名{next(_numbers)}"},
    "MoveArea": lambda d: {"areaId": moving(d), "toParentId": park(d)},
    "RetireArea": lambda d: {"areaId": park(d)},
    "RestoreArea": lambda d: {"areaId": park(d, retired=True)},
    "MergeAreas": lambda d: {"areaIds": [park(d)], "intoId": park(d)},
    "SplitArea": lambda d: {
        "areaId": park(d),
        "into": [{"name": f"{part}{next(_numbers)}", "childIds": []} for part in ("东园", "西园")],
    },
}


def moving(desk: Desk) -> str:
    """The id of a fresh village."""
    given = {"parentId": park(desk), "name": f"样本村{next(_numbers)}", "kind": "VILLAGE"}
    added, _ = sent_by(admin_of(desk), "AddArea", {"input": given})
    return str(added.data["addArea"]["id"])


def keeping(name: str) -> Callable[[Desk], Step]:
    return lambda desk: (admin_of(desk), AREA_STEPS[name](desk))


def correction(desk: Desk) -> tuple[Client, dict[str, Any]]:
    n = fresh()
    given = {
        "number": submitted_by(desk, n),
        "field": "NAME",
        "value": "欧阳样本",
        "reason": "证件上的姓名不同",
    }
    return desk.resident(n), given


def decision(desk: Desk) -> Step:
    client, given = correction(desk)
    reply, _ = sent_by(client, "RequestCorrection", {"input": given})
    request = reply.data["requestCorrection"]["id"]
    return desk.staff("supervisor"), {"id": request, "grant": True, "answer": "证件核对一致"}


def resending(desk: Desk) -> Step:
    id_, ticket, _ = applied_to_join(desk)

    async def minutes_ago() -> None:  # the one before was sent
        async with desk.services.tenancy.platform() as db:
            await db.execute(update(PlatformAttemptRow).values(at=datetime.now(UTC) - timedelta(minutes=5)))

    desk.run(minutes_ago())
    return desk.place.api.as_(Authorization=f"Bearer {ticket}"), {"id": id_}


def verifying(desk: Desk) -> Step:
    id_, ticket, sent = applied_to_join(desk)
    return desk.place.api.as_(Authorization=f"Bearer {ticket}"), {"id": id_, "code": sent}


def deciding(desk: Desk, state: OnboardingState, **more: str) -> Step:
    return operator_of(desk), {"id": applied_to_join(desk, state=state)[0], **more}


def fleet_run(desk: Desk) -> Step:
    without_runs(desk.services, desk.run)
    return keeper(desk.place.api, desk.services, desk.run), {"only": [desk.place.slug]}


def halting(state: TaskState) -> Callable[[Desk], Step]:
    def step(desk: Desk) -> Step:
        task_id = task_of(desk.services, desk.run, desk.place.slug, state=state)
        return keeper(desk.place.api, desk.services, desk.run), {"taskId": task_id}

    return step


STEPS: dict[str, Callable[[Desk], Step]] = {
    "ExportDistrict": lambda d: (going(d, DistrictStatus.LIVE), {"passphrase": PASSPHRASE}),
    "LeavePlatform": lambda d: (
        going(d, DistrictStatus.LIVE),
        {"passphrase": PASSPHRASE, "reason": "样本原因"},
    ),
    "CancelLeaving": lambda d: (leaving(d), {"reason": "样本原因"}),
    "DropDistrict": dropping,
    "ApplyForCase": lambda d: (
        d.staff("helper-village"),
        application(d.area(VILLAGE), fresh(), supplied=list(REQUIRED), note="说明"),
    ),
    "PreCheckCase": lambda d: (
        d.staff("helper-village"),
        {"number": applied(d.staff("helper-village"), d.area(VILLAGE)), "missing": lacking(REQUIRED)},
    ),
    "SupplyMaterials": lambda d: (
        d.staff("helper-village"),
        {"number": case_in(d, "noticed"), "codes": list(REQUIRED)},
    ),
    "AcceptCase": lambda d: (d.staff("clerk-town"), {"number": case_in(d, "checked")}),
    "CompleteCase": lambda d: (
        d.staff("clerk-town"),
        {"number": case_in(d, "accepted"), "outcome": "GRANTED", "opinion": "材料齐全，准予办理"},
    ),
    "RateCase": rating,
    "DeclineCase": lambda d: (
        d.staff("clerk-town"),
        {"number": case_in(d, "checked"), "reason": "不属于本机关职权", "basis": "行政许可法第三十二条"},
    ),
    "WithdrawCase": withdrawal,
    "SuspendCase": lambda d: (
        d.staff("clerk-town"),
        {"number": case_in(d, "accepted"), "reason": "等待评审"},
    ),
    "ResumeCase": lambda d: (d.staff("clerk-town"), {"number": case_in(d, "suspended")}),
    "TerminateCase": lambda d: (
        d.staff("supervisor"),
        {"number": case_in(d, "accepted"), "reason": "申请人死亡", "basis": "行政许可法第七十条"},
    ),
    "HandOverCase": lambda d: (
        d.staff("helper-village"),
        {"number": case_in(d, "accepted"), "toStaffId": d.staff_id("helper-town"), "reason": "外出"},
    ),
    "TakeOverCase": lambda d: (d.staff("helper-town"), {"number": case_in(d, "offered")}),
    "ReturnCase": lambda d: (
        d.staff("helper-town"),
        {"number": case_in(d, "offered"), "reason": "不在本片区"},
    ),
    "RevealApplicant": lambda d: (
        d.staff("clerk-town"),
        {"number": case_in(d, "accepted"), "reason": "电话核实申请人身份"},
    ),
    "RequestCorrection": correction,
    "DecideDataRequest": decision,
    "SetRetention": lambda d: (d.staff("admin"), {"caseDays": 400 + fresh() % 100}),
    "ApplyForOnboarding": lambda d: (d.place.api, joining()),
    "VerifyOnboarding": verifying,
    "ResendOnboardingCode": resending,
    "ApproveOnboarding": lambda d: deciding(d, OnboardingState.VERIFIED),
    "RejectOnboarding": lambda d: deciding(d, OnboardingState.VERIFIED, reason="样本理由"),
    "RetryOnboarding": lambda d: deciding(d, OnboardingState.FAILED),
    "ConfigureDistrict": lambda d: (d.staff("admin"), {"circleMinutes": 1 + fresh() % 120}),
    "SetLevels": lambda d: (
        d.staff("admin"),
        {
            "levels": ["COUNTY", "TOWN", "VILLAGE"],
            "names": [{"level": "VILLAGE", "name": {"zh": f"村居{fresh()}", "en": "Village"}}],
        },
    ),
    "SignIn": lambda d: (d.place.anonymous, {"login": "clerk-town-2", "password": PASSWORD}),
    "RequestSignInCode": lambda d: (d.place.anonymous, {"phone": sample_phone(fresh())}),
    "SignInWithCode": code,
    "AdoptTemplate": lambda d: (d.staff("admin"), {"codes": [offered(d)]}),
    "TakeOverTemplateItems": lambda d: (d.staff("admin"), {"codes": [offered(d)]}),
    "PublishServiceItem": lambda d: (d.staff("admin"), item_of(fresh())),
    "AddPolicyLines": lambda d: (d.staff("admin"), {"lines": [next(_LINES)]}),
    "RemovePolicyLines": lambda d: (d.staff("admin"), {"ids": [added(d)]}),
    "ImportPolicyLines": lambda d: (
        d.staff("admin"),
        {"file": table("p, {role}, {level}, {object}, {action}, deny".format(**next(_LINES))), "apply": True},
    ),
    "CloseDay": lambda d: (d.staff("admin"), {"day": next(_DAYS), "reason": "样例"}),
    "OpenDay": lambda d: (d.staff("admin"), {"day": next(_RESTS), "reason": "样例"}),
    "ResetDay": lambda d: (d.staff("admin"), {"day": closed(d)}),
    "ImportLocalDays": lambda d: (
        d.staff("admin"),
        {"file": table(f"日期,安排,理由\n{next(_DAYS)},休,样例"), "apply": True},
    ),
    "WithdrawServiceItem": lambda d: (d.staff("admin"), {"code": published(d)}),
    "ImportServiceItems": lambda d: (
        d.staff("admin"),
        {"file": table(ITEM_TABLE.format(n=fresh())), "apply": True},
    ),
    "AddGrids": grids,
    "MigrateFleet": fleet_run,
    "CheckDrift": fleet_run,
    "PauseTask": halting(TaskState.WAITING),
    "ResumeTask": halting(TaskState.PAUSED),
    "CancelTask": halting(TaskState.WAITING),
    **{name: keeping(name) for name in AREA_STEPS},
    **staffing.steps(),
    **operator_steps.STEPS,
    **{name: step for part in parts() for name, step in part.steps.items()},
}


def item_of(n: int) -> dict[str, Any]:
    """An own item that nobody has."""
    return {**ITEM_INPUT, "code": f"SAMPLE-BOUND-{n}", "noMaterialsReason": "样例", "basedOn": 0}


def published(desk: Desk) -> str:
    """The code of a fresh own item."""
    given = item_of(fresh())
    sent_by(desk.staff("admin"), "PublishServiceItem", {"input": given})
    return str(given["code"])


def offered(desk: Desk) -> str:
    """The code of a fresh item of the template."""
    draft = replace(DRAFT, code=f"SAMPLE-OFFER-{fresh()}", handled_at=(AreaLevel.COUNTY,))
    cast("dict[str, Any]", desk.services.catalogs)["county"] = TemplateCatalog("county", [(draft, None)])
    return draft.code


# Denials of what nobody here is going to do.
_LINES = (
    {"role": "guide", "level": level, "object": "case", "action": action, "effect": "DENY"}
    for action in ("apply", "pre-check", "supply", "withdraw", "reveal")
    for level in ("VILLAGE", "GRID", "MICRO_GRID")
)
_DAYS = (f"2024-07-{day:02}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19))  # working days
_RESTS = (f"2024-07-{day:02}" for day in (6, 7, 13, 14, 20, 21))  # at weekends


def added(desk: Desk) -> str:
    """The id of a fresh policy line."""
    admin = desk.staff("admin")
    sent_by(admin, "AddPolicyLines", {"input": {"lines": [next(_LINES)]}})
    found = sent_by(admin, "PolicyLines", {})[0].data["policyLines"]
    return str(found[-1]["id"])


def closed(desk: Desk) -> str:
    """A day that the district has just closed."""
    day = next(_DAYS)
    sent_by(desk.staff("admin"), "CloseDay", {"input": {"day": day, "reason": "样例"}})
    return day


ITEM_TABLE = (
    "code,name,kind,audience,case_type,promised_working_days,legal_working_days,max_trips,no_materials_reason,"
    "channels,handled_at,legal_basis,result\n"
    "SAMPLE-BOUND-{n},样例,公共服务,自然人,即办件,0,0,1,样例,网上办,县,样例法,样例证\n"
)


def table(text: str) -> dict[str, str]:
    """A file as the API takes it."""
    return {"name": "样例.csv", "content": base64.b64encode(text.encode()).decode()}


def session(desk: Desk) -> dict[str, Any]:
    reply, _ = sent_by(desk.place.anonymous, "SignIn", {"input": {"login": "guide", "password": PASSWORD}})
    found: dict[str, Any] = reply.data["signIn"]
    return found


def step_of(desk: Desk, name: str) -> Step:
    """Who sends a mutation, and its variables: something fresh for it to do."""
    if name == "RefreshSession":
        return desk.place.api, {"refreshToken": session(desk)["refreshToken"]}
    if name == "RevealMyData":
        return desk.resident(1), {}
    if name == "SignOut":
        return desk.place.api.as_(Authorization=f"Bearer {session(desk)['accessToken']}"), {}
    if name == "GoLive":
        return desk.staff("admin"), {}
    client, given = STEPS[name](desk)
    return client, {"input": given}
