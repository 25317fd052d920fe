"""How many people can sign in per second on one process: argon2id, a session, tokens, a trail.

    python -m benchmarks.signing_in --var FOLDER [--seconds 8] [--json out.json]

Staff of many districts sign in at the same time over 8 connections, each with the password of the data. The API
has the first core, PostgreSQL and the clients the second; a password's hash costs what the product ships.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import httpx
from benchmarks.contestants.listed import SERVERS
from benchmarks.harness.ground import Ground, opened
from benchmarks.harness.processes import Cores, cpu_seconds, parent_of, pin
from benchmarks.harness.servers import all_running
from benchmarks.operations import named

_CLIENTS: Final = 8
_SHARE: Final = 64  # different people at most


async def people(ground: Ground) -> list[tuple[str, str, str]]:
    """District, login and password of staff who can sign in, from as many districts as there are."""
    file = ground.var / "bench.json"
    if not file.exists():  # sample districts keep theirs in a file
        known = json.loads((ground.var / "demo" / "accounts.json").read_text("utf-8"))
        found = [(each["district"], each["login"], each["password"]) for each in known if each["district"]]
        return found[:_SHARE]
    password = json.loads(file.read_text("utf-8"))["password"]
    connection = await ground.admin.connect()
    try:
        found = []
        for district in ground.many:
            sql = f"SELECT login FROM {district.schema}.staff WHERE login IS NOT NULL AND active ORDER BY login LIMIT 4"  # noqa: S608 - a checked name
            found += [(district.slug, row["login"], password) for row in await connection.fetch(sql)]
    finally:
        await connection.close()
    return found[:_SHARE]


async def _sign_in(port: int, everybody: list[tuple[str, str, str]], seconds: float) -> list[float]:
    """Everybody in turn, on several connections; how long each took. Raises RuntimeError at a refusal."""
    turns: Iterator[tuple[str, str, str]] = itertools.cycle(everybody)
    document, took, until = named("SignIn"), [], time.perf_counter() + seconds

    async def client() -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            while time.perf_counter() < until:
                slug, login, password = next(turns)
                asked = {
                    "query": document,
                    "variables": {"input": {"login": login, "password": password}},
                }
                began = time.perf_counter()
                answer = (await http.post("/graphql", json=asked, headers={"X-District": slug})).json()
                if "errors" in answer or not answer["data"]["signIn"]["accessToken"]:
                    raise RuntimeError(f"{slug} {login}: {answer.get('errors')}")
                took.append(time.perf_counter() - began)

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    return took


async def _postmaster(ground: Ground) -> int:
    connection = await ground.admin.connect()
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def run(ground: Ground, seconds: float) -> dict[str, Any]:
    """One window after a short run-up."""
    cores, scratch = Cores.shared_out(), ground.var / "bench-run"
    everybody, postmaster = asyncio.run(people(ground)), asyncio.run(_postmaster(ground))
    pin(postmaster, cores.rest)
    os.sched_setaffinity(0, cores.rest)
    server = SERVERS["through"]
    with all_running(ground, [server], cores=cores, scratch=scratch, questions=scratch / "none") as processes:
        one = processes[server.name]
        asyncio.run(_sign_in(one.port, everybody, 1.0))
        before = cpu_seconds(one.pid), cpu_seconds(postmaster), time.perf_counter()
        took = asyncio.run(_sign_in(one.port, everybody, seconds))
        after = cpu_seconds(one.pid), cpu_seconds(postmaster), time.perf_counter()
    return {
        "per_second": round(len(took) / (after[2] - before[2]), 1),
        "p50_ms": round(median(took) * 1000, 1),
        "p99_ms": round(quantiles(took, n=100)[98] * 1000, 1),
        "server_ms": round((after[0] - before[0]) / len(took) * 1000, 2),
        "postgres_ms": round((after[1] - before[1]) / len(took) * 1000, 2),
        "people": len(everybody),
    }


def main() -> None:
    """Measure, print a table, keep the numbers where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with opened(given.var) as ground:
        found = run(ground, given.seconds)
    print(
        f"{_CLIENTS} clients, {found['people']} people in turn.\n\n"
        "| sign-ins/s | p50 ms | p99 ms | server CPU ms | PostgreSQL CPU ms |\n| ---: | ---: | ---: | ---: | ---: |\n"
        f"| {found['per_second']} | {found['p50_ms']} | {found['p99_ms']} | {found['server_ms']} |"
        f" {found['postgres_ms']} |"
    )
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
