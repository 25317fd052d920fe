"""Who sees which duties: supervisors those of their areas, others those about what they hold, move or let in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, Text, Uuid, and_, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.graphql import areas_within, containing_path
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.tables import CaseRow
from bangban.features.orders.tables import OrderRow
from bangban.features.people.tables import AssignmentRow
from bangban.features.supervision.values import POSTS, VOLUNTEERS, DutyKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.planner.reads import Guard, Predicate


def whose_case(columns: Any, holds: Any) -> Predicate:
    """Whether a duty is about a case of which ``holds`` is true."""
    of = CaseRow.__table__.alias("supervised")
    # The id alone: not every role may read all of a case.
    return select(of.c.id).where(of.c.id == columns.case_id, holds(of.c)).exists()


def lies_in(columns: Any, areas: Any) -> Predicate:
    """Whether what a duty is about lies in one of these areas."""
    return or_(columns.area_id.in_(areas), whose_case(columns, lambda of: of.area_id.in_(areas)))


def _within(columns: Any, paths: Any) -> Predicate:
    return lies_in(columns, areas_within(paths))


def _own(columns: Any, request: Any) -> Predicate:
    """About what the caller holds; a post that ends: their own, or one whose work they may move; a volunteer whom
    they may let in. All of them are told (``addressees``).
    """
    me, order = request.bind("me", Uuid()), OrderRow.__table__.alias("supervised_order")
    held = select(order.c.id).where(order.c.id == columns.subject_id, order.c.holder_id == me).exists()
    ends = and_(_of(columns, POSTS), or_(columns.subject_id == me, _posted("moving", columns, request)))
    waits = and_(_of(columns, VOLUNTEERS), _posted("letting_in", columns, request))
    return or_(whose_case(columns, lambda of: of.holder_id == me), held, ends, waits)


def _of(columns: Any, kinds: frozenset[DutyKind]) -> Predicate:
    found: Predicate = columns.kind.in_([each.value for each in sorted(kinds)])
    return found


def _posted(posts: str, columns: Any, request: Any) -> Predicate:
    """Whether the caller has, over where the duty lies, one of the posts that ``posts`` is the name of."""
    post = AssignmentRow.__table__.alias(f"{posts}_post")
    at, place = AreaRow.__table__.alias(f"{posts}_at"), AreaRow.__table__.alias(f"{posts}_where")
    return (
        select(post.c.id)
        .where(
            post.c.staff_id == request.bind("me", Uuid()),
            runs_on(post.c, request.bind("today", Date())),
            at.c.id == post.c.area_id,
            place.c.id == columns.area_id,
            containing_path(at.c.path, place.c.path),
            (post.c.role + literal(" ") + at.c.level) == any_(request.bind(posts, ARRAY(Text()))),
        )
        .exists()
    )


DUTY_GUARD = Guard(Permission.DUTY_READ, within=_within, own=_own)
