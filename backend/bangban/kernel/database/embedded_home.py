"""The folder of an embedded server: what lies in it, whose it is, and how far it got.

A folder holds ``embedded.json`` (the record below), ``password`` (mode 600), ``lock``, ``postgres.log`` and
``cluster``, PostgreSQL's own data. The record is written before ``cluster`` is begun and says when it was
finished, so a creation that was cut short can be told from a database, and only the former is made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bangban.kernel.database import embedded_outside as outside
from bangban.kernel.database.embedded_install import OUTSIDE, Account, own_account
from bangban.kernel.database.embedded_problem import EmbeddedPostgresProblem

LOCK_SECONDS = 90
POLL_SECONDS = 0.05
LOG_BYTES_KEPT = 10_000_000
OWN_FIRST = frozenset({"lock", "embedded.new"})  # all that can be there before the first record


@dataclass(frozen=True)
class Record:
    """What is remembered between starts. ``outside`` is the mark shared with a cluster kept elsewhere."""

    complete: bool = False
    outside: str | None = None
    port: int | None = None
    sockets: str | None = None
    owner_pid: int | None = None
    owner_started: str | None = None


class Home:
    """The folder that the caller named."""

    def __init__(self, folder: Path, *, bases: Sequence[Path] = OUTSIDE) -> None:
        self.folder = folder.expanduser().resolve()
        self._bases = bases
        self._record_file = self.folder / "embedded.json"
        self._password_file = self.folder / "password"
        self.log = self.folder / "postgres.log"
        self.record = Record()
        self.cluster = self.folder / "cluster"
        self.account = own_account()

    # -- entering ----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the folder against other starts and stops; gives the lock's descriptor.

        initdb inherits the descriptor, so the lock outlives a parent that is killed while initdb works.
        """
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EmbeddedPostgresProblem(
                            f"另一个进程一直在启动或停止 {self.folder} 中的数据库。请等它结束,"
                            "或结束它后再试。",
                            f"Another process has been starting or stopping the database in {self.folder} "
                            "all the "
                            "while. Wait for it, or end it, and try again.",
                        ) from None
                    time.sleep(POLL_SECONDS)
            yield descriptor
        finally:
            os.close(descriptor)

    def claim(self) -> None:
        """Make the folder, or see that it is an embedded server's; anything else in it is left alone."""
        if not self.folder.exists():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                self.folder.mkdir()
                self.folder.chmod(
                    0o711 if self.account.switch else 0o700
                )  # root's server must get to cluster/
        if not self._record_file.exists() and any(
            path.name not in OWN_FIRST for path in self.folder.iterdir()
        ):
            raise EmbeddedPostgresProblem(
                f"文件夹 {self.folder} 不是空的,也不是由帮办建立的(缺少 embedded.json),其中内容不会被改动。"
                "请换一个文件夹;若确认不需要其中内容,可先删除它。",
                f"The folder {self.folder} is neither empty nor made by Bangban (it has no embedded.json), "
                "so nothing "
                "in it is touched. Choose another folder, or delete this one if nothing in it is needed.",
            )

    def is_ours(self) -> bool:
        """Whether an embedded server was ever begun in the folder."""
        return self._record_file.exists()

    def read(self) -> None:
        """Learn from the record where the cluster is and whose it is."""
        if self._record_file.exists():
            try:
                self.record = Record(**json.loads(self._record_file.read_text()))
            except (ValueError, TypeError):
                raise EmbeddedPostgresProblem(
                    f"{self._record_file} 已损坏,无法判断其中的数据库是否完整。请从备份恢复,或删除 "
                    f"{self.folder} 重新开始。",
                    f"{self._record_file} is damaged, so it cannot be told whether the database beside it is "
                    "complete. "
                    f"Restore it from a backup, or delete {self.folder} to begin anew.",
                ) from None
        if self.record.outside:
            self.cluster = outside.find(self.folder, mark=self.record.outside, bases=self._bases) / "cluster"
        if self.record.complete and self.account.switch:
            self._take_on_owner()
        if self.record.complete and not (self.cluster / "global" / "pg_control").exists():
            raise EmbeddedPostgresProblem(
                f"{self.folder} 的数据库不见了或不完整(应在 {self.cluster})。"
                f"请从备份恢复,或删除 {self.folder} 重新开始(样例数据会重建)。",
                f"The database of {self.folder} is gone or incomplete (it belongs in {self.cluster}). "
                "Restore it from a "
                f"backup, or delete {self.folder} to begin anew (sample data is made again).",
            )

    def _take_on_owner(self) -> None:
        """Root serves a finished cluster under the account that it belongs to, whoever made it."""
        if not self.cluster.exists():
            return
        found = self.cluster.stat()
        self.account = replace(self.account, uid=found.st_uid, gid=found.st_gid)
        if found.st_uid == 0 or not self.account.may_reach(self.cluster):
            raise EmbeddedPostgresProblem(
                f"数据库 {self.cluster} 属于用户编号 {found.st_uid},该用户现在进不去这个位置。"
                "请恢复上级文件夹的权限或移回原处,也可删除后重新开始。",
                f"The database {self.cluster} belongs to user id {found.st_uid}, who can no longer get "
                "there. Give "
                "the folders above it their former mode or place again, or delete it to begin anew.",
            )

    # -- remembering -------------------------------------------------------------------------------

    def remember(self, **changes: object) -> None:
        """Save a changed record in one step: it is the old one or the new one, never half of either."""
        self.record = replace(self.record, **changes)  # type: ignore[arg-type]  # field names are the callers' own
        written = self._record_file.with_suffix(".new")
        with written.open("w") as file:
            json.dump(asdict(self.record), file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._record_file)

    def find_password(self) -> str | None:
        """The administrator's password, or ``None`` when its file is missing or empty."""
        try:
            return self._password_file.read_text().strip() or None
        except FileNotFoundError:
            return None

    def make_password(self) -> str:
        """A new password in a file that only its owner may read."""
        password = secrets.token_urlsafe(24)
        self._password_file.unlink(missing_ok=True)
        descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password + "\n")
        return password

    def open_log(self) -> int:
        """The log's descriptor, at its end; one that has grown large is put aside once."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)

    # -- where the cluster is ----------------------------------------------------------------------

    def prepare_cluster(self) -> None:
        """An empty folder for a cluster that was never finished, where the server's account can reach it."""
        if self.account.switch and not self.account.may_reach(self.folder):
            mark = self.record.outside or secrets.token_hex(16)
            self.remember(complete=False, outside=mark)
            outside.sweep(self._bases)
            self.cluster = outside.make(self.folder, mark=mark, bases=self._bases) / "cluster"
        else:
            self.remember(complete=False, outside=None)
            self.cluster = self.folder / "cluster"
        if self.cluster.exists():
            shutil.rmtree(self.cluster)
        self.cluster.mkdir(mode=0o700)

    def hand_over(self, *, made_by: Account) -> None:
        """Give what initdb made to the account that will serve it; only what ``made_by`` owned is touched."""
        for _, folders, files, descriptor in os.fwalk(self.cluster, follow_symlinks=False):
            for name in (".", *folders, *files):  # folders may be links
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if found.st_uid == made_by.uid:
                    os.chown(
                        name, self.account.uid, self.account.gid, dir_fd=descriptor, follow_symlinks=False
                    )

    def remove(self) -> None:
        """Delete the folder and, where the cluster is kept outside of it, that as well."""
        if self.record.outside and self.cluster.parent.exists():
            shutil.rmtree(self.cluster.parent)
        shutil.rmtree(self.folder)
