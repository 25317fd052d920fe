"""Auditors prove the trail with what the API answers and nothing else: ``docs/audit.md``, "Without a shell".

The bytes are made here anew from the documentation; nothing of the product's own verification is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.api.access_building import build
from tests.api.access_world import World
from tests.api.casework import Run
from tests.api.clients import Client
from tests.api.named import text_of

from bangban.kernel.audit.sealing import seal_district
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

SLUG = "trail-proved"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DETAILS: tuple[dict[str, Any], ...] = (
    {},
    {"b": 1, "a": [True, None, '帮\n"办"\\']},
    {"𠮷": 1.5, "ﬀ": {"z": "", "y": -7}},
)


def netstring(text: object) -> bytes:
    if text is None:
        return b"-"
    raw = str(text).encode()
    return b"%d:%b," % (len(raw), raw)


def chained(*texts: object) -> bytes:
    return b"".join(map(netstring, texts))


def microseconds(said: str) -> int:
    return (datetime.fromisoformat(said) - EPOCH) // timedelta(microseconds=1)


def bytes_of(entry: dict[str, Any]) -> bytes:
    details = json.dumps(
        json.loads(entry["details"]), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return chained(
        "bangban-audit-entry/1",
        entry["seq"],
        entry["id"],
        microseconds(entry["at"]),
        *(entry[name] for name in ("actor", "action", "object", "areaId", "requestId")),
        details,
    )


def digest_of(before: str, seal: dict[str, Any], entries: list[dict[str, Any]]) -> str:
    head = (seal[name] for name in ("number", "firstSeq", "lastSeq", "entries"))
    said = chained("bangban-audit-seal/1", before, *head, microseconds(seal["sealedAt"]))
    for raw in map(bytes_of, entries):
        said += b"%d:%b," % (len(raw), raw)
    return hashlib.sha256(said).hexdigest()


def pages(auditor: Client, name: str, **variables: Any) -> Iterator[dict[str, Any]]:
    """Every node of a named list, in pages that do not hold it whole."""
    after = None
    while True:
        (page,) = auditor(text_of(name), first=4, after=after, **variables).data.values()
        yield from (edge["node"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def broken(auditor: Client) -> list[int]:
    """The numbers of the seals that do not agree with their entries, the one before or its range."""
    before = hashlib.sha256(chained("bangban-audit-genesis/1", SLUG)).hexdigest()
    found, last = [], 0
    for seal in pages(auditor, "AuditSeals"):
        span = {name: seal[name] for name in ("firstSeq", "lastSeq")}
        entries = [*pages(auditor, "AuditTrail", filter=span)][::-1]
        joined = seal["firstSeq"] == last + 1 and seal["entries"] == len(entries)
        if not joined or digest_of(before, seal, entries) != seal["digest"]:
            found.append(seal["number"])
        before, last = seal["digest"], seal["lastSeq"]
    return found


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    """Three seals at least: over whatever there was, over entries of every kind, and over as many more."""
    world = build(SLUG, installation, services, api, run)

    async def record(work: Work) -> None:
        for number, details in enumerate(DETAILS * 2):
            area = world.areas["town-a"].id if number % 2 else None
            work.record(action="case:accept", object=f"case:{number}", area_id=area, details=details)

    # The application's own sealer may come before, with any of them; then those of its turn are sealed already.
    for batch in (3, 100, 100):
        world.inside(record)
        while not run(
            seal_district(services.tenancy, services.tenancy.registry.get(SLUG), batch=batch)
        ).settled:
            pass
    return world


@pytest.fixture
def auditor(world: World) -> Client:
    return world.client("auditor COUNTY")


def test_a_sealed_trail_agrees_with_what_is_computed_from_the_answers(auditor: Client) -> None:
    seals = [*pages(auditor, "AuditSeals")]
    assert [seal["number"] for seal in seals] == [*range(1, len(seals) + 1)]
    assert len(seals) >= 3
    assert sum(seal["entries"] for seal in seals) >= 3 * 2 * len(DETAILS)
    assert broken(auditor) == []
    later = auditor(text_of("AuditSeals"), number=len(seals)).data["auditSeals"]["edges"]
    assert [edge["node"] for edge in later] == seals[-1:]


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("details = '{\"b\": 2}'", "details = $1::jsonb"),
        ("area_id = NULL", "area_id = $1::uuid"),
        ("at = at + interval '1 microsecond'", "at = $1::timestamptz"),
    ],
)
def test_a_tampered_entry_is_found_by_the_seal_over_it(
    installation: Installation, run: Run, world: World, auditor: Client, change: str, back: str
) -> None:
    schema = world.services.tenancy.registry.get(SLUG).schema
    column = change.split(maxsplit=1)[0]
    where = "WHERE object = 'case:1' AND seq > 1"

    async def changed() -> tuple[int, Any]:
        async with installation.connection() as connection, connection.transaction():
            row = await connection.fetchrow(
                f"SELECT seq, {column} FROM {schema}.audit_entry {where} ORDER BY seq LIMIT 1"
            )
            await connection.execute(f"UPDATE {schema}.audit_entry SET {change} WHERE seq = {row[0]}")
            return row[0], row[1]

    async def mended(seq: int, value: Any) -> None:
        async with installation.connection() as connection:
            await connection.execute(
                f"UPDATE {schema}.audit_entry SET {back} WHERE seq = {seq}",
                value,
            )

    seq, value = run(changed())
    try:
        (over,) = [
            seal["number"]
            for seal in pages(auditor, "AuditSeals")
            if seal["firstSeq"] <= seq <= seal["lastSeq"]
        ]
        assert broken(auditor) == [over]
    finally:
        run(mended(seq, value))
    assert broken(auditor) == []


def test_only_who_may_verify_sees_seals(world: World) -> None:
    for who in ("admin COUNTY", "supervisor COUNTY", "window-clerk COUNTY", "auditor TOWN"):
        assert world.client(who)(text_of("AuditSeals")).code == "FORBIDDEN", who
    assert world.anonymous(text_of("AuditSeals")).code == "UNAUTHENTICATED"
