"""What can be wrong with the embedded PostgreSQL, in Chinese and English, with what to do about it."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import NamedTuple

LOG_LINES_SHOWN = 12


class EmbeddedPostgresProblem(Exception):  # noqa: N818 - the house says problem, not error
    """The embedded server cannot be started or stopped; both sentences say what is wrong and what to do."""

    def __init__(self, zh: str, en: str, *, detail: str = "") -> None:
        self.zh = zh
        self.en = en
        self.detail = detail
        super().__init__("\n".join(part for part in (zh, en, detail) if part))


class Sentence(NamedTuple):
    """One thing that PostgreSQL says, and how a person is told; ``{folder}`` is the data folder."""

    said: re.Pattern[str]
    zh: str
    en: str


def _sentence(said: str, zh: str, en: str) -> Sentence:
    return Sentence(re.compile(said, re.IGNORECASE), zh, en)


DISK_FULL = _sentence(
    r"No space left on device|Disk quota exceeded",
    "磁盘已满,内置 PostgreSQL 无法写入 {folder}。请清理空间后再试,或用 BANGBAN_DATABASE_URL "
    "指向别处的数据库。",
    "The disk is full: the embedded PostgreSQL cannot write to {folder}. Free some space and try again, or "
    "point "
    "BANGBAN_DATABASE_URL at a database elsewhere.",
)
PORT_TAKEN = _sentence(
    r"Address already in use",
    "端口已被其他程序占用,内置 PostgreSQL({folder})无法监听。请停掉占用者,或换一个端口。",
    "The port is taken by another program, so the embedded PostgreSQL of {folder} cannot listen. Stop that "
    "program or choose another port.",
)
STILL_IN_USE = _sentence(
    r'pre-existing shared memory block|lock file ".*" already exists',
    "另一个 PostgreSQL 进程仍在使用 {folder}。请先停掉它(make stop),再重新启动。",
    "Another PostgreSQL process still uses {folder}. Stop it first (make stop), then start again.",
)

SENTENCES = (
    DISK_FULL,
    PORT_TAKEN,
    STILL_IN_USE,
    _sentence(
        r"could not look up (effective|local) user ID|Peer authentication failed",
        "当前用户编号在本机没有账户名,PostgreSQL 无法初始化。请为它添加账户(/etc/passwd),"
        "换一个有名字的用户运行,"
        "或设置 BANGBAN_DATABASE_URL。",
        "The current user id has no account name on this machine, which PostgreSQL needs. Add one to "
        "/etc/passwd, "
        "run as a user who has one, or set BANGBAN_DATABASE_URL.",
    ),
    _sentence(
        r"invalid locale name|locale .* is not valid",
        "本机缺少 C.UTF-8 语言环境,中文检索离不开它。请安装(Debian:libc-bin),再重新启动。",
        "This machine lacks the locale C.UTF-8, without which Chinese text cannot be searched. Install it "
        "(on Debian: "
        "libc-bin) and start again.",
    ),
    _sentence(
        r"database files are incompatible with server|initialized by PostgreSQL version",
        "{folder} 是由另一版本的 PostgreSQL 建立的。请用那个版本导出后再导入,"
        "或删除该文件夹重新开始(样例数据会重建)。",
        "{folder} was made by another version of PostgreSQL. Dump it with that version and load it again, or "
        "delete "
        "the folder to begin anew (sample data is made again).",
    ),
    _sentence(
        r"has wrong ownership|has invalid permissions|could not change permissions",
        "{folder} 的属主或权限不对,PostgreSQL 拒绝使用(所在文件系统可能不支持 Linux 权限)。"
        "请把项目移到本机的 Linux 文件系统,并以原来的用户运行。",
        "PostgreSQL refuses {folder} because of its owner or mode (its file system may not keep Linux "
        "modes). Move "
        "the project to a native Linux file system and run it as the user who made it.",
    ),
    _sentence(
        r"could not map anonymous shared memory|Cannot allocate memory|out of memory",
        "内存不足,内置 PostgreSQL 无法启动。请释放内存,或调小 shared_buffers。",
        "There is too little memory to start the embedded PostgreSQL. Free some, or lower shared_buffers.",
    ),
    _sentence(
        r"could not locate a valid checkpoint|invalid checkpoint|PANIC:|could not open file \"global/"
        r"|could not find the database system|is not a valid data directory",
        "{folder} 中的数据库已损坏或不完整。请从备份恢复,或删除该文件夹重新开始(样例数据会重建)。",
        "The database in {folder} is damaged or incomplete. Restore it from a backup, or delete the folder "
        "to begin "
        "anew (sample data is made again).",
    ),
    _sentence(
        r"Permission denied|Operation not permitted",
        "没有访问 {folder} 的权限。请以建立它的用户运行,或换一个文件夹。",
        "Access to {folder} is not permitted. Run as the user who made it, or choose another folder.",
    ),
    _sentence(
        r"Read-only file system",
        "{folder} 所在的文件系统是只读的。请换一个可写的文件夹,或设置 BANGBAN_DATABASE_URL。",
        "{folder} lies on a read-only file system. Choose a folder that can be written, or set "
        "BANGBAN_DATABASE_URL.",
    ),
)


def from_output(output: str, *, folder: Path, log: Path | None = None) -> EmbeddedPostgresProblem:
    """The problem that a failed initdb or server told about in its own words.

    PostgreSQL's last lines are shown below the sentences, since no list of sentences is ever complete.
    """
    tail = "\n".join(output.strip().splitlines()[-LOG_LINES_SHOWN:])
    for sentence in SENTENCES:
        if sentence.said.search(output):
            return EmbeddedPostgresProblem(
                sentence.zh.format(folder=folder), sentence.en.format(folder=folder), detail=tail
            )
    where = log or folder
    return EmbeddedPostgresProblem(
        f"内置 PostgreSQL({folder})没有启动成功,原因见下面的日志;完整日志在 {where}。",
        f"The embedded PostgreSQL of {folder} did not start; its log below says why. The whole log: {where}.",
        detail=tail,
    )


def from_os_error(error: OSError, *, folder: Path) -> EmbeddedPostgresProblem:
    """The problem behind a refusal of the operating system, such as a full disk or a foreign folder."""
    if error.errno == errno.ENAMETOOLONG:
        return EmbeddedPostgresProblem(
            f"路径太长,PostgreSQL 无法使用:{folder}。请把项目移到较短的路径。",
            f"This path is too long for PostgreSQL: {folder}. Move the project to a shorter one.",
        )
    return from_output(str(error), folder=folder)
