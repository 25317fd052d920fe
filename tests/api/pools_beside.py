"""Arguments for what stands beside cases: bundles, points, orders and the like. See ``pools``."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from tests.api.drawing import Pools
from tests.api.pools import WORDS, given, in_force, maybe, page, pools_of
from tests.api.pools_hall import MOMENTS, pools_hall
from tests.api.pools_network import pools_network
from tests.api.pools_told import pools_told
from tests.api.truth import Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import DelegationRow
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.joint.tables import BundleApplicationRow
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.people.tables import TrainingRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.supervision.tables import DutyRow


def every_pool(truth: Truth) -> Pools:
    """All arguments that are drawn."""
    return {
        **pools_of(truth),
        **pools_beside(truth),
        **pools_hall(truth),
        **pools_told(truth),
        **pools_network(truth),
    }


def pools_beside(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    upper = [row for row in truth.rows[AreaRow] if row.path.count(".") < 2]
    newest = truth.cursors("newest", truth.rows[BundleApplicationRow], lambda r: (r.submitted_at, r.id))
    point = truth.cursors("point", truth.rows[ServicePointRow][:50], lambda r: (r.key, r.id))
    delegation = truth.cursors("delegation", truth.rows[DelegationRow], lambda r: (r.service_code, r.id))
    placed = truth.cursors("placed", truth.rows[OrderRow], lambda r: (r.placed_at, r.id))
    first_asked = truth.cursors("asked", truth.rows[FirstAskRow], lambda r: (r.asked_at, r.id))
    duty = truth.cursors("duties", truth.rows[DutyRow], lambda r: (r.raised_at, r.id))
    card = truth.cursors("card", truth.rows[ServiceCardRow], lambda r: (r.id,))
    held = truth.cursors("training", truth.rows[TrainingRow], lambda r: (r.held_on, r.id))
    helper = truth.cursors("helper", truth.rows[HelperSkillRow], lambda r: (r.staff_id,))

    helpers = [*(each.staff_id for each in truth.rows[HelperSkillRow]), UUID(int=0)]  # and nobody

    def area(random: Random) -> str:
        return str(random.choice(upper).id)

    def of(table: type, column: str, random: Random) -> str:
        """Something that a row of the table has, or nothing."""
        return str(random.choice([getattr(row, column) for row in truth.rows[table]] + ["NONE"]))

    def number(random: Random) -> str:
        return of(CaseRow, "number", random)

    def listed(random: Random, cursors: list[str], **filter_: Any) -> dict[str, Any]:
        """A page of a list, filtered or not."""
        return {"filter": maybe(random, given(**filter_)), **page(random, cursors)}

    return {
        ("Query", "trainings"): lambda r: listed(
            r,
            held,
            areaId=maybe(r, area(r), often=0.3),
            staffId=maybe(r, str(r.choice(helpers)), often=0.2),
            kind=maybe(r, "TRAINING", "COACHING", often=0.3),
            since=maybe(r, "2026-01-02", often=0.2),
        ),
        ("Query", "custody"): lambda r: {"number": number(r)},
        ("Query", "caseFiles"): lambda r: {"number": number(r)},
        ("Query", "bundleApplication"): lambda r: {"number": of(BundleApplicationRow, "number", r)},
        ("Query", "bundles"): lambda r: (
            listed(
                r,
                [],
                code=maybe(r, of(BundleRow, "code", r), often=0.3),
                serviceCode=maybe(r, "TPL-RESIDENCE-PERMIT", "NONE", often=0.3),
                search=maybe(r, *WORDS, often=0.2),
            )
            | {"on": in_force(r, truth.rows[BundleRow])}
        ),
        ("Query", "bundleApplications"): lambda r: listed(
            r,
            newest,
            bundleCode=maybe(r, of(BundleRow, "code", r), often=0.3),
            areaId=maybe(r, area(r), often=0.3),
            state=maybe(r, "SUBMITTED", "IN_PROGRESS", "COMPLETED", "WITHDRAWN", often=0.3),
            resultsReady=maybe(r, True, False, often=0.3),
        ),
        ("Query", "servicePoint"): lambda r: {"key": of(ServicePointRow, "key", r)},
        ("Query", "servicePoints"): lambda r: listed(
            r,
            point,
            areaId=maybe(r, area(r), often=0.3),
            kind=maybe(r, "HALL", "STATION", "BANK", often=0.3),
            openAt=maybe(r, *MOMENTS, often=0.3),
            specialty=maybe(r, "ENTERPRISE", "HUMAN_RESOURCES", often=0.2),
            search=maybe(r, *WORDS, often=0.3),
            former=maybe(r, True, False, often=0.3),
        ),
        ("Query", "delegations"): lambda r: listed(
            r,
            delegation,
            serviceCode=maybe(r, of(DelegationRow, "service_code", r), often=0.3),
            areaId=maybe(r, area(r), often=0.3),
            on=maybe(r, "2019-12-31", "2024-02-29", often=0.3),
            representatives=maybe(r, True, False, often=0.3),
        ),
        ("Query", "orders"): lambda r: listed(
            r,
            placed,
            number=maybe(r, of(OrderRow, "number", r), often=0.2),
            states=maybe(r, ["OPEN"], ["CLAIMED", "DONE"], [], often=0.3),
            kind=maybe(r, "NEED", "PICKUP", "CALL_OUT", often=0.3),
            areaId=maybe(r, area(r), often=0.3),
            mine=maybe(r, True, False, often=0.3),
            offered=maybe(r, True, False, often=0.3),
        ),
        ("Query", "firstAsks"): lambda r: listed(
            r,
            first_asked,
            states=maybe(r, ["RECEIVED", "TRANSFERRED"], ["ANSWERED"], [], often=0.3),
            number=maybe(r, of(FirstAskRow, "number", r), often=0.2),
            areaId=maybe(r, area(r), often=0.3),
            mine=maybe(r, True, False, often=0.3),
        ),
        ("Query", "duties"): lambda r: listed(
            r,
            duty,
            states=maybe(r, ["OPEN", "SETTLED"], ["VOID"], often=0.4),
            kinds=maybe(r, ["OVERDUE"], ["YELLOW", "RED"], often=0.3),
            areaId=maybe(r, area(r), often=0.3),
            caseNumber=maybe(r, number(r), often=0.2),
        ),
        ("Query", "serviceCards"): lambda r: {
            "batch": maybe(r, of(ServiceCardRow, "batch", r), often=0.3),
            **page(r, card),
        },
        ("Query", "helperSkills"): lambda r: {"areaId": maybe(r, area(r), often=0.4), **page(r, helper)},
    }
