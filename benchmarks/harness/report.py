"""``RESULTS.md``: conditions, goals, tables, what else was measured, and the chart beside it."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestants.listed import CONTESTANTS
from benchmarks.harness.chart import drawn
from benchmarks.harness.extras import Extra
from benchmarks.harness.goals import as_json, judged
from benchmarks.harness.profiling import Profile, told
from benchmarks.harness.rounds import Cell, ratio
from benchmarks.operations import ALL

_NAMES = (
    "contestant",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "server CPU ms",
    "PostgreSQL CPU ms",
    "this API against it",
    "answers compared under load",
)


def write(
    out: Path,
    cells: Sequence[Cell],
    extras: Sequence[Extra],
    *,
    profiles: Mapping[str, Profile],
    conditions: Sequence[str],
    given: Namespace,
) -> None:
    """The report, its chart, and the numbers as JSON in the run's folder."""
    numbers = {each.name: each.numbers for each in extras}
    goals = judged(cells, numbers)
    lines = [
        "# Results",
        "",
        "Written by `make bench`; see [README](README.md) for how to read it.",
        "",
        "## Conditions",
        "",
        *conditions,
        "",
        "## Goals",
        "",
        "The first of each pair is this API in through mode with full documents.",
        "",
        "| goal | wanted | measured | |",
        "| --- | ---: | ---: | --- |",
        *(each.row() for each in goals),
        "",
        "![Requests per second](RESULTS.svg)",
        "",
        "## Contestants",
        "",
        *(f"- **{each.title}**: {each.about}." for each in _present(cells)),
        "",
        *_tables(cells),
        *told(profiles),
        *_rest(extras),
    ]
    out.mkdir(parents=True, exist_ok=True)
    (out / "RESULTS.md").write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    (out / "RESULTS.svg").write_text(drawn(cells), "utf-8")
    kept = given.var.absolute() / "bench-run"
    kept.mkdir(exist_ok=True)
    everything = {
        "cells": [each.as_json() for each in cells],
        "extras": numbers,
        "goals": json.loads(as_json(goals)),
    }
    (kept / "results.json").write_text(json.dumps(everything, ensure_ascii=False, indent=1), "utf-8")


def _present(cells: Sequence[Cell]) -> list[Any]:
    return [CONTESTANTS[name] for name in dict.fromkeys(each.contestant for each in cells)]


def _scope(scope: str) -> str:
    return {"1": "one district", "big": "the large district"}.get(scope, f"{scope} districts at random")


def _tables(cells: Sequence[Cell]) -> Iterator[str]:
    for operation, scope in dict.fromkeys((each.operation, each.scope) for each in cells):
        group = [each for each in cells if (each.operation, each.scope) == (operation, scope)]
        ours = next((each for each in group if each.contestant == "through"), None)
        size = next((each.bytes for each in group if each.windows), 0.0)
        yield f"### {ALL[operation].title}, {_scope(scope)}"
        yield ""
        yield f"Mean answer {size / 1024:.1f} KiB."
        yield ""
        yield "| " + " | ".join(_NAMES) + " |"
        yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        yield from (_row(each, ours) for each in group)
        yield ""


def _row(cell: Cell, ours: Cell | None) -> str:
    title = CONTESTANTS[cell.contestant].title
    if not cell.windows:
        said = (cell.fault or "not measured").splitlines()[0][:160].replace("|", "/")
        return f"| {title} | out: {said} | | | | | | |"
    faster = ratio(ours, cell) if ours is not None and ours is not cell else None
    cells = (
        f"{cell.median('per_second'):,.0f}",
        f"{cell.median('p50'):.1f}",
        f"{cell.median('p99'):.1f}",
        f"{cell.median('server_ms'):.3f}",
        f"{cell.median('postgres_ms'):.3f}",
        "" if faster is None else f"{faster:.2f} ×",
        str(sum(each.checked for each in cell.windows)),
    )
    return f"| {title} | " + " | ".join(cells) + " |"


def _rest(extras: Sequence[Extra]) -> Iterator[str]:
    if extras:
        yield "## Besides"
        yield ""
    for each in extras:
        yield f"### {each.title}"
        yield ""
        yield f"`python -m benchmarks.{each.name}`"
        yield ""
        if each.fault is not None:
            yield f"Not measured: {each.fault}"
        else:
            yield each.printed
        yield ""
