"""``bangban calendar``: exit codes a script can rely on, every faulty line named, in both languages."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.integration.features.calendar.conftest import another_process
from tests.integration.features.calendar.notices import NEXT, next_csv
from tests.integration.features.cases.casework import World
from typer.testing import CliRunner

from bangban.cli import calendar


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, installation: Any, world: World) -> Any:
    """Runs the command on this folder's installation, in which there is a world."""

    @asynccontextmanager
    async def opened() -> Any:
        tenancy = await another_process(installation)
        try:
            yield tenancy
        finally:
            await tenancy.close()

    monkeypatch.setattr(calendar, "_tenancy", opened)

    def run(*words: object, language: str = "en_GB.UTF-8") -> Any:
        environment = {"LC_ALL": language, "LC_MESSAGES": "", "LANG": ""}
        return CliRunner().invoke(calendar.app, [str(word) for word in words], env=environment)

    return run


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "notice.csv"
    file.write_bytes(next_csv())
    return file


def test_import_says_what_it_did_for_every_district(command: Any, notice: Path, world: World) -> None:
    done = command("import", notice, "--source", "样本文号")
    assert done.exit_code == 0, done.output
    assert f"{NEXT}: 21 days off, 1 make-up working days, 22 lines changed" in done.stdout
    assert f"✓ {world.district.slug}: 0 open cases" in done.stdout
    again = command("import", notice, "--source", "样本文号", language="zh_CN.UTF-8")
    assert f"{NEXT} 年:放假 21 天,调休上班 1 天,更新 0 条;日历至 {NEXT}-12-31。" in again.stdout


def test_import_names_every_faulty_line(command: Any, tmp_path: Path) -> None:
    file = tmp_path / "faulty.csv"
    file.write_bytes(next_csv("x,休,", f"{NEXT}-01-01,off,"))
    done = command("import", file)
    assert done.exit_code == 1
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr
    assert "2 faults; nothing was imported" in done.stderr
    assert f"日历至 {NEXT - 1}-12-31" in command("show", language="zh_CN.UTF-8").stdout


def test_show_lists_holidays_make_up_days_and_local_days(command: Any, notice: Path, world: World) -> None:
    assert f"no holiday notice of {NEXT} yet" in command("show", NEXT).stdout
    built_in = command("show", 2026).stdout
    assert "2026-02-28" in built_in
    assert "working" in built_in
    command("import", notice, "--source", "样本文号")
    command("close", world.district.slug, f"{NEXT}-03-03", "--reason", "样本理由")
    shown = command("show", "--district", world.district.slug).stdout
    assert f"Published up to {NEXT}-12-31" in shown
    assert "样本文号" in shown
    assert "样本理由" in shown


def test_days_are_closed_opened_and_reset(command: Any, world: World) -> None:
    slug, weekday, saturday = world.district.slug, "2026-06-10", "2026-06-13"
    assert command("close", slug, weekday, "--reason", "样本").exit_code == 0
    assert command("open", slug, saturday, "--reason", "样本").exit_code == 0
    assert command("reset", slug, saturday).exit_code == 0
    for words, said in (
        (("reset", slug, saturday), "no arrangement of its own"),
        (("close", slug, saturday, "--reason", "样本"), "day of rest"),
        (("close", slug, "tomorrow", "--reason", "样本"), "no date"),
        (("close", slug, "2026-06-11", "--reason", " "), "reason"),
        (("close", "nowhere", weekday, "--reason", "样本"), "no such district"),
    ):
        refused = command(*words)
        assert refused.exit_code == 1
        assert said in refused.stderr


def test_recompute_takes_one_district_or_all(command: Any, world: World) -> None:
    assert world.district.slug in command("recompute", world.district.slug).stdout
    assert command("recompute", language="zh_CN.UTF-8").stdout.count("在办 0 件") >= 1
