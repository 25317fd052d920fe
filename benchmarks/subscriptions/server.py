"""The server that is measured: one process on one core, its CPU time and its memory."""

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

PATIENCE: Final = 30.0  # seconds that anything here may take


@contextmanager
def serving(environment: dict[str, str], log: Path, core: int) -> Iterator[tuple[int, int]]:
    """A server process on one core: its id and its port. Ended with the block."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with log.open("ab") as opened:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bangban.cli import main; main()", "serve"],
            env={**os.environ, **environment, "BANGBAN_PORT": str(port)},
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    os.sched_setaffinity(process.pid, {core})
    try:
        until = time.monotonic() + PATIENCE
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


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2 :].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """Bytes that a process holds for itself alone."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    raise LookupError(pid)
