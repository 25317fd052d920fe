"""Where an embedded server listens: a TCP port, and a private folder for its socket."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bangban.kernel.database.embedded_install import Account
from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem

SOCKET_NAME_BYTES = 107  # sun_path less its final zero byte
SOCKET_FOLDER_PREFIX = "bangban-pg-"


def is_free(port: int) -> bool:
    """Whether 127.0.0.1:port can be listened on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port below the range of outgoing connections, so that it is likely free at the next start too."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(10_000)
        if is_free(port):
            return port
    raise EmbeddedPostgresProblem(
        "找不到空闲端口(20000–29999)。请用 ss -ltn 查看占用者。",
        "No free port was found between 20000 and 29999. See with ss -ltn what uses them.",
    )


def make_socket_folder(account: Account) -> Path:
    """A private folder (mode 0700) with a name short enough for a socket in it, wherever the data lies."""
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run"):  # noqa: S108 - a new folder with a random name
        longest = len(os.fsencode(base)) + len(f"/{SOCKET_FOLDER_PREFIX}12345678/.s.PGSQL.65535.lock")
        if longest > SOCKET_NAME_BYTES or not re.fullmatch(r"[\w/.-]+", base, re.ASCII):
            continue
        if not account.may_reach(Path(base).resolve()):
            continue
        with contextlib.suppress(OSError):
            made = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX, dir=base))
            if account.switch:
                os.chown(made, account.uid, account.gid)
            return made
    raise EmbeddedPostgresProblem(
        "没有可存放套接字的短路径(/tmp、/var/tmp、/run 均不可写)。请让 /tmp 可写。",
        "There is no short path for the server's socket: /tmp, /var/tmp and /run cannot be written. Make "
        "/tmp writable.",
    )


def remove_socket_folder(folder: Path, *, owners: Iterable[int]) -> None:
    """Remove a socket folder of an earlier server, if it is one and belongs to one of ``owners``."""
    if not folder.name.startswith(SOCKET_FOLDER_PREFIX):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        found = os.fstat(descriptor)
        if found.st_uid in owners and stat.S_IMODE(found.st_mode) == 0o700:
            for name in os.listdir(descriptor):  # noqa: PTH208 - pathlib lists no descriptors
                if name.startswith(".s.PGSQL."):
                    os.unlink(name, dir_fd=descriptor)
            folder.rmdir()
    except OSError:
        return  # in use by someone, or not empty: then it is not for us to remove
    finally:
        os.close(descriptor)
