"""The key file: private, written whole or not at all, and clear about what is wrong with it."""

from __future__ import annotations

import base64
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bangban.kernel.vault import (
    KeyFileExists,
    MasterKeyDamaged,
    MasterKeyExposed,
    MasterKeyMissing,
    MasterKeyUnwritable,
    StartProblem,
    load_ring,
    make_file,
    read_file,
    retire_previous,
    rotate_file,
)

LINE = f"bangban1:{base64.urlsafe_b64encode(bytes(range(32))).decode()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_made_file_is_private_and_reads_back(file: Path) -> None:
    before = os.umask(0)
    try:
        ring = make_file(file)
    finally:
        os.umask(before)
    assert read_file(file) == load_ring(file=file) == ring
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert names(file.parent) == ["master.key"]


def test_folders_that_were_there_keep_their_mode(file: Path) -> None:
    file.parent.mkdir(mode=0o750)
    file.parent.chmod(0o750)
    make_file(file)
    assert mode(file.parent) == 0o750


def test_an_existing_file_is_never_overwritten(file: Path) -> None:
    make_file(file)
    before = file.read_bytes()
    with pytest.raises(KeyFileExists):
        make_file(file)
    assert file.read_bytes() == before
    assert names(file.parent) == ["master.key"]


@pytest.mark.parametrize("shared", [0o640, 0o604, 0o660, 0o610, 0o644])
def test_a_file_that_others_may_read_is_refused(file: Path, shared: int) -> None:
    make_file(file)
    file.chmod(shared)
    with pytest.raises(MasterKeyExposed, match=f"{shared:04o}") as refused:
        read_file(file)
    assert "chmod 600" in refused.value.message("zh-CN")


def test_rotation_keeps_the_former_keys_until_they_are_retired(file: Path) -> None:
    first = make_file(file)
    second = rotate_file(file)
    third = rotate_file(file)
    assert third.previous == (second.current, first.current)
    assert read_file(file) == third
    assert mode(file) == 0o600
    retired = retire_previous(file)
    assert read_file(file) == retired
    assert (retired.current, retired.previous) == (third.current, ())


def test_rotations_at_once_lose_no_key(file: Path) -> None:
    first = make_file(file)
    with ThreadPoolExecutor(4) as pool:
        rings = list(pool.map(rotate_file, [file] * 8))
    kept = set(read_file(file).keys)
    assert first.current in kept
    assert {ring.current for ring in rings} <= kept


def test_a_linked_file_is_changed_where_it_is(file: Path, tmp_path: Path) -> None:
    make_file(file)
    link = tmp_path / "link.key"
    link.symlink_to(file)
    ring = rotate_file(link)
    assert link.is_symlink()
    assert read_file(file) == ring
    with pytest.raises(KeyFileExists):
        make_file(link)


def test_what_a_run_that_died_left_behind_is_no_obstacle(file: Path) -> None:
    file.parent.mkdir()
    (file.parent / ".master.key.tmp").write_text("half a key")
    make_file(file)
    assert names(file.parent) == ["master.key"]


def test_one_line_in_the_environment_goes_before_the_file(file: Path) -> None:
    make_file(file)
    assert load_ring(line=LINE, file=file).current.secret == bytes(range(32))
    assert load_ring(line="  ", file=file) == read_file(file)


def test_one_line_may_hold_previous_keys_and_may_stand_in_a_file(file: Path) -> None:
    older = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    file.parent.mkdir()
    file.write_text(f"{LINE},{older}\n")
    file.chmod(0o600)
    assert [key.secret for key in read_file(file).keys] == [bytes(range(32)), bytes(32)]


def test_no_key_at_all(file: Path) -> None:
    for missing in (
        load_ring,
        lambda: load_ring(file=file),
        lambda: load_ring(file=file / "below"),
    ):
        with pytest.raises(MasterKeyMissing, match="bangban keys make") as refused:
            missing()
        assert "bangban keys make" in refused.value.message("zh-CN")


def damaged() -> list[str]:
    good = {"id": "000000000000", "key": base64.urlsafe_b64encode(bytes(32)).decode()}
    return [
        "",
        "secret-but-not-a-key",
        "bangban1:",
        "bangban1:c2hvcnQ",
        "bangban1:***",
        "[]",
        "null",
        json.dumps({"version": 2, "current": good, "previous": []}),
        json.dumps({"version": 1, "current": good, "previous": []}),  # an id that is another key's
        json.dumps({"version": 1, "current": "x", "previous": []}),
        json.dumps({"version": 1}),
    ]


@pytest.mark.parametrize("text", damaged())
def test_what_is_no_key_is_refused_without_showing_it(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(MasterKeyDamaged) as refused:
        read_file(file)
    assert str(file) in refused.value.message("en")
    assert refused.value.__cause__ is None
    assert not text or text not in refused.value.message("zh-CN") + refused.value.message("en")


def test_a_damaged_line_names_the_variable() -> None:
    with pytest.raises(MasterKeyDamaged, match="BANGBAN_MASTER_KEY"):
        load_ring(line="nonsense")


def test_bytes_that_are_no_text_are_a_damaged_key(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    file.chmod(0o600)
    with pytest.raises(MasterKeyDamaged):
        read_file(file)


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnwritable, match="directory"):
        read_file(tmp_path)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(MasterKeyUnwritable) as refused:
        make_file(tmp_path / "keys" / "master.key")
    assert "keys" in refused.value.message("zh-CN")


def test_a_rotation_that_cannot_be_written_leaves_the_former_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = make_file(file)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(MasterKeyUnwritable, match="No space left"):
            rotate_file(file)
    assert read_file(file) == ring
    assert names(file.parent) == ["master.key"]


def test_every_start_problem_speaks_both_languages() -> None:
    for kind in StartProblem.__subclasses__():
        assert kind.zh != StartProblem.zh
        assert kind.en != StartProblem.en
