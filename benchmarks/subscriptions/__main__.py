"""``python -m benchmarks.subscriptions``: builds, measures, prints."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import asyncpg
from benchmarks import subscriptions
from benchmarks.harness.processes import memory_bytes, serving
from benchmarks.subscriptions.ground import OPERATIONS, ROOT, applied, ground
from benchmarks.subscriptions.measuring import Result, measure, table, variables_of
from benchmarks.subscriptions.subscriber import connected

from bangban.cli.opening import DATABASE
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings

_SETTINGS: Final = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}


async def run(chosen: Settings, *, subscribers: int, events: int) -> dict[str, Any]:
    """All windows, on a server of their own over the database of ``chosen``."""
    where = await ground(chosen, subscribers)
    database = await asyncpg.connect(chosen.database_url)
    await database.execute("CREATE SCHEMA IF NOT EXISTS ext")
    await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA ext")
    environment = {
        "BANGBAN_VAR": str(chosen.var),
        "BANGBAN_TENANTS": str(chosen.tenants),
        "BANGBAN_DATABASE_URL": str(chosen.database_url),
        "BANGBAN_SEAL_EVERY": "60",
    }
    results: list[Result] = []
    cores = sorted(os.sched_getaffinity(0))
    with serving(environment, cores=frozenset({cores[0]}), log=chosen.var / "server.log", folder=ROOT) as (
        server,
        port,
    ):
        os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
        case = await asyncio.to_thread(applied, where, port)
        (first,) = await connected(port, where.tokens[:1])
        results += [
            await measure(
                name, people=[first], where=where, case=case, database=database, server=server, events=events
            )
            for name in ("CaseChanged", "CasesChanged")
        ]
        empty = memory_bytes(server)
        others = await connected(port, where.tokens[1:])
        connections = memory_bytes(server)
        people = [first, *others]
        text = (OPERATIONS / "CasesChanged.graphql").read_text("utf-8")
        for n, each in enumerate(others):
            each.say(
                type="subscribe",
                id="m",
                payload={"query": text, "variables": variables_of("CasesChanged", where, case, n)},
            )
        for each in others:
            await each.until(1)
        watching = memory_bytes(server)
        for each in others:
            each.say(type="complete", id="m")
            each.heard.clear()
        await asyncio.sleep(1)
        results += [
            await measure(
                name, people=people, where=where, case=case, database=database, server=server, events=events
            )
            for name in ("CaseChanged", "CasesChanged")
        ]
        for each in people:
            each.close()
    await database.close()
    each_kb = 1024 * max(1, len(others))
    memory = {
        "connection_kb": (connections - empty) / each_kb,
        "casesChanged_kb": (watching - connections) / each_kb,
    }
    print(table(results, memory, subscribers))
    return {"results": [asdict(each) for each in results], "memory": memory}


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.subscriptions", description=subscriptions.__doc__
    )
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--events", type=int, default=25)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangban-subscriptions-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the embedded server runs under an id of its own
        with EmbeddedPostgres(var / "postgres", settings=_SETTINGS) as server:
            asyncio.run(_database(Endpoint.from_url(server.url)))
            url = f"{server.url.removesuffix('/postgres')}/{DATABASE}"
            settings = Settings(
                var=var, tenants=ROOT / "tenants", database_url=url, master_key=None, master_key_file=None
            )
            make_file(settings.key_file)
            found = asyncio.run(run(settings, subscribers=chosen.subscribers, events=chosen.events))
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


async def _database(admin: Endpoint) -> None:
    connection = await admin.connect()
    try:
        await connection.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        )
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
