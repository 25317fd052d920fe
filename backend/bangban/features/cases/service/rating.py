"""评价: by the applicant, once a case is completed, or meanwhile where the district is rated so (DOMAIN H01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Uuid, select

from bangban.features.cases import rules
from bangban.features.cases.rules.facts import InterimRating
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.tables import InterimRatingRow
from bangban.features.cases.values import Grade, RatingPhase
from bangban.features.profiles.values import RatingMoment
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

SETTING: Final = "rating"
"""Key in the profile's settings."""

_LATEST: Final = Written(
    select(
        InterimRatingRow.grade,
        InterimRatingRow.comment,
        InterimRatingRow.rated_at,
        InterimRatingRow.rated_on,
    )
    .where(InterimRatingRow.case_id == Given("case_id", Uuid()))
    .order_by(InterimRatingRow.rated_on.desc())
    .limit(1)
)


async def rate_case(
    work: Work,
    *,
    number: str,
    grade: Grade,
    comment: str | None = None,
    phase: RatingPhase = RatingPhase.AFTER,
) -> CaseId:
    """By the applicant alone. Raises as ``rules.rate``; ``DURING`` as ``rules.rate_meanwhile``."""
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_RATE,))
    loaded.authorise(Permission.CASE_RATE)
    if phase is RatingPhase.AFTER:
        transition = rules.rate(
            loaded.facts, grade=grade, comment=comment, actor=loaded.actor, occasion=loaded.occasion
        )
        return await save(loaded, transition)
    loaded = await _with_interim_rating(loaded)
    transition = rules.rate_meanwhile(
        loaded.facts,
        grade=grade,
        comment=comment,
        moments=_moments(work.settings),
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    return await save(loaded, transition)


async def _with_interim_rating(loaded: Loaded) -> Loaded:
    """The case, which is locked, with the latest rating of those that were given while it was open."""
    found = await loaded.work.run(_LATEST, case_id=loaded.row.id)
    latest = InterimRating(**found[0]._asdict()) if found else None
    return replace(loaded, facts=replace(loaded.facts, interim_rating=latest))


def _moments(settings: Mapping[str, Any]) -> frozenset[RatingMoment]:
    scheme: Mapping[str, Any] = settings.get(SETTING) or {}
    return frozenset(RatingMoment(each) for each in scheme.get("moments", ()))
