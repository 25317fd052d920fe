"""What keeping a catalog is asked with, the samples that are kept, and what the trail says of them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.casework import fresh
from tests.unit.features.catalog.drawn_items import DRAFT

from bangban.features.catalog.drafts import ItemDraft
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.work import Work

CHANGE = "applied created changed withdrawn unchanged items { code kind version differences { field before after } }"
FAULTS = "faults { line column message } materialFaults { line column message }"
ADOPT = f"mutation($input: AdoptTemplateInput!) {{ adoptTemplate(input: $input) {{ {CHANGE} }} }}"
TAKE = (
    f"mutation($input: TakeOverTemplateItemsInput!) {{ takeOverTemplateItems(input: $input) {{ {CHANGE} }} }}"
)
PUBLISH = (
    "mutation($input: ServiceItemInput!) { publishServiceItem(input: $input)"
    " { code version effectiveFrom materials { code } fee { amount } } }"
)
WITHDRAW = (
    "mutation($input: WithdrawServiceItemInput!) { withdrawServiceItem(input: $input) { code effectiveTo } }"
)
IMPORT = f"mutation($input: ImportServiceItemsInput!) {{ importServiceItems(input: $input) {{ {CHANGE} {FAULTS} }} }}"
DRIFT = "{ templateDrift { code kind taken offered differences { field district template changedBy } } }"
SERVICE = "query($code: String!) { service(code: $code) { version name } }"
HEADER = (
    "事项编码,事项名称,事项类型,服务对象,办件类型,承诺时限,法定时限,到现场次数,收费金额,收费依据,办理渠道,"
    "受理层级,设定依据,办理结果,受理条件"
)


def sample(**changes: Any) -> ItemDraft:
    return replace(DRAFT, code=f"SAMPLE-KEPT-{fresh()}", **changes)


def given(code: str, **changes: Any) -> dict[str, Any]:
    """What ``publishServiceItem`` takes."""
    return {
        "code": code,
        "name": "样例事项",
        "kind": "CONFIRMATION",
        "audience": ["PERSON"],
        "caseType": "PROMISED",
        "promisedWorkingDays": 5,
        "legalWorkingDays": 20,
        "maxTrips": 1,
        "materials": [{"code": "CARD", "name": "身份证", "copies": 1}],
        "channels": ["HALL", "WEB"],
        "handledAt": ["COUNTY"],
        "legalBasis": ["样例法"],
        "resultName": "样例证",
        **changes,
    }


def file(content: bytes | str, name: str = "事项.csv") -> dict[str, str]:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "content": base64.b64encode(data).decode()}


def entries(world: World, code: str) -> list[dict[str, Any]]:
    async def read(work: Work) -> list[dict[str, Any]]:
        entry = AuditEntryRow
        rows = await work.db.scalars(
            select(entry.details).where(entry.object == f"service:{code}").order_by(entry.seq)
        )
        return list(rows.all())

    found: list[dict[str, Any]] = world.inside(read)
    return found
