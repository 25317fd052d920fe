"""Rows of a hall: its guides' rota, visits, tickets, overtime, crowd alerts and batches. Import them from here."""

from bangban.features.hall.tables.batch import IntakeBatchCaseRow, IntakeBatchRow
from bangban.features.hall.tables.rota import GuideShiftRow, HallAlertRow
from bangban.features.hall.tables.ticket import HallQueueRow, OvertimeRow, TicketRow
from bangban.features.hall.tables.visit import VISITOR_CONTEXT, VISITOR_PURPOSE, VisitRow

__all__ = [
    "VISITOR_CONTEXT",
    "VISITOR_PURPOSE",
    "GuideShiftRow",
    "HallAlertRow",
    "HallQueueRow",
    "IntakeBatchCaseRow",
    "IntakeBatchRow",
    "OvertimeRow",
    "TicketRow",
    "VisitRow",
]
