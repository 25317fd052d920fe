"""Commands in this process, on an installation of their own, as somebody at a terminal runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import fresh_database
from typer.testing import CliRunner, Result

from bangban.cli.commands import app
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.vault.key_file import make_file
from bangban.settings import settings

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def var(
    server: Endpoint, run: Callable[[Any], Any], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """The installation's folder, with a key, and the URL of its database."""
    folder = tmp_path_factory.mktemp("installation")
    make_file(folder / "keys" / "master.key")
    with fresh_database(server, run, worker_id) as admin:
        yield (
            folder,
            f"postgresql://{admin.user}:{admin.password}@{admin.host}:{admin.port}/{admin.database}",
        )


@pytest.fixture
def command(var: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs ``bangban`` with the words that are given; what is typed, if anything is asked."""
    folder, url = var
    monkeypatch.setenv("BANGBAN_VAR", str(folder))
    monkeypatch.setenv("BANGBAN_DATABASE_URL", url)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.cache_clear()

    def invoked(*words: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], input=typed)

    yield invoked
    settings.cache_clear()
