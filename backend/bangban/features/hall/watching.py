"""A hall in the API: what its screen watches."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import Uuid

from bangban.features.hall.screen import Hall
from bangban.features.hall.service.announcing import HALL_CHANGED
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import subscription
from bangban.kernel.graphql.watching import watch
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.reads import reads_of
from bangban.kernel.problems import NotFound
from bangban.kernel.tenancy.names import Wall


@strawberry.type
class HallSubscription:
    @subscription(
        "A hall, now and after every number that is given, called or ended: its screen 叫号屏.",
        Permission.PLACE_READ,
    )
    async def ticket_calls(
        self,
        info: Info,
        point_id: Annotated[strawberry.ID, strawberry.argument(description="The service point 服务点.")],
    ) -> AsyncGenerator[Hall, None]:
        context, children = info.context, selected_below(info)
        district, point = context.get_district(), as_uuid(point_id, ("pointId",))

        async def read() -> Any:
            facts = (await context.facts()).having({"hall_id": point})
            ready = context.services.planner.row(
                children,
                reads_of(Hall),
                lambda rows: rows.c.id == rows.request.bind("hall_id", Uuid()),
                facts,
                tag="hall-screen",
                audit=context.auditing,
            )
            wall = Wall.AUDIT if context.auditing else Wall.READ
            found: Any = await context.services.tenancy.reader.district(
                district.slug, wall, ready.sql(district.schema), ready.arguments
            )
            if found is None:
                raise NotFound("service point", "该服务点", fields=("pointId",))
            return json.loads(found)

        async for found in watch(
            context, slug=district.slug, kind=HALL_CHANGED, reference=str(point), read=read
        ):
            yield cast("Hall", found)
