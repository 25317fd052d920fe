"""What was measured, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from benchmarks import onboarding
from benchmarks.harness.conditions import memory_gb, processor
from benchmarks.onboarding.measuring import PROVISIONED, Run

GOAL_MS: Final = 3000


def numbers(runs: Sequence[Run]) -> dict[str, Any]:
    """For the goals and for machines."""
    wholes = [each.whole for each in runs]
    return {
        "whole_ms": median(wholes),
        "worst_ms": max(wholes),
        "api_cpu_ms": median(each.api_cpu for each in runs),
        "postgres_cpu_ms": median(each.postgres_cpu for each in runs),
        "parts_ms": {name: [each.parts[name] for each in runs] for name in runs[0].parts},
        "steps_ms": {name: [each.steps[name] for each in runs] for name in runs[0].steps},
    }


def table(runs: Sequence[Run]) -> str:
    """Each part, and the whole."""
    found = numbers(runs)
    lines = ["| part | median ms | worst ms |", "| --- | ---: | ---: |"]
    for name, ms in found["parts_ms"].items():
        lines.append(f"| {name} | {median(ms):,.0f} | {max(ms):,.0f} |")
        if name == PROVISIONED:
            lines += [
                f"| – {step} | {median(each):,.0f} | {max(each):,.0f} |"
                for step, each in found["steps_ms"].items()
            ]
    lines.append(f"| **the whole** | **{found['whole_ms']:,.0f}** | **{found['worst_ms']:,.0f}** |")
    return "\n".join(lines)


def report(runs: Sequence[Run], server: str) -> str:
    """The page."""
    found, conditions = numbers(runs), (onboarding.__doc__ or "").split("\n\n")[1].strip().replace("\n", " ")
    met = "met" if found["worst_ms"] < GOAL_MS else "**missed**"
    loads = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    judged = (
        f"Goal: less than {GOAL_MS / 1000:g} s, also for the worst of {len(runs)} runs: {met}. CPU of one run, the"
        f" median: {found['api_cpu_ms']:.0f} ms in the API's process, {found['postgres_cpu_ms']:.0f} ms in PostgreSQL."
    )
    machine = (
        f"{server}. Python {platform.python_version()}; {processor()}, {len(os.sched_getaffinity(0))} cores,"
        f" {memory_gb():.0f} GiB. Load of the machine over 1, 5 and 15 minutes: {loads}."
    )
    paragraphs = [
        "# Joining, from the application to the first query",
        "`python -m benchmarks.onboarding` writes this.",
        conditions,
        table(runs),
        judged,
        machine,
    ]
    return "\n\n".join(paragraphs) + "\n"
