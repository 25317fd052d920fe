"""The bookings that are a partner's clerk's to keep: today's, of the points where they are posted (DOMAIN C19, G09)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from bangban.features.people.tables import AssignmentRow
from bangban.features.places.tables import PartnerAgreementRow, ServicePointRow
from bangban.kernel.access.roles import Role
from bangban.kernel.database.terms import runs_on


def kept_by_partner(booking: Any, *, staff_id: Any, today: Any) -> ColumnElement[bool]:
    """Whether a booking is of today, at a point where this person is a partner's clerk while the agreement runs.

    ``booking`` is the table's columns. A post or an agreement that is over, or still to come, gives nothing.
    """
    post, point, agreement = (
        row.__table__.alias(f"partner_{name}")
        for row, name in (
            (AssignmentRow, "post"),
            (ServicePointRow, "point"),
            (PartnerAgreementRow, "agreement"),
        )
    )
    points = (
        select(point.c.id)
        .join(post, post.c.point_id == point.c.id)
        .join(agreement, agreement.c.id == point.c.agreement_id)
        .where(
            post.c.staff_id == staff_id,
            post.c.role == Role.PARTNER_CLERK.value,
            runs_on(post.c, today),
            agreement.c.since <= today,
            agreement.c.until >= today,
        )
    )
    return and_(booking.day == today, booking.point_id.in_(points))
