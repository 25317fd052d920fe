"""``bangban schema``: the GraphQL contract as a file."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from bangban.cli.wording import say
from bangban.web.schema import sdl

app = typer.Typer(
    name="schema", help="GraphQL 契约快照 / The GraphQL contract as a file.", no_args_is_help=True
)

FileOption = Annotated[Path, typer.Option("--file", help="快照文件 / The snapshot.")]
_SNAPSHOT = Path("schema/graphql/schema.graphql")


@app.command()
def write(file: FileOption = _SNAPSHOT) -> None:
    """写出当前契约 / Write the contract as it is now."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sdl(), "utf-8")
    say(f"已写出 {file}。", f"Wrote {file}.")


@app.command()
def check(file: FileOption = _SNAPSHOT) -> None:
    """核对快照与当前契约是否一致 / See that the snapshot is the contract; shows the difference."""
    kept = file.read_text("utf-8") if file.exists() else ""
    now = sdl()
    if kept == now:
        say(f"{file} 与当前契约一致。", f"{file} is the contract.")
        return
    for line in difflib.unified_diff(kept.splitlines(), now.splitlines(), str(file), "bangban", lineterm=""):
        typer.echo(line)
    say(
        "契约已变,请运行 `make sdl` 更新快照并检查差异。",
        "The contract has changed: run `make sdl` and review the difference.",
        error=True,
    )
    raise typer.Exit(1)
