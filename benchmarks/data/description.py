"""What a client of the built data needs to know, as one JSON file; and the marker by which a build is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import asyncpg
from benchmarks.data.parameters import PASSWORD, Parameters

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers.samples import sample_phone
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names, Wall, quoted

FILE: Final = "bench.json"
_LOGINS: Final = {
    "county_clerk": "clerk-county-1",
    "town_clerk": "clerk-town-01-1",
    "village_helper": "helper-town-01-01",
    "auditor": "auditor",
    "portal": "portal",
    "admin": "admin",
}
_PHONES: Final = 20

# A hundred of the newest cases and a hundred from all over, at even distances.
_SAMPLES: Final = """
SELECT number, id, state FROM {s}.cases
WHERE serial > $1 - 100 OR serial % greatest(1, $1 / 100) = 0
ORDER BY serial LIMIT 300
"""
_SERVICES: Final = "SELECT code FROM {s}.service_item WHERE effective_to IS NULL ORDER BY code"
_AREAS: Final = "SELECT level, id FROM {s}.area ORDER BY position, key"
_COUNTS: Final = """
SELECT (SELECT count(*) FROM {s}.cases) AS cases, (SELECT count(*) FROM {s}.case_event) AS events,
       (SELECT count(*) FROM {s}.case_material) AS materials, (SELECT count(*) FROM {s}.audit_entry) AS audit_entries,
       (SELECT count(*) FROM {s}.audit_seal) AS audit_seals, (SELECT count(*) FROM {s}.resident) AS residents
"""


async def describe_district(connection: asyncpg.Connection, names: Names, slug: str) -> dict[str, Any]:
    """Names, logins and samples of one district."""
    schema = names.schema(slug)

    def sql(statement: str) -> str:
        return statement.format(s=quoted(schema))

    counts = dict(await connection.fetchrow(sql(_COUNTS)))
    samples = await connection.fetch(sql(_SAMPLES), counts["cases"])
    services = await connection.fetch(sql(_SERVICES))
    areas: dict[str, list[str]] = {}
    for row in await connection.fetch(sql(_AREAS)):
        areas.setdefault(row["level"], []).append(str(row["id"]))
    return {
        "slug": slug,
        "schema": schema,
        "roles": {wall.value: names.role(slug, wall) for wall in Wall},
        "counts": counts,
        "logins": dict(_LOGINS),
        "phones": [sample_phone(n) for n in range(_PHONES)],
        "cases": [{"number": row["number"], "id": str(row["id"]), "state": row["state"]} for row in samples],
        "services": [row["code"] for row in services],
        "areas": areas,
    }


def write_description(
    folder: Path, installation: Installation, parameters: Parameters, districts: list[dict[str, Any]]
) -> Path:
    """The file that also says, by being there, that the build is finished."""
    described = {
        "parameters": parameters.stamp(),
        "tag": installation.names.tag,
        "application_role": installation.names.application,
        "channel": installation.names.channel,
        "password": PASSWORD,
        "sealed": parameters.seal,
        "settings": {"BANGBAN_VAR": str(folder.absolute())},
        "database": {"admin": asdict(installation.admin), "application": asdict(installation.application)},
        "districts": districts,
    }
    return _write(folder, described)


def note_addresses(folder: Path, admin: Endpoint) -> None:
    """Bring the addresses up to date: the server takes another port where its own was taken."""
    described = json.loads((folder / FILE).read_text())
    if described["database"]["admin"]["port"] != admin.port:
        for each in described["database"].values():
            each["port"] = admin.port
        _write(folder, described)


def is_built(folder: Path, parameters: Parameters) -> bool:
    """Whether the folder holds a finished build with these parameters."""
    try:
        return bool(json.loads((folder / FILE).read_text())["parameters"] == parameters.stamp())
    except (OSError, ValueError, KeyError):
        return False


def _write(folder: Path, described: dict[str, Any]) -> Path:
    file, draft = folder / FILE, folder / f"{FILE}.new"
    draft.touch(mode=0o600)  # it has the database's passwords in it
    draft.write_text(json.dumps(described, ensure_ascii=False, indent=1))
    return draft.replace(file)
