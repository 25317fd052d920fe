"""Readiness in the API, for those who set the district up."""

from __future__ import annotations

import strawberry
from sqlalchemy import BigInteger, Date, FromClause, Text
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.configuring import settings_graphql as _  # noqa: F401 - it gives District its settings
from bangban.features.configuring.checks import CheckFacts, checks
from bangban.features.districts.readiness import ReadinessCheck
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import many
from bangban.kernel.planner.sources import Rows


def _checked_now(rows: Rows, alias: str) -> FromClause:
    bind = rows.request.bind
    facts = CheckFacts(
        today=bind("today", Date()),
        handling=bind("handling", ARRAY(Text())),
        days_left=bind("days_left", BigInteger()),
    )
    return checks(facts).subquery(alias)


@strawberry.type
class ReadinessQuery:
    readiness: list[ReadinessCheck] = many(
        "The checks before going live, worked out now 上线检查.",
        in_place,
        rows=_checked_now,
        requires=Permission.DISTRICT_CONFIGURE,
        platform=False,
    )
