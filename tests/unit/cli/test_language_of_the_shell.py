"""Every command speaks the language of the shell, unless it is told another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bangban.cli
from bangban.cli import speaking
from bangban.cli.commands import app
from bangban.cli.speaking import said, speaks_chinese
from bangban.settings import settings

CHINESE, ENGLISH, NONE = "zh_CN.UTF-8", "en_GB.UTF-8", ""


def shell(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    for name, value in zip(("LC_ALL", "LC_MESSAGES", "LANG"), values, strict=True):
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("values", "chinese"),
    [
        ((CHINESE, ENGLISH, ENGLISH), True),
        ((ENGLISH, CHINESE, CHINESE), False),
        (("C.UTF-8", CHINESE, CHINESE), False),
        ((NONE, CHINESE, ENGLISH), True),
        ((NONE, ENGLISH, CHINESE), False),
        ((NONE, NONE, CHINESE), True),
        ((NONE, NONE, NONE), False),
    ],
)
def test_the_first_that_is_set_counts(
    monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...], chinese: bool
) -> None:
    shell(monkeypatch, *values)
    assert speaks_chinese() is chinese
    assert said("", "是", "yes") == ("是" if chinese else "yes")
    assert (speaks_chinese("zh"), speaks_chinese("en")) == (True, False)


def test_without_any_of_them_it_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert not speaks_chinese()


@pytest.mark.parametrize(
    ("values", "chinese"), [((CHINESE, NONE, "C.UTF-8"), True), ((ENGLISH, NONE, CHINESE), False)]
)
@pytest.mark.parametrize(
    "words", [("district", "check", "/no/such/folder"), ("keys", "check"), ("schema", "check")]
)
def test_commands_of_every_kind_agree(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: tuple[str, ...],
    values: tuple[str, ...],
    chinese: bool,
) -> None:
    shell(monkeypatch, *values)
    monkeypatch.setenv("BANGBAN_VAR", str(tmp_path))
    settings.cache_clear()
    told = CliRunner().invoke(app, list(words)).output
    settings.cache_clear()
    assert bool(re.search("[一-鿿]", told.replace(str(tmp_path), ""))) is chinese, told


def test_no_command_asks_the_environment_for_itself() -> None:
    asking = [
        path.name
        for path in Path(bangban.cli.__path__[0]).glob("*.py")
        if path != Path(speaking.__file__) and re.search(r"\"(LANG|LC_\w+)\"", path.read_text())
    ]
    assert asking == []
