"""The district's working calendar in the API: what its administrator can do. Resolvers only translate."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated

import strawberry

from bangban.features.calendar.local_days import (
    Arranged,
    import_local_days,
    reset_local_day,
    set_local_day,
)
from bangban.features.calendar.sheet import COLUMNS, DaySheet
from bangban.features.files.graphql import FileInput, ImportFault, import_faults
from bangban.features.files.reading import read_table
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="A day to close in the district 放假.")
class CloseDayInput:
    day: date = strawberry.field(description="The day 日期.")
    reason: str = strawberry.field(description="Why; everybody can read it 理由.")


@strawberry.input(description="A day of rest to work in the district 加班.")
class OpenDayInput:
    day: date = strawberry.field(description="The day 日期.")
    reason: str = strawberry.field(description="Why; everybody can read it 理由.")


@strawberry.input(description="A day to do as everybody does again 恢复.")
class ResetDayInput:
    day: date = strawberry.field(description="The day 日期.")


@strawberry.input(description="Days from a table 导入地方安排.")
class ImportLocalDaysInput:
    file: FileInput = strawberry.field(description="Table of days, CSV or XLSX 文件.")
    replace_year: int | None = strawberry.field(
        default=None, description="Own days of this year that the table does not name go 替换的年份."
    )
    apply: bool = strawberry.field(default=False, description="False shows what it would do 是否执行.")


@strawberry.type(description="What became of the calendar and of the open cases 日历变化.")
class CalendarChange:
    applied: bool = strawberry.field(description="Whether it was done 是否已执行.")
    added: list[date] = strawberry.field(description="Days that are new 新增日期.")
    changed: list[date] = strawberry.field(description="Days that were set otherwise before 变更日期.")
    removed: list[date] = strawberry.field(description="Days that were taken back 恢复日期.")
    open_cases: int = strawberry.field(description="Open cases that were looked at 在办件数.")
    changed_cases: int = strawberry.field(description="Of these, how many got another due date 重算件数.")
    unclear_cases: list[str] = strawberry.field(
        description="Numbers of cases whose timeline gives no clock 无法重算的办件."
    )
    faults: list[ImportFault] = strawberry.field(description="Faulty lines of the file 文件错误.")


async def _changed(
    info: Info, do: Callable[[Work, Tenancy], Awaitable[Arranged]], sheet: DaySheet | None = None
) -> CalendarChange:
    context = info.context
    tenancy = context.services.tenancy

    async def as_json(_: Work, done: Arranged) -> str:
        faults = [] if sheet is None else import_faults(sheet.faults, context.language)
        cases = done.recomputed
        return json.dumps(
            {
                "applied": done.applied,
                **{name: [day.isoformat() for day in days] for name, days in asdict(done.planned).items()},
                "open_cases": cases.open if cases else 0,
                "changed_cases": cases.changed if cases else 0,
                "unclear_cases": list(cases.unclear) if cases else [],
                "faults": [asdict(each) for each in faults],
            },
            ensure_ascii=False,
        )

    found = json.loads(await once(context, lambda work: do(work, tenancy), as_json))
    # This process reckons by the new calendar at once; the others are told.
    tenancy.forget(context.get_district().slug)
    days = {
        name: [date.fromisoformat(day) for day in found[name]] for name in ("added", "changed", "removed")
    }
    return CalendarChange(**{**found, **days, "faults": [ImportFault(**each) for each in found["faults"]]})


async def _set(info: Info, day: date, *, working: bool, reason: str) -> CalendarChange:
    async def do(work: Work, tenancy: Tenancy) -> Arranged:
        return Arranged(*await set_local_day(work, tenancy, day=day, working=working, reason=reason))

    return await _changed(info, do)


@strawberry.type
class CalendarMutation:
    @mutation("Close a working day in the district; open cases follow 放假.", Permission.CALENDAR_MANAGE)
    async def close_day(self, info: Info, input: Annotated[CloseDayInput, _INPUT]) -> CalendarChange:  # noqa: A002 - the contract's name
        return await _set(info, input.day, working=False, reason=input.reason)

    @mutation("Work a day of rest in the district; open cases follow 加班.", Permission.CALENDAR_MANAGE)
    async def open_day(self, info: Info, input: Annotated[OpenDayInput, _INPUT]) -> CalendarChange:  # noqa: A002 - the contract's name
        return await _set(info, input.day, working=True, reason=input.reason)

    @mutation("Take an own arrangement back; open cases follow 恢复.", Permission.CALENDAR_MANAGE)
    async def reset_day(self, info: Info, input: Annotated[ResetDayInput, _INPUT]) -> CalendarChange:  # noqa: A002 - the contract's name
        async def do(work: Work, tenancy: Tenancy) -> Arranged:
            return Arranged(*await reset_local_day(work, tenancy, day=input.day))

        return await _changed(info, do)

    @mutation(
        "Set days from a table, all or nothing; open cases follow once 导入地方安排.",
        Permission.CALENDAR_MANAGE,
    )
    async def import_local_days(
        self,
        info: Info,
        input: Annotated[ImportLocalDaysInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> CalendarChange:
        sheet = DaySheet(await read_table(input.file.content, name=input.file.name, columns=COLUMNS))
        return await _changed(
            info,
            lambda work, tenancy: import_local_days(
                work, tenancy, sheet, replacing=input.replace_year, apply=input.apply
            ),
            sheet,
        )
