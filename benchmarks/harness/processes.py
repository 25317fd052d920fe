"""Processes on cores of their own: started, waited for, measured, and ended. Only those started here are ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_STARTED: Final = 90.0  # seconds that a contestant may take to listen
_ENDED: Final = 15.0


@dataclass(frozen=True)
class Cores:
    """Which cores the contestants run on, and which PostgreSQL and the load generator."""

    server: frozenset[int]
    rest: frozenset[int]

    @classmethod
    def shared_out(cls) -> Cores:
        """The first core that this process may use for the server, the second for the rest."""
        ours = sorted(os.sched_getaffinity(0))
        if len(ours) < 2:
            raise RuntimeError("the benchmark needs two cores: one for the server, one for the rest")
        return cls(frozenset({ours[0]}), frozenset({ours[1]}))


@contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """What is started inside the block runs there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    environment: Mapping[str, str],
    cores: frozenset[int],
    log: Path,
    folder: Path,
) -> Iterator[int]:
    """A server that listens on ``port`` of 127.0.0.1: its process id. Raises RuntimeError if it does not come up."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as opened, on(cores):
        process = subprocess.Popen(  # noqa: S603 - our own contestants
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_port(process, port, log)
        yield process.pid
    finally:
        _end(process)


@contextmanager
def serving(
    environment: Mapping[str, str], *, cores: frozenset[int], log: Path, folder: Path
) -> Iterator[tuple[int, int]]:
    """``bangban serve`` as people start it, on a port of its own: its id and its port. Raises as ``running``."""
    port = free_port()
    command = [sys.executable, "-c", "from bangban.cli import main; main()", "serve"]
    told = {**environment, "BANGBAN_PORT": str(port)}
    with running(command, port=port, environment=told, cores=cores, log=log, folder=folder) as pid:
        yield pid, port


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _STARTED
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"a contestant did not start; {log} ends with:\n{said}") from None
            time.sleep(0.1)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    # Its own session, so that what it started goes with it and nothing else does.
    for sign, seconds in ((signal.SIGTERM, _ENDED), (signal.SIGKILL, 5.0)):
        if process.poll() is None:
            try:
                os.killpg(process.pid, sign)
                process.wait(timeout=seconds)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


# ---------------------------------------------------------------------- what they use


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def tree(root: int) -> list[int]:
    """The process and everything below it that lives."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                children.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
            except OSError:
                continue  # it ended meanwhile
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """CPU time of a process and all below it, also of those that ended and were waited for. 10 ms exact."""
    ticks = 0
    for pid in tree(root):
        try:
            fields = _stat(pid)
        except OSError:
            continue
        ticks += sum(map(int, fields[11:13]))  # user and system
        if pid == root:
            ticks += sum(map(int, fields[13:15]))  # of ended children
    return ticks / _TICK


def memory_bytes(root: int) -> int:
    """Memory that a process and all below it have to themselves, shared pages by their share."""
    total = 0
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def parent_of(pid: int) -> int:
    """The process above."""
    return int(_stat(pid)[1])


def pin(root: int, cores: frozenset[int]) -> None:
    """Move a process and all below it; what it starts later follows."""
    for pid in tree(root):
        try:
            os.sched_setaffinity(pid, cores)
        except ProcessLookupError:
            continue
