"""What somebody left whose post ends, by number: what whoever moves it has to look for."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks.rules import OPEN
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD
from bangban.features.supervision.values import POSTS
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.sources import Rows

_TEXTS: Final = ARRAY(Text())


def left_numbers(rows: Rows) -> ColumnElement[Any]:
    """The numbers of cases, orders and first-asked records, in order; none of a duty that is about no post.

    A case is listed once, whether it is held, offered or has papers in hand. Turns on the rota have no number.
    """
    whose, around = rows.c.subject_id, tables_of(rows.c.subject_id)
    held, offered, papers = (
        CaseRow.__table__.alias(f"left_{name}") for name in ("held", "offered", "papers")
    )
    offer, order = HandoverRow.__table__.alias("left_offer"), OrderRow.__table__.alias("left_order")
    ask, passed = (FirstAskRow.__table__.alias(f"left_{name}") for name in ("ask", "passed"))
    transfer, entry = FirstAskTransferRow.__table__, CustodyEntryRow.__table__
    transfer, entry = transfer.alias("left_transfer"), entry.alias("left_entry")
    sheets = entry.c.originals + entry.c.copies
    kept = case((entry.c.to_staff_id == whose, sheets), else_=0)
    given = case((entry.c.from_staff_id == whose, sheets), else_=0)
    found: tuple[Select[Any], ...] = (
        select(held.c.number).where(held.c.holder_id == whose, held.c.state.in_(sorted(LIVE))),
        select(offered.c.number)
        .join(offer, offer.c.case_id == offered.c.id)
        .where(offer.c.to_id == whose, offer.c.taken_at.is_(None), offer.c.returned_at.is_(None)),
        select(papers.c.number)
        .join(entry, entry.c.case_id == papers.c.id)
        .where(papers.c.papers_out > 0, or_(entry.c.to_staff_id == whose, entry.c.from_staff_id == whose))
        .group_by(papers.c.number)
        .having(func.sum(kept - given) > 0),
        select(order.c.number).where(order.c.holder_id == whose, order.c.state.in_(sorted(HELD))),
        select(ask.c.number).where(ask.c.handler_id == whose, ask.c.state.in_(sorted(OPEN))),
        select(passed.c.number)
        .join(transfer, transfer.c.first_ask_id == passed.c.id)
        .where(transfer.c.to_id == whose, transfer.c.taken_at.is_(None), transfer.c.returned_at.is_(None)),
    )
    numbers = union(*(each.correlate(*around) for each in found)).order_by("number").scalar_subquery()
    listed = func.array(numbers, type_=_TEXTS)
    of_posts = rows.c.kind.in_([each.value for each in sorted(POSTS)])
    return case((of_posts, listed), else_=cast(literal("{}", Text()), _TEXTS))
