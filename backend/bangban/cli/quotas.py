"""``bangban district quotas``: what a district may use, and uses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bangban.cli.opening import open_installation
from bangban.cli.speaking import Lang, run, said
from bangban.features.directory import service
from bangban.kernel.tenancy.quotas import MEGABYTE, MOST


def quotas(
    slug: Annotated[str, typer.Argument(help="The district's slug 地区标识")],
    *,
    storage_mb: Annotated[int | None, typer.Option(help="Mebibytes of storage; 0: no quota 存储")] = None,
    staff_accounts: Annotated[int | None, typer.Option(help="Staff accounts; 0: no quota 账号数")] = None,
    cost_per_minute: Annotated[
        int | None, typer.Option(help="Cost of operations in a minute; 0: the settings' 每分钟请求量")
    ] = None,
    statement_timeout_ms: Annotated[
        int | None, typer.Option(help="Milliseconds for a statement; 0: the settings' 语句时限")
    ] = None,
    lang: Lang = "",
) -> None:
    """设置给出的配额,并显示全部配额 / Set the quotas that are named, and show all of them."""
    given = {
        "storage_mb": storage_mb,
        "staff_accounts": staff_accounts,
        "cost_per_minute": cost_per_minute,
        "statement_timeout_ms": statement_timeout_ms,
    }
    changes = {name: value or None for name, value in given.items() if value is not None}
    run(_quotas(slug, changes, lang), lang=lang)


async def _quotas(slug: str, changes: dict[str, int | None], lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        async with tenancy.platform() as db:
            row = await service.set_quotas(
                db, tenancy, slug, changes, actor="system", now=datetime.now(UTC), request_id="cli"
            )
        used = {
            "storage_mb": None if row.storage_bytes is None else row.storage_bytes // MEGABYTE,
            "staff_accounts": row.staff_accounts,
        }
        titles = (("配额", "quota"), ("上限", "most"), ("已用", "used"))
        table = Table(*(said(lang, *title) for title in titles))
        for name in MOST:
            found = used.get(name)
            table.add_row(name, str(row.quotas.get(name, "–")), "–" if found is None else str(found))
        Console().print(table)
