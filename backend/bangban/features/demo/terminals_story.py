"""Self-service terminals: some work, one has a fault, and somebody took a number at one when the hall was open.

What they report they report now: a terminal is as old as its district (DOMAIN F02).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.demo.actors import acting, present, somebody
from bangban.features.demo.hall_desk import find_desk, last_working_day
from bangban.features.demo.stage import Stage
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.self_service import AtTerminal, take_ticket
from bangban.features.hall.values import PaperState
from bangban.features.places.reporting import report_terminal
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work

_PEOPLE: Final = 98_000  # the first sample person of these; far from all other sample people
_FAULTS: Final = ("打印机缺纸", None, None)
_CAME_AT: Final = time(10, 5)


async def tell_of_terminals(work: Work, stage: Stage) -> None:
    """A number is taken at the hall's own terminal; then every terminal reports, in turn with and without a fault."""
    rows = await work.db.execute(
        select(TerminalRow.key, TerminalRow.service_codes, TerminalRow.point_id, AreaRow.path)
        .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .order_by(TerminalRow.key)
    )
    terminals = rows.all()
    if terminals:
        await _take_number(work, stage, terminals)
    for place, row in enumerate(terminals):
        keeper = somebody(stage, Permission.TERMINAL_REPORT, row.path)
        if keeper is not None:
            fault = _FAULTS[place % len(_FAULTS)]
            await report_terminal(present(work, keeper.principal), key=row.key, fault=fault)


async def _take_number(work: Work, stage: Stage, terminals: Sequence[Any]) -> None:
    """On the last working day, served at the window a few minutes later."""
    desk = await find_desk(work, stage)
    row = next((each for each in terminals if desk and each.point_id == desk.point), None)
    item = next((each for each in stage.items if row and each.code in row.service_codes), None)
    if desk is None or row is None or item is None:
        return
    entered = AtTerminal(
        key=row.key,
        service_code=item.code,
        visitor=sample_phone(_PEOPLE),
        applicant_kind=item.audience[0],
        found=[Found(code=code, state=PaperState.HAS) for code in item.owed],
    )
    at = datetime.combine(last_working_day(work), _CAME_AT, work.district.zone)
    await take_ticket(acting(work, desk.guide, at), terminal=entered)
    await desk.serve(at + timedelta(minutes=4), minutes=6)
