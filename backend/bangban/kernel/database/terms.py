"""Terms in statements: posts, memberships and delegations run from a day on, and may have no last one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def runs_on(term: Any, day: Any) -> ColumnElement[bool]:
    """Whether a term runs on a day: ``since`` and ``until`` belong to it, and without ``until`` it is open.

    ``term`` is a class of rows, or the columns of an alias; ``day`` is a date or a statement's word for one.
    """
    return and_(term.since <= day, or_(term.until.is_(None), term.until >= day))
