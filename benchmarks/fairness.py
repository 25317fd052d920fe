"""What a quiet district feels while another one sends twenty times its share.

    python -m benchmarks.fairness [--json out.json] [--markdown out.md]

One process of the API with an embedded PostgreSQL and two sample districts. A portal of district B asks for the
page of its catalog at a steady pace, alone and while district A keeps twenty times its share of the places
busy, in turns within one run. The API has one core, PostgreSQL and the clients have the other. Budgets are
off, so that what is seen is the order in which requests are served and nothing else. It takes about a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from benchmarks.fairness_client import Seen, flood, once, post, probe
from benchmarks.harness.processes import Cores, cpu_seconds, free_port, pin, running

ROOT: Final = Path(__file__).resolve().parents[1]
QUIET, LOUD = "rushan", "zouping"
RATE: Final = 50.0  # requests of the quiet district in a second
SECONDS: Final = 5.0  # of one stretch
ROUNDS: Final = 2
TIMES: Final = 20  # the loud district's share, so many times over
SHARE: Final = 4  # places: what one of two districts would have if BANGBAN_ADMIT_READING were cut in half
GOAL: Final = 2.0


def _percentiles(seconds: list[float]) -> dict[str, float]:
    cuts = quantiles(seconds, n=1000, method="inclusive")
    return {
        "p50": round(median(seconds) * 1000, 2),
        "p90": round(cuts[899] * 1000, 2),
        "p99": round(cuts[989] * 1000, 2),
        "max": round(max(seconds) * 1000, 2),
    }


@contextmanager
def _api(folder: Path, cores: Cores) -> Iterator[tuple[int, int]]:
    """The API on its core, PostgreSQL on the other: port and process id."""
    folder.chmod(
        0o711
    )  # the embedded server may run under an id of its own, and is then kept in here as well
    tenants = folder / "tenants"
    tenants.mkdir()
    for name in (QUIET, LOUD, "template"):
        (tenants / name).symlink_to(ROOT / "tenants" / name)
    port = free_port()
    environment = {
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT / "backend")),
        "BANGBAN_VAR": str(folder / "var"),
        "BANGBAN_TENANTS": str(tenants),
        "BANGBAN_PORT": str(port),
        **{f"BANGBAN_BUDGET_{name}": "0" for name in ("DISTRICT", "PRINCIPAL", "PORTAL", "ADDRESS")},
    }
    command = [sys.executable, "-c", "from bangban.cli import main; main()", "run", "--cases", "1"]
    with running(
        command, port=port, environment=environment, cores=cores.server, log=folder / "api.log", folder=ROOT
    ) as pid:
        postmaster = next((folder / "var" / "postgres").rglob("postmaster.pid"))
        pin(int(postmaster.read_text().split()[0]), cores.rest)
        yield port, pid


def _request(port: int, slug: str) -> bytes:
    text = (ROOT / "schema/graphql/operations/Catalog.graphql").read_text("utf-8")
    return post(port, {"query": text, "variables": {"first": 20}}, {"X-District": slug})


def _flooded(port: int, request: bytes, lines: int, quiet: tuple[bytes, bytes]) -> tuple[Seen, Seen, float]:
    """What both meet while one floods, and for how many seconds it did."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=flood, args=(port, request, lines, stop, there), daemon=True)
    process.start()
    begun = time.perf_counter()
    try:
        time.sleep(1.5)  # until all its connections are busy
        met = probe(port, *quiet, RATE, SECONDS)
    finally:
        stop.set()
    if not here.poll(30):
        process.kill()
        raise RuntimeError("the loud district's client does not come to an end")
    loud: Seen = here.recv()
    process.join()
    return met, loud, time.perf_counter() - begun


def measure(*, rounds: int = ROUNDS, lines: int = TIMES * SHARE) -> dict[str, Any]:
    """One run: alone and flooded in turns, so that both meet the machine in the same mood."""
    cores = Cores.shared_out()
    os.sched_setaffinity(0, cores.rest)
    alone, flooded, loud, busy, cpu = Seen(), Seen(), Counter[int](), 0.0, 0.0
    with (
        tempfile.TemporaryDirectory(prefix="bangban-fairness-") as name,
        _api(Path(name), cores) as (port, pid),
    ):
        request = _request(port, QUIET)
        expected = asyncio.run(once(port, request))
        probe(port, request, expected, RATE, 1.5)  # nobody is measured with cold plans
        for _ in range(rounds):
            _add(alone, probe(port, request, expected, RATE, SECONDS))
            before = cpu_seconds(pid)
            met, other, seconds = _flooded(port, _request(port, LOUD), lines, (request, expected))
            cpu += cpu_seconds(pid) - before
            _add(flooded, met)
            loud.update(other.statuses)
            busy += seconds
    if alone.wrong or flooded.wrong:
        raise RuntimeError("wrong answers")
    quiet, under = _percentiles(alone.seconds), _percentiles(flooded.seconds)
    return {
        "machine": {"cpu": platform.processor() or platform.machine(), "python": platform.python_version()},
        "conditions": {
            "quiet_per_second": RATE,
            "loud_connections": lines,
            "rounds": rounds,
            "seconds_each": SECONDS,
        },
        "alone": quiet,
        "flooded": under,
        "refused": sum(n for status, n in (alone.statuses + flooded.statuses).items() if status != 200),
        "loud": {"per_second": round(loud[200] / busy), "statuses": {str(k): n for k, n in loud.items()}},
        "server_cpu_while_flooded": round(cpu / busy, 2),
        "ratio_p50": round(under["p50"] / quiet["p50"], 2),
        "ratio_p99": round(under["p99"] / quiet["p99"], 2),
        "goal_p99": GOAL,
    }


def _add(to: Seen, more: Seen) -> None:
    to.seconds += more.seconds
    to.statuses.update(more.statuses)
    to.wrong += more.wrong


def markdown(found: dict[str, Any]) -> str:
    """A section of the results."""
    given, loud = found["conditions"], found["loud"]
    rows = [
        f"| {what} | {ms['p50']} | {ms['p90']} | {ms['p99']} | {ms['max']} |"
        for what, ms in (("alone", found["alone"]), ("while A floods", found["flooded"]))
    ]
    said = (
        f"District B asks for a page of its catalog {given['quiet_per_second']:.0f} times a second, alone and "
        f"while district A keeps {given['loud_connections']} requests going, {TIMES} times its share of the places."
    )
    found_out = (
        f"p99 is {found['ratio_p99']} times what it is alone (goal: under {found['goal_p99']}), p50 "
        f"{found['ratio_p50']} times; {found['refused']} of B's requests were refused. A had "
        f"{loud['per_second']} answers a second."
    )
    head = "| B, milliseconds | p50 | p90 | p99 | longest |"
    lines = ["### Fairness between districts", "", said, "", head, "| --- | --- | --- | --- | --- |", *rows]
    return "\n".join([*lines, "", found_out, ""])


def main() -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--connections", type=int, default=TIMES * SHARE)
    chosen = parser.parse_args()
    found = measure(rounds=chosen.rounds, lines=chosen.connections)
    text = markdown(found)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if chosen.markdown:
        chosen.markdown.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
