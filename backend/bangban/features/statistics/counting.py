"""A district counts itself, as its own reading role: one statement, and nothing but numbers comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from bangban.features.cases.values import CaseState, Grade
from bangban.features.catalog.values import Channel
from bangban.features.statistics.values import Measure
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

MONTHS: Final = 13
_PATIENCE_MS: Final = 60_000

Counts = Mapping[Measure, Mapping[str, int]]


@dataclass(frozen=True)
class Figures:
    """What one district is, in numbers. ``storage_bytes`` of its schema, with indexes, and of its cases' files."""

    counts: Counts
    storage_bytes: int
    staff_accounts: int


@lru_cache(maxsize=8192)
def _statement(slug: str) -> str:
    schema = quoted(Names.schema(slug))
    return f"""
        SELECT json_build_object(
            'STATE', (SELECT coalesce(json_object_agg(state, n), '{{}}') FROM
                (SELECT state, count(*) AS n FROM {schema}.cases GROUP BY state) AS by_state),
            'MONTH', (SELECT coalesce(json_object_agg(month, n), '{{}}') FROM
                (SELECT to_char(submitted_at AT TIME ZONE $1, 'YYYY-MM') AS month, count(*) AS n
                 FROM {schema}.cases WHERE to_char(submitted_at AT TIME ZONE $1, 'YYYY-MM') = ANY($2)
                 GROUP BY 1) AS by_month),
            'GRADE', (SELECT coalesce(json_object_agg(grade, n), '{{}}') FROM
                (SELECT grade, count(*) AS n FROM {schema}.rating GROUP BY grade) AS by_grade),
            'CHANNEL', (SELECT coalesce(json_object_agg(channel, n), '{{}}') FROM
                (SELECT channel, count(*) AS n FROM {schema}.cases GROUP BY channel) AS by_channel),
            'DUE', (SELECT json_build_object(
                    'OVERDUE', count(*) FILTER (WHERE due_ordinal < coalesce(suspended_ordinal, $3)),
                    'IN_TIME', count(*) FILTER (WHERE due_ordinal >= coalesce(suspended_ordinal, $3)))
                FROM {schema}.cases
                WHERE due_ordinal IS NOT NULL AND completed_ordinal IS NULL AND ended_at IS NULL),
            'accounts', (SELECT count(*) FROM {schema}.staff WHERE active AND login IS NOT NULL
                AND portal_origins IS NULL),
            'bytes', (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
                WHERE c.relnamespace = $4::regnamespace AND c.relkind IN ('r', 'm'))
                + (SELECT coalesce(sum(size), 0) FROM {schema}.upload WHERE state = 'STORED'))::text
    """  # noqa: S608 - the schema is a checked identifier of ours


def months_before(today: date, *, most: int = MONTHS) -> list[str]:
    """This month and those before it, the earliest first, as 2026-11."""
    last = today.year * 12 + today.month - 1
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(last - most + 1, last + 1)]


async def count_district(tenancy: Tenancy, district: District, *, now: datetime) -> Figures:
    """Count a district as it is now. Raises Unavailable."""
    today = now.astimezone(district.zone).date()
    months = months_before(today)
    calendar = await tenancy.calendar(district)
    found = json.loads(
        await tenancy.reader.district(
            district.slug,
            Wall.READ,
            _statement(district.slug),
            (district.timezone, months, calendar.moment(today).next_ordinal, district.schema),
            timeout_ms=_PATIENCE_MS,
        )
    )
    words: dict[Measure, list[str]] = {
        Measure.STATE: [state.value for state in CaseState],
        Measure.MONTH: months,
        Measure.GRADE: [grade.value for grade in Grade],
        Measure.CHANNEL: [channel.value for channel in Channel],
        Measure.DUE: ["IN_TIME", "OVERDUE"],
    }
    return Figures(
        counts={
            measure: {word: int(found[measure.value].get(word, 0)) for word in known}
            for measure, known in words.items()
        },
        storage_bytes=int(found["bytes"]),
        staff_accounts=int(found["accounts"]),
    )
