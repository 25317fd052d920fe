"""Drift: where a district's real structure is not what its revision should be, item by item.

What should be is built beside the districts in a transaction that is rolled back: the head from the models, an older
revision by its migrations. Districts are compared by a digest, many in one statement; only those that differ are read
out. An older revision's privileges are not compared, since a release grants them anew with each migration.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.fleet.declared import known_revisions
from bangban.kernel.tenancy.fleet.structure import Facts, facts_of, fingerprints
from bangban.kernel.tenancy.migrations import build_at, district_head
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.provisioning import create_statements

BATCH: Final = 100
_MOST_ITEMS: Final = 200  # of one district
_MOST_DISTRICTS: Final = 100  # that an outcome names; all of them are in platform.fleet_finding
_LONGEST_FACT: Final = 300

_DISTRICTS: Final = """
SELECT slug, revision FROM platform.district
WHERE status <> 'PROVISIONING' AND slug > $1 AND ($2::text[] IS NULL OR slug = ANY($2)) ORDER BY slug LIMIT $3
"""
_COUNT: Final = (
    "SELECT count(*) FROM platform.district"
    " WHERE status <> 'PROVISIONING' AND ($1::text[] IS NULL OR slug = ANY($1))"
)
_KEEP: Final = """
INSERT INTO platform.fleet_finding (slug, kind, revision, tries, problem, items, at)
VALUES ($1, 'DRIFT', $2, 1, NULL, $3, $4)
ON CONFLICT (slug, kind) DO UPDATE SET revision = excluded.revision, items = excluded.items, at = excluded.at
"""
_CLEAR: Final = "DELETE FROM platform.fleet_finding WHERE kind = 'DRIFT' AND slug = ANY($1)"

Report = Callable[[str, int, int], Awaitable[None]]


@dataclass(frozen=True)
class Difference:
    """One object that is not as it should be. ``expected`` is None where it should not be there at all."""

    kind: str
    object: str
    expected: str | None
    found: str | None

    def as_json(self) -> dict[str, str | None]:
        return {"kind": self.kind, "object": self.object, "expected": self.expected, "found": self.found}


@dataclass
class Drift:
    """What came of a check. ``unknown`` districts stand at a revision of a newer release."""

    checked: int = 0
    drifted: int = 0
    unknown: int = 0
    districts: dict[str, list[Difference]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As a task keeps it."""
        return {
            "checked": self.checked,
            "drifted": self.drifted,
            "unknown": self.unknown,
            "districts": {slug: [each.as_json() for each in items] for slug, items in self.districts.items()},
        }


@dataclass(frozen=True)
class _Reference:
    """What a district at one revision should look like."""

    fingerprint: str
    facts: Facts
    privileges: bool


def differences(expected: Facts, found: Facts) -> list[Difference]:
    """What differs, in a fixed order, bounded."""
    items = [
        Difference(kind, name, _short(expected.get((kind, name))), _short(found.get((kind, name))))
        for kind, name in sorted(expected.keys() | found.keys())
        if expected.get((kind, name)) != found.get((kind, name))
    ]
    return items[:_MOST_ITEMS]


def _short(fact: str | None) -> str | None:
    return fact if fact is None or len(fact) <= _LONGEST_FACT else fact[: _LONGEST_FACT - 1] + "…"


async def _untold(_stage: str, _done: int, _total: int) -> None:
    """Nobody wants to know."""


async def check_drift(
    admin: Endpoint,
    names: Names,
    *,
    only: Sequence[str] | None = None,
    login: bool = False,
    report: Report = _untold,
) -> Drift:
    """Compare every district with what its revision should be, and note those that differ.

    ``login``: whether this installation's district roles may log in (Citus). Raises whatever ``report`` raises,
    between two batches.
    """
    outcome = Drift()
    references: dict[str, _Reference] = {}
    chosen = None if only is None else list(only)
    connection = await admin.connect()
    try:
        total, last = await connection.fetchval(_COUNT, chosen), ""
        while rows := await connection.fetch(_DISTRICTS, last, chosen, BATCH):
            last = rows[-1]["slug"]
            standing = {row["slug"]: row["revision"] for row in rows}
            for revision in set(standing.values()) & set(known_revisions()) - references.keys():
                references[revision] = await _reference(admin, names, revision, login=login)
            await _check(connection, names, standing, references, outcome)
            await report("districts", outcome.checked, total)
    finally:
        await connection.close()
    return outcome


async def _check(
    connection: asyncpg.Connection,
    names: Names,
    standing: dict[str, str],
    references: dict[str, _Reference],
    outcome: Drift,
) -> None:
    """One batch."""
    known = {slug: references[revision] for slug, revision in standing.items() if revision in references}
    digests: dict[str, str] = {}
    for privileges in {each.privileges for each in known.values()}:
        slugs = [slug for slug, each in known.items() if each.privileges is privileges]
        digests |= await fingerprints(connection, names, slugs, privileges=privileges)
    well = [slug for slug, each in known.items() if digests.get(slug) == each.fingerprint]
    outcome.checked += len(standing)
    outcome.unknown += len(standing) - len(known)
    async with connection.transaction():
        await connection.execute(_CLEAR, well)
        for slug in sorted(known.keys() - set(well)):
            reference = known[slug]
            found = await facts_of(connection, names, slug, privileges=reference.privileges)
            items = differences(reference.facts, found)
            outcome.drifted += 1
            if len(outcome.districts) < _MOST_DISTRICTS:
                outcome.districts[slug] = items
            kept = json.dumps([each.as_json() for each in items], ensure_ascii=False)
            await connection.execute(_KEEP, slug, standing[slug], kept, datetime.now(UTC))


async def _reference(admin: Endpoint, names: Names, revision: str, *, login: bool) -> _Reference:
    slug = f"drift-{secrets.token_hex(4)}"
    head = revision == district_head()
    async with _undone(admin) as connection:
        statements = create_statements(names, slug, login=login)
        driver: Any = (await connection.get_raw_connection()).driver_connection
        if head:
            await driver.execute(";\n".join(statements))
        else:
            bare = [each for each in statements if each.startswith(("CREATE SCHEMA", "CREATE ROLE"))]
            await driver.execute(";\n".join(bare))
            await build_at(connection, names.schema(slug), revision)
        digest = await fingerprints(driver, names, [slug], privileges=head)
        return _Reference(digest[slug], await facts_of(driver, names, slug, privileges=head), head)


@asynccontextmanager
async def _undone(admin: Endpoint) -> AsyncIterator[AsyncConnection]:
    """A transaction that leaves nothing behind."""
    engine = admin.engine(size=0)
    try:
        async with engine.connect() as connection:
            # SQLAlchemy begins the transaction with its own first statement; what the driver is told comes after.
            await connection.exec_driver_sql("SELECT 1")
            yield connection
            await connection.rollback()
    finally:
        await engine.dispose()
