"""The file of sample accounts: for its owner only, whole or not at all, and honest about what it knows."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bangban.features.accounts.passwords import check_password
from bangban.features.demo.account_file import AccountFile, DemoAccount, stamp_of
from bangban.features.demo.accounts import fresh_password

CLERK = DemoAccount(
    district="sample", login="clerk", password="abcde-abcde", role="window-clerk", level="TOWN", area="甲镇"
)
OPERATOR = DemoAccount(
    district=None, login="operator", password="fghjk-fghjk", role="operator", level=None, area=None
)
HASH = "$argon2id$a-hash"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "demo" / "accounts.json"


def written(path: Path) -> AccountFile:
    AccountFile(path).write([OPERATOR, CLERK], {CLERK.key: stamp_of(HASH)})
    return AccountFile(path)


def test_only_its_owner_reads_the_file(path: Path) -> None:
    written(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_the_file_is_a_list_of_accounts(path: Path) -> None:
    written(path)
    assert json.loads(path.read_text(encoding="utf-8")) == [
        {
            "district": None,
            "login": "operator",
            "password": "fghjk-fghjk",
            "role": "operator",
            "level": None,
            "area": None,
        },
        {
            "district": "sample",
            "login": "clerk",
            "password": "abcde-abcde",
            "role": "window-clerk",
            "level": "TOWN",
            "area": "甲镇",
        },
    ]


def test_a_stamp_proves_a_password_for_its_own_hash_alone(path: Path) -> None:
    kept = written(path)
    assert kept.passwords == {("sample", "clerk"): "abcde-abcde", ("", "operator"): "fghjk-fghjk"}
    assert kept.proves(CLERK.key, HASH)
    assert not kept.proves(CLERK.key, HASH + "x")
    assert not kept.proves(CLERK.key, None)
    assert not kept.proves(OPERATOR.key, HASH)


def test_nothing_is_written_where_nothing_changed(path: Path) -> None:
    kept = written(path)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    kept.write([OPERATOR, CLERK], {CLERK.key: stamp_of(HASH)})
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before
    kept.write([OPERATOR, replace(CLERK, password="new-one")], {CLERK.key: stamp_of(HASH)})
    assert path.stat().st_ino != before[1]


@pytest.mark.parametrize("content", ["", "{}", "[1, {}]", "[{", '{"a": 1}', "\x00"])
def test_a_spoilt_file_counts_as_absent(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    (path.parent / ".accounts.stamps").write_text(content, encoding="utf-8")
    (path.parent / ".accounts.json.tmp").write_text("left over", encoding="utf-8")
    assert AccountFile(path).passwords == {}
    assert written(path).proves(CLERK.key, HASH)


def test_a_password_is_long_readable_and_never_the_same() -> None:
    made = {fresh_password("clerk") for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) >= 16
        assert not set(password) & set("01ilo")
        check_password(password, login="clerk")


def test_an_account_does_not_show_its_password() -> None:
    assert CLERK.password not in repr(CLERK)
