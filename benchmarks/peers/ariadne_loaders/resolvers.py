"""Resolvers of the schema, over asyncpg's rows. Plain columns have none of their own but the shared one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from ariadne import ObjectType, ScalarType
from ariadne.utils import convert_camel_case_to_snake
from benchmarks.peers.ariadne_loaders.unit import AREA, SERVICE

_CASE = (
    "SELECT id, number, state, submitted_at, accepted_at, completed_at, help, modes, channel, note, outcome,"
    " service_item_id, area_id, holder_id, applicant_kind, applicant_name, identity_masked, phone_masked FROM {s}.cases"
)
_AUDIT = "SELECT id, seq, at, actor, action, object, request_id, area_id FROM {s}.audit_entry"
_IN_FORCE = " WHERE effective_from <= $1 AND (effective_to IS NULL OR effective_to > $1)"

query, case, area = ObjectType("Query"), ObjectType("Case"), ObjectType("Area")
service, audit, moment = ObjectType("ServiceItem"), ObjectType("AuditEntry"), ScalarType("DateTime")
snake = lru_cache(maxsize=1024)(convert_camel_case_to_snake)


def column(row: Any, info: Any) -> Any:
    """A field of a row or of an object made here."""
    found = row[snake(info.field_name)]
    return found() if callable(found) else found


@moment.serializer
def _written(value: Any) -> str:
    return str(value.isoformat())


def _page(unit: Any, select: str, where: str, order: str, first: int, *given: Any) -> Mapping[str, Any]:
    rows: Any = None

    async def read() -> Any:
        nonlocal rows
        if rows is None:
            limit = f" LIMIT ${len(given) + 1}"
            rows = await unit.fetch(select + where + order + limit, *given, first + 1)
        return rows

    async def edges() -> Any:
        return [{"node": row} for row in (await read())[:first]]

    async def page_info() -> Any:
        found = await read()
        cursor = base64.b64encode(str(found[:first][-1]["id"]).encode()).decode() if found else None
        return {"has_next_page": len(found) > first, "end_cursor": cursor}

    async def total_count() -> Any:
        table = select[select.index(" FROM ") :]
        return (await unit.fetch("SELECT count(*)" + table + where, *given))[0][0]

    return {"edges": edges, "page_info": page_info, "total_count": total_count}


@query.field("cases")
def _cases(_: Any, info: Any, *, orderBy: str, first: int, filter: Any = None) -> Any:  # noqa: A002, N803 - the contract's names
    order = " ORDER BY submitted_at DESC, id DESC" if orderBy == "NEWEST" else " ORDER BY submitted_at, id"
    states = (filter or {}).get("states")
    unit = info.context["unit"]
    if states is None:
        return _page(unit, _CASE, "", order, first)
    if len(states) == 1:  # an index gives these in order
        return _page(unit, _CASE, " WHERE state = $1", order, first, states[0])
    return _page(unit, _CASE, " WHERE state = ANY($1)", order, first, states)


@query.field("case")
async def _one_case(_: Any, info: Any, *, number: str) -> Any:
    rows = await info.context["unit"].fetch(f"{_CASE} WHERE number = $1", number)
    return rows[0] if rows else None


@query.field("services")
def _services(_: Any, info: Any, *, first: int) -> Any:
    unit = info.context["unit"]
    return _page(unit, SERVICE, _IN_FORCE, " ORDER BY code, id", first, date.fromisoformat(unit.caller.today))


@query.field("area")
async def _one_area(_: Any, info: Any, *, id: str) -> Any:  # noqa: A002 - the contract's name
    return await info.context["unit"].areas.load(UUID(id))


@query.field("auditTrail")
def _trail(_: Any, info: Any, *, first: int, filter: Any = None) -> Any:  # noqa: A002 - the contract's name
    actor, unit = (filter or {}).get("actor"), info.context["unit"]
    if actor is None:
        return _page(unit, _AUDIT, "", " ORDER BY seq DESC", first)
    return _page(unit, _AUDIT, " WHERE actor = $1", " ORDER BY seq DESC", first, actor)


@case.field("applicant")
def _applicant(row: Any, _: Any) -> Any:
    return {
        "kind": row["applicant_kind"],
        "name": row["applicant_name"],
        "identity_number": row["identity_masked"],
        "phone": row["phone_masked"],
    }


@service.field("fee")
def _fee(row: Any, _: Any) -> Any:
    return row["fee_amount"] and {"amount": str(row["fee_amount"]), "basis": row["fee_basis"]}


@case.field("rating")
async def _rating(row: Any, info: Any) -> Any:
    found = await info.context["unit"].ratings.load(row["id"])
    return found[0] if found else None


@area.field("children")
def _children(row: Any, info: Any, *, first: int) -> Any:
    where, order = " WHERE parent_id = $1 AND retired_on IS NULL", " ORDER BY position, id"
    return _page(info.context["unit"], AREA, where, order, first, row["id"])


def _by(loader: str, key: str) -> Any:
    def resolve(row: Any, info: Any) -> Any:
        return None if row[key] is None else getattr(info.context["unit"], loader).load(row[key])

    return resolve


for kind, name, loader, key in (
    (case, "service", "services", "service_item_id"),
    (case, "area", "areas", "area_id"),
    (case, "helper", "staff", "holder_id"),
    (case, "materials", "materials", "id"),
    (case, "timeline", "events", "id"),
    (area, "parent", "areas", "parent_id"),
    (audit, "area", "areas", "area_id"),
):
    kind.set_field(name, _by(loader, key))
