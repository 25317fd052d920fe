"""Chief representatives, contacts, proxy use and recognitions: what the API's common tests know of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from tests.api.access_world import ITEM, World
from tests.api.shapes import DISTRICT, Part, Root

from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.places.hours import read_hours
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

HOURS: Final = timedelta(hours=4)


async def _fill(work: Work, world: World) -> None:
    """A clerk who may decide an item of their own, and sits at a point today."""
    clerk = world.people["window-clerk COUNTY"].id
    assert clerk is not None
    point = ServicePointRow(
        id=new_id(),
        key="representatives-point",
        area_id=world.areas["town-a"].id,
        kind=PointKind.HALL,
        name="样本厅",
        longitude=117.74,
        latitude=36.88,
        hours=read_hours("24/7"),
    )
    work.db.add(point)
    await work.db.flush()
    work.db.add_all(
        [
            DelegationRow(
                id=new_id(),
                service_code=ITEM,
                from_area_id=world.areas["county"].id,
                to_point_id=point.id,
                staff_id=clerk,
                scope=DelegationScope.FULL,
                since=date(2020, 1, 1),
                until=date(2020, 12, 31),
                basis="样本",
            ),
            GuideShiftRow(
                id=new_id(),
                point_id=point.id,
                guide_id=clerk,
                desk=None,
                day=work.today,
                begins_at=work.now,
                ends_at=work.now + HOURS,
                kind=ShiftKind.REPRESENTATIVE,
            ),
        ]
    )


PART = Part(
    roots={
        "Query.representatives": Root(DISTRICT, "{ representatives { edges { node { id department } } } }"),
    },
    bounds={"Representatives": 1},
    variables={"Representatives": lambda _: {}},
    elsewhere=frozenset({"representatives"}),
    fill=_fill,
)
