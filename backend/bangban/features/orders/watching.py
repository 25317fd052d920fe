"""Orders in the API: what can be watched. A helper hears of each order that is offered to them, and of its end.

Every event is read under the subscriber's own role. What all would read alike, where the order lies, is read once for
all of them, and whoever takes no orders there is passed over without a statement of their own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import StrEnum
from typing import Any, Final, cast

import strawberry
from sqlalchemy import Text, Uuid, case, func, literal, select
from sqlalchemy.dialects.postgresql import JSON

from bangban.features.areas.tables import AreaRow
from bangban.features.orders.graphql import Order
from bangban.features.orders.offered_sql import offered_to_me
from bangban.features.orders.rules.facts import Announcement
from bangban.features.orders.tables import OrderRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.enums import describe
from bangban.kernel.graphql.roots import subscription
from bangban.kernel.graphql.sharing import SharedEvent
from bangban.kernel.graphql.watching import attend
from bangban.kernel.graphql.writing import selected_below
from bangban.kernel.jobs.news import News
from bangban.kernel.planner.fields import column, same_row
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.reads import reads, reads_of
from bangban.kernel.planner.selection import Selected
from bangban.kernel.tenancy.names import Wall


class OfferKind(StrEnum):
    """What happened to an offer 派单变化."""

    REFRESH = "REFRESH"
    OFFERED = "OFFERED"
    GONE = "GONE"


describe(
    OfferKind,
    "What happened to an offer 派单变化.",
    {
        OfferKind.REFRESH: "Query `orders` with `offered` now: the first event, and whenever some were missed 请刷新.",
        OfferKind.OFFERED: "The caller may take this order now 可认领.",
        OfferKind.GONE: "Not, or no longer; to be passed over by whoever did not show it 已不可认领.",
    },
)


# As of a list of cases: the order itself comes only while it is offered, its id and number always.
@reads(OrderRow)
@strawberry.type(description="An order that is offered to the caller, or no longer is 派单.")
class OrderOffer:
    kind: OfferKind = column(
        "What happened 变化类型.",
        lambda r: case(
            (offered_to_me(r.c, r.request), literal(OfferKind.OFFERED.value, Text())),
            else_=literal(OfferKind.GONE.value, Text()),
        ),
    )
    order_id: strawberry.ID | None = column(
        "Identifier of the order; null with REFRESH 帮办单标识.", lambda r: r.c.id
    )
    number: str | None = column("Number of the order; null with REFRESH 帮办单编号.")
    order: Order | None = same_row(
        "The order; null unless OFFERED 帮办单.", when=lambda r: offered_to_me(r.c, r.request)
    )


_LIES: Final = Written(
    select(func.json_build_object("path", func.text(AreaRow.path), type_=JSON()).label("lies"))
    .select_from(OrderRow)
    .join(AreaRow, AreaRow.id == OrderRow.area_id)
    .where(OrderRow.id == Given("order_id", Uuid()))
)


@strawberry.type
class OrderSubscription:
    @subscription(
        "Orders offered to the caller 派给我的帮办单. The first event is REFRESH: query `orders` with `offered` when it"
        " comes, and no offer after that query is missed 收到 REFRESH 后查询可认领的帮办单.",
        Permission.ORDER_CLAIM,
    )
    async def orders_offered(self, info: Info) -> AsyncGenerator[OrderOffer, None]:
        context, children = info.context, selected_below(info)
        seat = context.services.fanout.seat(context.get_district().slug, Announcement.CHANGED.value)
        scope = None
        async with aclosing(attend(context, seat)) as coming:
            async for taken in coming:
                grants = await context.grants()
                allowed = grants.require(Permission.ORDER_CLAIM)
                if taken.anew or (scope is not None and allowed != scope):
                    yield _offer({"kind": OfferKind.REFRESH.value}, children)
                scope = allowed
                if taken.news is None:
                    continue
                path = await _path_of(context, taken.news)
                if path is None or not allowed.covers(path):
                    continue
                found = await _look(context, children, taken.news.reference)
                if found is not None:
                    yield cast("OrderOffer", SharedEvent(found))


def _offer(values: dict[str, Any], children: tuple[Selected, ...]) -> OrderOffer:
    event = SharedEvent({each.key: values.get(each.name) for each in children})
    return cast("OrderOffer", event)


async def _path_of(context: Context, news: News) -> str | None:
    """Where the order lies, read once for everybody who watches."""
    district = context.get_district()

    async def read() -> str | None:
        arguments = _LIES.arguments({"order_id": as_uuid(news.reference, ("id",))})
        text = _LIES.text(district.schema)
        found: Any = await context.services.tenancy.reader.district(
            district.slug, Wall.READ, text, tuple(arguments)
        )
        return None if found is None else str(json.loads(found)["path"])

    return await news.share("path", read)


async def _look(context: Context, children: tuple[Selected, ...], reference: str) -> dict[str, Any] | None:
    district = context.get_district()
    facts = (await context.facts()).having({"order_id": as_uuid(reference, ("id",))})
    ready = context.services.planner.row(
        children,
        reads_of(OrderOffer),
        lambda rows: rows.c.id == rows.request.bind("order_id", Uuid()),
        facts,
        tag="order-offered",
    )
    found: Any = await context.services.tenancy.reader.district(
        district.slug, Wall.READ, ready.sql(district.schema), ready.arguments
    )
    return None if found is None else dict(json.loads(found))
