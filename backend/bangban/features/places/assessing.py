"""Assessing service points: one more assessment each time; the latest of a scheme is the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.places.assessments import assess, find_scheme, schemes_of
from bangban.features.places.problems import PointClosed, PointUnknown
from bangban.features.places.settings import NETWORK
from bangban.features.places.tables import PointAssessmentRow, ServicePointRow
from bangban.features.places.values import AssessmentScheme
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import NotAuthenticated
from bangban.kernel.tenancy.work import Work


async def assess_point(
    work: Work,
    *,
    point_id: UUID,
    scheme: AssessmentScheme,
    scores: Sequence[tuple[str, int]],
    on: date | None = None,
) -> UUID:
    """Assess a point on a day, today if none is given; the point's id.

    Raises:
        PointUnknown, PointClosed, Forbidden, AreaOutsideGrant.
        NoSchemeForPoint, AssessmentFaulty, AssessmentOutOfTime.
    """
    work.grants.require(Permission.PLACE_ASSESS)
    # Assessments of one point come one after the other, so that their order is that of their ids.
    found = await work.db.execute(
        select(ServicePointRow, AreaRow.path)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .where(ServicePointRow.id == point_id)
        .with_for_update(of=ServicePointRow.__table__, key_share=True)
    )
    known = found.one_or_none()
    if known is None:
        raise PointUnknown
    point: ServicePointRow = known[0]
    work.grants.require_at(Permission.PLACE_ASSESS, known.path)
    if point.until is not None and point.until < work.today:
        raise PointClosed
    chosen = find_scheme(
        schemes_of(work.settings.get(NETWORK) or {}), scheme, kind=point.kind, specialties=point.specialties
    )
    result = assess(chosen, scores, on=on or work.today, today=work.today)
    assessor = work.principal.id
    if assessor is None:
        raise NotAuthenticated
    work.db.add(
        PointAssessmentRow(
            id=new_id(), point_id=point.id, scheme=scheme, assessed_by=assessor, **asdict(result)
        )
    )
    await work.db.flush()
    work.record(
        action=Permission.PLACE_ASSESS,
        object=f"point:{point.key}",
        area_id=point.area_id,
        details={"scheme": scheme.value, "grade": result.grade, "on": result.assessed_on.isoformat()},
    )
    return point.id
