"""What was measured, in Markdown."""

from __future__ import annotations

import os
import platform

import asyncpg
import uvloop
from benchmarks import entering
from benchmarks.entering.ways import Way


def table(results: dict[int, list[Way]]) -> str:
    lines = [
        "| districts | way in | requests/s | × (a) | × (d) | process µs | PostgreSQL µs | switches |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for count, contestants in results.items():
        rates = {way.key: way.medians()[0] for way in contestants}
        for way in contestants:
            rate, client, server, switches = way.medians()
            lines.append(
                f"| {count:,} | ({way.key}) {way.says} | {rate:,.0f} | {rate / rates['a']:.2f} |"
                f" {rate / rates['d']:.2f} | {client:.0f} | {server:.0f} | {switches:.2f} |"
            )
    return "\n".join(lines)


def report(results: dict[int, list[Way]], server: str, *, rounds: int, seconds: float) -> str:
    conditions = (entering.__doc__ or "").split("\n\n")[2].strip().replace("\n", " ")
    standing = {
        count: next(w for w in ways_ if w.key == "b").medians()[0] for count, ways_ in results.items()
    }
    measured = (
        f"Medians of {rounds} rounds of {seconds} s. CPU times are for one request; switches are the changes of"
        " a lane's district for one request, and (c) and (d) do not count any."
    )
    against = (
        f"Standing role on 8 lanes, 50 districts at random against 1: {standing[50] / standing[1]:.2f};"
        f" 1,000 against 1: {standing[1000] / standing[1]:.2f}."
    )
    versions = (
        f"Python {platform.python_version()}, asyncpg {asyncpg.__version__}, uvloop {uvloop.__version__},"
        f" {os.cpu_count()} cores."
    )
    paragraphs = [
        "# Entering a district",
        "`python -m benchmarks.entering` writes this.",
        f"{conditions} {measured}",
        table(results),
        against,
        f"{server} {versions}",
    ]
    return "\n\n".join(paragraphs) + "\n"
