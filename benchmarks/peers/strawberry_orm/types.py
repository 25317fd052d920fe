"""Areas, people and the catalog, as Strawberry types filled from ORM rows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from benchmarks.peers.strawberry_orm import models
from benchmarks.peers.strawberry_orm.pages import Connection, Info, unit
from sqlalchemy import select


@strawberry.type
class Staff:
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: models.Staff) -> Staff:
        return cls(id=strawberry.ID(str(row.id)), name=row.name)


@strawberry.type
class Area:
    id: strawberry.ID
    code: str | None
    name: str
    full_name: str
    level: str
    kind: str
    row: strawberry.Private[models.Area]

    @classmethod
    def of(cls, row: models.Area) -> Area:
        return cls(
            id=strawberry.ID(str(row.id)),
            code=row.code,
            name=row.name,
            full_name=row.full_name,
            level=row.level,
            kind=row.kind,
            row=row,
        )

    @strawberry.field
    async def parent(self, info: Info) -> Area | None:
        if self.row.parent_id is None:
            return None
        return Area.of(await unit(info).areas.load(self.row.parent_id))

    @strawberry.field
    def children(self, first: int = 20) -> Connection[Area]:
        area = models.Area
        below = select(area).where(area.parent_id == self.row.id, area.retired_on.is_(None))
        return Connection(statement=below.order_by(area.position, area.id), first=first, row_type=Area)


@strawberry.type
class Fee:
    amount: Decimal
    basis: str


@strawberry.type
class ServiceItem:
    id: strawberry.ID
    code: str
    name: str
    version: int
    kind: str
    audience: list[str]
    case_type: str
    promised_working_days: int
    legal_working_days: int
    max_trips: int
    fee: Fee | None
    channels: list[str]
    handled_at: list[str]
    department: str | None

    @classmethod
    def of(cls, row: models.ServiceItem) -> ServiceItem:
        return cls(
            id=strawberry.ID(str(row.id)),
            code=row.code,
            name=row.name,
            version=row.version,
            kind=row.kind,
            audience=row.audience,
            case_type=row.case_type,
            promised_working_days=row.promised_working_days,
            legal_working_days=row.legal_working_days,
            max_trips=row.max_trips,
            fee=None if row.fee_amount is None else Fee(amount=row.fee_amount, basis=row.fee_basis or ""),
            channels=row.channels,
            handled_at=row.handled_at,
            department=row.department,
        )


@strawberry.type
class AuditEntry:
    id: strawberry.ID
    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    request_id: str | None
    area_id: strawberry.Private[Any]

    @classmethod
    def of(cls, row: models.AuditEntry) -> AuditEntry:
        return cls(
            id=strawberry.ID(str(row.id)),
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            action=row.action,
            object=row.object,
            request_id=row.request_id,
            area_id=row.area_id,
        )

    @strawberry.field
    async def area(self, info: Info) -> Area | None:
        if self.area_id is None:
            return None
        return Area.of(await unit(info).areas.load(self.area_id))
