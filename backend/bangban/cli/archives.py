"""``bangban district archive | import | backup | restore | leave | stay | drop``: one file, and the end."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress
from bangban.cli.speaking import Lang, run, said
from bangban.features.archives.keys import ArchiveKey, checked_passphrase, lock
from bangban.features.archives.manifest import Manifest
from bangban.features.archives.service.archiving import Made, archive_district, back_up_district
from bangban.features.archives.service.importing import Taken, import_district
from bangban.features.archives.service.leaving import (
    ask_for_drop,
    begin_leaving,
    cancel_leaving,
    locked_key,
)
from bangban.features.archives.service.progress import Tell
from bangban.features.archives.service.restoring import restore_district
from bangban.features.archives.tasks import archive_handlers
from bangban.kernel.files.store import FileStore
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskState
from bangban.settings import settings

app = typer.Typer()

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
File = Annotated[Path, typer.Argument(help="The file 文件", exists=True, dir_okay=False, readable=True)]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where to write it; default: the folder of archives 输出文件")
]


@app.command("archive")
def archive(slug: Slug, out: Out = None, lang: Lang = "") -> None:
    """Write a district's archive, to leave with: it opens with the passphrase, anywhere."""
    run(_archive(slug, out, lang), lang=lang)


async def _archive(slug: str, out: Path | None, lang: str) -> None:
    passphrase = checked_passphrase(_passphrase(lang, confirm=True))
    async with open_installation() as (installation, tenancy, _):
        key = ArchiveKey.fresh()
        locked = lock(key, passphrase)
        with step_progress(Console(stderr=True)) as progress:
            made = await archive_district(
                installation,
                tenancy,
                slug,
                out or _named(slug, "archive"),
                files=_files(),
                key=key,
                lock=locked,
                by=COMMAND_LINE,
                tell=_told(progress, slug, lang),
            )
    _print_made(made, lang)


@app.command("backup")
def back_up(slug: Slug, out: Out = None, lang: Lang = "") -> None:
    """Write a district's backup, to keep at home: it opens in this installation only."""
    run(_back_up(slug, out, lang), lang=lang)


async def _back_up(slug: str, out: Path | None, lang: str) -> None:
    async with open_installation() as (installation, tenancy, _):
        with step_progress(Console(stderr=True)) as progress:
            made = await back_up_district(
                installation, tenancy, slug, out or _named(slug, "backup"), tell=_told(progress, slug, lang)
            )
    _print_made(made, lang)


@app.command("import")
def import_(file: File, lang: Lang = "") -> None:
    """Make the district of an archive here: all of it, compared row by row, or nothing."""
    run(_import(file, lang), lang=lang)


async def _import(file: Path, lang: str) -> None:
    passphrase = _passphrase(lang)
    async with open_installation() as (installation, _, _messenger):
        with step_progress(Console(stderr=True)) as progress:
            taken = await import_district(
                installation,
                file,
                files=_files(),
                passphrase=passphrase,
                tell=_told(progress, file.name, lang),
            )
    _print_taken(taken, lang)


@app.command("restore")
def restore(
    file: File,
    *,
    trail_of_backup: Annotated[
        bool, typer.Option("--trail-of-backup", help="Give up the present trail 采用备份中的审计轨迹")
    ] = False,
    lang: Lang = "",
) -> None:
    """Put a suspended or dropped district back as its backup has it, in one step."""
    run(_restore(file, keep_trail=not trail_of_backup, lang=lang), lang=lang)


async def _restore(file: Path, *, keep_trail: bool, lang: str) -> None:
    async with open_installation() as (installation, _, _messenger):
        with step_progress(Console(stderr=True)) as progress:
            taken = await restore_district(
                installation, file, keep_trail=keep_trail, tell=_told(progress, file.name, lang)
            )
    _print_taken(taken, lang)


@app.command("leave")
def leave(slug: Slug, lang: Lang = "") -> None:
    """Close a district that leaves, and write the archive that it takes along."""
    run(_leave(slug, lang), lang=lang)


async def _leave(slug: str, lang: str) -> None:
    passphrase = checked_passphrase(_passphrase(lang, confirm=True))
    async with open_installation() as (installation, tenancy, _):
        now = datetime.now(UTC)
        given = locked_key(installation.ring, passphrase)
        async with tenancy.platform() as db:
            task = await begin_leaving(db, tenancy, slug, given=given, by=COMMAND_LINE, now=now)
        await tenancy.registry.refresh(slug)
        facts = await _work(installation, tenancy, task, slug, lang)
    until = (now + _cooling()).date()
    typer.echo(f"{_folder() / facts['file']}\nSHA-256 {facts['sha256']}")
    typer.echo(
        said(
            lang,
            f"{slug} 已申请退出,可在 {until} 前撤回(bangban district stay {slug})。",
            f"{slug} is leaving. It may change its mind until {until} (bangban district stay {slug}).",
        )
    )


@app.command("stay")
def stay(slug: Slug, lang: Lang = "") -> None:
    """Take back that a district leaves; it is live again."""
    run(_stay(slug, lang), lang=lang)


async def _stay(slug: str, lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        async with tenancy.platform() as db:
            await cancel_leaving(db, tenancy, slug, by=COMMAND_LINE, now=datetime.now(UTC))
        typer.echo(said(lang, f"{slug} 已恢复服务。", f"{slug} stays, and is live again."))


@app.command("drop")
def drop(
    slug: Slug,
    confirm: Annotated[str, typer.Option("--confirm", help="The slug once more 再次填写地区标识")] = "",
    lang: Lang = "",
) -> None:
    """Remove a district that left: schema, roles, registry. Only after its cooling-off period, with its archive."""
    run(_drop(slug, confirm, lang), lang=lang)


async def _drop(slug: str, confirm: str, lang: str) -> None:
    async with open_installation() as (installation, tenancy, _):
        async with tenancy.platform() as db:
            task = await ask_for_drop(
                db,
                tenancy,
                slug,
                confirmed=confirm,
                by=COMMAND_LINE,
                cooling=_cooling(),
                now=datetime.now(UTC),
            )
        await _work(installation, tenancy, task, slug, lang)
        typer.echo(said(lang, f"{slug} 已移除。", f"{slug} is gone."))


async def _work(installation: Any, tenancy: Any, task: Any, slug: str, lang: str) -> dict[str, Any]:
    """Work on a task here, or follow whoever does; its result. Exit code 1 where it did not get done."""
    handlers = archive_handlers(installation, tenancy, folder=_folder(), cooling=_cooling(), files=_files())
    runner = TaskRunner(tenancy, installation.application, handlers)
    with step_progress(Console(stderr=True)) as progress:
        bar = progress.add_task(slug, total=None)

        def tell(step: str, done: int, total: int) -> None:
            name = said(lang, *STEPS.get(step, (step, step)))
            progress.update(bar, description=f"{slug} · {name}", completed=done, total=max(total, 1))

        row = await runner.run_here(task, tell=tell)
    if row.state is not TaskState.DONE:
        typer.echo(said(lang, row.problem_zh or row.state, row.problem_en or row.state), err=True)
        raise typer.Exit(1)
    return row.result or {}


def _files() -> FileStore:
    return FileStore.open(settings().files, folder=settings().files_folder)


def _cooling() -> timedelta:
    return timedelta(days=settings().leaving_days)


def _folder() -> Path:
    return settings().archives_folder


def _named(slug: str, kind: str) -> Path:
    return _folder() / f"{slug}-{kind}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


def _passphrase(lang: str, *, confirm: bool = False) -> str:
    """From the environment, or typed without an echo."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    title = said(lang, "归档口令", "Passphrase of the archive")
    typed: str = typer.prompt(title, hide_input=True, confirmation_prompt=confirm)
    return typed


def _told(progress: Progress, title: str, lang: str) -> Tell:
    bar = progress.add_task(title, total=None)

    async def tell(step: str, done: int, total: int) -> None:
        name = said(lang, *STEPS.get(step, (step, step)))
        progress.update(bar, description=f"{title} · {name}", completed=done, total=max(total, 1))

    return tell


def _print_made(made: Made, lang: str) -> None:
    typer.echo(str(made.file))
    typer.echo(f"SHA-256 {made.sha256}")
    typer.echo(
        said(
            lang,
            f"{len(made.manifest.tables)} 张表,{made.manifest.rows} 行,{made.bytes} 字节。",
            f"{len(made.manifest.tables)} tables, {made.manifest.rows} rows, {made.bytes} bytes.",
        )
    )
    _print_files(made.manifest, lang)


def _print_files(manifest: Manifest, lang: str) -> None:
    files, left = manifest.files, manifest.files_left_out
    typer.echo(
        said(
            lang,
            f"附件内容 {files} 个,未包含 {left} 个。",
            f"{files} files with what they hold; of {left} it is not in there.",
        )
    )


def _print_taken(taken: Taken, lang: str) -> None:
    for table in taken.manifest.tables:
        typer.echo(f"{table.rows:>10}  {table.sha256}  {table.name}")
    slug = taken.manifest.slug
    _print_files(taken.manifest, lang)
    typer.echo(
        said(
            lang,
            f"{slug}:{taken.manifest.rows} 行与归档逐字节相符,审计轨迹 {taken.trail.seals} 个封印核验无误。"
            f"地区处于暂停状态,启用请运行 bangban district resume {slug}。",
            f"{slug}: {taken.manifest.rows} rows are the file's to the byte; {taken.trail.seals} seals of the trail"
            f" verify. The district is suspended; open it with bangban district resume {slug}.",
        )
    )
