"""Root and its unprivileged server, closed folders, a normal user: each as the system really has it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bangban.kernel.database import embedded_outside as outside
from bangban.kernel.database import embedded_start
from bangban.kernel.database.embedded import EmbeddedPostgres, EmbeddedPostgresProblem, discard
from bangban.kernel.database.embedded_install import (
    Account,
    named_account,
    own_account,
    usable_install,
    wheel_install,
)
from bangban.kernel.database.embedded_server import Postmaster

__test__ = os.geteuid() == 0  # only root can be two users; a normal user's way is all of test_embedded

QUICK = {"fsync": "off"}
# Everything is imported before the switch: Python itself may lie where the other user cannot go.
AS_USER = """
import os, sys
from pathlib import Path
import encodings.idna, getpass, tempfile
from bangban.kernel.database.embedded import EmbeddedPostgres, EmbeddedPostgresProblem
uid, data, install = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
os.setgroups([]); os.setgid(uid); os.setuid(uid)
try:
    for _ in range(2):
        with EmbeddedPostgres(data, install=install, settings={"fsync": "off"}) as server:
            print(server.running, server.url.startswith("postgresql://postgres:"))
except EmbeddedPostgresProblem as problem:
    print(problem)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may pass; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="bangban-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def base(open_folder: Path) -> Path:
    """Root's place for what lies outside; made when it is needed."""
    return open_folder / "outside"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A checkout under a folder that only root may enter."""
    (tmp_path / "root-only").mkdir(mode=0o700)
    (tmp_path / "root-only" / "checkout").mkdir()
    return tmp_path / "root-only" / "checkout"


def modes(path: Path) -> dict[Path, int]:
    return {folder: folder.stat().st_mode for folder in (path, *path.parents)}


def as_user(uid: int, data: Path, install: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", AS_USER, str(uid), data, install],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout


def homes(base: Path) -> list[Path]:
    """What lies outside for folders; the copy of the programs, if one was needed, is not counted."""
    return [path for path in base.iterdir() if not path.name.startswith("postgres-")]


def owner(cluster: Path) -> int:
    return cluster.stat().st_uid


def test_in_an_open_folder_roots_server_runs_there_under_an_id_of_its_own(open_folder: Path) -> None:
    data = open_folder / "checkout" / "var" / "postgres"
    with EmbeddedPostgres(data, settings=QUICK) as server:
        found = Postmaster.find(data / "cluster")
        assert found is not None
        uid = Path(f"/proc/{found.pid}").stat().st_uid
        assert server.running
    assert uid == owner(data / "cluster") == own_account().uid
    assert uid not in {entry.pw_uid for entry in pwd.getpwall()}
    assert {path.stat().st_uid for path in (data / "cluster").rglob("*")} == {uid}


def test_in_a_closed_folder_it_keeps_its_data_outside_and_changes_no_mode(closed: Path, base: Path) -> None:
    before = modes(closed)
    data = closed / "var" / "postgres"
    server = EmbeddedPostgres(data, settings=QUICK, outside=[base])
    address = server.start()
    server.stop()
    assert server.start() == address
    server.stop()
    assert modes(closed) == before
    assert not (data / "cluster").exists()
    (home,) = homes(base)
    assert stat.S_IMODE((home / "cluster").stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "password").stat().st_mode) == 0o600


def test_who_deletes_the_folder_begins_anew_and_the_last_database_is_set_aside(
    closed: Path, base: Path
) -> None:
    data = closed / "postgres"
    for _ in range(2):
        with EmbeddedPostgres(data, settings=QUICK, outside=[base]):
            pass
        shutil.rmtree(data)
    with EmbeddedPostgres(data, settings=QUICK, outside=[base]) as server:
        assert server.running
    assert sorted(path.suffix for path in homes(base)) == ["", ".old"]


def test_what_stands_for_a_deleted_temporary_folder_is_swept_by_the_next_start(
    closed: Path, base: Path
) -> None:
    places = [outside.make(closed / name, mark=name, bases=[base]) for name in ("gone", "kept")]
    (closed / "kept").mkdir()
    elsewhere = outside.make(Path("/srv/unmounted/postgres"), mark="elsewhere", bases=[base])
    outside.sweep([base])
    assert [place.exists() for place in (*places, elsewhere)] == [False, True, True]


def test_discarding_deletes_what_lies_outside_as_well(closed: Path, base: Path) -> None:
    with EmbeddedPostgres(closed / "postgres", settings=QUICK, outside=[base]):
        pass
    assert discard(closed / "postgres", outside=[base])
    assert not homes(base)


@pytest.mark.parametrize("trap", ["link", "foreign", "writable"])
def test_a_place_outside_that_somebody_else_prepared_is_passed_over(
    closed: Path, open_folder: Path, trap: str
) -> None:
    planted, next_one = open_folder / "planted", open_folder / "next"
    if trap == "link":
        planted.symlink_to(open_folder)
    else:
        planted.mkdir()
        planted.chmod(0o777 if trap == "writable" else 0o755)
        if trap == "foreign":
            os.chown(planted, named_account().uid, named_account().gid)
    with EmbeddedPostgres(closed / "postgres", settings=QUICK, outside=[planted, next_one]) as server:
        assert server.running
    assert homes(next_one)
    with pytest.raises(EmbeddedPostgresProblem, match="un as a normal user"):
        EmbeddedPostgres(closed / "other", settings=QUICK, outside=[planted]).start()


def test_programs_in_a_closed_folder_are_copied_once_to_where_they_can_be_run(
    closed: Path, base: Path
) -> None:
    source = wheel_install()
    package = closed / source.parent.name
    shutil.copytree(source, package / source.name, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(
        source.parent.with_name(f"{source.parent.name}.libs"), closed / f"{source.parent.name}.libs"
    )
    before = modes(package)
    with EmbeddedPostgres(
        closed / "var", settings=QUICK, outside=[base], install=package / source.name
    ) as server:
        assert server.running
    (copy,) = base.glob("postgres-*")
    made = copy.stat().st_ctime_ns
    assert usable_install(package / source.name, own_account(), bases=[base]).is_relative_to(copy)
    assert copy.stat().st_ctime_ns == made
    assert modes(package) == before


def test_a_normal_user_runs_it_as_himself_and_root_later_serves_it_as_his(
    open_folder: Path, base: Path
) -> None:
    user = named_account()
    folder = open_folder / "home"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.uid, user.gid)
    install = usable_install(wheel_install(), user, bases=[base])
    said = as_user(user.uid, folder / "postgres", install)
    assert said == "True True\nTrue True\n"
    assert owner(folder / "postgres" / "cluster") == user.uid
    with EmbeddedPostgres(folder / "postgres", settings=QUICK, outside=[base]) as server:
        found = Postmaster.find(folder / "postgres" / "cluster")
        assert server.running
        assert found is not None
        assert Path(f"/proc/{found.pid}").stat().st_uid == user.uid


def test_a_user_without_a_name_and_a_folder_of_another_user_are_explained(
    open_folder: Path, base: Path
) -> None:
    nameless = own_account()
    open_folder.chmod(0o777)
    install = usable_install(wheel_install(), nameless, bases=[base])
    assert "has no account name" in as_user(nameless.uid, open_folder / "mine", install)
    (open_folder / "roots").mkdir(mode=0o700)
    assert "not permitted" in as_user(nameless.uid, open_folder / "roots" / "postgres", install)


def test_a_disk_that_fills_up_while_the_database_is_made(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real file system of 24 MB where one may be mounted, else with an initdb that says the same."""
    monkeypatch.setattr(embedded_start, "FREE_BYTES_TO_BEGIN", 0)
    small = open_folder / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=755", "tmpfs", small], capture_output=True, check=False
    )
    install = None
    if mounted.returncode:
        install = open_folder / "install"
        (install / "bin").mkdir(parents=True)
        (install / "bin" / "postgres").write_text("#!/bin/sh\n")
        (install / "bin" / "initdb").write_text(
            "#!/bin/sh\necho 'could not write: No space left on device'; exit 1\n"
        )
        for program in (install / "bin").iterdir():
            program.chmod(0o755)
    try:
        with pytest.raises(EmbeddedPostgresProblem) as refused:
            EmbeddedPostgres(small / "postgres", install=install).start()
        assert "The disk is full" in refused.value.en
        assert '"complete": false' in (small / "postgres" / "embedded.json").read_text()
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", small], check=True)


def test_the_way_to_a_folder_is_judged_for_the_account_that_has_to_go_it(
    closed: Path, open_folder: Path
) -> None:
    stranger = Account(60_999, 60_999, switch=True)
    assert stranger.may_reach(open_folder)
    assert not stranger.may_reach(closed)
    open_folder.chmod(0o710)
    os.chown(open_folder, 0, 60_999)
    assert stranger.may_reach(open_folder)
