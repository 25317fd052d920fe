"""Cases as Strawberry types filled from ORM rows; what belongs to them comes through DataLoaders."""

from __future__ import annotations

from datetime import datetime

import strawberry
from benchmarks.peers.strawberry_orm import models
from benchmarks.peers.strawberry_orm.pages import Info, unit
from benchmarks.peers.strawberry_orm.types import Area, ServiceItem, Staff


@strawberry.type
class Applicant:
    kind: str
    name: str
    identity_number: str
    phone: str


@strawberry.type
class CaseMaterial:
    code: str
    name: str
    state: str
    required: bool
    tolerable: bool
    reason: str | None


@strawberry.type
class CaseEvent:
    at: datetime
    kind: str
    from_state: str | None
    to_state: str
    actor: str | None
    note: str | None


@strawberry.type
class Rating:
    grade: str
    comment: str | None
    rated_at: datetime


@strawberry.type
class Case:
    id: strawberry.ID
    number: str
    state: str
    submitted_at: datetime
    accepted_at: datetime | None
    completed_at: datetime | None
    help: str
    modes: list[str]
    channel: str
    note: str | None
    outcome: str | None
    applicant: Applicant
    row: strawberry.Private[models.Case]

    @classmethod
    def of(cls, row: models.Case) -> Case:
        return cls(
            id=strawberry.ID(str(row.id)),
            number=row.number,
            state=row.state,
            submitted_at=row.submitted_at,
            accepted_at=row.accepted_at,
            completed_at=row.completed_at,
            help=row.help,
            modes=row.modes,
            channel=row.channel,
            note=row.note,
            outcome=row.outcome,
            applicant=Applicant(
                kind=row.applicant_kind,
                name=row.applicant_name,
                identity_number=row.identity_masked,
                phone=row.phone_masked,
            ),
            row=row,
        )

    @strawberry.field
    async def service(self, info: Info) -> ServiceItem:
        return ServiceItem.of(await unit(info).services.load(self.row.service_item_id))

    @strawberry.field
    async def area(self, info: Info) -> Area:
        return Area.of(await unit(info).areas.load(self.row.area_id))

    @strawberry.field
    async def helper(self, info: Info) -> Staff:
        return Staff.of(await unit(info).staff.load(self.row.holder_id))

    @strawberry.field
    async def materials(self, info: Info) -> list[CaseMaterial]:
        return [
            CaseMaterial(
                code=row.code,
                name=row.name,
                state=row.state,
                required=row.required,
                tolerable=row.tolerable,
                reason=row.reason,
            )
            for row in await unit(info).materials.load(self.row.id)
        ]

    @strawberry.field
    async def timeline(self, info: Info) -> list[CaseEvent]:
        return [
            CaseEvent(
                at=row.at,
                kind=row.kind,
                from_state=row.from_state,
                to_state=row.to_state,
                actor=row.actor,
                note=row.note,
            )
            for row in await unit(info).events.load(self.row.id)
        ]

    @strawberry.field
    async def rating(self, info: Info) -> Rating | None:
        row = await unit(info).ratings.load(self.row.id)
        return row and Rating(grade=row.grade, comment=row.comment, rated_at=row.rated_at)
