"""``bangban district archive | import | backup | restore``: a whole district as one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from bangban.cli.archive_options import COMMAND_LINE, STEPS, Slug, files, folder, passphrase_of
from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress
from bangban.cli.speaking import Lang, run, said
from bangban.features.archives.keys import ArchiveKey, checked_passphrase, lock
from bangban.features.archives.manifest import Manifest
from bangban.features.archives.service.archiving import Made, archive_district, back_up_district
from bangban.features.archives.service.importing import Taken, import_district
from bangban.features.archives.service.progress import Tell
from bangban.features.archives.service.restoring import restore_district

app = typer.Typer()


File = Annotated[Path, typer.Argument(help="The file 文件", exists=True, dir_okay=False, readable=True)]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where to write it; default: the folder of archives 输出文件")
]


@app.command("archive")
def archive(slug: Slug, out: Out = None, lang: Lang = "") -> None:
    """写出地区归档供退出时带走,凭口令可在任何地方打开
    / Write a district's archive, to leave with: it opens with the passphrase, anywhere."""
    run(_archive(slug, out, lang), lang=lang)


async def _archive(slug: str, out: Path | None, lang: str) -> None:
    passphrase = checked_passphrase(passphrase_of(lang, confirm=True))
    async with open_installation() as (installation, tenancy, _):
        key = ArchiveKey.fresh()
        locked = lock(key, passphrase)
        with step_progress(Console(stderr=True)) as progress:
            made = await archive_district(
                installation,
                tenancy,
                slug,
                out or _named(slug, "archive"),
                files=files(),
                key=key,
                lock=locked,
                by=COMMAND_LINE,
                tell=_told(progress, slug, lang),
            )
    _print_made(made, lang)


@app.command("backup")
def back_up(slug: Slug, out: Out = None, lang: Lang = "") -> None:
    """写出地区备份留存,只能在本系统打开
    / Write a district's backup, to keep at home: it opens in this installation only."""
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
    """从归档建立地区,逐行比对,要么全部成功要么什么都不留
    / Make the district of an archive here: all of it, compared row by row, or nothing."""
    run(_import(file, lang), lang=lang)


async def _import(file: Path, lang: str) -> None:
    passphrase = passphrase_of(lang)
    async with open_installation() as (installation, _, _messenger):
        with step_progress(Console(stderr=True)) as progress:
            taken = await import_district(
                installation,
                file,
                files=files(),
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
    """用备份一次恢复已停用或已移除的地区
    / Put a suspended or dropped district back as its backup has it, in one step."""
    run(_restore(file, keep_trail=not trail_of_backup, lang=lang), lang=lang)


async def _restore(file: Path, *, keep_trail: bool, lang: str) -> None:
    async with open_installation() as (installation, _, _messenger):
        with step_progress(Console(stderr=True)) as progress:
            taken = await restore_district(
                installation, file, keep_trail=keep_trail, tell=_told(progress, file.name, lang)
            )
    _print_taken(taken, lang)


def _named(slug: str, kind: str) -> Path:
    return folder() / f"{slug}-{kind}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


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
