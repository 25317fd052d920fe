"""``bangban fleet nodes|place|move``: on which node of a Citus cluster a district stands (infra/citus)."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bangban.cli.opening import open_installation
from bangban.cli.speaking import Lang, run, said
from bangban.kernel.tenancy import distribution
from bangban.kernel.tenancy.distribution import Node

Slug = Annotated[str, typer.Argument(help="The district's slug 地区标识")]


def nodes(lang: Lang = "") -> None:
    """列出各地区所在节点,以及还能接收地区的节点 / List where districts stand, and which nodes take more."""
    run(_nodes(lang), lang=lang)


async def _nodes(lang: str) -> None:
    async with open_installation() as (installation, _tenancy, _), installation.connection() as connection:
        known = await distribution.nodes(connection)
        table = Table(said(lang, "节点", "node"), said(lang, "地区", "district"), "MiB")
        for place in await distribution.places(connection):
            table.add_row(str(place.node), place.slug, f"{place.size / 2**20:.1f}")
        Console().print(table)
        typer.echo(said(lang, "可放置地区的节点:", "nodes that take districts: ") + " ".join(map(str, known)))


def place(slug: Slug, lang: Lang = "") -> None:
    """将先前建立的地区纳入 Citus,由其选择的节点存放
    / Put a district that was made before under Citus, on a node of its choice."""
    run(_place(slug, lang), lang=lang)


async def _place(slug: str, lang: str) -> None:
    async with open_installation() as (installation, tenancy, _), installation.connection() as connection:
        tenancy.registry.get(slug)
        await distribution.place(connection, installation.names, slug)
        typer.echo(said(lang, f"{slug}:已分布。", f"{slug}: distributed."))


def move(
    slug: Slug,
    node: Annotated[str, typer.Argument(help="host:port of the node 目标节点")],
    lang: Lang = "",
) -> None:
    """在使用中将地区迁至另一节点 / Move a district to another node while it is in use."""
    run(_move(slug, node, lang), lang=lang)


async def _move(slug: str, node: str, lang: str) -> None:
    target = Node.of(node)
    async with open_installation() as (installation, tenancy, _), installation.connection() as connection:
        tenancy.registry.get(slug)
        with Console(stderr=True).status(said(lang, f"正在迁移 {slug} …", f"moving {slug} …")):
            await distribution.move(connection, slug, target)
        typer.echo(said(lang, f"{slug}:现位于 {target}。", f"{slug}: on {target} now."))
