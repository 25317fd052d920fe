"""One ``bangban run`` to a folder, any number of ``bangban serve`` once it is set up, and nobody's after a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bangban.cli import run
from bangban.cli.commands import app
from bangban.cli.serving import AlreadyServed, served_alone, served_beside

HELD_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from bangban.cli.serving import served_alone
with served_alone(Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nobody_else_comes_in_while_a_folder_is_set_up(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with served_alone(var):
        for way in (served_alone, served_beside):
            with pytest.raises(AlreadyServed) as refused, way(var):
                pass
            assert str(var) in refused.value.message("zh")
            assert "make stop" in refused.value.message("en")


def test_others_may_serve_a_folder_that_is_set_up_and_nobody_sets_it_up_anew(tmp_path: Path) -> None:
    with served_alone(tmp_path) as share:
        share()
        with served_beside(tmp_path), served_beside(tmp_path):
            pass
        with pytest.raises(AlreadyServed), served_alone(tmp_path):
            pass
    with served_beside(tmp_path), pytest.raises(AlreadyServed), served_alone(tmp_path):
        pass
    with served_alone(tmp_path):
        pass


def test_a_crash_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HELD_UNTIL_KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    with served_alone(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_to_is_served_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with served_beside(tmp_path / "file" / "var"):
        pass


@pytest.mark.parametrize("cases", ["-1", "-5"])
def test_fewer_cases_than_none_are_refused(cases: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("it starts")

    monkeypatch.setattr(run, "settings", never)
    assert CliRunner().invoke(app, ["run", "--cases", cases]).exit_code == 2
