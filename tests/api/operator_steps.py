"""What it takes to send each of the operators' named operations: the client of the right duty, and its input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from tests.api.casework import Desk, fresh
from tests.api.clients import PASSWORD, Client
from tests.api.operators import Platform

from bangban.features.accounts.tables import OperatorRow
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus

QUIET = "rushan"  # the district that is suspended and resumed here
Step = tuple[Client, dict[str, Any]]

QUERIES = {
    "Operators": OperatorDuty.SECURITY,
    "PlatformDistricts": OperatorDuty.SYSTEM,
    "PlatformStatistics": OperatorDuty.AUDIT,
    "DistrictStatistics": OperatorDuty.AUDIT,
    "PlatformTrail": OperatorDuty.AUDIT,
}
"""The duty of whoever asks."""


def platform_of(desk: Desk) -> Platform:
    return Platform(desk.services, desk.place.api, desk.run)


def asks_as_operator(desk: Desk, name: str) -> Client:
    """A new operator with the duty for this query."""
    return platform_of(desk).client(QUERIES[name])


def _security(desk: Desk) -> Client:
    return platform_of(desk).client(OperatorDuty.SECURITY)


def _somebody(desk: Desk, *, active: bool = True) -> str:
    """An operator's account with a session, or a closed one."""
    made = platform_of(desk).hire(OperatorDuty.SYSTEM)[0]

    async def close() -> None:
        async with desk.services.tenancy.platform() as db:
            await db.execute(update(OperatorRow).where(OperatorRow.id == made).values(active=False))

    if not active:
        desk.run(close())
    return str(made)


def _new() -> dict[str, Any]:
    return {
        "login": f"new-{uuid4().hex[:8]}",
        "name": "样本",
        "duty": "SYSTEM",
        "phone": sample_phone(fresh()),
    }


def _accepting(desk: Desk) -> Step:
    given = _new()
    made = _security(desk)(
        "mutation($i: CreateOperatorInput!) { createOperator(input: $i) { id } }", i=given
    ).data["createOperator"]
    assert UUID(made["id"])
    letters = [json.loads(each.read_text("utf-8")) for each in sorted(desk.outbox.glob("*.json"))]
    text = [each["text"] for each in letters if each["to"] == given["phone"]][-1]
    found = re.search(r"operator\.[A-Za-z0-9_-]+", text)
    assert found is not None
    return desk.place.api, {"token": found[0], "password": PASSWORD}


def stand(desk: Desk, status: DistrictStatus) -> None:
    """The district as it stands before, without quotas."""

    async def put() -> None:
        async with desk.services.tenancy.platform() as db:
            why = "样本原因" if status is DistrictStatus.SUSPENDED else None
            await db.execute(
                update(DistrictRow)
                .where(DistrictRow.slug == QUIET)
                .values(status=status, suspended_why=why, quotas={})
            )
        await desk.services.tenancy.registry.refresh(QUIET)

    desk.run(put())


def _standing(desk: Desk, status: DistrictStatus, **given: Any) -> Step:
    stand(desk, status)
    return platform_of(desk).client(OperatorDuty.SYSTEM), {"slug": QUIET, **given}


STEPS: dict[str, Callable[[Desk], Step]] = {
    "CreateOperator": lambda d: (_security(d), _new()),
    "InviteOperator": lambda d: (_security(d), {"id": _somebody(d), "phone": sample_phone(fresh())}),
    "SetOperatorDuty": lambda d: (_security(d), {"id": _somebody(d), "duty": "SECURITY"}),
    "DisableOperator": lambda d: (_security(d), {"id": _somebody(d)}),
    "EnableOperator": lambda d: (_security(d), {"id": _somebody(d, active=False)}),
    "AcceptOperatorInvitation": _accepting,
    "SuspendDistrict": lambda d: _standing(d, DistrictStatus.LIVE, reason="样本原因"),
    "ResumeDistrict": lambda d: _standing(d, DistrictStatus.SUSPENDED),
    "SetDistrictQuotas": lambda d: _standing(d, DistrictStatus.LIVE, staffAccounts=10_000),
}
