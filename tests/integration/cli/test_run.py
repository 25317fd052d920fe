"""`bangban run`, as a person starts it: on any PostgreSQL, twice, and stopped in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import fresh_database

from bangban.kernel.database.engine import Endpoint

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-c", "from bangban.cli import main; main()", "run", "--cases", "3"]

SIGN_IN = """mutation($login: String!, $password: String!) {
    signIn(input: {login: $login, password: $password}) { accessToken } }"""
CONFIGURE = "mutation($input: ConfigureDistrictInput!) { configureDistrict(input: $input) { name } }"
OWN = {"name": "乳山市样本", "brand": "样本帮"}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(
    server: Endpoint, run: Callable[[Any], Any], worker_id: str, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """One district in a database of its own, on a port of its own."""
    for name in ("template", "rushan"):
        shutil.copytree(ROOT / "tenants" / name, tmp_path / "tenants" / name)
    with fresh_database(server, run, worker_id) as admin:
        url = f"postgresql://{admin.user}:{admin.password}@{admin.host}:{admin.port}/{admin.database}"
        yield {
            **os.environ,
            "PYTHONPATH": str(ROOT / "backend"),
            "BANGBAN_DATABASE_URL": url,
            "BANGBAN_VAR": str(tmp_path / "var"),
            "BANGBAN_TENANTS": str(tmp_path / "tenants"),
            "BANGBAN_PORT": str(free_port()),
            "LC_ALL": "C.UTF-8",
        }


@contextmanager
def running(environment: dict[str, str]) -> Iterator[list[str]]:
    """The started command and what it printed until it said that it is ready; ended by SIGINT, orderly.

    It starts as a shell's job in the background does: with SIGINT ignored.
    """
    with subprocess.Popen(
        COMMAND,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 - no threads write here
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        try:
            assert "Ctrl-C" in printed[-1], "".join(printed)
            yield printed
        finally:
            process.send_signal(signal.SIGINT)
            try:
                rest, _ = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert process.returncode == 0
        assert "Stopped." in rest


def answer(environment: dict[str, str], path: str, **posted: Any) -> httpx.Response:
    """The server's answer, at once: it listens when it says that it is ready."""
    with httpx.Client(timeout=60) as client:
        url = f"http://127.0.0.1:{environment['BANGBAN_PORT']}{path}"
        return client.post(url, **posted) if posted else client.get(url)


def ask(environment: dict[str, str], document: str, token: str = "", **variables: Any) -> dict[str, Any]:
    """What the running server answers for Rushan; nothing is refused."""
    headers = {"X-District": "rushan"} | ({"Authorization": f"Bearer {token}"} if token else {})
    body = {"query": document, "variables": variables}
    told = answer(environment, "/graphql", json=body, headers=headers).json()
    assert "errors" not in told, told
    found: dict[str, Any] = told["data"]
    return found


@pytest.mark.timeout(400)  # it makes eight districts, and starts again
def test_it_serves_the_samples_and_finds_them_again(environment: dict[str, str]) -> None:
    file = Path(environment["BANGBAN_VAR"]) / "demo" / "accounts.json"
    with running(environment) as printed:
        # Three as asked for, and the three of the batch in the story of Rushan's hall.
        assert "Bangban is ready: 1 districts, 6 sample cases.\n" in printed
        assert answer(environment, "/readyz").json() == {"status": "ready", "districts": 1}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        accounts = json.loads(file.read_text("utf-8"))
        assert {"admin", "auditor", "dispatcher", "supervisor", "window-clerk"} <= {
            each["role"] for each in accounts if each["district"] == "rushan"
        }
        again = {**environment, "BANGBAN_PORT": str(free_port())}
        beside = subprocess.run(COMMAND, env=again, capture_output=True, text=True, check=False)
        assert beside.returncode == 1
        assert f"A server of {environment['BANGBAN_VAR']} is running" in beside.stderr
        assert set(accounts[0]) == {"district", "login", "password", "role", "level", "area"}
        admin = next(each for each in accounts if (each["district"], each["role"]) == ("rushan", "admin"))
        signed = ask(environment, SIGN_IN, login=admin["login"], password=admin["password"])
        ask(environment, CONFIGURE, signed["signIn"]["accessToken"], input=OWN)
    with running(environment) as printed:
        assert ask(environment, "{ district { name brand } }")["district"] == OWN, (
            "as it was set, not as it was made"
        )
        assert [line.split(" stays as it is")[0] for line in printed if "stays as it is" in line] == [
            "rushan"
        ]
        assert "Bangban is ready: 1 districts, 6 sample cases.\n" in printed
        assert not [line for line in printed if "master key" in line]
        assert json.loads(file.read_text("utf-8")) == accounts


def test_a_taken_port_is_explained(environment: dict[str, str]) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", int(environment["BANGBAN_PORT"])))
        taken.listen()
        done = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {environment['BANGBAN_PORT']} is taken" in done.stderr
    assert "BANGBAN_PORT" in done.stderr
