"""The network of service points in the API: the nearest, who is reached, what is missing."""

from __future__ import annotations

import strawberry

from bangban.features.network.conformance import ConformanceQuery
from bangban.features.network.nearest import NearestQuery
from bangban.features.network.reach import CoverageQuery


@strawberry.type
class NetworkQuery(NearestQuery, CoverageQuery, ConformanceQuery):
    pass
