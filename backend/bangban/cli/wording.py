"""What the command line says: in Chinese or English, as the environment asks."""

from __future__ import annotations

import os

import typer


def chinese() -> bool:
    """Whether the terminal's language is Chinese (LC_ALL, LC_MESSAGES, LANG; the first that is set)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.lower().startswith("zh")
    return False


def say(zh: str, en: str, *, error: bool = False) -> None:
    """Print one sentence in the terminal's language."""
    typer.echo(zh if chinese() else en, err=error)
