"""``python -m benchmarks.data --var <folder>``: builds the data of the measurements, or finds it built."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from benchmarks.data.building import build
from benchmarks.data.description import note_addresses
from benchmarks.data.parameters import Parameters
from benchmarks.data.server import running
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


def main(  # noqa: PLR0917 - options of a command
    var: Annotated[Path, typer.Option(help="构建所在文件夹 / The folder to build in.")],
    big: Annotated[int, typer.Option(help="大地区的办件数 / Cases of the one large district.")] = 1_000_000,
    districts: Annotated[int, typer.Option(help="小地区的个数 / How many small districts.")] = 50,
    each: Annotated[int, typer.Option(help="每个小地区的办件数 / Cases of each of them.")] = 20_000,
    seed: Annotated[int, typer.Option(help="随机种子 / What everything drawn follows from.")] = 2026,
    seal: Annotated[bool, typer.Option(help="封存审计轨迹 / Seal the audit trails.")] = True,
    serve: Annotated[bool, typer.Option(help="随后运行数据库 / Keep the database running.")] = False,
) -> None:
    """Build the data that the measurements run on; a finished build is used as it is."""
    parameters = Parameters(big=big, districts=districts, each=each, seed=seed, seal=seal)
    folder = var.absolute()
    begun = time.monotonic()
    with _bars(parameters) as report:
        described = asyncio.run(build(folder, parameters, progress=report))
    typer.echo(f"{described} ({time.monotonic() - begun:.0f} s)")
    if serve:
        try:
            asyncio.run(_serve(folder))
        except KeyboardInterrupt:
            typer.echo("已停止。Stopped.")


async def _serve(folder: Path) -> None:
    async with running(folder) as admin:
        note_addresses(folder, admin)
        typer.echo(f"PostgreSQL {admin.host}:{admin.port}; Ctrl-C 停止 / stops it.")
        await asyncio.Event().wait()


@contextmanager
def _bars(parameters: Parameters) -> Iterator[Callable[[str, str, int, int], None]]:
    """A bar for all cases and one for each district at work; plain lines where the output is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:

        def line(district: str, step: str, done: int, total: int) -> None:
            if step in ("cases", "seals") and done == total:
                typer.echo(f"{time.strftime('%X')} {district} {step} {done}", err=True)

        yield line
        return
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        total_cases = bars.add_task("全部办件 all cases", total=sum(parameters.sizes().values()))
        tasks: dict[str, TaskID] = {}
        stored: dict[str, int] = {}

        def report(district: str, step: str, done: int, total: int) -> None:
            if district not in tasks:
                tasks[district] = bars.add_task(district, total=total)
            bars.update(tasks[district], description=f"{district} {step}", completed=done, total=total)
            if step == "cases":
                stored[district] = done
                bars.update(total_cases, completed=sum(stored.values()))
            if step == "seals" and done == total:
                bars.update(tasks[district], visible=False)

        yield report


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
