"""Arguments for what is counted and measured of bundles, questions, seals, groups and the network. See ``pools``."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from tests.api.drawing import Pools
from tests.api.pools import given, maybe, page
from tests.api.pools_hall import MOMENTS, day_of, in_order
from tests.api.truth import Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseEventRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.people.tables import TeamRow
from bangban.features.places.rules import LATITUDES, LONGITUDES
from bangban.features.places.tables import ServicePointRow


def pools_network(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    rows, today = truth.rows, truth.moment.day
    upper = [str(each.id) for each in rows[AreaRow] if each.path.count(".") < 2]
    templates = [str(each.id) for each in rows[AreaRow] if each.level in ("COUNTY", "TOWN")]
    sealed = [each for each in rows[CaseEventRow] if each.seal_number is not None]
    used = truth.cursors("seal", sealed, lambda r: (r.seal_year, r.seal_number))
    group = truth.cursors("group", rows[TeamRow], lambda r: (r.key, r.id))
    items = [
        each.code
        for each in rows[ServiceItemRow]
        if each.effective_from <= today and (each.effective_to is None or each.effective_to > today)
    ]
    nowhere = UUID(int=0)
    points = rows[ServicePointRow]
    tree = truth.cursors("tree", rows[AreaRow], lambda r: (r.path, r.id))

    def near(random: Random) -> dict[str, Any]:
        """The nearest from some place: near a point, far from all, or at one, where others may be equally far."""
        point, roll = random.choice(points), random.random()
        if roll < 0.2:
            return {"location": {"longitude": point.longitude, "latitude": point.latitude}, "first": 1}
        by = (random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3))
        here = {"longitude": point.longitude + by[0], "latitude": point.latitude + by[1]}
        far = {"longitude": random.uniform(*LONGITUDES), "latitude": random.uniform(*LATITUDES)}
        many = {"first": random.choice([1, 3, 50])} if random.random() < 0.5 else {}
        return {"location": far if roll < 0.4 else here, **many}

    def of(table: type, random: Random) -> str:
        return str(random.choice([*sorted({each.code for each in rows[table]}), "NONE"]))

    def area(random: Random, areas: list[str]) -> str:
        return random.choice([*areas, str(nowhere)])

    return {
        ("Query", "nearestPoints"): lambda r: given(
            serviceCode=maybe(r, *items, often=0.4),
            openAt=maybe(r, *MOMENTS, often=0.3),
            **near(r),
        ),
        ("Query", "coverage"): lambda r: given(
            areaId=maybe(r, area(r, upper), often=0.6),
            minutes=maybe(r, 1, 2, 5, 15, 60, 600),
            travel=maybe(r, "WALKING", "DRIVING"),
        ),
        ("Query", "networkConformance"): lambda r: {"areaId": area(r, templates)},
        **{
            (of_type, name): lambda r: page(r, tree)
            for of_type, name in (
                ("Coverage", "uncovered"),
                ("NetworkConformance", "missingStations"),
                ("NetworkConformance", "uncoveredGrids"),
                ("SpecialtyNetwork", "lacking"),
            )
        },
        ("Query", "bundleCounts"): lambda r: {"code": of(BundleRow, r)},
        ("Query", "guidanceHits"): lambda r: {
            "code": of(GuidanceRow, r),
            **given(version=maybe(r, 1, 2, 9, often=0.4)),
        },
        ("Query", "sealUses"): lambda r: {
            **given(
                year=maybe(r, today.year, 2019, 2018, often=0.4),
                number=maybe(r, 1, 2, 3, often=0.3),
            ),
            **page(r, used),
        },
        ("Query", "workGroups"): lambda r: {
            **given(areaId=maybe(r, area(r, upper), often=0.4)),
            **page(r, group),
        },
        ("WorkGroup", "statistics"): lambda r: given(**in_order(today, day_of(today, r), day_of(today, r))),
    }
