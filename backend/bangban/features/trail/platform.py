"""The platform's own trail in the API. Audit operators read it; nobody writes it here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Text, cast

from bangban.features.trail.graphql import AuditFilter, picked
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import PlatformEntryRow
from bangban.kernel.planner.fields import column, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

TRAIL_GUARD = Guard(Permission.TRAIL_READ)


@reads(PlatformEntryRow, guard=TRAIL_GUARD, platform=True)
@strawberry.type(description="Who did what on the platform's own side, when 平台审计记录.")
class PlatformEntry:
    id: strawberry.ID = column("Identifier 标识.")
    seq: int = column("Place in the platform's trail 序号.")
    at: datetime = column("When 时间.")
    actor: str = column("Who, as kind and identifier 操作者.")
    action: str = column("What, as object:action 操作.")
    object: str = column("To what, as kind and name or identifier 对象.")
    request_id: str | None = column("The request it came from 请求标识.")
    details: str = column("What else is to be said, as JSON 详情.", lambda r: cast(r.c.details, Text()))


def _entries(
    root: Rows,
    filter: Annotated[AuditFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    return Listing(Order("platformTrail", (root.c.seq,), descending=True), picked(root, filter))


@strawberry.type
class PlatformTrailQuery:
    platform_trail: Connection[PlatformEntry] = paged(
        "The platform's own trail, latest first, for audit operators 平台审计轨迹.",
        _entries,
        requires=Permission.TRAIL_READ,
        platform=True,
    )
