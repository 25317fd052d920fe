"""Server processes of the run, and the CPU time that processes have used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_STARTED: Final = 60.0  # seconds that a server may take to be ready
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """A server process of its own: its id and its port. Ended with the block."""
    port = free_port()
    with log.open("ab") as opened:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bangban.cli import main; main()", "serve"],
            env={**os.environ, **environment, "BANGBAN_PORT": str(port)},
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + _STARTED
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not start; see {log}") from None
                time.sleep(0.1)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def parent_of(pid: int) -> int:
    """The process that started it."""
    return int(_stat(pid)[1])


def cpu_of(pid: int, *, family: bool = False) -> float:
    """CPU seconds that a process has used; with ``family`` those of its children too, also of ended ones."""
    fields = _stat(pid)
    ticks = sum(map(int, fields[11:15] if family else fields[11:13]))
    if family:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    child = _stat(int(folder.name))
                except OSError:
                    continue  # it ended meanwhile, and counts with its parent from now on
                if int(child[1]) == pid:
                    ticks += sum(map(int, child[11:13]))
    return ticks / _TICKS
