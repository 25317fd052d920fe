"""All contestants' processes, side by side on one core; each idles while another is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.contestants import ROOT, Contestant, Server
from benchmarks.contestants.listed import CONTESTANTS
from benchmarks.harness.asking import Question
from benchmarks.harness.ground import TOKEN_SECONDS, Ground
from benchmarks.harness.processes import Cores, free_port, running
from benchmarks.operations import ALL

import bangban

CONNECTIONS: Final = 8  # to PostgreSQL, for every contestant: the product's default


@dataclass(frozen=True)
class Running:
    """A contestant's process."""

    server: Server
    port: int
    pid: int
    log: Path


def environment(ground: Ground, server: Server, port: int, log: Path, captured: Path) -> dict[str, str]:
    """What a contestant is told. PostGraphile and the Python peers learn of the data by one JSON value."""
    app, reader = ground.application, ground.reader
    peer: dict[str, Any] = {
        **ground.described(),
        "port": port,
        "connections": CONNECTIONS,
        "introspect": {
            "schema": ground.one.schema,
            "role": ground.described()["districts"][ground.one.slug]["read_role"],
            "audit_role": ground.described()["districts"][ground.one.slug]["audit_role"],
        },
    }
    at = f"{app.host}:{app.port}/{app.database}"
    return {
        "PYTHONPATH": f"{Path(bangban.__file__).parents[1]}:{ROOT}",
        "BANGBAN_READ_CONNECTIONS": str(CONNECTIONS),
        # One account asks for thousands here: no budget is meant for that.
        **{f"BANGBAN_BUDGET_{whose}": "0" for whose in ("DISTRICT", "PRINCIPAL", "PORTAL", "ADDRESS")},
        "BENCH_VAR": str(ground.var),
        "BENCH_TAG": ground.names.tag,
        "BENCH_ADMIN_URL": f"postgresql://{app.user}:{app.password}@{at}",
        "BENCH_READER_URL": f"postgresql://{reader.user}:{reader.password}@{at}",
        "BENCH_TOKEN_SECONDS": str(TOKEN_SECONDS),
        "BENCH_LOG": str(log.with_suffix(".requests")),
        "BENCH_QUESTIONS": str(captured),
        "BENCH_PEER": json.dumps(peer),
        **server.environment,
    }


def write_questions(file: Path, asked: Sequence[Question]) -> None:
    """For the bare applications, which capture the statement of each before they serve."""
    lines = [
        {
            "token": each.token,
            "key": each.operation.document + json.dumps(each.variables),
            "body": {"query": each.operation.document, "variables": each.variables},
        }
        for each in asked
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(lines, ensure_ascii=False), "utf-8")


@contextmanager
def all_running(
    ground: Ground, servers: Sequence[Server], *, cores: Cores, scratch: Path, questions: Path
) -> Iterator[Mapping[str, Running]]:
    """Every server, up and listening, by name."""
    found = {}
    with ExitStack() as stack:
        for server in servers:
            port, log = free_port(), scratch / f"{server.name}.log"
            pid = stack.enter_context(
                running(
                    server.line(port),
                    port=port,
                    environment=environment(ground, server, port, log, questions),
                    cores=cores.server,
                    log=log,
                    folder=server.folder,
                )
            )
            found[server.name] = Running(server, port, pid, log)
        yield found


def chosen(only: Sequence[str]) -> tuple[list[str], list[Contestant]]:
    """Operations and contestants that ``--only`` names; all of a kind where it names none. Raises ValueError."""
    unknown = [each for each in only if each not in ALL and each not in CONTESTANTS]
    if unknown:
        raise ValueError(f"no such operation or contestant: {', '.join(unknown)}")
    operations = [each for each in ALL if each in only] or list(ALL)
    contestants = [each for name, each in CONTESTANTS.items() if name in only] or list(CONTESTANTS.values())
    return operations, contestants
