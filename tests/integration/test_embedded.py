"""The embedded PostgreSQL on the real thing: how it comes up, whom it lets in, and how it comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from bangban.kernel.database.embedded import (
    EmbeddedPostgres,
    EmbeddedPostgresProblem,
    discard,
    halt,
    temporary_postgres,
)
from bangban.kernel.database.embedded_server import Postmaster, started, wait_until

QUICK = {"fsync": "off"}
STARTER = """
import signal, sys
from pathlib import Path
from bangban.kernel.database.embedded import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, whoever started this one
with EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"}) as server:
    print(server.url, flush=True)
    signal.pause()
"""
Make = Callable[..., EmbeddedPostgres]


def ask(address: str, statement: str, **options: Any) -> Any:
    """The first value of a statement's answer."""

    async def asked() -> Any:
        connection = await asyncpg.connect(address, **options)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def pid_of(server: EmbeddedPostgres) -> int:
    return int(ask(server.url, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))


def starter(folder: Path) -> subprocess.Popen[str]:
    """Another process that starts a server and waits for a signal, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, folder], stdout=subprocess.PIPE, text=True, process_group=0
    )


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder through which root's unprivileged server can pass; pytest's own are closed to it."""
    with tempfile.TemporaryDirectory(prefix="bangban-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def shared(place: Path) -> Iterator[EmbeddedPostgres]:
    """One server for everything that only asks, at a path that is long, spaced and Chinese."""
    deep = (place / "帮办's folder").joinpath(*["a-name-that-goes-on-and-on" * 4] * 3)
    with EmbeddedPostgres(deep / "postgres", settings=QUICK) as server:
        yield server


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    """One folder that many tests start and stop a server in, as an installation does over the years."""
    return place / "postgres"


@pytest.fixture
def fresh(place: Path) -> Path:
    """A folder in which nothing was ever begun."""
    return place / uuid4().hex / "postgres"


@pytest.fixture
def make(folder: Path) -> Iterator[Make]:
    """Servers of this test's folder, stopped at its end whatever happened to them."""
    made: list[EmbeddedPostgres] = []

    def build(**options: Any) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(**{"data": folder, "settings": QUICK, **options}))
        return made[-1]

    yield build
    for server in made:
        server.stop()
    halt(folder)


def test_it_is_postgresql_18_in_utf8_and_utc_with_room_for_connections(shared: EmbeddedPostgres) -> None:
    assert ask(shared.url, "SHOW server_version_num").startswith("18")
    assert ask(shared.url, "SHOW server_encoding") == "UTF8"
    assert ask(shared.url, "SHOW timezone") == "UTC"
    assert ask(shared.url, "SHOW max_connections") == "200"


def test_chinese_text_has_trigrams(shared: EmbeddedPostgres) -> None:
    ask(shared.url, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert ask(shared.url, "SELECT cardinality(show_trgm('帮办'))") > 0


def test_nobody_gets_in_over_tcp_without_the_password(shared: EmbeddedPostgres) -> None:
    for password in ("", "postgres"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(
                f"postgresql://postgres@127.0.0.1:{shared.port}/postgres",
                "SELECT 1",
                password=password or "x",
            )
    methods = "SELECT string_agg(DISTINCT auth_method, ',' ORDER BY auth_method) FROM pg_hba_file_rules"
    assert ask(shared.url, methods) == "peer,scram-sha-256"
    assert ask(shared.url, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'").startswith(
        "SCRAM-SHA-256$"
    )
    assert ask(shared.url, "SHOW listen_addresses") == "127.0.0.1"


def test_the_user_who_started_it_gets_in_by_socket_without_one(shared: EmbeddedPostgres) -> None:
    address = f"postgresql://postgres@/postgres?host={shared.socket_dir}&port={shared.port}"
    assert ask(address, "SELECT inet_client_addr() IS NULL")


def test_secrets_and_socket_are_closed_to_others(shared: EmbeddedPostgres) -> None:
    password = next(path for path in shared.folder.iterdir() if path.name == "password")
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert f":{password.read_text().strip()}@" in shared.url
    assert stat.S_IMODE(shared.socket_dir.stat().st_mode) == 0o700
    assert len(os.fsencode(shared.socket_dir / f".s.PGSQL.{shared.port}")) <= 107


def test_starting_again_uses_the_server_that_runs_and_only_its_starter_stops_it(
    shared: EmbeddedPostgres,
) -> None:
    before = pid_of(shared)
    other = EmbeddedPostgres(shared.folder)
    assert other.start() == shared.start() == shared.url
    other.stop()
    other.stop()
    assert shared.running
    assert pid_of(shared) == before


def test_a_running_server_is_not_passed_off_as_one_on_another_port(shared: EmbeddedPostgres) -> None:
    with pytest.raises(EmbeddedPostgresProblem, match="already runs in another way"):
        EmbeddedPostgres(shared.folder, port=shared.port + 1).start()


def test_of_two_who_start_at_once_one_makes_the_server_and_both_use_it(make: Make, fresh: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda server: server.start(), [make(data=fresh), make(data=fresh)])
    assert first == second


def test_it_stops_in_order_leaves_nothing_and_comes_back_with_its_port_and_data(
    make: Make, folder: Path
) -> None:
    server = make()
    first = server.start()
    pid, sockets = pid_of(server), server.socket_dir
    ask(first, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.stop()
    assert not server.running
    assert started(pid) is None
    assert not sockets.exists()
    assert (folder / "postgres.log").read_text().endswith("database system is shut down\n")
    with pytest.raises(EmbeddedPostgresProblem, match="尚未启动"):
        _ = server.url
    assert server.start() == first
    assert ask(first, "SELECT n FROM kept") == 7


def test_after_a_crash_it_recovers_what_was_committed(make: Make) -> None:
    server = make(settings={})  # durable, as in real use
    ask(server.start(), "CREATE TABLE recovered AS SELECT 7 AS n")
    sockets = server.socket_dir
    os.kill(pid_of(server), signal.SIGKILL)
    assert wait_until(lambda: not server.running, seconds=10)
    assert ask(server.start(), "SELECT n FROM recovered") == 7
    assert not sockets.exists()


def test_a_leftover_pid_that_is_another_programs_now_does_not_keep_it_down(make: Make, folder: Path) -> None:
    server = make()
    server.start()
    cluster = Path(ask(server.url, "SHOW data_directory"))
    lines = (cluster / "postmaster.pid").read_text().splitlines()
    server.stop()
    as_server = {"user": cluster.stat().st_uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, cwd="/", **as_server) as other:  # type: ignore[call-overload]  # arguments by user
        (cluster / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        assert ask(server.start(), "SELECT 1") == 1


def test_ctrl_c_reaches_the_starter_alone_which_stops_it_in_order(folder: Path) -> None:
    with starter(folder) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        pid = int(ask(address, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
        assert os.getpgid(pid) != process.pid
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
    assert started(pid) is None
    last_run = (folder / "postgres.log").read_text().rpartition("starting PostgreSQL")[2]
    assert last_run.count("received fast shutdown request") == 1
    assert last_run.endswith("database system is shut down\n")


def test_a_server_whose_starter_was_killed_is_taken_over_and_stopped(make: Make, folder: Path) -> None:
    with starter(folder) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        process.kill()
    server = make()
    assert server.start() == address
    pid = pid_of(server)
    server.stop()
    assert started(pid) is None


def test_a_creation_that_was_killed_half_way_is_begun_anew(make: Make, fresh: Path) -> None:
    with starter(fresh) as process:
        assert wait_until(lambda: any(fresh.glob("cluster/PG_VERSION")), seconds=30)
        process.kill()
    assert '"complete": false' in (fresh / "embedded.json").read_text()
    assert ask(make(data=fresh).start(), "SELECT 1") == 1


def test_stop_from_elsewhere_ends_the_starter_and_its_server(folder: Path) -> None:
    with starter(folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = Postmaster.find(folder / "cluster")
        assert halt(folder)
        assert process.wait(timeout=30) == -signal.SIGTERM
    assert found is not None
    assert started(found.pid) is None
    assert not found.sockets.exists()
    assert not halt(folder)


def test_discarding_stops_and_deletes_everything(fresh: Path) -> None:
    with starter(fresh) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert discard(fresh)
    assert not fresh.exists()
    assert not discard(fresh)


def test_with_peer_authentication_nothing_listens_on_the_network(make: Make) -> None:
    address = make(authentication="peer").start()
    assert ask(address, "SHOW listen_addresses") == ""
    assert "127.0.0.1" not in address


def test_a_lost_password_file_is_made_anew(make: Make, folder: Path) -> None:
    server = make()
    before = server.start()
    (folder / "password").unlink()
    assert server.start() != before
    assert ask(server.url, "SELECT 1") == 1


def test_settings_replace_the_usual_ones(make: Make) -> None:
    address = make(settings={"fsync": "off", "max_connections": "20"}).start()
    assert ask(address, "SHOW max_connections") == "20"
    assert ask(address, "SHOW fsync") == "off"


def test_a_remembered_port_that_was_taken_meanwhile_is_given_up(make: Make) -> None:
    server = make()
    server.start()
    port = server.port
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        assert ask(server.start(), "SELECT 1") == 1
        assert server.port != port


def test_a_port_that_was_asked_for_and_is_taken_is_named(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedPostgresProblem) as refused:
            make(port=port).start()
    assert f"端口 {port} 已被其他程序占用" in refused.value.zh
    assert f"Port {port} is taken" in refused.value.en


def test_a_temporary_server_is_gone_afterwards() -> None:
    with temporary_postgres(settings=QUICK) as server:
        assert ask(server.url, "SELECT 1") == 1
        pid, folder = pid_of(server), server.folder
        assert (folder / "cluster").is_dir()
    assert started(pid) is None
    assert not folder.exists()
