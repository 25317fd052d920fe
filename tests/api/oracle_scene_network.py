"""What the oracle of the planner looks at beside: points for a while and for ever, graded stations, manned grids."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select, update

from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import PointAssessmentRow, ServicePointRow
from bangban.features.places.values import AssessmentScheme, PointKind, Specialty
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work

DAY = timedelta(days=1)
KINDS = (PointKind.FIELD, PointKind.STATION, PointKind.STATION_24H)
STANDING: tuple[tuple[int | None, int | None], ...] = ((None, None), (-9, 0), (-9, -1), (1, None))
SHARED, *OTHERS = (each.value for each in Specialty)
NAMES = {
    "MATURE": {"zh": "成熟", "en": "Mature"},
    "GROWING": {"zh": "提升", "en": "Growing"},
    "BEGUN": {"zh": "起步", "en": "Begun"},
}
# Neither the order of the keys nor that of the best is the order of maturity, which is that of the least total.
GRADES = (("GROWING", 70), ("MATURE", 95), ("BEGUN", 40), ("MATURE", 65))
MANY = 50  # more than are ever told as the nearest, with those that stand anyway
GRIDS = "oracle-grid"


async def spread(work: Work, *, by: UUID) -> None:
    """All of it; ``by`` somebody who assesses."""
    placed = select(AreaRow).where(AreaRow.level == AreaLevel.VILLAGE, AreaRow.longitude.is_not(None))
    villages = list(await work.db.scalars(placed.order_by(AreaRow.latitude, AreaRow.id).limit(MANY)))
    graded = iter(GRADES)
    for place, village in enumerate(villages[: len(KINDS) * len(STANDING)]):
        point = _point(work, village, place)
        work.db.add(point)
        await work.db.flush()
        if point.kind is not PointKind.FIELD:
            work.db.add(_assessed(work, point, *next(graded, GRADES[0]), by=by))
    for place, village in enumerate(villages):
        work.db.add(_stall(work, village, place))
    await _man(work, villages[0])
    await work.db.flush()


async def clear(work: Work) -> None:
    """End the stalls and the grids: other tests of the district look at what there is. Nobody may delete them."""
    stalls = update(ServicePointRow).where(ServicePointRow.key.like("oracle-stall-%"))
    await work.db.execute(stalls.values(until=work.today - DAY))
    grids = update(AreaRow).where(AreaRow.key.like(f"{GRIDS}%"))
    await work.db.execute(grids.values(retired_on=work.today - DAY))
    agents = update(StaffRow).where(StaffRow.key.like(f"{GRIDS}%"))
    await work.db.execute(agents.values(active=False))


def _point(work: Work, village: AreaRow, place: int) -> ServicePointRow:
    """For a while, for ever, no more or not yet, on the far side of its village."""
    kind, (since, until) = KINDS[place % len(KINDS)], STANDING[place // len(KINDS)]
    if kind is PointKind.FIELD:  # is never for ever
        since, until = -9 if since is None else since, 9 if until is None else until
    random = Random(place)
    return ServicePointRow(
        id=new_id(),
        key=f"oracle-net-{place:02}",
        area_id=village.id,
        kind=kind,
        name="样本驿站",
        longitude=village.longitude,
        latitude=village.latitude - place / 1_000,
        hours={"text": ""},
        since=None if since is None else work.today + since * DAY,
        until=None if until is None else work.today + until * DAY,
        specialties=[SHARED, *random.sample(OTHERS, random.randrange(len(OTHERS) + 1))],
    )


def _stall(work: Work, village: AreaRow, place: int) -> ServicePointRow:
    """Of these there are many; villages are not reached by what stands for a while only."""
    return ServicePointRow(
        id=new_id(),
        key=f"oracle-stall-{place:02}",
        area_id=village.id,
        kind=PointKind.FIELD,
        name="样本大集",
        longitude=village.longitude + place / 900,
        latitude=village.latitude,
        hours={"text": ""},
        since=work.today - DAY,
        until=work.today + DAY,
    )


def _assessed(work: Work, point: ServicePointRow, grade: str, total: int, *, by: UUID) -> PointAssessmentRow:
    return PointAssessmentRow(
        id=new_id(),
        point_id=point.id,
        scheme=AssessmentScheme.MATURITY,
        scores=[],
        grades=[{"key": key, "name": name, "least": 0} for key, name in NAMES.items()],
        total=total,
        grade=grade,
        assessed_on=work.today,
        valid_until=work.today + DAY,
        assessed_by=by,
    )


async def _man(work: Work, village: AreaRow) -> None:
    """Grids of a village: with an agent of its own or in a micro-grid, with who left or is yet to come, with none."""
    posts: tuple[tuple[AreaLevel, int, int | None] | None, ...] = (
        (AreaLevel.GRID, -9, None),
        (AreaLevel.MICRO_GRID, 0, 0),
        (AreaLevel.GRID, -9, -1),
        (AreaLevel.MICRO_GRID, 1, None),
        None,
    )
    for place, post in enumerate(posts):
        grid = await _area(work, village, AreaLevel.GRID, f"{GRIDS}-{place}")
        micro = await _area(work, grid, AreaLevel.MICRO_GRID, f"{GRIDS}-{place}-micro")
        if post is None:
            continue
        level, since, until = post
        agent = StaffRow(id=new_id(), key=f"{GRIDS}-agent-{place}", name="样本网格员")
        work.db.add(agent)
        await work.db.flush()
        until_day = None if until is None else work.today + until * DAY
        days = {"since": work.today + since * DAY, "until": until_day}
        area_id = grid.id if level is AreaLevel.GRID else micro.id
        row = AssignmentRow(id=new_id(), staff_id=agent.id, role="helper", area_id=area_id, **days)
        work.db.add(row)


async def _area(work: Work, parent: AreaRow, level: AreaLevel, key: str) -> AreaRow:
    area_id = new_id()
    row = AreaRow(
        id=area_id,
        key=key,
        name="样本网格",
        full_name="样本网格",
        level=level,
        kind=AreaKind(level.value),
        parent_id=parent.id,
        path=f"{parent.path}.{area_id.hex}",
    )
    work.db.add(row)
    await work.db.flush()
    return row
