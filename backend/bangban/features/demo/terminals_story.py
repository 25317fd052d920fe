"""Self-service terminals: one works, another has a fault, and somebody took a number at one and waits.

All of it happens now: a terminal is as old as its district, and what it did not report it did not do (DOMAIN F02).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.demo.actors import present, somebody
from bangban.features.demo.stage import Stage
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.self_service import AtTerminal, take_ticket
from bangban.features.hall.values import PaperState
from bangban.features.places.reporting import report_terminal
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow, TerminalRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work

_PEOPLE: Final = 98_000  # the first sample person of these; far from all other sample people
_FAULTS: Final = (None, "打印机缺纸", None)


async def tell_of_terminals(work: Work, stage: Stage) -> None:
    """Every terminal reports, in turn without and with a fault; a number is taken at the first one in a hall."""
    queued = select(ServiceWindowRow.id).where(ServiceWindowRow.point_id == ServicePointRow.id).exists()
    rows = await work.db.execute(
        select(TerminalRow.key, TerminalRow.service_codes, AreaRow.path, queued.label("queued"))
        .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
        .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
        .order_by(TerminalRow.key)
    )
    terminals = rows.all()
    for place, row in enumerate(terminals):
        keeper = somebody(stage, Permission.TERMINAL_REPORT, row.path)
        if keeper is not None:
            fault = _FAULTS[place % len(_FAULTS)]
            await report_terminal(present(work, keeper.principal), key=row.key, fault=fault)
    in_hall = next((row for row in terminals if row.queued), None)
    if in_hall is not None:
        await _take_number(work, stage, in_hall)


async def _take_number(work: Work, stage: Stage, row: Any) -> None:
    giver = somebody(stage, Permission.HALL_TICKET, row.path)
    item = next((each for each in stage.items if each.code in row.service_codes), None)
    if giver is None or item is None:
        return
    entered = AtTerminal(
        key=row.key,
        service_code=item.code,
        visitor=sample_phone(_PEOPLE),
        applicant_kind=item.audience[0],
        found=[Found(code=code, state=PaperState.HAS) for code in item.owed],
    )
    await take_ticket(present(work, giver.principal), terminal=entered)
