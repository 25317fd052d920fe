"""What the command line says: in Chinese or English, as the environment asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import typer

from bangban.cli.speaking import said
from bangban.kernel.problems import Problem
from bangban.kernel.vault.problems import StartProblem

T = TypeVar("T")


def say(zh: str, en: str, *, error: bool = False) -> None:
    """Print one sentence in the terminal's language."""
    typer.echo(said("", zh, en), err=error)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do a command's work: a refusal is one sentence on standard error and exit code 1, not a traceback."""
    try:
        return asyncio.run(work())
    except (Problem, StartProblem) as refused:
        say(refused.message("zh"), refused.message("en"), error=True)
        raise typer.Exit(1) from None
