"""Where this API's time goes under load: stacks sampled from outside by py-spy, added up by function."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.harness.load import load
from benchmarks.harness.processes import Cores
from benchmarks.harness.servers import Running

_SECONDS: Final = 4
_RATE: Final = 500  # samples a second
_MOST: Final = 16
_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True)
class Profile:
    """Of one operation: parts of the busy time, the largest first.

    ``alone`` by the function that was running, ``whole`` by Python function with all that it called.
    """

    operation: str
    samples: int
    alone: tuple[tuple[str, float], ...]
    whole: tuple[tuple[str, float], ...]

    def lines(self) -> list[str]:
        """As Markdown."""
        pairs = zip(self.alone, self.whole, strict=False)
        rows = [f"| `{one}` | {part:.1%} | `{other}` | {all_:.1%} |" for (one, part), (other, all_) in pairs]
        return ["| running | | with all it called | |", "| --- | ---: | --- | ---: |", *rows]


def tool() -> str | None:
    """py-spy, beside this Python or on the path; None where it is missing."""
    beside = Path(sys.executable).with_name("py-spy")
    return str(beside) if beside.exists() else shutil.which("py-spy")


def profiled(
    operation: str, server: Running, requests: Path, *, cores: Cores, scratch: Path
) -> Profile | None:
    """A profile while ``requests`` are sent; None where there is no tool, or it may not look."""
    found, kept = tool(), scratch / f"{operation}.stacks"
    if found is None:
        return None
    kept.unlink(missing_ok=True)
    options = ["--duration", str(_SECONDS), "--rate", str(_RATE), "--format", "raw", "--output", str(kept)]
    loading = threading.Thread(
        target=lambda: load(requests, port=server.port, seconds=_SECONDS + 2, cores=cores.rest, seed=99)
    )
    loading.start()
    subprocess.run(  # noqa: S603 - our own words
        [found, "record", "--pid", str(server.pid), "--native", *options],
        capture_output=True,
        check=False,
        timeout=60,
    )
    loading.join()
    return summed(operation, kept.read_text("utf-8")) if kept.exists() else None


def summed(operation: str, stacks: str) -> Profile:
    """Raw stacks, one a line with its count at the end."""
    alone: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        alone[_named(frames[-1])] += int(count)
        for name in {_named(each) for each in frames if ".py" in each}:
            whole[name] += int(count)
    total = sum(alone.values())
    # What nearly everything is below of says nothing.
    below = Counter({name: count for name, count in whole.items() if count < _NEARLY_ALL * total})
    first, second = (
        tuple((name, count / total) for name, count in counts.most_common(_MOST)) for counts in (alone, below)
    )
    return Profile(operation, total, first, second)


def _named(frame: str) -> str:
    """``function (folder/file.py)`` without the line and without where things are installed."""
    function, _, place = frame.partition(" (")
    file = place.rstrip(")").rpartition(":")[0] or place.rstrip(")")
    short = "/".join(Path(file).parts[-2:])
    return f"{function} ({short})" if short else function


def told(profiles: Mapping[str, Profile]) -> list[str]:
    """A section of the report; nothing where there are none."""
    if not profiles:
        return []
    found = [
        "## Where this API's time goes",
        "",
        f"Sampled {_RATE} times a second for {_SECONDS} s under load.",
        "",
    ]
    for name, each in profiles.items():
        found += [f"### {name}", "", *each.lines(), ""]
    return found
