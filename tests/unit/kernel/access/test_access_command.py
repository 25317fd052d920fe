"""``bangban access`` explains a decision and prints the tables, and says what is wrong in words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from tests.access_table import DOCUMENT
from typer.testing import CliRunner

from bangban.cli import access
from bangban.kernel.access.compiled import CompiledPolicy, shipped_policy
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import NotFound

TOWN = UUID(int=0xAB)

FLAGS = ("--lang", "--language")  # the latter up to 0.3.0


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose accounts are one window clerk of a town, ``clerk`` of the district ``zouping``."""

    async def load_principal_by_login(*, district: str, login: str) -> tuple[Principal, CompiledPolicy]:
        if (district, login) != ("zouping", "clerk"):
            raise NotFound("account", "该账号")
        at = Assignment(Role.WINDOW_CLERK, AreaId(TOWN), f"c.{TOWN.hex}", AreaLevel.TOWN, date(2020, 1, 1))
        return Principal(kind=PrincipalKind.STAFF, name="甲", assignments=(at,)), shipped_policy()

    async def find_area_path(*, district: str, code: str) -> str | None:
        return {"371681101": f"c.{TOWN.hex}", "371681102": "c.elsewhere"}.get(code)

    async def load_area_names(*, district: str, area_ids: Collection[UUID]) -> dict[UUID, str]:
        return dict.fromkeys(area_ids, "韩店镇")

    for read in (load_principal_by_login, find_area_path, load_area_names):
        monkeypatch.setattr(access, read.__name__, read)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return CliRunner()


@pytest.mark.parametrize(
    "where", [["clerk", "accept", "case", "--district", "zouping"], ["zouping/clerk", "accept", "case"]]
)
@pytest.mark.parametrize("flag", FLAGS)
def test_explain_prints_why(runner: CliRunner, where: list[str], flag: str) -> None:
    result = runner.invoke(access.app, ["explain", *where, flag, "en"])
    assert result.exit_code == 0, result.output
    assert "may accept (case:accept)" in result.output
    assert "p, window-clerk, TOWN, case, accept, allow" in result.output
    assert "韩店镇" in result.output


def test_the_name_that_the_language_had_is_not_shown_any_more(runner: CliRunner) -> None:
    for command in ("explain", "table"):
        shown = runner.invoke(access.app, [command, "--help"], env={"COLUMNS": "200"}).output
        assert "--lang " in shown
        assert "--language" not in shown


def test_explain_asks_about_an_area(runner: CliRunner) -> None:
    command = ["explain", "zouping/clerk", "accept", "case", "--area"]
    assert "可以受理" in runner.invoke(access.app, [*command, "371681101"]).output
    assert "所查区域不在其范围内" in runner.invoke(access.app, [*command, "371681102"]).output
    missing = runner.invoke(access.app, [*command, "1"])
    assert missing.exit_code == 1
    assert "没有找到该区域" in missing.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["zouping/clerk", "fly", "case"], 2, "pre-check case"),
        (["clerk", "accept", "case"], 2, "--district"),
        (["zouping/stranger", "accept", "case"], 1, "没有找到该账号"),
    ],
)
def test_explain_says_what_is_wrong(runner: CliRunner, arguments: list[str], code: int, words: str) -> None:
    result = runner.invoke(access.app, ["explain", *arguments])
    assert result.exit_code == code
    assert words in result.output


def test_the_documents_tables_are_what_the_command_prints(runner: CliRunner) -> None:
    result = runner.invoke(access.app, ["table"])
    assert result.exit_code == 0
    assert DOCUMENT.read_text(encoding="utf-8").endswith(result.output)


def test_a_table_of_one_role_with_a_districts_own_lines(runner: CliRunner, tmp_path: Path) -> None:
    own = tmp_path / "policy.csv"
    own.write_text("p, leader, COUNTY, case, terminate, allow\n", encoding="utf-8")
    before = runner.invoke(access.app, ["table", "--role", "leader"]).output
    after = runner.invoke(access.app, ["table", "--role", "leader", "--own", str(own)]).output
    assert before.startswith("### `leader`")
    assert "case:terminate" not in before
    assert "`case:terminate`" in after
    own.write_text("p, helper, TOWN, case, accept, allow\n", encoding="utf-8")
    for flag in FLAGS:
        refused = runner.invoke(access.app, ["table", "--own", str(own), flag, "en"])
        assert refused.exit_code == 1
        assert "line 1 tries to lift" in refused.output
    assert runner.invoke(access.app, ["table", "--own", str(tmp_path / "none")]).exit_code == 2
