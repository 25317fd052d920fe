"""The papers of a bundle, each once (DOMAIN 3.10: one set of materials), as SQL.

A paper of an item is the same as another one's where the bundle says so, and stands by itself otherwise, under
``ITEM/PAPER``. The application's own list (``joint.papers_sql``) uses the same names.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, column, distinct, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from bangban.features.bundles.rules import SEPARATOR
from bangban.features.catalog.drafts import MaterialSource
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.kernel.planner.elements import elements


def shared_papers(materials: ColumnElement[Any], name: str) -> Subquery:
    """What a bundle shares, a row for each paper of each item: ``item``, ``code``, ``key``, ``name``."""
    listed = elements(materials, f"{name}_list")
    member = listed.c.value
    each = (
        func.jsonb_each_text(member["of"])
        .table_valued(column("item"), column("code"), name=f"{name}_of")
        .render_derived()
    )
    return (
        select(
            each.c.item,
            each.c.code,
            member["key"].astext.label("key"),
            member["name"].astext.label("name"),
        )
        .select_from(listed.join(each, true()))
        .correlate_except(listed, each)
        .subquery(name)
    )


def key_of(shared: FromClause, item: ColumnElement[Any], code: ColumnElement[Any]) -> ColumnElement[Any]:
    """The key under which the paper is given."""
    return func.coalesce(shared.c.key, item + SEPARATOR + code)


def papers_of(bundle: Any, today: ColumnElement[Any], name: str) -> Subquery:
    """The papers of one bundle's row, each once: ``key``, ``name``, ``required``, ``services``, ``place``.

    Of the items' versions that hold today; papers that nobody hands in are left out.
    """
    item = ServiceItemRow.__table__.alias(f"{name}_item")
    paper = ServiceMaterialRow.__table__.alias(f"{name}_paper")
    shared = shared_papers(bundle.materials, f"{name}_shared")
    key = key_of(shared, item.c.code, paper.c.code)
    place = func.array_position(bundle["items"], item.c.code) * 1000 + paper.c.position
    return (
        select(
            key.label("key"),
            func.coalesce(func.min(shared.c.name), func.min(paper.c.name)).label("name"),
            func.bool_or(paper.c.required).label("required"),
            func.array_agg(aggregate_order_by(distinct(item.c.code), item.c.code)).label("services"),
            func.count().label("wanted"),
            func.min(place).label("place"),
        )
        .select_from(
            item.join(paper, paper.c.item_id == item.c.id).outerjoin(
                shared, and_(shared.c.item == item.c.code, shared.c.code == paper.c.code)
            )
        )
        .where(
            item.c.code == func.any(bundle["items"]),
            item.c.effective_from <= today,
            or_(item.c.effective_to.is_(None), item.c.effective_to > today),
            func.coalesce(paper.c.source, "") != MaterialSource.SHARED_DATA.value,
        )
        .group_by(key)
        .correlate(bundle.code.table)
        .subquery(name)
    )
