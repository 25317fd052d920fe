"""What a run over the fleet would do: which districts, through which revisions, holding what for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bangban.kernel.tenancy.fleet.declared import Declared, history, known_revisions
from bangban.kernel.tenancy.fleet.locks import Effect, Labour, Lock, effects_of_all, strongest
from bangban.kernel.tenancy.fleet.recording import NotRecordable, recorded
from bangban.kernel.tenancy.migrations import district_head, pending
from bangban.kernel.tenancy.names import Names

_BATCH: Final = 200

# Districts whose last failure was at the revision where they still stand come after the others.
_LAGGING: Final = text(
    """
    SELECT d.slug, d.revision, f.tries, f.at
    FROM platform.district d
    LEFT JOIN platform.fleet_finding f ON f.slug = d.slug AND f.kind = 'MIGRATION' AND f.revision = d.revision
    WHERE d.revision = ANY(CAST(:behind AS text[]))
      AND (CAST(:only AS text[]) IS NULL OR d.slug = ANY(CAST(:only AS text[])))
    ORDER BY f.tries IS NOT NULL, d.slug
    """
)
_SIZES: Final = text(
    """
    SELECT c.relnamespace::regnamespace::text AS schema, c.relname, pg_table_size(c.oid) AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = ANY(CAST(:schemas AS text[])) AND c.relname = ANY(CAST(:tables AS text[]))
    """
)


@dataclass(frozen=True)
class Lagging:
    """A district that is to be moved. ``tries`` counts failures at the revision where it stands."""

    slug: str
    revision: str
    tries: int = 0
    failed_at: Any = None


async def find_lagging(connection: AsyncConnection, *, only: Sequence[str] | None = None) -> list[Lagging]:
    """Every district below this process's head, in the order of a run. One statement, however many there are.

    Districts that a newer release has moved beyond are not among them.
    """
    behind = [each for each in known_revisions() if each != district_head()]
    given = {"behind": behind, "only": None if only is None else list(only)}
    rows = (await connection.execute(_LAGGING, given)).all()
    return [Lagging(slug, revision, tries or 0, at) for slug, revision, tries, at in rows]


@dataclass(frozen=True)
class Step:
    """What one revision does in each of ``districts``, and the longest it may take in any of them, in seconds.

    ``effects`` is None where the migration looks at data on its way, so that nothing is known beforehand.
    """

    declared: Declared
    districts: int
    effects: tuple[Effect, ...] | None
    lock: Lock
    seconds: float
    bytes: int

    @property
    def rewrites(self) -> bool:
        """Whether a table that was there before is written anew."""
        return any(each.labour is Labour.REWRITE and each.existing for each in self.effects or ())


@dataclass(frozen=True)
class Plan:
    """A run over the fleet before it is begun. ``slugs`` are in the run's order."""

    head: str
    slugs: tuple[str, ...]
    revisions: dict[str, int]
    steps: tuple[Step, ...]


async def plan(connection: AsyncConnection, names: Names, *, only: Sequence[str] | None = None) -> Plan:
    """What ``running.migrate`` would do now. Changes nothing and locks nothing."""
    lagging = await find_lagging(connection, only=only)
    standing: dict[str, int] = {}
    for district in lagging:
        standing[district.revision] = standing.get(district.revision, 0) + 1
    lacks = {revision: pending(revision) for revision in standing}
    wanted = [each for each in history() if any(each.revision in lacks[revision] for revision in lacks)]
    effects = {each.revision: _effects_of(each.revision) for each in wanted}
    tables = {each.table for found in effects.values() for each in found or () if each.table is not None}
    sizes = await _largest(connection, names, [each.slug for each in lagging], tables)
    steps = []
    for each in wanted:
        found = effects[each.revision]
        count = sum(number for revision, number in standing.items() if each.revision in lacks[revision])
        held = [one for one in found or () if one.existing and one.table is not None]
        steps.append(
            Step(
                declared=each,
                districts=count,
                effects=found,
                lock=Lock.ACCESS_EXCLUSIVE if found is None else strongest(found),
                seconds=round(sum(one.seconds(sizes.get(str(one.table), 0)) for one in held), 3),
                bytes=max((sizes.get(str(one.table), 0) for one in held), default=0),
            )
        )
    return Plan(district_head(), tuple(each.slug for each in lagging), standing, tuple(steps))


def _effects_of(revision: str) -> tuple[Effect, ...] | None:
    try:
        return effects_of_all(recorded(revision))
    except NotRecordable:
        return None


async def _largest(
    connection: AsyncConnection, names: Names, slugs: Sequence[str], tables: Iterable[str | None]
) -> dict[str, int]:
    """Bytes of the largest table of each name among these districts."""
    found: dict[str, int] = {}
    named = sorted(filter(None, tables))
    for start in range(0, len(slugs) if named else 0, _BATCH):
        schemas = [names.schema(slug) for slug in slugs[start : start + _BATCH]]
        for _, table, size in await connection.execute(_SIZES, {"schemas": schemas, "tables": named}):
            found[table] = max(found.get(table, 0), size)
    return found
