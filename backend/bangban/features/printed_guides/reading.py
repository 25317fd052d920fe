"""Everything that a version says, in one statement."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.printed_guides.leaflets import Sheet, sheet_of
from bangban.features.printed_guides.problems import PrintedGuideUnknown
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

_LARGEST: Final = 2**31 - 1


def _guide() -> Written:
    guide, item = PrintedGuideRow, ServiceItemRow
    told = _object(
        code=item.code,
        version=item.version,
        name=item.name,
        name_en=item.details["name_en"],
        department=item.department,
        days=item.promised_working_days,
        fee=cast(func.trim_scale(item.fee_amount), Text()),
        mobile=item.details["mobile"],
    )
    items = (
        select(func.jsonb_agg(aggregate_order_by(told, func.array_position(guide.items, item.id))))
        .where(item.id == any_(guide.items))
        .scalar_subquery()
    )
    whole = {"code": guide.code, "version": guide.version, "name": guide.name, "name_en": guide.name_en}
    return Written(
        select(_object(**whole, **{"from": guide.effective_from}, items=items).label("guide")).where(
            guide.code == Given("code", Text()), guide.version == Given("version", BigInteger())
        )
    )


def _object(**said: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*chain.from_iterable(said.items()))


GUIDE: Final = _guide()


async def read_sheet(
    tenancy: Tenancy, district: District, principal: Principal, *, code: str, version: int
) -> Sheet:
    """The sheet of one version, as the district and its portal are called today.

    Raises:
        NotAuthenticated, Forbidden: The caller may not see the catalog.
        PrintedGuideUnknown: There is no such version.
    """
    rules = await tenancy.rules(district)
    today = local_today(district.timezone, datetime.now(UTC))
    grants_of(principal, rules.policy, on=today).require(Permission.CATALOG_READ)
    found: Any = None
    if 0 < version <= _LARGEST:
        arguments = GUIDE.arguments({"code": code, "version": version})
        text = GUIDE.text(district.schema)
        found = await tenancy.reader.district(district.slug, Wall.READ, text, arguments)
    if found is None:
        raise PrintedGuideUnknown
    return sheet_of(
        json.loads(found),
        district=district.name,
        brand=district.brand,
        contact_phone=rules.settings.get("contact_phone"),
        service_page=rules.settings.get("receipts", {}).get("service_page"),
    )
