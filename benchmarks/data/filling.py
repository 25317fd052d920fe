"""Filling one district with cases, by the database's own means: some fifty microseconds a case.

Needs the administrator's connection. The district has its areas, matters and staff already; whatever cases it
has are thrown away first. Everything happens in one transaction, so a district is filled or it is as it was.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import asyncpg
from benchmarks.data import applicants, drawing_sql, places, storing_sql, tables_sql

from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.district import DistrictVault

BATCH: Final = 50_000
_MOST_VACUUMS: Final = 25
CASES_FOR_EACH_APPLICANT: Final = 4

Progress = Callable[[int, int], None]
"""Told how many cases are stored, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What one district is filled with. ``now`` is when the newest case was applied for."""

    district: District
    vault: DistrictVault
    calendar: WorkingCalendar
    number_prefix: str
    cases: int
    seed: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def salt(self) -> int:
        """What tells this district's draws from another's."""
        return zlib.crc32(f"{self.seed} {self.district.slug}".encode())

    def sql(self, statement: str) -> str:
        """A constant with the district's schema in its place."""
        return statement.format(s=quoted(self.district.schema))


async def filling_of(tenancy: Tenancy, district: District, *, cases: int, seed: int) -> Filling:
    """What ``fill`` needs to know of a district."""
    rules = await tenancy.rules(district)
    return Filling(
        district=district,
        vault=tenancy.vault(district),
        calendar=rules.calendar,
        number_prefix=rules.number_prefix,
        cases=cases,
        seed=seed,
    )


async def fill(connection: asyncpg.Connection, filling: Filling, *, progress: Progress | None = None) -> None:
    """Replace the district's cases. ``connection`` is the administrator's, in no transaction."""
    tell = progress or (lambda _done, _total: None)
    async with connection.transaction():
        await connection.execute(f"{tables_sql.UNCHECKED}; {tables_sql.MEMORY}")
        await connection.execute(filling.sql(tables_sql.EMPTY))
        await connection.execute(filling.sql(tables_sql.NO_RESIDENTS))
        tables = [*tables_sql.CASE_TABLES, "audit_entry"]
        indexes = await connection.fetch(tables_sql.INDEXES, filling.district.schema, tables)
        for index in indexes:
            await connection.execute(filling.sql(f"DROP INDEX {{s}}.{quoted(index['name'])}"))
        await _prepare(connection, filling)
        for first in range(1, filling.cases + 1, BATCH):
            last = min(first + BATCH - 1, filling.cases)
            await _batch(connection, filling, first, last)
            tell(last, filling.cases)
        await connection.execute(filling.sql(tables_sql.COUNTERS))
        for index in indexes:
            await connection.execute(index["definition"])
        await connection.execute("DROP FUNCTION pg_temp.share, pg_temp.id")
    for table in (*tables, "resident", "area", "service_item", "service_material", "staff", "assignment"):
        await _settle(connection, filling, table)


async def _settle(connection: asyncpg.Connection, filling: Filling, table: str) -> None:
    """Vacuum until every page is known to be visible to all: whoever read meanwhile may have kept some from it."""
    whole = "SELECT relallvisible >= relpages FROM pg_class WHERE oid = '{s}.{table}'::regclass"
    for _ in range(_MOST_VACUUMS):
        await connection.execute(filling.sql(tables_sql.SETTLE.replace("{table}", table)))
        if await connection.fetchval(filling.sql(whole.replace("{table}", table))):
            return
        await asyncio.sleep(0.2)


async def _prepare(connection: asyncpg.Connection, filling: Filling) -> None:
    """The tables that cases are drawn from, and the applicants' accounts."""
    await connection.execute(drawing_sql.PREPARE)
    await connection.execute(filling.sql(drawing_sql.ITEMS))
    days = _days(filling.calendar, filling.now.date())
    await connection.copy_records_to_table("bench_day", records=days)
    due = {ordinal: filling.calendar.date_of(ordinal) for _, _, ordinal in days}
    reach = range(max(due) + 1, max(due) + 200)  # beyond today by the longest promise there is
    due |= {ordinal: filling.calendar.date_of(ordinal) for ordinal in reach}
    await connection.copy_records_to_table("bench_due", records=list(due.items()))
    areas = {
        row["key"]: places.Post(row["id"], row["parent"], AreaLevel(row["level"]))
        for row in await connection.fetch(filling.sql(tables_sql.AREAS))
    }
    staff = {row["key"]: row["id"] for row in await connection.fetch(filling.sql(tables_sql.STAFF))}
    records = places.made_places(areas, staff, seed=filling.salt)
    await connection.copy_records_to_table("bench_place", records=records, columns=places.COLUMNS)
    count = max(1, filling.cases // CASES_FOR_EACH_APPLICANT)
    people = applicants.made_applicants(filling.vault, count, seed=filling.salt)
    await connection.copy_records_to_table("bench_applicant", records=people, columns=applicants.COLUMNS)
    await connection.execute(filling.sql(drawing_sql.RESIDENTS), filling.now - timedelta(days=731))
    await connection.execute("ANALYZE bench_day, bench_due, bench_place, bench_applicant, bench_item")


async def _batch(connection: asyncpg.Connection, filling: Filling, first: int, last: int) -> None:
    """The cases with these numbers, and all that belongs to them."""
    zone, salt, now = filling.district.timezone, filling.salt, filling.now
    horizon = filling.calendar.horizon_ordinal

    async def run(statement: str, *arguments: object) -> None:
        await connection.execute(filling.sql(statement), *arguments)

    await connection.execute("TRUNCATE bench_case")
    await run(drawing_sql.DRAW, first, last, filling.cases, now, zone, salt, horizon)
    await connection.execute("ANALYZE bench_case")
    await run(storing_sql.CASES, filling.number_prefix, zone)
    await run(storing_sql.MATERIALS, salt)
    await run(storing_sql.EVENTS, salt, now)
    await run(storing_sql.NOTICES, salt, now, zone)
    await run(storing_sql.RATINGS, now)
    await run(storing_sql.HANDOVERS, salt, now)
    await run(storing_sql.AUTHORISATIONS, zone)
    await run(storing_sql.TOLERANCES, now)
    before = await connection.fetchval(filling.sql(storing_sql.LAST_ENTRY))
    await run(storing_sql.TRAIL, salt, before)


def _days(calendar: WorkingCalendar, until: date) -> list[tuple[date, int, int]]:
    """Every day of the last three years with its two numbers."""
    first = until - timedelta(days=3 * 366)
    days = [first + timedelta(days=offset) for offset in range((until - first).days + 2)]
    return [(day, calendar.ordinal(day), calendar.next_ordinal(day)) for day in days]
