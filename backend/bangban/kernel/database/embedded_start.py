"""How an embedded server comes up: a cluster made once, a process launched, or one found and joined."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bangban.kernel.database import embedded_server as server
from bangban.kernel.database.embedded_address import (
    free_port,
    is_free,
    make_socket_folder,
    remove_socket_folder,
)
from bangban.kernel.database.embedded_home import Home
from bangban.kernel.database.embedded_install import named_account
from bangban.kernel.database.embedded_problem import (
    DISK_FULL,
    PORT_TAKEN,
    STILL_IN_USE,
    EmbeddedPostgresProblem,
    from_output,
)
from bangban.kernel.database.embedded_server import ADMINISTRATOR, Postmaster

START_SECONDS = 60
STOP_SECONDS = 30
RETRY_SECONDS = 0.2
FREE_BYTES_TO_BEGIN = 256 * 1024 * 1024  # an empty cluster takes 40 MB, its write-ahead log up to 80 MB more


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for; see ``EmbeddedPostgres``."""

    port: int | None
    settings: Mapping[str, str]
    peer: bool


@dataclass
class Child:
    """A server process that this process started."""

    process: subprocess.Popen[bytes]
    found: Postmaster | None = None

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None


def make_cluster(home: Home, install: Path, *, sync: bool, lock: int) -> None:
    """Make the cluster of a folder that has none, or only a beginning of one."""
    if shutil.disk_usage(home.folder).free < FREE_BYTES_TO_BEGIN:
        raise EmbeddedPostgresProblem(
            DISK_FULL.zh.format(folder=home.folder), DISK_FULL.en.format(folder=home.folder)
        )
    home.prepare_cluster()
    maker = named_account() if home.account.switch else home.account
    if maker.switch:
        os.chown(home.cluster, maker.uid, maker.gid)
    server.initdb(install, home.cluster, maker, sync=sync, lock=lock)
    if maker != home.account:
        home.hand_over(made_by=maker)
    home.remember(complete=True)


def launch(home: Home, install: Path, wishes: Wishes) -> Child:
    """Start a server and wait for it; what may pass by itself is tried again until the time is up."""
    deadline = time.monotonic() + START_SECONDS
    server.write_access(home.cluster, home.account)
    server.forget_stale_pid(home.cluster)
    while True:
        child, said = _try(home, install, wishes, deadline=deadline)
        if child.found:
            return child
        passing = STILL_IN_USE.said.search(said) or (wishes.port is None and PORT_TAKEN.said.search(said))
        if not passing or time.monotonic() > deadline:
            raise from_output(said, folder=home.folder, log=home.log)
        time.sleep(RETRY_SECONDS)  # such as old backends that notice their postmaster's death


def _try(home: Home, install: Path, wishes: Wishes, *, deadline: float) -> tuple[Child, str]:
    """A child that is up, or one that ended and what it said."""
    port = _choose_port(home, wishes)
    forget_sockets(home)
    sockets = make_socket_folder(home.account)
    home.remember(port=port, sockets=str(sockets), **ownership())
    log = home.open_log()
    try:
        begins = os.fstat(log).st_size
        listen = "" if wishes.peer else "127.0.0.1"
        child = Child(
            server.spawn(
                install, home.cluster, home.account,
                port=port, sockets=sockets, listen=listen, log=log, settings=wishes.settings,
            )
        )  # fmt: skip
    finally:
        os.close(log)
    try:
        server.wait_until(
            lambda: child.ended or _is_up(child, home, install), seconds=deadline - time.monotonic()
        )
    finally:
        if not child.found:  # too late, refused, or Ctrl-C while it started: nothing is left behind
            end(child, home)
    with home.log.open("rb") as file:
        file.seek(begins)
        return child, file.read().decode(errors="replace")


def _answers(home: Home, install: Path) -> Postmaster | None:
    found = Postmaster.find(home.cluster)
    return found if found and found.ready and server.answers(install, found) else None


def _is_up(child: Child, home: Home, install: Path) -> bool:
    found = _answers(home, install)
    if found and found.pid == child.process.pid:
        child.found = found
    return child.found is not None


def _choose_port(home: Home, wishes: Wishes) -> int:
    if wishes.port is not None:
        if not wishes.peer and not is_free(wishes.port):
            raise EmbeddedPostgresProblem(
                f"端口 {wishes.port} 已被其他程序占用。请停掉占用者(ss -ltnp 可查看),或换一个端口。",
                f"Port {wishes.port} is taken by another program. Stop it (ss -ltnp shows it), or choose "
                "another port.",
            )
        return wishes.port
    if home.record.port and is_free(home.record.port):
        return home.record.port
    return free_port()


def join(home: Home, install: Path, wishes: Wishes, running: Postmaster) -> Postmaster:
    """Use a server that already runs on this folder, once it takes connections."""
    if not server.wait_until(lambda: _answers(home, install) is not None, seconds=START_SECONDS):
        raise EmbeddedPostgresProblem(
            f"{home.folder} 的数据库(进程 {running.pid})在运行但不应答。"
            f"请停掉它(make stop)再试;日志在 {home.log}。",
            f"The database of {home.folder} (process {running.pid}) runs but does not answer. Stop it "
            f"(make stop) and try again; its log is {home.log}.",
        )
    found = Postmaster.find(home.cluster) or running
    if wishes.port not in {None, found.port} or not (wishes.peer or found.listens):
        raise EmbeddedPostgresProblem(
            f"{home.folder} 的数据库已在以别的方式运行(端口 {found.port})。请先停掉它(make stop),再重新启动。"
            "",
            f"The database of {home.folder} already runs in another way (port {found.port}). Stop it first "
            "(make stop), then start again.",
        )
    return found


def fit_password(home: Home, install: Path, found: Postmaster, *, peer: bool) -> None:
    """See that the administrator gets in; a password that is missing or does not fit is made anew by peer."""
    password = None if peer else home.find_password()
    refused = (
        server.execute(install, found, "SELECT 1", password=password)
        if peer or password
        else "no password yet"
    )
    if refused is None:
        return
    if not peer and (password is None or "password authentication failed" in refused):
        renewed = home.make_password()  # letters, digits, - and _ only, so it needs no quoting
        refused = server.execute(
            install, found, f"ALTER ROLE {ADMINISTRATOR} PASSWORD '{renewed}'", password=None
        )
        if refused is None:
            return
    raise from_output(refused, folder=home.folder, log=home.log)


def ownership() -> dict[str, int | str | None]:
    """What a record says of the process that a server belongs to."""
    return {"owner_pid": os.getpid(), "owner_started": server.started(os.getpid())}


def owner_lives(home: Home) -> bool:
    """Whether the process that started the running server is still there to stop it."""
    pid = home.record.owner_pid
    return pid is not None and home.record.owner_started == server.started(pid) is not None


def end(child: Child, home: Home, *, keep: bool = True) -> None:
    """Stop a child and wait for it, so that not even a zombie remains. ``keep``: see ``server.stop``."""
    server.stop(child.process.pid, cluster=home.cluster, seconds=STOP_SECONDS, keep=keep)
    child.process.wait(timeout=STOP_SECONDS)
    forget_sockets(home)


def forget_sockets(home: Home) -> None:
    """Remove the socket folder of a server that no longer runs."""
    if home.record.sockets:
        remove_socket_folder(Path(home.record.sockets), owners=(home.account.uid, os.geteuid()))
