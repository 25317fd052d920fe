"""The load generator: wrk, on the core that it shares with PostgreSQL, with the same settings for everybody."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.harness.processes import on

CONNECTIONS: Final = 16
_SCRIPT: Final = Path(__file__).with_name("load.lua")


class LoadFailed(Exception):  # noqa: N818 - reads as a sentence
    """An answer was wrong, or none came."""


@dataclass(frozen=True)
class Loaded:
    """What one window of load saw. Times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    mean_bytes: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def check_tool() -> None:
    """Raises RuntimeError where wrk is missing."""
    if shutil.which("wrk") is None:
        raise RuntimeError("the load generator wrk is missing: apt-get install wrk")


def write_requests(file: Path, lines: Sequence[tuple[str, str, bytes]]) -> None:
    """Path, token and body of every request that may be drawn."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(f"{path}\t{token}\t".encode() + body + b"\n" for path, token, body in lines))


def load(
    file: Path,
    *,
    port: int,
    seconds: float,
    cores: frozenset[int],
    seed: int,
    check: bool = False,
    connections: int = CONNECTIONS,
) -> Loaded:
    """Send for so many seconds. Raises LoadFailed for any status but 200; with ``check``, for errors in bodies too."""
    environment = {**os.environ, "BENCH_REQUESTS": str(file), "BENCH_SEED": str(seed)}
    if check:
        environment["BENCH_CHECK"] = "1"
    # wrk takes whole seconds only; its result says how long it really was.
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--timeout=10s",
        "--script",
        str(_SCRIPT),
        f"http://127.0.0.1:{port}",
    ]
    with on(cores):
        ended = subprocess.run(  # noqa: S603 - our own words
            command, env=environment, capture_output=True, text=True, check=False, timeout=seconds + 60
        )
    found = next((line for line in ended.stdout.splitlines() if line.startswith("RESULT ")), None)
    if ended.returncode or found is None:
        raise LoadFailed(ended.stderr.strip() or ended.stdout.strip())
    result = json.loads(found.removeprefix("RESULT "))
    if result["refused"] or result["failed"] or result["timeouts"] or not result["requests"]:
        raise LoadFailed(f"{result} {ended.stderr.strip()}")
    return Loaded(
        requests=result["requests"],
        seconds=result["microseconds"] / 1e6,
        p50=result["p50"] / 1000,
        p99=result["p99"] / 1000,
        mean_bytes=result["bytes"] / result["requests"],
    )
