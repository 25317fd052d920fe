"""What it takes to send each named mutation: who sends it, and something fresh for it to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from tests.api import area_steps, leaving_steps, operator_steps, rule_steps, staffing
from tests.api.casework import REQUIRED, Desk, application, applied, fresh, lacking
from tests.api.clients import PASSWORD, Client
from tests.api.fleet_desk import keeper, task_of, without_runs
from tests.api.named import applied_to_join, case_in, joining, number_of, operator_of, sent_by
from tests.api.parts import parts
from tests.api.shapes import Step

from bangban.features.accounts.tables import PlatformAttemptRow
from bangban.features.districts.tables import OnboardingState
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.tables import TaskState

VILLAGE = "371681101200"


def submitted_by(desk: Desk, n: int) -> str:
    return applied(desk.resident(n), desk.area(VILLAGE), n=n, supplied=list(REQUIRED))


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
    "MigrateFleet": fleet_run,
    "CheckDrift": fleet_run,
    "PauseTask": halting(TaskState.WAITING),
    "ResumeTask": halting(TaskState.PAUSED),
    "CancelTask": halting(TaskState.WAITING),
    **area_steps.STEPS,
    **leaving_steps.STEPS,
    **rule_steps.STEPS,
    **staffing.steps(),
    **operator_steps.STEPS,
    **{name: step for part in parts() for name, step in part.steps.items()},
}


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
