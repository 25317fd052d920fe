"""Districts of so many points, and how long it takes to find the nearest in them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from random import Random
from statistics import median
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Date, Double, Select, literal, select

import bangban.features.all_tables  # noqa: F401 - the metadata must be whole before a schema is made
from bangban.features.network.nearest import nearest
from bangban.features.places.hours import read_hours
from bangban.features.places.sql import metres_between, stands_on
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.parameters import Fact
from bangban.kernel.planner.planner import Ready
from bangban.kernel.planner.statement import Placeholder, finished
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.names import Names, quoted
from bangban.kernel.vault.keyring import KeyRing, MasterKey

SIZES: Final = (100, 10_000)
WANTED: Final = 5
WIDE: Final = 0.6  # degrees: a large county
_TRIES: Final = 3  # of which the best counts, since others may use the machine
CENTRE: Final = (118.05, 36.84)
_RECIPES: Final = {name: Fact(name) for name in ("longitude", "latitude", "today")}


@dataclass(frozen=True)
class Found:
    """Medians of one size, in microseconds."""

    size: int
    nearest: float
    brute: float


def _statements() -> tuple[Select[Any], Select[Any]]:
    here = SimpleNamespace(
        longitude=Placeholder("longitude", type_=Double()), latitude=Placeholder("latitude", type_=Double())
    )
    today = Placeholder("today", type_=Date())
    point = ServicePointRow.__table__.alias("every_point")
    metres = metres_between(here.longitude, here.latitude, point.c.longitude, point.c.latitude)
    brute = select(point.c.id, metres.label("metres")).where(stands_on(point.c, today))
    return (
        nearest(here, literal(WANTED), lambda columns: [stands_on(columns, today)]),
        brute.order_by(metres, point.c.id).limit(WANTED),
    )


async def measure(admin: Endpoint, *, places: int, seed: int = 5) -> list[Found]:
    """Both statements at the same places; raises AssertionError where they do not agree."""
    installation = await Installation.prepare(admin, KeyRing(MasterKey.fresh()))
    return [await _size(installation, admin, size, places=places, seed=seed) for size in SIZES]


async def _size(installation: Installation, admin: Endpoint, size: int, *, places: int, seed: int) -> Found:
    slug, random = f"points-{size}", Random(seed)  # noqa: S311 - the same places in every run, no secret
    levels = [AreaLevel.COUNTY]
    await installation.create_district(
        NewDistrict(slug=slug, name="样本区", brand="帮办", division_code=None, levels=levels)
    )
    schema = Names.schema(slug)
    connection = await admin.connect()
    try:
        await _fill(connection, quoted(schema), size, random)
        statements = [finished(each, _RECIPES) for each in _statements()]
        texts = [Ready(each, ()).sql(schema) for each in statements]
        prepared = [await connection.prepare(text) for text in texts]
        orders = [[recipe.name for recipe in each.recipes] for each in statements]  # type: ignore[attr-defined]  # facts
        took: list[list[float]] = [[], []]
        today = await connection.fetchval("SELECT current_date")
        for _ in range(places):
            longitude, latitude = _draw(random)
            given = {"longitude": longitude, "latitude": latitude, "today": today}
            answers = []
            for kept, statement, names in zip(took, prepared, orders, strict=True):
                tries = []
                for _ in range(_TRIES):
                    began = time.perf_counter_ns()
                    answer = await statement.fetch(*(given[name] for name in names))
                    tries.append((time.perf_counter_ns() - began) / 1000)
                kept.append(min(tries))
                answers.append(answer)
            assert [row["id"] for row in answers[0]] == [row["id"] for row in answers[1]]
        return Found(size, median(took[0]), median(took[1]))
    finally:
        await connection.close()


def _draw(random: Random) -> tuple[float, float]:
    return CENTRE[0] + random.uniform(-WIDE, WIDE) / 2, CENTRE[1] + random.uniform(-WIDE, WIDE) / 2


async def _fill(connection: Any, schema: str, size: int, random: Random) -> None:
    area = new_id()
    await connection.execute(
        f"INSERT INTO {schema}.area (id, key, name, full_name, level, kind, path, position, provenance)"  # noqa: S608 - a name of our own
        " VALUES ($1, 'county', '区', '区', 'COUNTY', 'COUNTY', $2::text::ext.ltree, 0, 'own')",
        area,
        area.hex,
    )

    hours = json.dumps(read_hours("24/7"))
    rows = [(new_id(), f"p-{n}", area, *_draw(random), hours) for n in range(size)]
    await connection.executemany(
        f"INSERT INTO {schema}.service_point (id, key, area_id, kind, name, longitude, latitude, hours, amenities,"  # noqa: S608 - a name of our own
        " specialties, provenance) VALUES ($1, $2, $3, 'STATION', '站', $4, $5, $6::jsonb, '{}', '{}', 'own')",
        rows,
    )
    await connection.execute(f"VACUUM ANALYZE {schema}.service_point")
