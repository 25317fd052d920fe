"""Rounds: every contestant in turn, then all of them again, so that a slow minute of the machine meets everybody."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.contestants import Contestant
from benchmarks.harness.asking import Question
from benchmarks.harness.checking import check_all, watching
from benchmarks.harness.load import LoadFailed, load, write_requests
from benchmarks.harness.processes import Cores, cpu_seconds
from benchmarks.harness.profiling import Profile, profiled
from benchmarks.harness.servers import Running


@dataclass(frozen=True)
class Window:
    """One contestant in one round. Milliseconds; CPU for each request."""

    per_second: float
    p50: float
    p99: float
    server_ms: float
    postgres_ms: float
    requests: int
    checked: int


@dataclass
class Cell:
    """One contestant at one operation: its windows, round by round. ``fault`` says why there are none."""

    operation: str
    scope: str
    contestant: str
    bytes: float = 0.0
    windows: list[Window] = field(default_factory=list)
    fault: str | None = None

    def median(self, name: str) -> float:
        """The median of the rounds."""
        return statistics.median(getattr(each, name) for each in self.windows)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Track:
    """An operation asked in one or in many districts."""

    operation: str
    scope: str
    questions: Sequence[Question]


@dataclass(frozen=True)
class Pace:
    """How often and for how long, in seconds."""

    rounds: int
    seconds: float
    warm_up: float


@dataclass(frozen=True)
class Bench:
    """Runs tracks."""

    servers: Mapping[str, Running]
    postmaster: int
    cores: Cores
    scratch: Path
    pace: Pace
    say: Callable[[str], None]

    def run(self, track: Track, contestants: Sequence[Contestant]) -> list[Cell]:
        """A cell for each contestant. One that answers wrongly is out, and its cell says why."""
        cells = [Cell(track.operation, track.scope, each.name) for each in contestants]
        for contestant, cell in zip(contestants, cells, strict=True):
            self._guarded(cell, lambda c=contestant, k=cell: self._prepare(track, c, k))  # type: ignore[misc]  # the default binds the loop's value
        for number in range(self.pace.rounds):
            for contestant, cell in zip(contestants, cells, strict=True):
                if cell.fault is None:
                    self._guarded(cell, lambda c=contestant, k=cell, n=number: self._measure(track, c, k, n))  # type: ignore[misc]  # the default binds the loop's value
        for cell in cells:
            told = cell.fault or f"{cell.median('per_second'):,.0f}/s, p99 {cell.median('p99'):.1f} ms"
            self.say(f"  {track.operation} · {track.scope} · {cell.contestant}: {told}")
        return cells

    def _guarded(self, cell: Cell, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as fault:  # noqa: BLE001 - one contestant's trouble is told, and stops nobody else
            cell.fault, cell.windows = f"{type(fault).__name__}: {fault}", []

    def profile(self, track: Track, contestant: Contestant) -> Profile | None:
        """Where its time goes, after it was measured."""
        server, requests = self.servers[contestant.server], self._file(track, contestant)
        return profiled(track.operation, server, requests, cores=self.cores, scratch=self.scratch)

    def _file(self, track: Track, contestant: Contestant) -> Path:
        return self.scratch / f"{track.operation}-{track.scope}-{contestant.name}.requests"

    def _prepare(self, track: Track, contestant: Contestant, cell: Cell) -> None:
        """All answers checked field by field, then a run-up under load in which every answer is looked at."""
        port = self.servers[contestant.server].port
        cell.bytes = check_all(contestant, port, track.questions)
        file = self._file(track, contestant)
        write_requests(file, [(contestant.path, q.token, contestant.encoded(q)) for q in track.questions])
        load(file, port=port, seconds=self.pace.warm_up, cores=self.cores.rest, seed=7, check=True)

    def _measure(self, track: Track, contestant: Contestant, cell: Cell, number: int) -> None:
        server = self.servers[contestant.server]
        before = cpu_seconds(server.pid), cpu_seconds(self.postmaster)
        with watching(contestant, server.port, track.questions, number) as watch:
            seen = load(
                self._file(track, contestant),
                port=server.port,
                seconds=self.pace.seconds,
                cores=self.cores.rest,
                seed=number + 1,
            )
        after = cpu_seconds(server.pid), cpu_seconds(self.postmaster)
        if seen.mean_bytes < 0.8 * cell.bytes:  # with headers; drawn at random, so not exactly the mean
            raise LoadFailed(f"answers had {seen.mean_bytes:.0f} bytes, expected {cell.bytes:.0f}")
        answered = seen.requests + watch.checked
        cell.windows.append(
            Window(
                per_second=seen.per_second,
                p50=seen.p50,
                p99=seen.p99,
                server_ms=(after[0] - before[0]) / answered * 1000,
                postgres_ms=(after[1] - before[1]) / answered * 1000,
                requests=seen.requests,
                checked=watch.checked,
            )
        )


def ratio(one: Cell, other: Cell, name: str = "per_second") -> float | None:
    """``one`` over ``other``: the median of the rounds' ratios, or None where either has none."""
    pairs = list(zip(one.windows, other.windows, strict=False))
    return (
        statistics.median(getattr(a, name) / getattr(b, name) for a, b in pairs if getattr(b, name))
        if pairs
        else None
    )
