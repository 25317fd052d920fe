"""The audit trail in the API. Auditors of the district read it; nobody writes it here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from bangban.features.areas.graphql import Area, within_paths
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.planner.fields import Listing, Order, Rows, column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads

AUDIT_GUARD = Guard(Permission.AUDIT_READ, within=lambda c, paths: within_paths(c.area_id, paths))


@reads(AuditEntryRow, guard=AUDIT_GUARD)
@strawberry.type(description="Who did what to which object, when 审计记录.")
class AuditEntry:
    id: strawberry.ID = column("Identifier 标识.")
    seq: int = column("Place in the district's trail 序号.")
    at: datetime = column("When 时间.")
    actor: str = column("Who, as kind and identifier 操作者.")
    action: str = column("What, as object:action 操作.")
    object: str = column("To what, as kind and number 对象.")
    area: Area | None = one("Where it belongs 区域.", lambda r: r.c.id == r.parent.area_id)
    request_id: str | None = column("The request it came from 请求标识.")


@strawberry.input(description="Which entries to list 审计筛选条件.")
class AuditFilter:
    actor: str | None = strawberry.field(default=None, description="By this actor 操作者.")
    action: str | None = strawberry.field(default=None, description="Of this action 操作.")
    object: str | None = strawberry.field(default=None, description="On this object 对象.")
    since: datetime | None = strawberry.field(default=None, description="At or after 起始时间.")
    until: datetime | None = strawberry.field(default=None, description="Before 截止时间.")


def picked(root: Rows, which: AuditFilter | None) -> tuple[Predicate, ...]:
    """The conditions of a filter, on a district's trail or on the platform's."""
    if which is None:
        return ()
    where = [
        said == wanted
        for said, wanted in (
            (root.c.actor, which.actor),
            (root.c.action, which.action),
            (root.c.object, which.object),
        )
        if wanted is not None
    ]
    if which.since is not None:
        where.append(root.c.at >= which.since)
    if which.until is not None:
        where.append(root.c.at < which.until)
    return tuple(where)


def _entries(
    root: Rows,
    filter: Annotated[AuditFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    return Listing(Order("trail", (root.c.seq,), descending=True), picked(root, filter))


@strawberry.type
class TrailQuery:
    audit_trail: Connection[AuditEntry] = paged(
        "The district's audit trail, latest first 审计轨迹.", _entries, requires=Permission.AUDIT_READ
    )
