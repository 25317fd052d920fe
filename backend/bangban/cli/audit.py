"""``bangban audit``: verify, seal and export districts' audit trails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bangban.cli.opening import open_tenancy
from bangban.cli.speaking import speaks_chinese
from bangban.cli.wording import run, say
from bangban.kernel.audit.checkpoint import Checkpoint, CheckpointOfAnother, checkpoint_of, read_checkpoint
from bangban.kernel.audit.findings import Report
from bangban.kernel.audit.platform import PLATFORM_TRAIL
from bangban.kernel.audit.sealing import seal_trail
from bangban.kernel.audit.trails import Trail, platform_trail, trail_of
from bangban.kernel.audit.verify import verify_trail

if TYPE_CHECKING:
    from bangban.kernel.tenancy.tenancy import Tenancy

T = TypeVar("T")

app = typer.Typer(
    name="audit",
    help="审计轨迹:核验、封存、检查点 / The audit trail: verify, seal, checkpoint.",
    no_args_is_help=True,
)

Slug = Annotated[str | None, typer.Argument(help="地区标识 / The district's slug.")]

Signed = Annotated[
    bool,
    typer.Option(
        "--signed/--unsigned", help="以本系统的密钥签名(ES256) / With the installation's signature (ES256)."
    ),
]

Platform = Annotated[
    bool, typer.Option("--platform", help="平台自身的审计轨迹 / The trail of the platform itself.")
]


@app.command()
def verify(
    slugs: Annotated[list[str] | None, typer.Argument(help="地区标识 / Districts, by slug.")] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="所有地区与平台 / Every district, and the platform.")
    ] = False,
    platform: Platform = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help="与此检查点比对 / Compare with this checkpoint, too.")
    ] = None,
    signed: Signed = True,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON.")] = False,
) -> None:
    """核验审计轨迹,发现异常时退出码为 1 / Verify trails; the exit code is 1 where anything is found."""
    if (every and (slugs or platform)) or not (every or slugs or platform or checkpoint):
        say(
            "请写明地区标识,或用 --platform、--all。",
            "Name districts by slug, or give --platform or --all.",
            error=True,
        )
        raise typer.Exit(2)
    wanted = [*(slugs or []), *([PLATFORM_TRAIL] if platform else [])]
    reports = run(lambda: _verify(wanted, every=every, file=checkpoint, signed=signed, quiet=as_json))
    if as_json:
        typer.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _print(report)
    if not all(report.sound for report in reports):
        raise typer.Exit(1)


@app.command()
def checkpoint(
    slug: Slug = None,
    *,
    platform: Platform = False,
    out: Annotated[Path, typer.Option(help="写入此文件 / The file to write.")],
    signed: Signed = True,
) -> None:
    """导出最后一个封印,交数据库管理员接触不到的人保管 / Export the last seal, to be kept elsewhere."""
    name = _named(slug, platform=platform)
    taken = run(lambda: _checkpoint(name, signed=signed))
    try:
        # Never over an older one: that may be the very proof that is needed.
        with out.open("x", encoding="utf-8") as file:
            file.write(taken.text())
    except FileExistsError:
        say(f"文件 {out} 已存在,未作改动。", f"The file {out} exists and was left alone.", error=True)
        raise typer.Exit(1) from None
    except OSError as refused:
        reason = refused.strerror
        say(f"无法写入 {out}:{reason}。", f"{out} cannot be written: {reason}.", error=True)
        raise typer.Exit(1) from None
    say(
        f"检查点:{name} 封印 {taken.seal},序号至 {taken.last_seq},已写入 {out}。",
        f"Checkpoint of {name}: seal {taken.seal}, entries up to {taken.last_seq}, in {out}.",
    )


@app.command()
def seal(slug: Slug = None, *, platform: Platform = False) -> None:
    """立即封存尚未封存的记录 / Seal at once what is not sealed yet."""
    name = _named(slug, platform=platform)

    async def go() -> Any:
        async with _tenancy() as tenancy:
            return await seal_trail(_trail(tenancy, name))

    sealed = run(go)
    say(
        f"{name}:新增封印 {sealed.seals} 个,记录 {sealed.entries} 条。",
        f"{name}: {sealed.seals} new seals over {sealed.entries} entries.",
    )
    if not sealed.settled:
        say(
            "写入繁忙,未能封存全部记录,请稍后再试。",
            "Not everything was sealed, for all the writing that goes on; try again.",
            error=True,
        )
        raise typer.Exit(1)


def _named(slug: str | None, *, platform: bool) -> str:
    """The one trail that was asked for."""
    if (slug is None) is not platform:
        say("请写明地区标识,或用 --platform。", "Name a district by slug, or give --platform.", error=True)
        raise typer.Exit(2)
    return PLATFORM_TRAIL if slug is None else slug


def _trail(tenancy: Tenancy, name: str) -> Trail:
    """Raises DistrictUnknown."""
    return (
        platform_trail(tenancy) if name == PLATFORM_TRAIL else trail_of(tenancy, tenancy.registry.get(name))
    )


async def _verify(
    names: Sequence[str], *, every: bool, file: Path | None, signed: bool, quiet: bool
) -> list[Report]:
    async with _tenancy() as tenancy:
        proof = None if file is None else _read(file, tenancy, signed=signed)
        wanted = list(names) or ([] if every or proof is None else [proof.district])
        if every:
            wanted = [PLATFORM_TRAIL, *(district.slug for district in tenancy.registry)]
        if proof is not None and proof.district not in wanted:
            raise CheckpointOfAnother(district=proof.district)
        reports = []
        with _progress(quiet=quiet) as bar:
            for name in wanted:
                trail = _trail(tenancy, name)
                reports.append(
                    await verify_trail(
                        trail.read,
                        slug=name,
                        schema=trail.schema,
                        checkpoint=proof if proof is not None and proof.district == name else None,
                        progress=bar(name),
                    )
                )
        return reports


def _read(file: Path, tenancy: Tenancy, *, signed: bool) -> Checkpoint:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(f"无法读取 / Cannot be read: {file}") from None
    return read_checkpoint(text, keys=tenancy.ring.verifying_keys() if signed else None)


async def _checkpoint(name: str, *, signed: bool) -> Checkpoint:
    async with _tenancy() as tenancy:
        key = tenancy.ring.signing_key() if signed else None
        return await checkpoint_of(_trail(tenancy, name), key=key)


def _tenancy() -> Any:
    # Only when a command runs: `--help` needs neither database nor keys.
    return open_tenancy()


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """A bar for each district on standard error; none where the output is for a program."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bars:

        def bar(slug: str) -> Callable[[int, int], None]:
            task = bars.add_task(slug, total=None)

            def advance(done: int, total: int) -> None:
                bars.update(task, completed=done, total=total)

            return advance

        yield bar


def _print(report: Report) -> None:
    minutes, seconds = divmod(int(report.tail_age.total_seconds()), 60)
    if report.sound:
        say(
            f"✓ {report.district}:封印 {report.seals} 个,记录 {report.entries} 条,全部相符。",
            f"✓ {report.district}: {report.seals} seals over {report.entries} entries, all as sealed.",
        )
    else:
        first = report.findings[0].sentence("zh" if speaks_chinese() else "en")
        say(
            f"✗ {report.district}:发现 {len(report.findings)} 处异常,首处:{first}",
            f"✗ {report.district}: {len(report.findings)} findings. The first: {first}",
        )
        for finding in report.findings[1:]:
            typer.echo("  " + finding.sentence("zh" if speaks_chinese() else "en"))
    if report.checkpoint is not None and report.sound:
        say(
            f"  与检查点一致:封印 {report.checkpoint} 之前的历史未被改写。",
            f"  As the checkpoint says: history up to seal {report.checkpoint} was not rewritten.",
        )
    if report.tail_entries:
        say(
            f"  尚未封存 {report.tail_entries} 条,最早的已等待 {minutes} 分 {seconds} 秒。",
            f"  {report.tail_entries} not sealed yet, the oldest for {minutes} min {seconds} s.",
        )
