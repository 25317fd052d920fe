"""What the commands about a district's archive share: the passphrase, where files lie, what steps are called."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bangban.cli.speaking import said
from bangban.kernel.files.store import FileStore
from bangban.settings import settings

STEPS = {
    "record": ("登记", "on record"),
    "write": ("写出", "write"),
    "pack": ("写出附件", "write what files hold"),
    "check": ("核对文件", "check the tables"),
    "check files": ("核对附件", "check what files hold"),
    "load": ("导入", "load"),
    "compare": ("逐行比对", "compare every row"),
    "unpack": ("导入附件", "take in what files hold"),
    "commit": ("提交", "commit"),
    "drop": ("移除", "drop"),
}
PASSPHRASE = "BANGBAN_ARCHIVE_PASSPHRASE"  # noqa: S105 - the variable's name
COMMAND_LINE = "operator:command-line"

Slug = Annotated[str, typer.Argument(help="The district's slug 地区标识")]


def files() -> FileStore:
    """Where uploaded files are kept."""
    return FileStore.open(settings().files, folder=settings().files_folder)


def folder() -> Path:
    """Where archives and backups are written."""
    return settings().archives_folder


def passphrase_of(lang: str, *, confirm: bool = False) -> str:
    """From the environment, or typed without an echo."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    title = said(lang, "归档口令", "Passphrase of the archive")
    typed: str = typer.prompt(title, hide_input=True, confirmation_prompt=confirm)
    return typed
