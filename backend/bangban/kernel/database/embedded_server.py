"""Running PostgreSQL's own programs: making a cluster, a server process, asking it whether it is ready."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bangban.kernel.database.embedded_install import ENVIRONMENT, Account
from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem, from_output

ADMINISTRATOR = "postgres"
POLL_SECONDS = 0.03
INITDB_SECONDS = 300

# Chinese trigram search finds nothing, silently, unless LC_CTYPE knows Chinese letters; everything else stays
# bytewise, so that order does not depend on the machine.
LOCALE = ("--encoding=UTF8", "--locale-provider=libc", "--locale=C", "--lc-ctype=C.UTF-8")

SETTINGS: Mapping[str, str] = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",
}

HBA = """\
# written at every start
local all all peer map=owner
host  all all 127.0.0.1/32 scram-sha-256
"""


def initdb(install: Path, cluster: Path, account: Account, *, sync: bool, lock: int) -> None:
    """Make an empty cluster. Nobody can sign in to it until ``write_access`` says who may."""
    command = ["-D", str(cluster), "-U", ADMINISTRATOR, *LOCALE]
    command += ["--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    done = subprocess.run(  # noqa: S603 - the install's own program, no shell
        [install / "bin" / "initdb", *command, *(() if sync else ("--no-sync",))],
        env=ENVIRONMENT, cwd="/", umask=0o077, pass_fds=(lock,), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True, timeout=INITDB_SECONDS, check=False, **account.popen(),
    )  # fmt: skip
    if done.returncode:
        raise from_output(done.stdout, folder=cluster.parent)


def write_access(cluster: Path, account: Account) -> None:
    """Passwords over TCP, and by socket the operating system's word for this user and the server's own.

    New files are moved into place, so that a link planted in the cluster is replaced and never followed.
    """
    names = []
    for uid in sorted({os.geteuid(), account.uid}):
        with contextlib.suppress(KeyError):  # an id without a name has the password only
            names.append(pwd.getpwuid(uid).pw_name)
    idents = "".join(f'owner "{name}" all\n' for name in names)
    for name, text in (("pg_hba.conf", HBA), ("pg_ident.conf", f"# written at every start\n{idents}")):
        new = cluster / f"{name}.new"
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if account.switch:
                os.fchown(file.fileno(), account.uid, account.gid)
        new.replace(cluster / name)


def spawn(
    install: Path, cluster: Path, account: Account, *, port: int, sockets: Path, listen: str, log: int,
    settings: Mapping[str, str],
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start a server in a session of its own: Ctrl-C reaches this process alone, which stops it in order."""
    command = ["-D", str(cluster), "-p", str(port), "-k", str(sockets), "-h", listen]
    for name, value in {**SETTINGS, **settings}.items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(  # noqa: S603 - the install's own program, no shell
        [install / "bin" / "postgres", *command],
        env=ENVIRONMENT, cwd="/", umask=0o077, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True, **account.popen(),
    )  # fmt: skip


@dataclass(frozen=True)
class Postmaster:
    """A server process that ``postmaster.pid`` names and that truly serves this cluster."""

    pid: int
    port: int
    sockets: Path
    listens: bool  # on 127.0.0.1, not only on its socket
    ready: bool

    @classmethod
    def find(cls, cluster: Path) -> Postmaster | None:
        """The live server of a cluster; a leftover file, or a pid that went to another program, is none."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        if not serves(pid, cluster):
            return None
        lines += [""] * 8  # the last three are written while it comes up
        return cls(pid, port, Path(lines[4]), bool(lines[5].strip()), lines[7].strip() == "ready")


def stop(pid: int, *, cluster: Path, seconds: float, keep: bool = True) -> None:
    """Fast shutdown: clients are sent away, data is written; only after ``seconds`` an immediate one.

    Without ``keep`` an immediate one at once: data that nobody will read again need not be written.
    A process that is ending has no command line any more while it still lives, so what is waited for is its end.
    """
    birth = started(pid)
    if birth is None or not serves(pid, cluster):
        return
    ways = ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0))
    for number, patience in ways if keep else ways[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: started(pid) != birth, seconds=patience):
            return
    raise EmbeddedPostgresProblem(
        f"内置 PostgreSQL(进程 {pid})停不下来,请手动结束它。",
        f"The embedded PostgreSQL (process {pid}) does not stop; please end it by hand.",
    )


def wait_until(holds: Callable[[], bool], *, seconds: float) -> bool:
    """Whether ``holds`` came true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def forget_stale_pid(cluster: Path) -> None:
    """Remove ``postmaster.pid`` when its process id now is another program's.

    PostgreSQL would take that program for a server and refuse to start; a dead one's file it removes itself.
    Should old backends still be attached, its check of shared memory finds them without the file.
    """
    if Postmaster.find(cluster) is None:
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def started(pid: int) -> str | None:
    """When a live process began, as the machine counts; ``None`` for one that ended or is only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def serves(pid: int, cluster: Path) -> bool:
    """Whether the process is this cluster's postmaster.

    Told by its command line, which root may read even without the right to trace other users' processes.
    """
    if started(pid) is None:
        return False
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"postgres") and os.fsencode(cluster) in arguments


def answers(install: Path, found: Postmaster) -> bool:
    """Whether the server takes connections: a real start-up packet over its socket, answered."""
    asked = subprocess.run(  # noqa: S603 - the install's own program, no shell
        [install / "bin" / "pg_isready", "-q", "-h", found.sockets, "-p", str(found.port), "-t", "3"],
        env=ENVIRONMENT, cwd="/", check=False,
    )  # fmt: skip
    return asked.returncode == 0


def execute(install: Path, found: Postmaster, statement: str, *, password: str | None) -> str | None:
    """Run a statement as administrator, by password or (``None``) by peer; the error's text, or ``None``."""
    host = "127.0.0.1" if password and found.listens else str(found.sockets)
    done = subprocess.run(  # noqa: S603 - the install's own program, no shell
        [
            install / "bin" / "psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-",
            "-h", host, "-p", str(found.port), "-U", ADMINISTRATOR, "-d", "postgres",
        ],
        env={
            **ENVIRONMENT,
            "PGPASSWORD": password or "", "PGPASSFILE": os.devnull, "PGCONNECT_TIMEOUT": "20",
        },
        cwd="/", input=statement, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    return (done.stderr or f"psql ended with {done.returncode}") if done.returncode else None
