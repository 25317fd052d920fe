"""Which orders somebody may take, in SQL, as ``rules.offering`` has it; a test holds the two together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, Text, Uuid, and_, any_, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.tables import AreaRow
from bangban.features.orders.rules.settings import SETTING, VOLUNTEER_TRAINING
from bangban.features.orders.tables import HelperSkillRow, OrderEventRow
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState
from bangban.features.people.attendance import attended
from bangban.features.people.tables import AssignmentRow, TrainingRow
from bangban.features.people.training import REQUIRED_TRAINING
from bangban.kernel.access.roles import Role
from bangban.kernel.planner.reads import Predicate
from bangban.kernel.tenancy.tables import ProfileRow


def _above(upper: Any, lower: Any) -> Predicate:
    """Whether path ``upper`` is ``lower`` or above it."""
    return upper.op("OPERATOR(ext.@>)", is_comparison=True)(lower)


def _raised_above(order_id: Any, post: Any) -> Predicate:
    """Whether a problem of a community went above this post, since somebody could not solve it."""
    event, to = OrderEventRow.__table__.alias("given_back"), AreaRow.__table__.alias("raised_to")
    return (
        select(event.c.id)
        .where(
            event.c.order_id == order_id,
            event.c.kind == OrderEventKind.RELEASED.value,
            to.c.id == event.c.area_id,
            ~_above(post, to.c.path),
        )
        .correlate(order_id.table, post.table)
        .exists()
    )


def offered_to_me(columns: Any, request: Any) -> Predicate:
    """Whether the order is offered to a post of the caller's from which they may take it (``rules.offering``).

    How much somebody has in hand is left out: that changes with every order they finish, and the offer stands.
    """
    me, today = request.bind("me", Uuid()), request.bind("today", Date())
    held, post = AssignmentRow.__table__.alias("held"), AreaRow.__table__.alias("post")
    place, asked = AreaRow.__table__.alias("place"), AreaRow.__table__.alias("asked")
    skill, profile = HelperSkillRow.__table__.alias("skill"), ProfileRow.__table__.alias("decided")
    training = TrainingRow.__table__.alias("training")
    decided = profile.c.settings[SETTING]
    was_there = attended(me, training.c)
    asks_training = exists().where(decided[REQUIRED_TRAINING].has_key(columns.service_code))
    trained = exists().where(was_there, columns.service_code == any_(training.c.services))
    untrained_volunteers = exists().where(decided[VOLUNTEER_TRAINING].astext == "false")
    volunteering = and_(
        columns.kind == OrderKind.NEED.value,
        exists().where(skill.c.staff_id == me, skill.c.approved_at.is_not(None)),
        or_(untrained_volunteers, exists().where(was_there)),
    )
    from_a_post = exists().where(
        held.c.staff_id == me,
        held.c.since <= today,
        or_(held.c.until.is_(None), held.c.until >= today),
        post.c.id == held.c.area_id,
        place.c.id == columns.area_id,
        asked.c.id == columns.offered_to_area_id,
        (held.c.role + literal(" ") + post.c.level) == any_(request.bind("claiming", ARRAY(Text()))),
        _above(post.c.path, place.c.path),
        _above(asked.c.path, post.c.path),
        or_(columns.kind != OrderKind.ISSUE.value, ~_raised_above(columns.id, post.c.path)),
        or_(held.c.role != Role.VOLUNTEER.value, volunteering),
    )
    return and_(
        columns.state == OrderState.OPEN.value,
        or_(columns.service_code.is_(None), ~asks_training, trained),
        from_a_post,
    )
