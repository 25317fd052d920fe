"""Service points in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.files.graphql import ImportFault, import_faults
from bangban.features.files.reading import read_table
from bangban.features.places import service
from bangban.features.places.assessing import assess_point
from bangban.features.places.graphql import ServicePoint, Terminal
from bangban.features.places.imports import MOST_NAMED, PointsImported, import_points
from bangban.features.places.inputs import (
    AssessPointInput,
    ImportServicePointsInput,
    PlaceAreasInput,
    ReportTerminalInput,
)
from bangban.features.places.reporting import report_terminal
from bangban.features.places.sheet import POINTS
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.placing import refused_in
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once, row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import LimitExceeded
from bangban.kernel.sheets import LineFault
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")
MOST_AREAS = 500  # in one request


@strawberry.type(description="What an import of service points does, or would do 服务点导入结果.")
class ServicePointImport:
    applied: bool = strawberry.field(description="Whether it was done; else this is a preview 是否已导入.")
    created: int = strawberry.field(description="New points 新增数.")
    changed: int = strawberry.field(description="Points that change 变更数.")
    unchanged: int = strawberry.field(description="Points that are so already 未变数.")
    changed_keys: list[str] = strawberry.field(
        description=f"Keys of new and changed points, the first {MOST_NAMED} 新增与变更的服务点."
    )
    faults: list[ImportFault] = strawberry.field(
        description="Lines at fault; with any, nothing is imported 错误行."
    )


@strawberry.type(description="How many areas were placed anew 区域位置更新结果.")
class AreasPlaced:
    changed: int = strawberry.field(description="Areas whose place or population changed 变更数.")


def _imported(kept: str, language: str) -> ServicePointImport:
    raw = json.loads(kept)
    faults = import_faults((LineFault(**each) for each in raw.pop("faults")), language)
    return ServicePointImport(**raw, faults=faults)


@strawberry.type
class PlaceMutation:
    @mutation("Take over service points from a file 导入服务点.", Permission.PLACE_MANAGE)
    async def import_service_points(
        self,
        info: Info,
        input: Annotated[ImportServicePointsInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ServicePointImport:
        sheet = await read_table(input.file.content, name=input.file.name, columns=POINTS)

        async def as_json(_: Work, done: PointsImported) -> str:
            return json.dumps(asdict(done))

        kept = await once(info.context, lambda work: import_points(work, sheet, apply=input.apply), as_json)
        return _imported(kept, info.context.language)

    @mutation("Assess a service point by a scheme 评定服务点.", Permission.PLACE_ASSESS)
    async def assess_point(
        self,
        info: Info,
        input: Annotated[AssessPointInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> ServicePoint:
        point_id = as_uuid(input.point_id, ("input", "pointId"))
        scores = [(each.key.strip(), each.score) for each in input.scores]
        return await row_of(
            info,
            ServicePoint,
            lambda work: assess_point(
                work, point_id=point_id, scheme=input.scheme, scores=scores, on=input.assessed_on
            ),
        )

    @mutation("Say where areas are and how many live there 设置区域位置与人口.", Permission.PLACE_MANAGE)
    async def place_areas(
        self,
        info: Info,
        input: Annotated[PlaceAreasInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> AreasPlaced:
        if len(input.areas) > MOST_AREAS:
            raise LimitExceeded(fields=("input.areas",), limit="areas", most=MOST_AREAS)
        places = [
            service.PlacedArea(
                area=each.area.strip(),
                longitude=each.location.longitude,
                latitude=each.location.latitude,
                population=each.population,
            )
            for each in input.areas
        ]

        async def do(work: Work) -> int:
            with refused_in(input, where=lambda fault: ("areas", fault.key, *fault.place)):
                return await service.place_areas(work, places)

        async def as_json(_: Work, changed: int) -> str:
            return json.dumps({"changed": changed})

        kept = await once(info.context, do, as_json)
        return AreasPlaced(**json.loads(kept))

    @mutation(
        "Say that a terminal is alive, or what is wrong with it 上报终端状况.", Permission.TERMINAL_REPORT
    )
    async def report_terminal(
        self,
        info: Info,
        input: Annotated[ReportTerminalInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Terminal:
        async def do(work: Work) -> UUID:
            return await report_terminal(work, key=input.key, fault=input.fault)

        return await row_of(info, Terminal, do)
