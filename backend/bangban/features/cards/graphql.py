"""Service cards in the API (DOMAIN C13)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select

from bangban.features.areas.graphql import Area, within_paths
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.people.graphql import Staff
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows
from bangban.kernel.tenancy.tables import ProfileRow

_PRINTED = ((1, 4), (5, 4), (9, 4))


def _qr(rows: Rows) -> Any:
    """The district's card address and the code; the code alone where no address is set."""
    profile = ProfileRow.__table__.alias("decided")
    address = select(profile.c.settings["orders"]["card_address"].astext).scalar_subquery()
    return func.concat(address, rows.c.code)


@reads(
    ServiceCardRow,
    guard=Guard(Permission.CARD_MANAGE, within=lambda c, paths: within_paths(c.area_id, paths)),
)
@strawberry.type(description="A printed code that leads to whoever is in charge 服务卡.")
class ServiceCard:
    id: strawberry.ID = column("Identifier 标识.")
    code: str = column(
        "The code as it is printed 服务卡编码.",
        lambda r: func.concat_ws("-", *(func.substr(r.c.code, at, length) for at, length in _PRINTED)),
    )
    qr_content: str = column("What its QR code holds 二维码内容.", _qr)
    batch: str = column("Batch it was printed with 批次.")
    area: Area = one("The unit it is of 所属单位.", lambda r: r.c.id == r.parent.area_id)
    helper: Staff | None = one("The helper it was made for 所属人员.", lambda r: r.c.id == r.parent.staff_id)
    issued_at: datetime = column("When it was issued 制发时间.")
    revoked_at: datetime | None = column("When it was revoked 作废时间.")
    scans: int = column("How often it was scanned 扫码次数.")
    scanned_at: datetime | None = column("When it was scanned last 最近扫码时间.")


def _cards(
    root: Rows,
    batch: Annotated[str | None, strawberry.argument(description="Of this batch 批次.")] = None,
) -> Listing:
    where: tuple[Predicate, ...] = () if batch is None else (root.c.batch == batch,)
    return Listing(Order("card", (root.c.id,)), where)


@strawberry.type
class CardQuery:
    service_cards: Connection[ServiceCard] = paged(
        "Service cards that were issued 服务卡列表.", _cards, requires=Permission.CARD_MANAGE
    )
