"""What can be wrong with an embedded server's folder or machine, told in two languages with a way out."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bangban.kernel.database import embedded_start
from bangban.kernel.database.embedded import EmbeddedPostgres, EmbeddedPostgresProblem
from bangban.kernel.database.embedded_problem import SENTENCES, from_os_error, from_output

QUICK = {"fsync": "off"}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder through which root's unprivileged server can pass; pytest's own are closed to it."""
    with tempfile.TemporaryDirectory(prefix="bangban-test-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def finished(place: Path) -> Path:
    """A folder with a finished database, to be spoiled one way at a time."""
    folder = place / "finished"
    with EmbeddedPostgres(folder, settings=QUICK):
        pass
    return folder


def refusal(folder: Path, **options: object) -> EmbeddedPostgresProblem:
    with pytest.raises(EmbeddedPostgresProblem) as refused:
        EmbeddedPostgres(folder, settings=QUICK, **options).start()  # type: ignore[arg-type]  # passed on
    assert refused.value.zh in str(refused.value)
    assert refused.value.en in str(refused.value)
    return refused.value


@pytest.mark.parametrize("name", ["PG_VERSION", "letter.txt"])
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("18\n")
    problem = refusal(tmp_path)
    assert "neither empty nor made by Bangban" in problem.en
    assert "换一个文件夹" in problem.zh
    assert [path.name for path in tmp_path.iterdir()] == [name]


def cut_short(folder: Path) -> None:
    (folder / "cluster" / "global" / "pg_control").unlink()


def lost(folder: Path) -> None:
    shutil.rmtree(folder / "cluster")


def scribbled(folder: Path) -> None:
    (folder / "embedded.json").write_text("{")


def older(folder: Path) -> None:
    (folder / "cluster" / "PG_VERSION").write_text("17\n")


def torn(folder: Path) -> None:
    shutil.rmtree(folder / "cluster" / "pg_wal")
    (folder / "cluster" / "pg_wal").write_text("")


@pytest.mark.parametrize(
    ("spoil", "en", "zh"),
    [
        (cut_short, "is gone or incomplete", "从备份恢复"),
        (lost, "is gone or incomplete", "从备份恢复"),
        (scribbled, "is damaged, so it cannot be told", "从备份恢复"),
        (older, "was made by another version of PostgreSQL", "导出"),
        (torn, "its log below says why", "完整日志在"),
    ],
)
def test_a_spoiled_folder_is_explained_and_not_begun_anew(
    finished: Path, place: Path, spoil: Callable[[Path], None], en: str, zh: str
) -> None:
    folder = Path(shutil.copytree(finished, place / spoil.__name__))
    give_like(finished, folder)
    spoil(folder)
    kept = sorted(folder.rglob("*"))
    problem = refusal(folder)
    assert en in problem.en
    assert zh in problem.zh
    assert set(kept) <= {*folder.rglob("*")}


def give_like(source: Path, copy: Path) -> None:
    """Copies belong to the copier; PostgreSQL's own go back to whom they belonged."""
    for path in (copy / "cluster", *(copy / "cluster").rglob("*")):
        owner = (source / path.relative_to(copy)).stat()
        shutil.chown(path, owner.st_uid, owner.st_gid)


def test_a_setting_that_postgresql_refuses_is_shown_in_its_own_words(place: Path) -> None:
    server = EmbeddedPostgres(place / "plenty", settings={"fsync": "off", "shared_buffers": "plenty"})
    with pytest.raises(EmbeddedPostgresProblem) as refused:
        server.start()
    assert "shared_buffers" in refused.value.detail
    assert "postgres.log" in refused.value.en
    assert not server.running


def test_a_disk_without_room_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_start, "FREE_BYTES_TO_BEGIN", 1 << 60)
    problem = refusal(tmp_path / "postgres")
    assert "The disk is full" in problem.en
    assert "磁盘已满" in problem.zh
    assert not (tmp_path / "postgres" / "cluster").exists()


def test_programs_that_cannot_be_run_are_named(tmp_path: Path) -> None:
    problem = refusal(tmp_path / "postgres", install=tmp_path / "nothing-here", outside=())
    assert "nothing-here" in problem.en
    assert "nothing-here" in problem.zh


@pytest.mark.parametrize(
    ("said", "en"),
    [
        ("FATAL:  could not write to file: No space left on device", "The disk is full"),
        (
            "initdb: error: could not look up effective user ID 12345: user does not exist",
            "has no account name",
        ),
        ('initdb: error: invalid locale name "C.UTF-8"', "lacks the locale C.UTF-8"),
        ('FATAL:  could not bind IPv4 address "127.0.0.1": Address already in use', "The port is taken"),
        ("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "still uses"),
        ('FATAL:  data directory "/x" has wrong ownership', "because of its owner or mode"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little memory"),
        ("PANIC:  could not locate a valid checkpoint record", "damaged or incomplete"),
    ],
)
def test_what_postgresql_says_becomes_advice(said: str, en: str) -> None:
    problem = from_output(f"LOG:  starting\n{said}\n", folder=Path("/data"))
    assert en in problem.en
    assert said in problem.detail


@pytest.mark.parametrize(
    ("number", "en"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EACCES, "is not permitted"),
        (errno.EROFS, "read-only file system"),
        (errno.ENAMETOOLONG, "too long"),
    ],
)
def test_what_the_operating_system_says_becomes_advice(number: int, en: str) -> None:
    assert en in from_os_error(OSError(number, os.strerror(number)), folder=Path("/data")).en


def test_every_sentence_has_both_languages_and_fits_its_folder() -> None:
    for sentence in SENTENCES:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence.zh)
        assert sentence.en.isascii()
        assert "{" not in sentence.zh.format(folder="x") + sentence.en.format(folder="x")
