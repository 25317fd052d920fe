"""What keeps a second ``bangban run`` out of a folder that is being served.

``run`` makes the sample districts and their cases, and sets their accounts to the passwords of its file. Two at once
would make them twice over, and beside a server in use the sessions of whoever changed theirs would end.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bangban.kernel.vault.problems import StartProblem

_LOCK: Final = "serving.lock"


class AlreadyServed(StartProblem):
    """Another process serves the folder, or is setting it up."""

    zh = "{var} 中已有服务在运行或正在安装:请先停止它(make stop),或设置 BANGBAN_VAR 使用其他文件夹。"
    en = (
        "A server of {var} is running or being set up already: stop it first (make stop), or choose another "
        "folder with BANGBAN_VAR."
    )


@contextlib.contextmanager
def served_alone(var: Path) -> Iterator[Callable[[], None]]:
    """Nobody else serves the folder meanwhile; what is given lets ``bangban serve`` in beside it.

    The operating system lets go when the process ends, however it ends, so nothing has to be cleared away after a
    crash. Raises AlreadyServed.
    """
    var.mkdir(parents=True, exist_ok=True)
    with _locked(var, fcntl.LOCK_EX) as descriptor:
        yield lambda: _lock(descriptor, fcntl.LOCK_SH, var)


@contextlib.contextmanager
def served_beside(var: Path) -> Iterator[None]:
    """Others may serve the folder as well, nobody sets it up anew. Raises AlreadyServed.

    A folder that this process may not write to is nobody's to set up: there is nothing to keep out.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            var.mkdir(parents=True, exist_ok=True)
            held.enter_context(_locked(var, fcntl.LOCK_SH))
        yield


@contextlib.contextmanager
def _locked(var: Path, kind: int) -> Iterator[int]:
    descriptor = os.open(var / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _lock(descriptor, kind, var)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int, var: Path) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError as held:
        raise AlreadyServed(var=var) from held
