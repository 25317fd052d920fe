"""Debian's pgbouncer in transaction mode, on loopback, in a folder of its own, under no account of anybody's.

It is given few server connections on purpose, so that its clients really share them.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bangban.kernel.database.embedded_install import own_account
from bangban.kernel.database.engine import Endpoint

SERVER_CONNECTIONS = 3
MISSING = "pgbouncer is not installed, so nothing was proved of transaction-mode pooling (Debian: pgbouncer)"
_UP = b"process up"
_CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 400
query_wait_timeout = 30
log_connections = 0
log_disconnections = 0
log_pooler_errors = 0
log_stats = 0
"""


def pgbouncer_program() -> str:
    """Where pgbouncer is. Where it is not, the test says so by name; in CI that is a failure."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


@contextmanager
def pgbouncer(behind: Endpoint, *, size: int = SERVER_CONNECTIONS) -> Iterator[str]:
    """A pooler for one login; gives its ``host:port``."""
    program = pgbouncer_program()
    account = own_account()
    with tempfile.TemporaryDirectory(prefix="bangban-pgbouncer-") as made:
        folder = Path(made)
        listen = _free_port()
        write = {
            "pgbouncer.ini": _CONFIGURATION.format(
                host=behind.host, port=behind.port, listen=listen, folder=folder, size=size
            ),
            "users.txt": f'"{behind.user}" "{behind.password}"\n',
        }
        for name, text in write.items():
            (folder / name).write_text(text, encoding="utf-8")
        for path in (folder, *(folder / name for name in write)):
            os.chown(path, account.uid, account.gid)
        process = subprocess.Popen(
            [program, folder / "pgbouncer.ini"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **account.popen(),
        )
        try:
            _wait_until_up(process)
            yield f"127.0.0.1:{listen}"
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _wait_until_up(process: subprocess.Popen[bytes]) -> None:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line.decode(errors="replace"))
        if _UP in line:
            return
    pytest.fail("pgbouncer did not start:\n" + "".join(said))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
