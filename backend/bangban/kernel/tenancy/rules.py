"""What a district decided for itself: policy lines, local closures, number prefix. Read in one statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.guard import district_policy
from bangban.kernel.access.lines import PolicyLine
from bangban.kernel.clock.published import PublishedCalendar
from bangban.kernel.clock.working import WorkingCalendar
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.registry import District

CALENDAR_CHANGED: Final = "calendar.changed"
CALENDAR_STAMP: Final = "calendar"
"""Key in the profile's settings: the version of the calendar that the stored numbers of days belong to."""


@dataclass(frozen=True)
class DistrictRules:
    """The rules of one district, ready for use; immutable, replaced as a whole when they change.

    ``stamp`` is the profile's ``CALENDAR_STAMP`` as it was read with them, None before the first change of
    the calendar.
    """

    policy: CompiledPolicy
    calendar: WorkingCalendar
    stamp: str | None
    number_prefix: str
    settings: dict[str, Any]


def _statement(schema: str) -> str:
    return f"""
        SELECT json_build_object(
            'lines', (SELECT coalesce(json_agg(json_build_array(role, level, object, action, effect)
                                               ORDER BY id), '[]') FROM {schema}.policy_line),
            'closures', (SELECT coalesce(json_agg(json_build_array(day, working) ORDER BY day), '[]')
                         FROM {schema}.closure),
            'prefix', (SELECT number_prefix FROM {schema}.profile),
            'settings', (SELECT settings FROM {schema}.profile))
    """  # noqa: S608 - the schema is a checked identifier of ours


async def load_rules(
    reader: Reader, names: Names, district: District, *, published: PublishedCalendar
) -> DistrictRules:
    """Read and compile a district's rules; its calendar is ``published`` with the district's own exceptions."""
    sql = _statement(quoted(names.schema(district.slug)))
    found = json.loads(await reader.district(district.slug, Wall.READ, sql, ()))
    settings = found["settings"] or {}
    exceptions = {date.fromisoformat(day): working for day, working in found["closures"]}
    return DistrictRules(
        policy=district_policy(
            [
                PolicyLine(line[0], line[1], line[2], line[3], line[4], number)
                for number, line in enumerate(found["lines"], start=1)
            ]
        ),
        calendar=WorkingCalendar(published, exceptions),
        stamp=settings.get(CALENDAR_STAMP),
        number_prefix=found["prefix"] or "",
        settings=settings,
    )
