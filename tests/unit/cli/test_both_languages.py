"""What ``--help`` says is in Chinese and in English, of every group, command, argument and option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from typer.main import get_command

from bangban.cli.commands import app

_CHINESE, _ENGLISH = re.compile("[一-鿿]{2}"), re.compile("[A-Za-z]{3}")


def in_both(text: str | None) -> bool:
    said = text or ""
    return bool(_CHINESE.search(said) and _ENGLISH.search(said))


def helps(command: object, path: str) -> Iterator[tuple[str, str | None]]:
    """Each text with the place where it is shown; of commands the first paragraph, which lists show too."""
    text: str | None = getattr(command, "help", None)
    yield path, (text or "").split("\n\n", maxsplit=1)[0]
    for parameter in getattr(command, "params", ()):
        if parameter.name != "help":
            yield f"{path} {parameter.name}", getattr(parameter, "help", None)
    for name, below in getattr(command, "commands", {}).items():
        yield from helps(below, f"{path} {name}")


def test_every_help_is_in_chinese_and_in_english() -> None:
    found = list(helps(get_command(app), "bangban"))
    assert len(found) >= 150
    assert [path for path, text in found if not in_both(text)] == []
