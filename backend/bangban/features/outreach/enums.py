"""The value lists of outreach, described for the API."""

from __future__ import annotations

from bangban.features.catalog import graphql as _catalog  # noqa: F401 - it describes who items are for
from bangban.features.catalog.values import Audience
from bangban.features.hall import enums as _hall  # noqa: F401 - it describes who needs care
from bangban.features.outreach.values import OutreachKind
from bangban.features.profiles.values import CareNeed
from bangban.kernel.graphql.enums import describe

__all__ = ["Audience", "CareNeed", "OutreachKind"]

describe(
    OutreachKind,
    "Where people are told what there is for them 宣讲方式.",
    {
        OutreachKind.MARKET: "At a market 赶大集.",
        OutreachKind.SHOP: "In shops 进商铺.",
        OutreachKind.HOUSEHOLD: "At people's homes 入户讲.",
        OutreachKind.MEETING: "At a meeting 宣传会.",
    },
)
