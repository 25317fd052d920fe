"""``bangban district check`` names file, line and reason, in the reader's language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bangban.cli.district import app

TENANTS = Path(__file__).parents[4] / "tenants"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    for name in ("template", "nanjing-xuanwu"):
        shutil.copytree(TENANTS / name, tmp_path / name)
    return tmp_path / "nanjing-xuanwu"


def test_a_sound_profile_passes(profile: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(profile), "--lang", "en"])
    assert result.exit_code == 0
    assert "0 errors" in result.output


def test_a_fault_is_named_by_file_and_line(profile: Path) -> None:
    text = (profile / "district.yaml").read_text(encoding="utf-8").replace("levels:", "levles:")
    (profile / "district.yaml").write_text(text, encoding="utf-8")
    line = text.splitlines().index(next(each for each in text.splitlines() if each.startswith("levles"))) + 1
    english = CliRunner().invoke(app, ["check", str(profile), "--lang", "en"])
    assert english.exit_code == 1
    assert f"{profile / 'district.yaml'}:{line}: error: " in english.output
    chinese = CliRunner().invoke(app, ["check", str(profile)], env={"LC_ALL": "zh_CN.UTF-8"})
    assert f"{profile / 'district.yaml'}:{line}: 错误: " in chinese.output


def test_access_lines_are_judged_as_the_platform_judges_them(profile: Path) -> None:
    (profile / "policy.csv").write_text("# own lines\np, admin, COUNTY, policy, *, deny\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(profile), "--lang", "en"])
    assert result.exit_code == 1
    assert f"{profile / 'policy.csv'}:2: error: This line takes away" in result.output
