"""What every command says: in the language asked for, refusals as sentences, JSON for programs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

from bangban.kernel.problems import Problem
from bangban.kernel.vault import StartProblem

T = TypeVar("T")
Lang = Annotated[str, typer.Option("--lang", help="zh or en; the shell's if left out 语言;默认随终端")]


def speaks_chinese(lang: str = "") -> bool:
    """The language asked for, or else that of the shell: of these the first that is set, as POSIX has it.

    Whether such a locale is installed does not matter.
    """
    shell = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return (lang or next(filter(None, shell), "")).lower().startswith("zh")


def said(lang: str, zh: str, en: str) -> str:
    """The sentence in the language asked for."""
    return zh if speaks_chinese(lang) else en


def run(work: Coroutine[Any, Any, T], *, lang: str) -> T:
    """Run a command's work; a refusal becomes its sentence and exit code 1."""
    try:
        return asyncio.run(work)
    except (Problem, StartProblem) as problem:
        typer.echo(problem.message(said(lang, "zh", "en")), err=True)
        raise typer.Exit(1) from problem


def print_json(value: Any) -> None:
    """Print what a program reads."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str, indent=1))
