"""The measurements beside the contestants. Each is a module of its own that can be run alone:

    python -m benchmarks.<name> --json out.json

What it prints goes into the report as it is; the numbers in its JSON are judged by the goals.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.contestants import ROOT
from benchmarks.harness.casework import described

import bangban

_LONGEST: Final = 900.0  # seconds that one may take


@dataclass(frozen=True)
class Wanted:
    """A module, and what it is told. ``{var}`` stands for the data's folder."""

    name: str
    title: str
    options: Sequence[str] = ()
    quick: Sequence[str] | None = ()  # None: not in a quick run
    keeps: str = "json"  # what it writes where it is told to: json, markdown, or nothing


@dataclass(frozen=True)
class Extra:
    """What came of one."""

    name: str
    title: str
    printed: str
    numbers: Any
    fault: str | None = None


# Told where the data is only where its description has what they need.
_NEEDS: Final = {"lifecycles": "lifecycles"}
_VAR: Final = ("--var", "{var}")
# What writes to the data comes last.
WANTED: Final = (
    Wanted("plan_cache", "Plans: hit, miss, and a document that is refused", _VAR, _VAR),
    Wanted("entering", "Entering a district", (), None, keeps="markdown"),
    Wanted("orders", "Taking orders", (), ("--rounds", "3"), keeps="markdown"),
    Wanted("signing_in", "Signing in", _VAR, (*_VAR, "--seconds", "3")),
    Wanted("memory", "Memory of a worker", (*_VAR, "--fleet", "{fleet}"), (*_VAR, "--fleet", "{fleet}")),
    Wanted("places", "The nearest service points", (), ("--places", "100"), keeps="markdown"),
    Wanted("fairness", "Fairness between districts", (), None),
    Wanted("subscriptions", "Delivery of subscriptions", (), None),
    Wanted("onboarding", "Joining, from the application to the first query", (), None),
    Wanted("bomb", "A document meant to do harm", (), (), keeps=""),
    Wanted(
        "lifecycles",
        "Lifecycles of cases",
        (*_VAR, "--workers", "2"),
        (*_VAR, "--workers", "2", "--seconds", "3"),
    ),
)


def run(given: Namespace, scratch: Path, say: Callable[[str], None]) -> list[Extra]:
    """All that are there, one after the other. One that fails is told of, and stops nobody else."""
    found = []
    for wanted in WANTED:
        options = wanted.quick if given.quick else wanted.options
        if options is None or importlib.util.find_spec(f"benchmarks.{wanted.name}") is None:
            continue
        say(f"measuring {wanted.title}")
        fleet = given.fleet or (50 if given.quick else 200)
        if wanted.name in _NEEDS and _NEEDS[wanted.name] not in described(given.var):
            options = [each for each in options if each not in _VAR]
        filled = [each.format(var=given.var.absolute(), fleet=fleet) for each in options]
        found.append(_run(wanted, filled, scratch))
        say(f"  {found[-1].fault or 'done'}")
    return found


def _run(wanted: Wanted, options: Sequence[str], scratch: Path) -> Extra:
    kept, log = scratch / f"{wanted.name}.{wanted.keeps or 'none'}", scratch / f"{wanted.name}.log"
    kept.unlink(missing_ok=True)
    keeping = (f"--{wanted.keeps}", str(kept)) if wanted.keeps else ()
    command = [sys.executable, "-m", f"benchmarks.{wanted.name}", *options, *keeping]
    path = f"{Path(bangban.__file__).parents[1]}:{ROOT}"
    try:
        with log.open("w", encoding="utf-8") as errors:
            ended = subprocess.run(  # noqa: S603 - our own modules
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                check=False,
                timeout=_LONGEST,
            )
    except subprocess.TimeoutExpired:
        return Extra(wanted.name, wanted.title, "", None, f"it took longer than {_LONGEST:.0f} s")
    if ended.returncode:
        last = (log.read_text("utf-8").strip().splitlines() or ["no word"])[-1]
        return Extra(wanted.name, wanted.title, ended.stdout, None, f"{last[:300]} (see {log})")
    printed = kept.read_text("utf-8") if wanted.keeps == "markdown" else ended.stdout
    told = [
        line for line in printed.splitlines() if not line.startswith("#")
    ]  # the report has its own headings
    numbers = json.loads(kept.read_text("utf-8")) if wanted.keeps == "json" and kept.exists() else None
    return Extra(wanted.name, wanted.title, "\n".join(told).strip(), numbers)
