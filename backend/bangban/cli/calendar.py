"""``bangban calendar``: import the yearly holiday notice, show the calendar, close or open days in a district."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bangban.cli.opening import open_tenancy
from bangban.cli.speaking import speaks_chinese
from bangban.cli.wording import run, say
from bangban.features.calendar.local_days import local_days
from bangban.features.calendar.notices import read_notice
from bangban.features.calendar.problems import NoticeFaulty
from bangban.features.calendar.recompute import Recomputed
from bangban.features.calendar.service import (
    BY_HAND,
    BY_NOTICE,
    Imported,
    Refused,
    change_local_day,
    import_notice,
    recompute_districts,
    shown_days,
    sources,
)
from bangban.features.districts.platform import platform_work
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.registry import District

if TYPE_CHECKING:
    from bangban.kernel.tenancy.tenancy import Tenancy

T = TypeVar("T")

app = typer.Typer(
    name="calendar",
    help="工作日历:导入放假安排,地区另行放假或加班 / Working days: holiday notices, local closures.",
    no_args_is_help=True,
)

WEEKDAYS = ("一Mon", "二Tue", "三Wed", "四Thu", "五Fri", "六Sat", "日Sun")
Slug = Annotated[str, typer.Argument(help="地区标识 / The district's slug.")]
Day = Annotated[str, typer.Argument(help="日期,如 2027-02-01 / A date such as 2027-02-01.")]
Reason = Annotated[str, typer.Option(help="理由 / The reason, for everybody to read.")]


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV 文件,各列为 date、working、name / A CSV file: date,working,name.",
            exists=True,
            dir_okay=False,
        ),
    ],
    source: Annotated[str, typer.Option(help="文号或出处 / Where the notice is from; the file's name.")] = "",
) -> None:
    """导入一年的放假安排,并重算各地区在办办件的期限 / Import a year's notice; recompute what is open."""
    try:
        notice = read_notice(file.read_bytes())
    except NoticeFaulty as faulty:
        for fault in faulty.faults:
            say(f"{file}:{fault.sentence('zh')}", f"{file}: {fault.sentence('en')}", error=True)
        say(
            f"共 {len(faulty.faults)} 处错误,未导入。",
            f"{len(faulty.faults)} faults; nothing was imported.",
            error=True,
        )
        raise typer.Exit(1) from None

    async def go() -> tuple[Imported, list[Recomputed | Refused]]:
        async with _tenancy() as tenancy:
            imported = await import_notice(tenancy, notice, source=source.strip() or file.name)
            return imported, await _recompute(tenancy, list(tenancy.registry), cause=BY_NOTICE)

    imported, outcomes = run(go)
    say(
        f"{imported.year} 年:放假 {imported.holidays} 天,调休上班 {imported.make_up_days} 天,"
        f"更新 {imported.changed} 条;日历至 {imported.horizon}。",
        f"{imported.year}: {imported.holidays} days off, {imported.make_up_days} make-up working days, "
        f"{imported.changed} lines changed; published up to {imported.horizon}.",
    )
    _report(outcomes)


@app.command()
def recompute(
    slugs: Annotated[list[str] | None, typer.Argument(help="地区标识,默认全部 / Slugs; all of them.")] = None,
) -> None:
    """按现行日历重算在办办件的期限 / Recompute what is open; repeating it changes nothing."""

    async def go() -> list[Recomputed | Refused]:
        async with _tenancy() as tenancy:
            registry = tenancy.registry
            districts = [registry.get(slug) for slug in slugs] if slugs else list(registry)
            return await _recompute(tenancy, districts, cause=BY_HAND)

    _report(run(go))


@app.command()
def show(
    year: Annotated[
        int | None, typer.Argument(help="年份,默认日历的最后一年 / The year; the last one.")
    ] = None,
    *,
    district: Annotated[
        str | None, typer.Option(help="加列此地区的安排 / A district's own days, too.")
    ] = None,
) -> None:
    """日历至何日,放假与调休上班各在哪天 / How far the calendar goes, its holidays and make-up days."""

    async def go() -> tuple[Any, dict[date, str], list[Any]]:
        async with _tenancy() as tenancy:
            local = []
            if district is not None:
                async with platform_work(tenancy, tenancy.registry.get(district)) as work:
                    local = await local_days(work)
            return tenancy.registry.published, await sources(tenancy), local

    published, known, local = run(go)
    say(
        f"日历至 {published.horizon};此后按周一至周五推算,期限为暂定。",
        f"Published up to {published.horizon}; after that Monday to Friday are assumed and dates provisional.",
    )
    wanted = year or published.horizon.year
    if not published.epoch.year <= wanted <= published.horizon.year:
        say(f"{wanted} 年的放假安排尚未导入。", f"There is no holiday notice of {wanted} yet.")
    table = Table("日期 date", "", "安排 kind", "依据 source")
    for each in shown_days(published, known, year=wanted):
        table.add_row(*_cells(each.day, working=each.working), each.source or "—")
    for row in local:
        if row.day.year == wanted:
            table.add_row(*_cells(row.day, working=row.working), f"{district}:{row.reason}")
    if table.row_count:
        Console().print(table)


@app.command()
def close(slug: Slug, day: Day, *, reason: Reason) -> None:
    """一个地区在某日另行放假 / Close a day in a district."""
    _change(slug, day, working=False, reason=reason)


@app.command("open")
def open_day(slug: Slug, day: Day, *, reason: Reason) -> None:
    """一个地区在某日另行上班 / Make a day an extra working day in a district."""
    _change(slug, day, working=True, reason=reason)


@app.command()
def reset(slug: Slug, day: Day) -> None:
    """取消地区对某日的另行安排 / Take a district's own arrangement for a day back."""
    _change(slug, day, working=None)


def _change(slug: str, text: str, *, working: bool | None, reason: str = "") -> None:
    async def go() -> Recomputed:
        day = _date(text)
        async with _tenancy() as tenancy:
            district = tenancy.registry.get(slug)
            return await change_local_day(tenancy, district, day=day, working=working, reason=reason)

    _report([run(go)])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no date such as 2027-02-01.", f"“{text}”不是形如 2027-02-01 的日期。"
        ) from None


async def _recompute(
    tenancy: Tenancy, districts: Sequence[District], *, cause: str
) -> list[Recomputed | Refused]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("重算期限" if speaks_chinese() else "deadlines", total=len(districts))
        async for outcome in recompute_districts(tenancy, districts, cause=cause):
            outcomes.append(outcome)
            progress.advance(task)
    return outcomes


def _report(outcomes: Sequence[Recomputed | Refused]) -> None:
    """What became of each district; exit code 1 where one was refused or a case has no clear timeline."""
    for each in outcomes:
        if isinstance(each, Refused):
            zh, en = each.problem.message("zh"), each.problem.message("en")
            say(f"✗ {each.slug}:{zh}", f"✗ {each.slug}: {en}", error=True)
            continue
        say(
            f"✓ {each.slug}:在办 {each.open} 件,期限变动 {each.changed} 件。",
            f"✓ {each.slug}: {each.open} open cases, {each.changed} with another clock.",
        )
        if each.unclear:
            names = "、".join(each.unclear)
            say(f"  未能重算:{names}", f"  Not recomputed, the timeline is unclear: {names}", error=True)
    if any(isinstance(each, Refused) or each.unclear for each in outcomes):
        say(
            "问题解决后请重新运行 bangban calendar recompute。",
            "Run `bangban calendar recompute` again when that is settled.",
            error=True,
        )
        raise typer.Exit(1)


def _cells(day: date, *, working: bool) -> tuple[str, str, str]:
    weekday = WEEKDAYS[day.weekday()]
    kind = ("上班", "working") if working else ("休", "off")
    return (
        day.isoformat(),
        weekday[0] if speaks_chinese() else weekday[1:],
        kind[0] if speaks_chinese() else kind[1],
    )


def _tenancy() -> Any:
    # Only when a command runs: `--help` needs neither database nor keys.
    return open_tenancy()
