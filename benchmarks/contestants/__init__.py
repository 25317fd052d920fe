"""Who is measured: how each is started, what it is sent, and how its answers read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.harness.asking import Question

ROOT: Final = Path(__file__).resolve().parents[2]


def _as_is(data: Any) -> Any:
    return data


def full_document(question: Question) -> dict[str, Any]:
    """Document and variables."""
    return {"query": question.operation.document, "variables": question.variables}


@dataclass(frozen=True)
class Contestant:
    """One server. ``about`` says in a sentence what it is; ``server`` names the process, which some share."""

    name: str
    title: str
    about: str
    server: str
    body: Callable[[Question], dict[str, Any]] = full_document
    shape: Callable[[Any], Any] = _as_is
    peer: bool = False  # somebody else's; not asked what only this API can answer
    registers: bool = False  # documents are sent once in full before their hash alone
    path: str = "/graphql"

    def encoded(self, question: Question) -> bytes:
        """The body that is sent."""
        return json.dumps(self.body(question), ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Server:
    """How a process is started. ``module`` is an application factory for uvicorn, or ``command`` is all of it."""

    name: str
    module: str = ""
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT

    def line(self, port: int) -> list[str]:
        """The command line. All Python contestants run under the same uvicorn settings."""
        if self.command:
            return list(self.command)
        options = [
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--loop",
            "uvloop",
            "--http",
            "httptools",
            "--lifespan",
            "on",
        ]
        quiet = ["--log-level", "warning", "--no-access-log", "--no-server-header"]
        return [sys.executable, "-m", "uvicorn", "--factory", self.module, *options, *quiet]
