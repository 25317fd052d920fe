"""A real PostgreSQL 18 from a wheel: nothing to install, nothing to administer, one folder.

It runs as the user who starts it, or, started by root, under an unprivileged id (see ``embedded_install``).
It listens on 127.0.0.1 with passwords (SCRAM) and on a private socket with peer authentication, and trusts
no one else.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Literal, Self
from urllib.parse import quote

from bangban.kernel.database import embedded_server as server
from bangban.kernel.database.embedded_home import Home
from bangban.kernel.database.embedded_install import OUTSIDE, usable_install, wheel_install
from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem, from_os_error
from bangban.kernel.database.embedded_server import ADMINISTRATOR, Postmaster
from bangban.kernel.database.embedded_start import (
    STOP_SECONDS,
    Child,
    Wishes,
    end,
    fit_password,
    forget_sockets,
    join,
    launch,
    make_cluster,
    owner_lives,
    ownership,
)

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresProblem", "discard", "halt", "temporary_postgres"]

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})

Authentication = Literal["password", "peer"]


class EmbeddedPostgres:
    """The server of one data folder.

    ``port``: ``None`` takes a free one and keeps to it as long as it stays free. ``settings``: PostgreSQL
    settings beside or instead of the usual ones (``{"fsync": "off"}`` in tests). ``authentication="peer"``
    gives addresses that go through the socket, and then nothing listens on the network at all. ``outside``:
    where root keeps what an unprivileged account must reach. ``install``: programs other than the wheel's.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] = NO_SETTINGS,
        authentication: Authentication = "password",
        outside: Sequence[Path] = OUTSIDE,
        install: Path | None = None,
    ) -> None:
        self._home = Home(data, bases=outside)
        self._wishes = Wishes(port, settings, peer=authentication == "peer")
        self._outside = outside
        self._source = install
        self._found: Postmaster | None = None
        self._child: Child | None = None
        self._mine_in: int | None = (
            None  # the pid in which the server is ours to stop; a fork's child never stops it
        )

    # -- what it is now ----------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the server that ``start`` gave is still up."""
        return self._found is not None and server.serves(self._found.pid, self._home.cluster)

    @property
    def folder(self) -> Path:
        """The data folder, links resolved."""
        return self._home.folder

    @property
    def url(self) -> str:
        """The administrator's address. Raises ``EmbeddedPostgresProblem`` before ``start``."""
        found, password = self._get(), self._home.find_password() or ""
        if self._wishes.peer:
            host = quote(str(found.sockets), safe="")
            return f"postgresql://{ADMINISTRATOR}@/postgres?host={host}&port={found.port}"
        return f"postgresql://{ADMINISTRATOR}:{quote(password, safe='')}@127.0.0.1:{found.port}/postgres"

    @property
    def port(self) -> int:
        """The TCP port, which also numbers the socket."""
        return self._get().port

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket, where the user who started the server is let in without a password."""
        return self._get().sockets

    def _get(self) -> Postmaster:
        if self._found is None:
            raise EmbeddedPostgresProblem(
                "内置 PostgreSQL 尚未启动。请先调用 start()。",
                "The embedded PostgreSQL is not running. Call start() first.",
            )
        return self._found

    # -- starting and stopping -----------------------------------------------------------------------

    def start(self) -> str:
        """Start the server, or find it running, and give the administrator's address.

        Raises ``EmbeddedPostgresProblem``. A server whose starter is gone (killed, say) becomes this one's.
        """
        home = self._home
        with _explained(home):
            home.claim()
            with home.locked() as lock:
                home.read()
                install = usable_install(self._source or wheel_install(), home.account, bases=self._outside)
                running = Postmaster.find(home.cluster)
                if self._child and self._child.ended:
                    self._child = None  # it crashed; what runs now, if anything, is another
                if running:
                    self._found = join(home, install, self._wishes, running)
                    if self._child is None and not owner_lives(home):
                        home.remember(**ownership())
                        self._own()
                else:
                    if not home.record.complete:
                        make_cluster(
                            home, install, sync=self._wishes.settings.get("fsync") != "off", lock=lock
                        )
                    self._child = launch(home, install, self._wishes)
                    self._found = self._child.found
                    self._own()
                fit_password(home, install, self._get(), peer=self._wishes.peer)
        return self.url

    def _own(self) -> None:
        self._mine_in = os.getpid()
        atexit.register(self.stop)  # a caller that ends without stopping leaves nothing behind

    def stop(self, *, keep: bool = True) -> None:
        """Stop the server if this object started it (or took it over); otherwise only let go of it.

        Without ``keep``, what it wrote last may be lost: for data that is deleted next.
        """
        found, self._found = self._found, None
        if found is None or self._mine_in != os.getpid():
            return
        self._found = found  # until it is known to be gone, a second call tries again
        with _explained(self._home), _locked_if_there(self._home):
            if self._child:
                end(self._child, self._home, keep=keep)
            else:
                server.stop(found.pid, cluster=self._home.cluster, seconds=STOP_SECONDS, keep=keep)
                forget_sockets(self._home)
        self._found = self._child = self._mine_in = None
        atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextlib.contextmanager
def _explained(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os_error(error, folder=home.folder) from error


@contextlib.contextmanager
def _locked_if_there(home: Home) -> Iterator[None]:
    """Under the folder's lock, unless somebody deleted the folder: its server has to stop all the more."""
    if not home.folder.exists():
        yield
        return
    with home.locked():
        yield


def halt(data: Path, *, outside: Sequence[Path] = OUTSIDE) -> bool:
    """Stop whatever server runs on ``data``, and first the process that started it; whether there was one."""
    home = Home(data, bases=outside)
    with _explained(home):
        if not home.is_ours():
            return False
        home.read()
        running = Postmaster.find(home.cluster)
        if running is None:
            return False
        owner = home.record.owner_pid
        if owner and owner != os.getpid() and owner_lives(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(owner, signal.SIGTERM)
            server.wait_until(lambda: not owner_lives(home), seconds=STOP_SECONDS)
        with home.locked():
            server.stop(running.pid, cluster=home.cluster, seconds=STOP_SECONDS)
            forget_sockets(home)
    return True


def discard(data: Path, *, outside: Sequence[Path] = OUTSIDE) -> bool:
    """Stop the server of ``data`` and delete its database, wherever that is kept; whether there was one."""
    halt(data, outside=outside)
    home = Home(data, bases=outside)
    with _explained(home):
        if not home.is_ours():
            return False
        home.read()
        home.remove()
    return True


@contextlib.contextmanager
def temporary_postgres(
    *, settings: Mapping[str, str] = NO_SETTINGS, base: Path | None = None
) -> Iterator[EmbeddedPostgres]:
    """A running server that is deleted afterwards; ``base``: where, if not among other temporary files.

    Its folder lets others pass, though not look: root's server runs under another id, and in a closed folder
    its data would be kept outside, where nobody who deletes the folder finds it.
    """
    with tempfile.TemporaryDirectory(prefix="bangban-temporary-", dir=base) as made:
        Path(made).chmod(0o711)
        running = EmbeddedPostgres(Path(made) / "postgres", settings=settings)
        running.start()
        try:
            yield running
        finally:
            running.stop(keep=False)
