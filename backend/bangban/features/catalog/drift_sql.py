"""The district's items as flat JSON, and how they differ from a template: ``comparing``'s rules as SQL.

One statement for a whole catalog, with the template as a parameter. An integration test holds the two
statements of the rules against each other.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    Table,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, distinct_on

from bangban.features.catalog.comparing import MATERIAL, ChangedBy
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.templates import USUAL_TEMPLATE

_ITEM = cast("Table", ServiceItemRow.__table__)
_MATERIAL = cast("Table", ServiceMaterialRow.__table__)
# API's name → column, or key of ``details``.
_COLUMNS = {
    "name": "name",
    "kind": "kind",
    "audience": "audience",
    "level": "level",
    "caseType": "case_type",
    "promisedWorkingDays": "promised_working_days",
    "legalWorkingDays": "legal_working_days",
    "maxTrips": "max_trips",
    "channels": "channels",
    "handledAt": "handled_at",
    "preCheckedAt": "pre_checked_at",
    "legalBasis": "legal_basis",
    "resultName": "result_name",
    "conditions": "conditions",
    "department": "department",
}
_DETAILS = {
    "nameEn": "name_en",
    "legalLimitNote": "legal_limit_note",
    "noMaterialsReason": "no_materials_reason",
    "onlineNotOfferedReason": "online_not_offered_reason",
    "theme": "theme",
    "delegatedOnly": "delegated_only",
    "resultBeforeSupplied": "result_before_supplied",
    "mobile": "mobile",
}
_MATERIAL_COLUMNS = (
    "name",
    "required",
    "core",
    "tolerable",
    "originals",
    "copies",
    "issuer",
    "source",
    "form",
)
_MATERIAL_DETAILS = {"nameEn": "name_en", "tolerableDays": "tolerable_days"}


def stored_items() -> Subquery:
    """The newest version of every item: its text as flat JSON ``ours``, and ``base``, the template's when it was
    taken; NULL where nobody knows it.
    """
    item = _ITEM.alias("item")
    newest = select(item).ext(distinct_on(item.c.code)).order_by(item.c.code, item.c.version.desc())
    newest_item = newest.subquery("newest")
    kept = newest_item.c
    materials = _materials(newest_item)
    flat = (
        select(
            kept.id,
            kept.code,
            kept.name,
            kept.version,
            kept.effective_from,
            kept.effective_to,
            kept.origin,
            kept.taken_from,
            kept.details["content"].astext.label("content"),
            kept.details["provenance"].astext.label("provenance"),
            materials.c.codes,
            func.jsonb_strip_nulls(
                _object(
                    {name: kept[each] for name, each in _COLUMNS.items()}
                    | {name: kept.details[each] for name, each in _DETAILS.items()}
                    | {"fee": _fee(kept)}
                )
            )
            .op("||")(func.coalesce(materials.c.fields, _json("{}")))
            .cast(JSONB)
            .label("ours"),
        )
        .select_from(newest_item)
        .join(materials, literal(True))
        .subquery("flat")
    )
    own = flat.c
    was = func.coalesce(own.taken_from["was"], _json("{}"))
    # An item that was changed before anybody wrote down what it was taken from.
    unknown = and_(own.origin == "adapted", own.taken_from.is_(None))
    base = case((unknown, null()), else_=func.jsonb_strip_nulls(own.ours.op("||")(was), type_=JSONB()))
    return select(*own, base.label("base")).subquery("ours")


def drift(template: ColumnElement[Any], name: ColumnElement[str], today: ColumnElement[Any]) -> Subquery:
    """One row for each item in which the district's catalog and the template's newest text have parted.

    ``template`` is ``TemplateCatalog.as_json``, ``name`` the template's name, ``today`` a date. What a district
    withdrew itself, and what it changed of an item that the template left alone, is no drift.
    """
    ours = stored_items()
    theirs = (
        func.jsonb_each(template).table_valued(column("key", Text), column("value", JSONB)).alias("theirs")
    )
    both = ours.join(theirs, ours.c.code == theirs.c.key, full=True)
    met = (
        select(
            func.coalesce(ours.c.code, theirs.c.key).label("code"),
            func.coalesce(theirs.c.value["name"].astext, ours.c.name).label("name"),
            ours.c.code.is_(None).label("is_new"),
            theirs.c.key.is_(None).label("is_gone"),
            ours.c.version,
            ours.c.base,
            func.coalesce(ours.c.ours, _json("{}")).label("ours"),
            func.coalesce(theirs.c.value["fields"], _json("{}")).label("theirs"),
            ours.c.taken_from["content"].astext.label("taken"),
            theirs.c.value["content"].astext.label("offered"),
        )
        .select_from(both)
        .where(or_(ours.c.code.is_(None), _followed(ours, name, today)))
        .subquery("met")
    )
    compared = select(*met.c, _differences(met).label("differences")).subquery("compared")
    found = compared.c
    own = or_(_has(found, ChangedBy.DISTRICT), _has(found, ChangedBy.BOTH))
    moved = or_(_has(found, ChangedBy.TEMPLATE), _has(found, ChangedBy.BOTH))
    kind = case(
        (found.is_new, literal("NEW", Text)),
        (found.is_gone, literal("WITHDRAWN", Text)),
        (own, literal("ADAPTED", Text)),
        else_=literal("CHANGED", Text),
    )
    return select(*found, kind.label("kind")).where(or_(found.is_new, found.is_gone, moved)).subquery("drift")


def _followed(ours: Subquery, name: ColumnElement[str], today: ColumnElement[Any]) -> Any:
    """Items of the district's that came from this template and are offered, today or later."""
    return and_(
        ours.c.origin.in_(("template", "adapted")),
        func.coalesce(ours.c.taken_from["template"].astext, literal(USUAL_TEMPLATE, Text)) == name,
        or_(ours.c.effective_to.is_(None), ours.c.effective_to > sql_cast(today, Date)),
    )


def _differences(met: Subquery) -> ColumnElement[Any]:
    keys = (
        func.jsonb_object_keys(met.c.ours.op("||")(met.c.theirs))
        .table_valued("key")
        .render_derived(name="field")
    )
    field = keys.c.key
    ours, theirs, base = (_at(met.c[each], field) for each in ("ours", "theirs", "base"))
    changed_by = case(
        (met.c.base.is_(None), literal(ChangedBy.BOTH.value, Text)),
        (_same(base, ours), literal(ChangedBy.TEMPLATE.value, Text)),
        (_same(base, theirs), literal(ChangedBy.DISTRICT.value, Text)),
        else_=literal(ChangedBy.BOTH.value, Text),
    )
    one = _object({"field": field, "ours": ours, "theirs": theirs, "changedBy": changed_by})
    listed = func.coalesce(func.jsonb_agg(aggregate_order_by(one, field)), _json("[]"), type_=JSONB())
    return cast(
        "ColumnElement[Any]",
        select(listed).select_from(keys).where(~_same(ours, theirs)).correlate(met).scalar_subquery(),
    )


def _has(found: Any, changed_by: ChangedBy) -> ColumnElement[bool]:
    return cast(
        "ColumnElement[bool]", found.differences.op("@>")(_json(f'[{{"changedBy": "{changed_by.value}"}}]'))
    )


def _same(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Containment both ways: equality in which the order of a list says nothing."""
    both = and_(one.op("@>")(other), one.op("<@")(other))
    return func.coalesce(both, and_(one.is_(None), other.is_(None)))


def _at(fields: ColumnElement[Any], field: ColumnElement[Any]) -> ColumnElement[Any]:
    return fields.op("->", return_type=JSONB())(field)


def _materials(item: Subquery) -> Any:
    """All materials of an item: their codes in order, and a field for each."""
    rows = _MATERIAL.alias("material")
    more = item.c.details["materials"].op("->", return_type=JSONB())(rows.c.code)
    said: dict[str, ColumnElement[Any]] = {each: rows.c[each] for each in _MATERIAL_COLUMNS}
    said |= {name: more[key] for name, key in _MATERIAL_DETAILS.items()}
    fields = func.jsonb_object_agg(
        literal(MATERIAL, Text).op("||")(rows.c.code), func.jsonb_strip_nulls(_object(said))
    )
    codes = func.array_agg(aggregate_order_by(rows.c.code, rows.c.position))
    return (
        select(fields.label("fields"), codes.label("codes"))
        .where(rows.c.item_id == item.c.id)
        .correlate(item)
        .lateral("materials")
    )


def _fee(kept: Any) -> ColumnElement[Any]:
    fee = _object({"amount": sql_cast(kept.fee_amount, Text), "basis": kept.fee_basis})
    return case((kept.fee_amount.is_not(None), fee), else_=null())


def _object(members: dict[str, ColumnElement[Any]]) -> Any:
    pairs = [part for name, value in members.items() for part in (literal(name, Text), value)]
    return func.jsonb_build_object(*pairs, type_=JSONB())


def _json(text: str) -> ColumnElement[Any]:
    """A constant of JSON."""
    return sql_cast(literal(text, Text), JSONB)
