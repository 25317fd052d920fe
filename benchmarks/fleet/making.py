"""A database of small districts, each with an area, a clerk and one case; made once and used again."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from benchmarks.harness.ground import District, Ground

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.fleet.starting import upgrade_districts
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.keyring import KeyRing

DATABASE: Final = "bangban_fleet"
CASE: Final = "F-000001"
EARLY: Final = (10, 50)  # the districts whose making is compared with the last forty's
_STEP: Final = 50
_FILL: Final = """
WITH place AS (
    INSERT INTO {s}.area (id, key, name, full_name, level, kind, path, position, provenance)
    VALUES ($1, 'root', '测算县', '测算县', 'COUNTY', 'COUNTY', $4::ext.ltree, 0, 'own')
), person AS (
    INSERT INTO {s}.staff (id, key, name, login, full_time, language, active)
    VALUES ($2, 'clerk', '样本人', 'clerk', true, 'zh-CN', true)
), post AS (
    INSERT INTO {s}.assignment (id, staff_id, role, area_id, since)
    VALUES ($3, $2, 'window-clerk', $1, '2020-01-01')
), item AS (
    INSERT INTO {s}.service_item (id, code, version, name, kind, audience, level, case_type,
        promised_working_days, legal_working_days, max_trips, channels, handled_at, pre_checked_at, legal_basis,
        result_name, effective_from, origin, details)
    VALUES ($3, 'SAMPLE', 1, '样本事项', 'LICENCE', ARRAY['PERSON'], 'COUNTY', 'PROMISED',
        5, 10, 1, ARRAY['HALL'], ARRAY['COUNTY'], '{{}}', '{{}}',
        '样本结果', '2020-01-01', 'own', '{{}}')
)
INSERT INTO {s}.cases (id, stem, state, service_item_id, area_id, applicant_kind, applicant_name,
    applicant_name_masked, identity_masked, phone_masked, resident_id, help, modes, channel, holder_id,
    first_asked_id, submitted_at, promised_days, due_provisional, paused_days)
VALUES ($3, 'F', 'SUBMITTED', $3, $1, 'PERSON', '样本人',
    '样*', '****', '****', $3, 'HELP', ARRAY['ONLINE'], 'HALL', $2,
    $2, now(), 5, false, 0)
"""


async def make_fleet(
    server: Endpoint, var: Path, ring: KeyRing, count: int
) -> tuple[Installation, Ground, dict[int, float]]:
    """``count`` districts; and the seconds that making each of those took which were made now, by number."""
    connection = await server.connect()
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(
                f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
    finally:
        await connection.close()
    admin = server.on(DATABASE)
    installation = await Installation.prepare(admin, ring)
    await upgrade_districts(admin, installation.names)
    connection = await admin.connect()
    try:
        # Rows that refer to none: nothing is measured that looks at them.
        await connection.execute("SET session_replication_role = replica")
        known = {row["slug"] for row in await connection.fetch("SELECT slug FROM platform.district")}
        took, districts = {}, []
        for number in range(1, count + 1):
            slug = f"fleet-{number:04d}"
            if slug not in known:
                took[number] = await _make(installation, connection, slug)
                if number % _STEP == 0:
                    print(f"\r{number} of {count} districts", end="", file=sys.stderr, flush=True)
            districts.append(await _district(connection, installation, slug))
    finally:
        await connection.close()
    ground = Ground(var=var, admin=admin, names=installation.names, ring=ring, districts=tuple(districts))
    return installation, ground, took


async def _make(installation: Installation, connection: asyncpg.Connection, slug: str) -> float:
    new = NewDistrict(slug=slug, name=slug, brand="帮办", division_code=None, levels=[AreaLevel.COUNTY])
    began = time.perf_counter()
    await installation.create_district(new)
    took = time.perf_counter() - began
    area = uuid4()
    fill = _FILL.format(s=quoted(installation.names.schema(slug)))
    await connection.execute(fill, area, uuid4(), uuid4(), area.hex)
    await installation.set_status(slug, DistrictStatus.LIVE)
    return took


async def _district(connection: asyncpg.Connection, installation: Installation, slug: str) -> District:
    schema = installation.names.schema(slug)
    clerk: UUID = await connection.fetchval(f"SELECT id FROM {quoted(schema)}.staff")  # noqa: S608 - a checked name
    return District(slug=slug, schema=schema, cases=1, today="2026-11-22", people={"clerk": clerk})
