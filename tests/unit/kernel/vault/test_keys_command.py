"""``bangban keys``: what an operator sees, in both languages, and never a key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bangban.cli import keys
from bangban.kernel.vault import KeyRing, MasterKeyWrong, make_file, read_file
from bangban.settings import settings


class Registry:
    """Stands where the database is: counts what it was asked to wrap."""

    def __init__(self) -> None:
        self.rings: list[KeyRing] = []
        self.refusal: Exception | None = None

    async def rewrap_all(self, ring: KeyRing) -> int:
        if self.refusal:
            raise self.refusal
        self.rings.append(ring)
        return 8


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    registry = Registry()
    monkeypatch.setattr(keys, "rewrap_installation", registry.rewrap_all)
    return registry


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "master.key"
    monkeypatch.delenv("BANGBAN_MASTER_KEY", raising=False)
    monkeypatch.setenv("BANGBAN_MASTER_KEY_FILE", str(file))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.cache_clear()
    yield file
    settings.cache_clear()


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(keys.app, list(arguments), input=answer)


def test_make_then_check(key_file: Path) -> None:
    made = run("make")
    assert made.exit_code == 0
    ring = read_file(key_file)
    assert ring.key_id in made.output
    assert "Back it up" in made.output
    checked = run("check")
    assert (checked.exit_code, ring.key_id in checked.output) == (0, True)
    text = key_file.read_text().split('"key": "')[1].split('"')[0]
    assert text not in made.output + checked.output


def test_make_leaves_an_existing_key_alone(key_file: Path) -> None:
    ring = make_file(key_file)
    again = run("make")
    assert again.exit_code == 1
    assert "bangban keys rotate" in again.stderr
    assert read_file(key_file) == ring


def test_check_says_what_to_do_where_there_is_no_key() -> None:
    checked = run("check")
    assert checked.exit_code == 1
    assert "bangban keys make" in checked.stderr


def test_a_chinese_environment_is_answered_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "没有主密钥" in run("check").stderr
    assert "已生成主密钥" in run("make").output


def test_rotate_wraps_every_district_and_keeps_the_former_key(key_file: Path, registry: Registry) -> None:
    former = make_file(key_file)
    rotated = run("rotate")
    assert rotated.exit_code == 0
    ring = read_file(key_file)
    assert ring.previous == (former.current,)
    assert registry.rings == [ring]
    assert "8 districts" in rotated.output
    assert former.key_id in run("check").output


def test_an_interrupted_rotation_is_finished_by_rewrap(key_file: Path, registry: Registry) -> None:
    make_file(key_file)
    registry.refusal = MasterKeyWrong()
    interrupted = run("rotate")
    assert interrupted.exit_code == 1
    assert "bangban keys rewrap" in interrupted.output
    ring = read_file(key_file)
    assert len(ring.previous) == 1
    registry.refusal = None
    assert run("rewrap").exit_code == 0
    assert registry.rings == [ring]
    assert read_file(key_file) == ring


def test_retire_drops_former_keys_only_after_every_district_was_opened(
    key_file: Path, registry: Registry
) -> None:
    make_file(key_file)
    run("rotate")
    ring = read_file(key_file)
    registry.refusal = MasterKeyWrong()
    assert run("retire", "--yes").exit_code == 1
    assert read_file(key_file) == ring
    registry.refusal = None
    assert run("retire", answer="n\n").exit_code == 1
    assert read_file(key_file) == ring
    assert run("retire", answer="y\n").exit_code == 0
    assert read_file(key_file) == KeyRing(ring.current)
    assert "no former key" in run("retire", "--yes").output


def test_a_key_in_the_environment_is_not_rotated_behind_its_back(
    key_file: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = make_file(key_file)
    monkeypatch.setenv("BANGBAN_MASTER_KEY", "bangban1:" + "A" * 43)
    settings.cache_clear()
    for command in ("rotate", "retire"):
        refused = run(command)
        assert refused.exit_code == 1
        assert "BANGBAN_MASTER_KEY_FILE" in refused.stderr
    assert run("check").exit_code == 0
    assert read_file(key_file) == ring
    assert registry.rings == []


def test_another_file_can_be_named(tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    assert run("make", "--file", str(other)).exit_code == 0
    assert read_file(other).key_id in run("check", "--file", str(other)).output
