"""Under which conditions a run was made: everything that a reader needs to judge or repeat it."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
from argparse import Namespace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.contestants import ROOT
from benchmarks.data.server import SERVING
from benchmarks.harness.ground import TOKEN_SECONDS, Ground
from benchmarks.harness.load import CONNECTIONS as CLIENTS
from benchmarks.harness.servers import CONNECTIONS

_PACKAGES = (
    "strawberry-graphql",
    "ariadne",
    "graphql-core",
    "SQLAlchemy",
    "asyncpg",
    "uvicorn",
    "uvloop",
    "starlette",
)
_DATABASE = """
SELECT json_build_object(
    'version', current_setting('server_version'), 'fsync', current_setting('fsync'),
    'size', pg_size_pretty(pg_database_size(current_database())))
"""


def processor() -> str:
    """The processor's name as the kernel tells it."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def memory_gb() -> float:
    """Memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _postgraphile() -> dict[str, str]:
    lock = json.loads((ROOT / "benchmarks/peers/postgraphile/package-lock.json").read_text("utf-8"))
    wanted = ("postgraphile", "grafserv", "grafast", "@dataplan/pg", "pg", "node")
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted}


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - wherever it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


async def _server(ground: Ground) -> dict[str, Any]:
    connection = await ground.admin.connect()
    try:
        found: dict[str, Any] = json.loads(await connection.fetchval(_DATABASE))
        return found
    finally:
        await connection.close()


def told(ground: Ground, given: Namespace, *, rounds: int, seconds: float) -> list[str]:
    """The conditions as lines of Markdown."""
    database = asyncio.run(_server(ground))
    sizes = [each.cases for each in ground.many]
    big = f"; one of {ground.big.cases:,} (“big”)" if ground.big else ""
    packages = ", ".join(f"{each} {version(each)}" for each in _PACKAGES)
    node = ", ".join(f"{name} {number}" for name, number in _postgraphile().items())
    settings = ", ".join(f"{name} {value}" for name, value in SERVING.items())
    quick = ", a quick run: only for a look" if given.quick else ""
    scope = len(sizes)
    return f"""\
- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, revision {_commit()}{quick}.
- Machine: {processor()}, {len(os.sched_getaffinity(0))} cores, {memory_gb():.0f} GiB; {platform.system()}
  {".".join(platform.release().split(".")[:2])}, Python {platform.python_version()}.
- The contestants' processes are pinned to the first core; PostgreSQL, the load generator and the checks to the
  second. One process each; all are up all the time, and one is asked at a time.
- PostgreSQL {database["version"]}, a database of {database["size"]}; every contestant has {CONNECTIONS} connections.
  Settings: {settings}; fsync {database["fsync"]}.
- Data: {scope} districts of {min(sizes):,} to {max(sizes):,} cases{big}. “1” is one of the usual size, “{scope}” all of
  these at random.
- Load: wrk with {CLIENTS} keep-alive connections; requests are drawn at random from files made beforehand. {rounds}
  rounds of {seconds:g} s for everybody in turn. Medians over the rounds; ratios are made within a round, then their
  median is taken.
- Every question was asked once before, and its answer compared field by field with what SQL says of the tables; in
  the run-up every answer's status and body was looked at; under load every status, the mean length, and some four
  answers a second in full.
- Access tokens: ES256, of {TOKEN_SECONDS // 3600} hours, verified once and kept, by everybody. The Python contestants
  run under uvicorn with uvloop and httptools.
- Python packages: {packages}.
- Node packages: {node}.""".splitlines()
