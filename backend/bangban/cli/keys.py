"""``bangban keys``: make, check and rotate the master key. Never shows one; an id is a fingerprint."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bangban.cli.rewrapping import rewrap_installation
from bangban.cli.speaking import said
from bangban.cli.wording import say
from bangban.kernel.vault import (
    KeyRing,
    StartProblem,
    load_ring,
    make_file,
    read_file,
    retire_previous,
    rotate_file,
)
from bangban.settings import settings

app = typer.Typer(
    name="keys",
    help="主密钥：生成、检查、更换 / The master key: make, check, rotate.",
    no_args_is_help=True,
)

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", help="密钥文件 / The key file; BANGBAN_MASTER_KEY_FILE if not given.", show_default=False
    ),
]


class KeyInEnvironment(StartProblem):
    """BANGBAN_MASTER_KEY is set, so that changing a file would change nothing."""

    zh = (
        "已设置 BANGBAN_MASTER_KEY，它优先于密钥文件；"
        "请先改用密钥文件（BANGBAN_MASTER_KEY_FILE）再执行此操作。"
    )
    en = (
        "BANGBAN_MASTER_KEY is set and goes before any key file; keep the key in a file "
        "(BANGBAN_MASTER_KEY_FILE) to do this."
    )


@app.command()
def make(file: FileOption = None) -> None:
    """生成新的主密钥文件（权限 600） / Make a new master key file (mode 600)."""
    with _refusals():
        path = file or settings().key_file
        ring = make_file(path)
        say(
            f"已生成主密钥 {ring.key_id}：{path}。请另行备份——遗失主密钥，已封存的数据将无法恢复。",
            f"Made master key {ring.key_id} in {path}. Back it up elsewhere: without it, "
            "sealed data is lost.",
        )


@app.command()
def check(file: FileOption = None) -> None:
    """检查主密钥是否可用 / Check that there is a usable master key."""
    with _refusals():
        ring = read_file(file) if file else load_ring(line=settings().master_key, file=settings().key_file)
        say(f"主密钥可用：{ring.key_id}。", f"The master key is usable: {ring.key_id}.")
        if ring.previous:
            ids = ", ".join(key.id for key in ring.previous)
            say(
                f"尚保留更换前的密钥：{ids}。全部地区改用新密钥后请运行 `bangban keys retire`。",
                f"Former keys are still kept: {ids}. When every district uses the new one, "
                "run `bangban keys retire`.",
            )


@app.command()
def rotate(file: FileOption = None) -> None:
    """更换主密钥，并为所有地区重新封装数据密钥 / Make a new master key, wrap every district's key in it."""
    with _refusals():
        path = _changeable(file)
        ring = rotate_file(path)
        say(
            f"新的主密钥为 {ring.key_id}，原密钥仍保留在 {path}。",
            f"The new master key is {ring.key_id}; the former one is kept in {path} as well.",
        )
        _rewrap(ring)
        say(
            "请备份密钥文件，重启所有服务进程，确认正常后运行 `bangban keys retire`。",
            "Back the key file up, restart every server process, and when all is well "
            "run `bangban keys retire`.",
        )


@app.command()
def rewrap(file: FileOption = None) -> None:
    """继续一次中断的更换 / Finish a rotation that was interrupted."""
    with _refusals():
        _rewrap(read_file(file) if file else load_ring(line=settings().master_key, file=settings().key_file))


@app.command()
def retire(
    file: FileOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")] = False,
) -> None:
    """全部地区改用新密钥后，删除更换前的密钥 / Drop former keys, once no district needs them."""
    with _refusals():
        path = _changeable(file)
        ring = read_file(path)
        if not ring.previous:
            say("没有更换前的密钥。", "There is no former key.")
            return
        _rewrap(ring)  # which proves that the current key opens every district
        if not yes:
            typer.confirm(
                said(
                    "",
                    "更换前的数据库备份须配合当时的密钥文件才能打开。确定删除更换前的密钥？",
                    "Database backups from before the rotation open only with the key file of that time. "
                    "Drop the former keys?",
                ),
                abort=True,
            )
        retire_previous(path)
        say(f"{path} 中只保留主密钥 {ring.key_id}。", f"{path} now holds the master key {ring.key_id} alone.")


def _changeable(file: Path | None) -> Path:
    if file is None and settings().master_key:
        raise KeyInEnvironment
    return file or settings().key_file


def _rewrap(ring: KeyRing) -> None:
    try:
        count = asyncio.run(rewrap_installation(ring))
    except BaseException:
        say(
            "重新封装未完成；密钥文件完好，排除原因后请运行 `bangban keys rewrap`。",
            "Wrapping was not finished. The key file is sound: remove the cause, "
            "then run `bangban keys rewrap`.",
        )
        raise
    say(f"已为 {count} 个地区重新封装数据密钥。", f"Wrapped the data keys of {count} districts anew.")


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal is one sentence on standard error and exit code 1, not a traceback."""
    try:
        yield
    except StartProblem as problem:
        typer.echo(problem.message(said("", "zh", "en")), err=True)
        raise typer.Exit(1) from None
