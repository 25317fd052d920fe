"""The audit trail and its seals in the API. Auditors of the district read and verify them; nobody writes here.

An entry has all that its bytes are made of, and a seal all that its digest is made of (``docs/audit.md``), so
that whoever reads both can prove the trail without the server's word for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Text, cast, func

from bangban.features.areas.graphql import Area, within_paths
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.tables import AuditEntryRow, AuditSealRow
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import bounds
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

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
    area_id: strawberry.ID | None = column("Identifier of that area, as it was sealed 区域标识.")
    request_id: str | None = column("The request it came from 请求标识.")
    details: str = column("What else is to be said, as JSON 详情.", lambda r: cast(r.c.details, Text()))


@reads(AuditSealRow, guard=Guard(Permission.AUDIT_VERIFY))  # of the whole trail: no part of it is any area's
@strawberry.type(description="A seal over a range of entries, chained to the seal before 审计封印.")
class AuditSeal:
    number: int = column("Place in the chain, from 1 序号.")
    first_seq: int = column("First number of an entry that it covers 起始序号.")
    last_seq: int = column("Last number of an entry that it covers 截止序号.")
    entries: int = column("How many entries there were in that range 条数.")
    digest: str = column(
        "SHA-256 over the seal before, this one and its entries, in hexadecimal digits 摘要.",
        lambda r: func.encode(r.c.digest, "hex"),
    )
    sealed_at: datetime = column("When it was made 封存时间.")


@strawberry.input(description="Which entries to list 审计筛选条件.")
class AuditFilter:
    actor: str | None = strawberry.field(default=None, description="By this actor 操作者.")
    action: str | None = strawberry.field(default=None, description="Of this action 操作.")
    object: str | None = strawberry.field(default=None, description="On this object 对象.")
    since: datetime | None = strawberry.field(default=None, description="At or after 起始时间.")
    until: datetime | None = strawberry.field(default=None, description="Before 截止时间.")
    first_seq: int | None = strawberry.field(
        default=None, description="With this number or a later one 起始序号."
    )
    last_seq: int | None = strawberry.field(
        default=None, description="With this number or an earlier one 截止序号."
    )


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
    since, until = bounds(root, which.since, which.until)
    if since is not None:
        where.append(root.c.at >= since)
    if until is not None:
        where.append(root.c.at < until)
    if which.first_seq is not None:
        where.append(root.c.seq >= which.first_seq)
    if which.last_seq is not None:
        where.append(root.c.seq <= which.last_seq)
    return tuple(where)


def _entries(
    root: Rows,
    filter: Annotated[AuditFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    return Listing(Order("trail", (root.c.seq,), descending=True), picked(root, filter))


def _seals(
    root: Rows,
    number: Annotated[
        int | None, strawberry.argument(description="From the seal with this number on 起始封印.")
    ] = None,
) -> Listing:
    where = () if number is None else (root.c.number >= number,)
    return Listing(Order("seals", (root.c.number,)), where)


@strawberry.type
class TrailQuery:
    audit_trail: Connection[AuditEntry] = paged(
        "The district's audit trail, latest first 审计轨迹.", _entries, requires=Permission.AUDIT_READ
    )
    audit_seals: Connection[AuditSeal] = paged(
        "The seals over the district's audit trail, the first one first 审计封印列表.",
        _seals,
        requires=Permission.AUDIT_VERIFY,
    )
